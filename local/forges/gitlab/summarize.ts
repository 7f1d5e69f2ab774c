import { listRefs } from '../git/bare-repository.ts';
import { levelName } from './levels.ts';
import { fullPath } from './paths.ts';
import { type GitLabState, type Group, type Project, personalToken } from './state.ts';

/** The state of the simulated GitLab by names, for people and tests. No secrets but the users' simulated tokens. */
export async function summarize(state: GitLabState): Promise<Record<string, unknown>> {
  const username = (id: number): string => state.users.get(id)?.username ?? `user ${id}`;
  const path = (id: number): string => {
    const group = state.groups.get(id);
    return group === undefined ? `group ${id}` : fullPath(state, group);
  };
  const access = (each: { readonly level: number; readonly expiresAt?: string }): string =>
    `${levelName(each.level)}${each.expiresAt === undefined ? '' : ` until ${each.expiresAt}`}`;
  const people = (source: Group | Project) => ({
    id: source.id,
    fullPath: fullPath(state, source),
    visibility: source.visibility,
    members: Object.fromEntries([...source.members].map(([id, member]) => [username(id), access(member)])),
    sharedWithGroups: Object.fromEntries(
      [...source.sharedWith].map(([id, link]) => [path(id), access(link)]),
    ),
    deletionOn: source.deletionOn ?? null,
  });
  return {
    variant: state.variant,
    users: [...state.users.values()].map((user) => ({
      ...{ id: user.id, login: user.username, name: user.name, state: user.state, kind: user.kind },
      ...{ external: user.external, admin: user.admin, personalToken: personalToken(user.username, state) },
    })),
    groups: [...state.groups.values()].map((group) => ({
      ...people(group),
      shareWithGroupLock: group.shareWithGroupLock,
      roles: [...(group.memberRoles?.values() ?? [])].map(({ name }) => name),
    })),
    projects: await Promise.all(
      [...state.projects.values()].map(async (project) => {
        const refs = [...(await listRefs(project.gitDirectory)).keys()];
        return {
          ...people(project),
          ...{ repositoryAccess: project.repositoryAccess, archived: project.archived },
          ...{ forkOf: project.forkOf ?? null, defaultBranch: project.defaultBranch },
          branches: refs.filter((ref) => ref.startsWith('refs/heads/')).length,
          tags: refs.filter((ref) => ref.startsWith('refs/tags/')).length,
        };
      }),
    ),
    hooks: [...state.hooks.values()].map(({ id, groupId, projectId, url, events, failures }) => ({
      ...{ id, url, events: [...events], failures },
      of: groupId === undefined ? `project ${projectId}` : path(groupId),
    })),
    applications: [...state.applications.values()].map(({ name, clientId, redirectUris, scopes }) => ({
      ...{ name, clientId, redirectUris, scopes },
    })),
    tokens: [...state.tokens.values()].map(({ id, kind, name, userId, scopes, expiresAt, revoked }) => ({
      ...{ id, kind, name, user: username(userId), scopes, expiresAt: expiresAt ?? null, revoked },
    })),
    deliveries: state.deliveries.length,
  };
}
