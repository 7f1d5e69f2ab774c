/** The simulated Bitbucket's state as the naive rules describe it. Repositories and projects are named by their UUIDs, since slugs change. */
import type { BitbucketState, Grants, Workspace } from '../../../local/forges/bitbucket/state.ts';
import type {
  DescribedInstance,
  DescribedProject,
  DescribedWorkspace,
  Given,
} from '../bitbucket-rights/instance.ts';

const dayMs = 24 * 3600 * 1000;

/**
 * @param ours UUID of the workspace that is synchronized; nothing is said about others
 * @param now milliseconds since the epoch
 */
export function describeState(state: BitbucketState, ours: string, now: number): DescribedInstance {
  const { listsProjectGrants, groups, administration } = state.variant;
  const workspace = state.workspaces.get(ours);
  if (workspace === undefined) {
    throw new Error('the workspace is gone');
  }
  return {
    ...{ listsProjectGrants, groups, administration },
    accounts: [...state.accounts.values()].map(({ nickname, deactivatedAt }) => ({
      nickname,
      deactivatedFor: deactivatedAt === undefined ? undefined : (now - Date.parse(deactivatedAt)) / dayMs,
    })),
    workspaces: [describeWorkspace(state, workspace), { ...nothing, slug: 'other' }],
  };
}

const nothing = { people: new Map(), groups: new Map(), projects: [] } as const;

function describeWorkspace(state: BitbucketState, workspace: Workspace): DescribedWorkspace {
  const nickname = (uuid: string): string => state.accounts.get(uuid)?.nickname ?? uuid;
  const given = <Permission extends string>({ users, groups }: Grants<Permission>): Given<Permission> => ({
    users: new Map([...users].map(([uuid, permission]) => [nickname(uuid), permission])),
    groups: new Map(groups),
  });
  return {
    slug: workspace.slug,
    people: new Map([...workspace.members].map(([uuid, { role }]) => [nickname(uuid), role])),
    groups: new Map([...workspace.groups].map(([slug, { members }]) => [slug, [...members].map(nickname)])),
    projects: [...state.projects.values()]
      .filter((project) => project.workspace === workspace.uuid)
      .map(
        (project): DescribedProject => ({
          key: project.uuid,
          ...given(project),
          repositories: [...state.repositories.values()]
            .filter((repository) => repository.project === project.uuid)
            .map((repository) => ({
              ...{ slug: repository.uuid, isPrivate: repository.isPrivate },
              ...given(repository),
            })),
        }),
      ),
  };
}
