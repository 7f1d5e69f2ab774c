import type { PlantedFault } from '../plant.ts';

const reader = 'shared/forge/github/organization-roles.ts';
const readerTests = ['test/contracts/github-roles.test.ts'];
const plannerTests = ['shared/sync/run/hidden-scopes.test.ts'];

/** Faults of organization roles and of teams of the enterprise, which few lists show and no event tells. */
export const rolesFaults: readonly PlantedFault[] = [
  {
    id: 'roles-not-handed-down',
    proof: 'roles',
    file: 'shared/domain/access.ts',
    find: 'const line = lineOf(team, parents);',
    replace: 'const line = new Set([team]);',
    tests: ['shared/domain/access.test.ts'],
    standsFor: 'a role that ends with the very team that was given it',
  },
  {
    id: 'roles-of-former-members',
    proof: 'roles',
    file: 'shared/domain/access.ts',
    find: 'for (const via of rolesOf(member, withRoles, facts)) {',
    replace:
      "const own = subject.kind === 'account' ? { kind: 'member', account: subject.account, login: '', role: 'member' } as const : undefined;\n  for (const via of rolesOf(own, teams, facts)) {",
    tests: ['shared/domain/access.test.ts'],
    standsFor: 'a role that somebody keeps who has left',
  },
  {
    id: 'roles-moved-team-is-no-change',
    proof: 'roles',
    file: 'shared/domain/breadth.ts',
    find: 'fact.parent !== before.parent) {\n    comparisons',
    replace: 'fact.team !== before.team) {\n    comparisons',
    tests: ['shared/sync/plan/plan.test.ts', 'shared/sync/plan/plan-withdrawals.test.ts'],
    standsFor: 'a team that leaves the one above it and keeps its roles at the edge',
  },
  {
    id: 'roles-through-teams-are-own',
    proof: 'roles',
    file: reader,
    find: "assignment !== 'indirect'",
    replace: 'assignment !== undefined',
    tests: readerTests,
    standsFor: 'a role that a member of a team keeps for ten minutes after he was taken out of it',
  },
  {
    id: 'roles-error-is-none',
    proof: 'roles',
    file: reader,
    find: 'if (error instanceof UnprocessableError) {',
    replace: 'if (error instanceof Error) {',
    tests: readerTests,
    standsFor: 'an outage that looks like a plan without roles',
  },
  {
    id: 'roles-of-another-login',
    proof: 'roles',
    file: reader,
    find: 'expectSame((await requests',
    replace: 'void ((await requests',
    tests: readerTests,
    standsFor: 'an organization that took another login and seems to have no roles',
  },
  {
    id: 'roles-one-page',
    proof: 'roles',
    file: 'shared/forge/github/numbered-list.ts',
    find: 'hasNextPage: !isLast',
    replace: 'hasNextPage: false',
    tests: readerTests,
    standsFor: 'only the first hundred holders',
  },
  {
    id: 'roles-not-shown-are-gone',
    proof: 'roles',
    file: 'shared/sync/plan/decide.ts',
    find: 'read.hiddenReason === undefined ? caution :',
    replace: 'read.hiddenReason !== null ? caution :',
    tests: plannerTests,
    standsFor: 'a permission taken from the app that takes the rights of people',
  },
  {
    id: 'roles-read-once',
    proof: 'roles',
    file: 'shared/sync/plan/confirm.ts',
    find: '!isCounted(change.fact))',
    replace: '!isCounted(change.fact) && false)',
    tests: plannerTests,
    standsFor: 'a short page without a total that takes rights away',
  },
  {
    id: 'enterprise-teams-not-asked',
    proof: 'roles',
    file: 'shared/forge/github/whole-scopes.ts',
    find: 'account.readsEnterprise\n    ?',
    replace: 'account.suspended\n    ?',
    tests: ['test/contracts/github-enterprise-teams.test.ts'],
    standsFor: 'teams that GraphQL does not know',
  },
];
