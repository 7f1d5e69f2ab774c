/** What rights depend on, one by one, in the same form for the forge and for our facts (ids instead of names). */
import type { Fact } from '../../../shared/domain/facts.ts';
import type { DescribedOrganization, DescribedTeam } from '../rights/organization.ts';

const words = {
  base: 'the base permission reads',
  member: (account: string) => `${account} is a member`,
  owner: (account: string) => `${account} is an owner`,
  team: (team: string) => `team ${team}`,
  inTeam: (account: string, team: string) => `${account} in team ${team}`,
  ofTeam: (team: string, repository: string) => `team ${team} on ${repository}`,
  collaborator: (account: string, repository: string) => `${account} on ${repository}`,
  role: (role: string, account: string) => `role ${role} of ${account}`,
  roleOfTeam: (role: string, team: string) => `role ${role} of team ${team}`,
  repository: (repository: string) => `repository ${repository}`,
  inside: (repository: string) => `all inside on ${repository}`,
  anyone: (repository: string) => `anyone on ${repository}`,
  open: (repository: string) => `repository ${repository} is not disabled`,
} as const;

/** The entitlements on the forge, each with the one that makes it visible there. */
export function entitlementsOfForge(
  organization: DescribedOrganization,
): ReadonlyMap<string, string | undefined> {
  const { accounts, teams, repositories, basePermission, organizationRoles = [] } = organization;
  const entitlements = new Map<string, string | undefined>();
  if (basePermission !== 'none') {
    entitlements.set(words.base, undefined);
  }
  const suspended = new Set(accounts.flatMap((one) => (one.suspended ? [one.login] : [])));
  for (const { login, role, state, direct } of accounts) {
    // No list has them any more.
    if (suspended.has(login)) {
      continue;
    }
    if (role !== 'none' && state === 'active') {
      entitlements.set(words.member(login), undefined);
    }
    if (role === 'owner' && state === 'active') {
      entitlements.set(words.owner(login), undefined);
    }
    for (const { repository } of direct) {
      entitlements.set(words.collaborator(login, repository), words.repository(repository));
    }
  }
  for (const role of organizationRoles.filter(({ base }) => base !== undefined)) {
    for (const login of role.members) {
      entitlements.set(words.role(role.name, login), words.member(login));
    }
    for (const team of role.teams) {
      entitlements.set(words.roleOfTeam(role.name, team), words.team(team));
    }
  }
  for (const team of teams) {
    entitlements.set(words.team(team.name), undefined);
    for (const login of team.members.filter((one) => !suspended.has(one))) {
      entitlements.set(words.inTeam(login, team.name), words.member(login));
    }
    for (const { grants } of lineOf(team, teams)) {
      // A public repository is shown there whether it is selected or not.
      for (const { repository } of grants) {
        entitlements.set(words.ofTeam(team.name, repository), words.repository(repository));
      }
    }
  }
  for (const { name, visibility, disabled } of repositories) {
    entitlements.set(words.repository(name), undefined);
    if (visibility !== 'private') {
      entitlements.set(words.inside(name), undefined);
    }
    if (visibility === 'public') {
      entitlements.set(words.anyone(name), undefined);
    }
    if (!disabled) {
      entitlements.set(words.open(name), undefined);
    }
  }
  return entitlements;
}

/** The team and those above it. */
function lineOf(team: DescribedTeam, teams: readonly DescribedTeam[]): readonly DescribedTeam[] {
  const parent = teams.find(({ name }) => name === team.parent);
  return parent === undefined ? [team] : [team, ...lineOf(parent, teams)];
}

/** The entitlement that an event claim of that key withdraws. */
export function entitlementOfKey(key: string, expect: 'gone' | 'not-public'): string {
  const [kind = '', one = '', other = ''] = key.split('#');
  switch (kind) {
    case 'member':
      return words.member(one);
    case 'team':
      return words.team(one);
    case 'repository':
      return expect === 'gone' ? words.repository(one) : words.anyone(one);
    case 'team-member':
      return words.inTeam(one, other);
    case 'team-repository':
      return words.ofTeam(one, other);
    case 'collaborator':
      return words.collaborator(one, other);
    default:
      throw new Error(`no event tells of ${kind}`);
  }
}

/** The entitlements that the fact gives. */
export function entitlementsOfFact(fact: Fact): readonly string[] {
  switch (fact.kind) {
    case 'settings':
      return fact.membersRead ? [words.base] : [];
    case 'member':
      return [words.member(fact.account), ...(fact.role === 'owner' ? [words.owner(fact.account)] : [])];
    case 'team':
      return [words.team(fact.team)];
    case 'team-member':
      return [words.inTeam(fact.account, fact.team)];
    case 'team-repository':
      return [words.ofTeam(fact.team, fact.repository)];
    case 'role-member':
      return [words.role(fact.role, fact.account)];
    case 'role-team':
      return [words.roleOfTeam(fact.role, fact.team)];
    case 'collaborator':
      return [words.collaborator(fact.account, fact.repository)];
    case 'repository':
      return [
        words.repository(fact.repository),
        ...(fact.visibility === 'private' ? [] : [words.inside(fact.repository)]),
        ...(fact.visibility === 'public' ? [words.anyone(fact.repository)] : []),
        ...(fact.disabled ? [] : [words.open(fact.repository)]),
      ];
  }
}
