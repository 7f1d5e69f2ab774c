import { listRefs } from '../git/bare-repository.ts';
import { fullName } from './api/rights.ts';
import { type GitHubState, personalToken } from './state.ts';

/** The state of the simulated GitHub by names, for people and tests. No secrets but the users' simulated tokens. */
export async function summarize(state: GitHubState): Promise<Record<string, unknown>> {
  const login = (id: number): string => state.users.get(id)?.login ?? `user ${id}`;
  const repository = (id: number): string => state.repositories.get(id)?.name ?? `repository ${id}`;
  const named = <Value>(
    map: ReadonlyMap<number, Value>,
    name: (id: number) => string,
  ): Record<string, Value> => Object.fromEntries([...map].map(([id, value]) => [name(id), value]));
  return {
    app: { id: state.app.id, slug: state.app.slug, webhookUrl: state.app.webhookUrl ?? null },
    users: [...state.users.values()].map(({ id, login, name, suspended = false }) => ({
      id,
      login,
      name: name ?? login,
      suspended,
      personalToken: personalToken(login, state),
    })),
    organizations: [...state.organizations.values()].map((organization) => ({
      id: organization.id,
      login: organization.login,
      basePermission: organization.defaultRepositoryPermission,
      members: named(organization.members, login),
      roles: [...(organization.roles?.values() ?? [])].map(({ id, name, base = null, users, teams }) => ({
        id,
        name,
        base,
        members: [...users].map(login),
        teams: [...teams].map((team) => state.teams.get(team)?.slug ?? `team ${team}`),
      })),
      teams: [...state.teams.values()]
        .filter((team) => team.organizationId === organization.id)
        .map((team) => ({
          id: team.id,
          slug: team.slug,
          parent: team.parentId === undefined ? null : (state.teams.get(team.parentId)?.slug ?? null),
          members: named(team.members, login),
          repositories: named(team.repositories, repository),
        })),
    })),
    repositories: await Promise.all(
      [...state.repositories.values()].map(async (each) => {
        const refs = [...(await listRefs(each.gitDirectory)).keys()];
        return {
          id: each.id,
          fullName: fullName(state, each),
          visibility: each.visibility,
          archived: each.archived,
          disabled: each.disabled,
          forkOf: each.forkOf ?? null,
          defaultBranch: each.defaultBranch,
          pushedAt: each.pushedAt,
          branches: refs.filter((ref) => ref.startsWith('refs/heads/')).length,
          tags: refs.filter((ref) => ref.startsWith('refs/tags/')).length,
          collaborators: named(each.collaborators, login),
        };
      }),
    ),
    installations: [...state.installations.values()].map((installation) => ({
      id: installation.id,
      organization: state.organizations.get(installation.organizationId)?.login ?? null,
      repositories:
        installation.repositorySelection === 'all' ? 'all' : [...installation.repositoryIds].map(repository),
      suspendedAt: installation.suspendedAt ?? null,
      permissions: installation.permissions,
    })),
    deliveries: state.deliveries.length,
  };
}
