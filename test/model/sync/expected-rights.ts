/** Who may read which of the App's repositories, by the independent implementation of GitHub's rules. */
import type { GitHubState, Permission, Repository } from '../../../local/forges/github/state.ts';
import type { Fact } from '../../../shared/domain/facts.ts';
import { type Route, readingOfAccount, readingOfAnyone, readingOfTeam } from '../rights/github-rules.ts';
import type { DescribedOrganization, Role } from '../rights/organization.ts';
import { acmeId } from './base-worlds.ts';
import type { Holder } from './holders.ts';

const roleOf: Readonly<Record<Permission, Role>> = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
};

/** The repositories that the App was given when it was last installed. */
export interface Reach {
  readonly selected: ReadonlySet<number> | 'all';
}

export function reachOf(state: GitHubState, before: Reach): Reach {
  const installation = [...state.installations.values()].find((one) => one.organizationId === acmeId);
  if (installation === undefined) {
    return before;
  }
  return {
    selected: installation.repositorySelection === 'all' ? 'all' : new Set(installation.repositoryIds),
  };
}

/** The repositories that the App can read. */
export function reached(state: GitHubState, { selected }: Reach): readonly Repository[] {
  return [...state.repositories.values()].filter(
    ({ id, organizationId }) => organizationId === acmeId && (selected === 'all' || selected.has(id)),
  );
}

/** The organization as the rules describe it, with ids as names. */
export function describeForge(state: GitHubState, reach: Reach): DescribedOrganization {
  const acme = state.organizations.get(acmeId);
  const repositories = reached(state, reach);
  return {
    basePermission: acme?.defaultRepositoryPermission ?? 'none',
    organizationRoles: [...(acme?.roles?.values() ?? [])].map(({ id, base, users, teams }) => ({
      name: `${id}`,
      base: base && roleOf[base],
      members: [...users].map(String),
      teams: [...teams].map(String),
    })),
    enterprise: acme?.enterprise !== undefined,
    accounts: [...state.users.values()].map(({ id, suspended }) => {
      const membership = acme?.members.get(id);
      const role = membership === undefined ? 'none' : membership.role === 'admin' ? 'owner' : 'member';
      return {
        login: `${id}`,
        role,
        state: membership?.state ?? 'active',
        suspended: suspended === true,
        elsewhereInEnterprise: false,
        direct: repositories.flatMap((repository) => {
          const permission = repository.collaborators.get(id);
          return permission === undefined
            ? []
            : [{ repository: `${repository.id}`, role: roleOf[permission] }];
        }),
      };
    }),
    teams: [...state.teams.values()]
      .filter(({ organizationId }) => organizationId === acmeId)
      .map((team) => ({
        name: `${team.id}`,
        parent: team.parentId === undefined ? undefined : `${team.parentId}`,
        secret: team.privacy === 'secret',
        enterprise: team.enterprise === true,
        members: [...team.members.keys()].map(String),
        grants: [...team.repositories].map(([repository, permission]) => ({
          repository: `${repository}`,
          role: roleOf[permission],
        })),
      })),
    repositories: repositories.map(({ id, visibility, archived, disabled, forkOf }) => ({
      name: `${id}`,
      visibility,
      archived,
      disabled,
      fork: forkOf !== undefined,
    })),
  };
}

/** The organization as our facts describe it. Rows of teams already contain what is inherited; roles are listed for each team. */
export function describeFacts(facts: readonly Fact[], holders: readonly Holder[]): DescribedOrganization {
  const ofKind = <Kind extends Fact['kind']>(kind: Kind) =>
    facts.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
  const members = new Map<string, 'owner' | 'member' | 'none'>(
    ofKind('member').map(({ account, role }) => [`${account}`, role === 'outside' ? 'none' : role] as const),
  );
  const collaborators = ofKind('collaborator');
  const people = new Set([
    ...members.keys(),
    ...collaborators.map(({ account }) => `${account}`),
    ...holders.filter(({ kind }) => kind === 'account').map(({ id }) => `${id}`),
  ]);
  const teams = new Set([
    ...ofKind('team-member').map(({ team }) => `${team}`),
    ...ofKind('team-repository').map(({ team }) => `${team}`),
    ...holders.filter(({ kind }) => kind === 'team').map(({ id }) => `${id}`),
  ]);
  const parents = new Map(ofKind('team').map(({ team, parent }) => [`${team}`, parent && `${parent}`]));
  const isBelow = (team: string, holder: string, seen: readonly string[] = []): boolean => {
    const parent = parents.get(team);
    const isAbove =
      parent !== undefined && !seen.includes(parent) && isBelow(parent, holder, [...seen, team]);
    return parents.has(holder) && (team === holder || isAbove);
  };
  return {
    organizationRoles: [...ofKind('role-member'), ...ofKind('role-team')].map((fact) => ({
      name: `${fact.role}`,
      base: 'read',
      members: fact.kind === 'role-member' ? [`${fact.account}`] : [],
      teams: fact.kind === 'role-team' ? [...teams].filter((team) => isBelow(team, `${fact.team}`)) : [],
    })),
    basePermission: ofKind('settings')[0]?.membersRead === true ? 'read' : 'none',
    enterprise: true,
    accounts: [...people].map((login) => ({
      login,
      role: members.get(login) ?? 'none',
      state: 'active',
      suspended: false,
      elsewhereInEnterprise: false,
      direct: collaborators
        .filter(({ account }) => `${account}` === login)
        .map(({ repository }) => ({ repository: `${repository}`, role: 'read' })),
    })),
    teams: [...teams].map((name) => ({
      name,
      parent: undefined,
      secret: false,
      enterprise: false,
      members: ofKind('team-member')
        .filter(({ team }) => `${team}` === name)
        .map(({ account }) => `${account}`),
      grants: ofKind('team-repository')
        .filter(({ team }) => `${team}` === name)
        .map(({ repository }) => ({ repository: `${repository}`, role: 'read' })),
    })),
    repositories: ofKind('repository').map(({ repository, visibility, archived, disabled, fork }) => ({
      name: `${repository}`,
      visibility,
      archived,
      disabled,
      fork,
    })),
  };
}

/**
 * The repositories that the holder may read, by id, each with its grants as text. An organization's token reads all repositories.
 */
export function mayRead(
  organization: DescribedOrganization,
  { kind, id }: Holder,
): ReadonlyMap<number, readonly string[]> {
  if (kind === 'organization') {
    return new Map(organization.repositories.map(({ name }) => [Number(name), ['a token for everything']]));
  }
  const account = organization.accounts.find(({ login }) => kind === 'account' && login === `${id}`);
  const team = organization.teams.find(({ name }) => kind === 'team' && name === `${id}`);
  const routes =
    account !== undefined
      ? readingOfAccount(organization, account)
      : team !== undefined
        ? readingOfTeam(organization, team)
        : readingOfAnyone(organization);
  return new Map([...routes].map(([name, ways]) => [Number(name), ways.map(inWords)]));
}

/** The grant without its role, which may change without ending access. */
function inWords(route: Route): string {
  switch (route.through) {
    case 'team':
      return `team ${route.of}, given to ${route.givenTo}`;
    case 'organization role':
      return `role ${route.name} of ${route.of === undefined ? 'its holder' : `team ${route.of}`}`;
    default:
      return route.through;
  }
}
