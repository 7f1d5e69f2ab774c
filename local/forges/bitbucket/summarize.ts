import { listRefs } from '../git/bare-repository.ts';
import { fullName, projectOf } from './find.ts';
import { type BitbucketState, type Grants, simulatedToken } from './state.ts';

/** The state of the simulated Bitbucket by names, for people and tests. No secrets but the users' simulated tokens. */
export async function summarize(state: BitbucketState): Promise<Record<string, unknown>> {
  const nickname = (uuid: string): string => state.accounts.get(uuid)?.nickname ?? uuid;
  const slug = (uuid: string): string => state.workspaces.get(uuid)?.slug ?? uuid;
  const permissions = ({ users, groups }: Grants<string>) => ({
    users: Object.fromEntries([...users].map(([uuid, permission]) => [nickname(uuid), permission])),
    groups: Object.fromEntries(groups),
  });
  return {
    variant: state.variant,
    users: [...state.accounts.values()].map((account) => ({
      ...{ uuid: account.uuid, login: account.nickname, name: account.displayName, email: account.email },
      ...{ deactivatedAt: account.deactivatedAt ?? null, spam: account.spam ?? false },
      token: simulatedToken(account.nickname, state),
    })),
    workspaces: [...state.workspaces.values()].map((workspace) => ({
      ...{ uuid: workspace.uuid, slug: workspace.slug, name: workspace.name, spam: workspace.spam ?? false },
      members: Object.fromEntries([...workspace.members].map(([uuid, { role }]) => [nickname(uuid), role])),
      groups: [...workspace.groups.values()].map(({ name, members }) => ({
        name,
        members: [...members].map(nickname),
      })),
    })),
    projects: [...state.projects.values()].map((project) => ({
      ...{ uuid: project.uuid, workspace: slug(project.workspace), key: project.key, name: project.name },
      ...permissions(project),
    })),
    repositories: await Promise.all(
      [...state.repositories.values()].map(async (repository) => {
        const refs = [...(await listRefs(repository.gitDirectory)).keys()];
        return {
          ...{ uuid: repository.uuid, fullName: fullName(state, repository), private: repository.isPrivate },
          project: projectOf(state, repository).key,
          ...permissions(repository),
          ...{ forkOf: repository.parent ?? null, mainBranch: repository.defaultBranch },
          branches: refs.filter((ref) => ref.startsWith('refs/heads/')).length,
          tags: refs.filter((ref) => ref.startsWith('refs/tags/')).length,
        };
      }),
    ),
    hooks: [...state.hooks.values()].map(({ uuid, workspace, repository, url, events, active, secret }) => ({
      ...{ uuid, url, events: [...events], active, signed: secret !== undefined },
      of: repository === undefined ? slug(workspace) : repository,
    })),
    consumers: [...state.consumers.values()].map(({ name, key, callbackUrl, scopes }) => ({
      ...{ name, key, callbackUrl, scopes },
    })),
    apiTokens: [...state.apiTokens.values()].map(({ id, account, name, scopes, expiresAt, revoked }) => ({
      ...{ id, user: nickname(account), name, scopes, expiresAt, revoked },
    })),
    accessTokens: [...state.accessTokens.values()].map(({ id, kind, holder, name, scopes, revoked }) => ({
      ...{ id, kind, holder, name, scopes, revoked },
    })),
    deliveries: state.deliveries.length,
  };
}
