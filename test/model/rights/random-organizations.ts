/** Small organizations with all the odd cases, made by fast-check so that a failing one shrinks. */
import fc from 'fast-check';
import {
  type DescribedAccount,
  type DescribedOrganization,
  type DescribedRepository,
  type DescribedTeam,
  type Grant,
  roles,
} from './organization.ts';

const logins = ['ann', 'bob', 'cid', 'dea', 'eve', 'fay'];
const teamNames = ['one', 'two', 'three', 'four', 'five'];
const repositoryNames = ['apple', 'birch', 'cedar', 'daisy', 'elder', 'fern'];
const roleNames = ['auditor', 'builder'];
/** A team, its parent and its grandparent. */
const levels = 3;

const oneIn = (count: number): fc.Arbitrary<boolean> => fc.nat(count - 1).map((drawn) => drawn === count - 1);
const grant = fc.record(
  { repository: fc.constantFrom(...repositoryNames), role: fc.constantFrom(...roles), custom: oneIn(4) },
  { requiredKeys: ['repository', 'role', 'custom'] },
);
const grants = (most: number) =>
  fc.uniqueArray(grant, { selector: ({ repository }) => repository, maxLength: most });

const account = fc.record({
  role: fc.constantFrom('member', 'member', 'none', 'owner'),
  pending: oneIn(5),
  suspended: oneIn(6),
  elsewhere: oneIn(5),
  teams: fc.subarray(teamNames, { maxLength: 3 }),
  direct: grants(2),
});

const team = fc.record({
  parent: fc.option(fc.constantFrom(...teamNames), { nil: undefined, freq: 3 }),
  secret: oneIn(6),
  enterprise: oneIn(4),
  grants: grants(3),
});

const repository = fc.record({
  visibility: fc.constantFrom('private', 'private', 'internal', 'public'),
  archived: oneIn(5),
  disabled: oneIn(6),
  fork: oneIn(5),
});

const organizationRole = fc.record({
  base: fc.option(fc.constantFrom(...roles), { nil: undefined, freq: 4 }),
  members: fc.subarray(logins, { maxLength: 2 }),
  teams: fc.subarray(teamNames, { maxLength: 2 }),
});

const parts = fc.record({
  basePermission: fc.constantFrom('none', 'none', 'read', 'write', 'admin'),
  enterprise: fc.boolean(),
  accounts: fc.array(account, { maxLength: logins.length }),
  teams: fc.array(team, { maxLength: teamNames.length }),
  repositories: fc.array(repository, { maxLength: repositoryNames.length }),
  organizationRoles: fc.option(fc.array(organizationRole, { maxLength: roleNames.length }), {
    nil: undefined,
  }),
});
type Parts = typeof parts extends fc.Arbitrary<infer Value> ? Value : never;

/** Any organization of up to six accounts, five teams and six repositories that GitHub allows. */
export const organizations: fc.Arbitrary<DescribedOrganization> = parts.map(madePossible);

/** Names the parts by their index and leaves out dangling and impossible ones. */
function madePossible({ basePermission, enterprise, ...drawn }: Parts): DescribedOrganization {
  const repositories = drawn.repositories.map(
    ({ visibility, ...rest }, place): DescribedRepository => ({
      name: nameAt(repositoryNames, place),
      ...rest,
      visibility: visibility === 'internal' && !enterprise ? 'private' : visibility,
    }),
  );
  const existing = (given: Parts['teams'][number]['grants']): Grant[] =>
    given
      .filter((one) => repositories.some(({ name }) => name === one.repository))
      .map(({ custom, ...one }) => ({
        ...one,
        ...(custom && one.role !== 'admin' && { custom: 'special' }),
      }));

  const accounts = drawn.accounts.map(
    (one, place): DescribedAccount => ({
      login: nameAt(logins, place),
      role: one.role,
      state: one.pending ? 'pending' : 'active',
      suspended: one.suspended,
      elsewhereInEnterprise: enterprise && one.elsewhere,
      direct: existing(one.direct),
    }),
  );
  const teams: DescribedTeam[] = [];
  drawn.teams.forEach((one, place) => {
    const name = nameAt(teamNames, place);
    // Only earlier teams, so that there are no cycles.
    const isOfEnterprise = enterprise && one.enterprise && !one.secret;
    const parent = isOfEnterprise
      ? undefined
      : teams.find((other) => other.name === one.parent && !other.secret && !other.enterprise && !one.secret);
    const fits = parent !== undefined && depth(teams, parent) < levels;
    teams.push({
      name,
      parent: fits ? parent.name : undefined,
      secret: one.secret,
      enterprise: isOfEnterprise,
      members: accounts
        .filter(({ role }, at) => role !== 'none' && drawn.accounts[at]?.teams.includes(name))
        .map(({ login }) => login),
      grants: existing(one.grants),
    });
  });
  const organizationRoles = drawn.organizationRoles?.map(({ base, ...holders }, place) => ({
    name: nameAt(roleNames, place),
    base,
    members: holders.members.filter((login) =>
      accounts.some((one) => one.login === login && one.role !== 'none' && one.state === 'active'),
    ),
    teams: holders.teams.filter((name) => teams.some((team) => team.name === name)),
  }));
  return { basePermission, enterprise, accounts, teams, repositories, organizationRoles };
}

/** 1 for a team without a parent. */
export function depth(teams: readonly DescribedTeam[], team: DescribedTeam): number {
  const parent = teams.find(({ name }) => name === team.parent);
  return parent === undefined ? 1 : 1 + depth(teams, parent);
}

function nameAt(names: readonly string[], place: number): string {
  const name = names[place];
  if (name === undefined) {
    throw new RangeError(`more than ${names.length} of a kind`);
  }
  return name;
}
