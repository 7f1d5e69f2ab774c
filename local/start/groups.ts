/** The simulated GitLab's groups, as their owner connects them. */
import { z } from 'zod';
import type { ForgeHost } from '../../shared/domain/synchronization.ts';
import { levelNumbers } from '../forges/gitlab/levels.ts';
import { fullPath, projectsOf } from '../forges/gitlab/paths.ts';
import type { GitLabSimulator } from '../forges/gitlab/simulator.ts';
import type { Group } from '../forges/gitlab/state.ts';
import type { Connectable } from './connect-owned.ts';
import { type FoundManifest, manifestsIn } from './manifests.ts';

export const gitLabHost = ({ addresses }: GitLabSimulator): ForgeHost => ({
  forge: 'gitlab',
  baseUrl: addresses.web,
});

const topLevelGroups = ({ state }: GitLabSimulator): readonly Group[] =>
  [...state.groups.values()].filter(({ parentId }) => parentId === undefined);

/** The login of the group's first owner who can sign in. */
function ownerOf({ state }: GitLabSimulator, group: Group): string | undefined {
  const owners = [...group.members].filter(([, { level }]) => level === levelNumbers.owner);
  return owners
    .map(([id]) => state.users.get(id))
    .find((user) => user?.kind === 'human' && user.state === 'active')?.username;
}

/** The package names of the group's projects. */
export const groupManifests = ({ state }: GitLabSimulator, group: Group): Promise<readonly FoundManifest[]> =>
  manifestsIn(
    projectsOf(state, group, true)
      .filter(({ forkOf }) => forkOf === undefined)
      .map((project) => ({ ...project, name: fullPath(state, project) })),
  );

export const connectableGroups = (gitLab: GitLabSimulator): readonly Connectable[] =>
  topLevelGroups(gitLab).map((group) => ({
    ...{ host: gitLabHost(gitLab), id: String(group.id), path: group.path, name: group.name },
    owner: ownerOf(gitLab, group),
    manifests: () => groupManifests(gitLab, group),
    createToken: async (expires) => {
      const wanted = {
        source: group.path,
        name: 'Repertoire',
        scopes: ['read_api'],
        level: 'owner',
        expires,
      } as const;
      return z
        .object({ token: z.string() })
        .parse(await gitLab.changes.run('create-token', { ...wanted, scopes: [...wanted.scopes] })).token;
    },
  }));
