import { type GitHubWorld, gitHubPart, gitLabPart, type World } from '../forges/world/world.ts';
import { WorldError } from '../forges/world/world-error.ts';

/**
 * The part of a world that is on the simulated GitHub, which may be empty; its groups are for the simulated GitLab, its workspaces for the
 * simulated Bitbucket.
 *
 * @throws {WorldError} if nothing is left
 */
export function simulatedPart(world: World): GitHubWorld {
  const served = gitHubPart(world);
  if (served.organizations.length === 0 && gitLabPart(world).organizations.length === 0) {
    throw new WorldError('no organization of the world is on GitHub or GitLab');
  }
  return served;
}
