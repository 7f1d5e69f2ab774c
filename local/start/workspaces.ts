/** The simulated Bitbucket's workspaces, as their owner connects them. */
import { isActive } from '../forges/bitbucket/rights.ts';
import type { BitbucketSimulator } from '../forges/bitbucket/simulator.ts';
import type { Workspace } from '../forges/bitbucket/state.ts';
import type { Connectable } from './connect-owned.ts';
import { manifestsIn } from './manifests.ts';

/** The nickname of the workspace's first owner who can sign in. */
function ownerOf({ state }: BitbucketSimulator, { members }: Workspace): string | undefined {
  const owners = [...members].filter(([, { role }]) => role === 'owner');
  return owners
    .map(([uuid]) => state.accounts.get(uuid))
    .find((account) => account !== undefined && isActive(account))?.nickname;
}

export const connectableWorkspaces = (bitbucket: BitbucketSimulator): readonly Connectable[] =>
  [...bitbucket.state.workspaces.values()].map((workspace) => ({
    host: { forge: 'bitbucket', baseUrl: bitbucket.addresses.web },
    ...{ id: workspace.uuid, path: workspace.slug, name: workspace.name },
    owner: ownerOf(bitbucket, workspace),
    manifests: () =>
      manifestsIn(
        [...bitbucket.state.repositories.values()].filter(
          (repository) => repository.workspace === workspace.uuid && repository.parent === undefined,
        ),
      ),
  }));
