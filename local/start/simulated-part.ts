import {
  forgeOf,
  type GitHubWorld,
  gitHubPart,
  gitLabPart,
  nameOf,
  type World,
} from '../forges/world/world.ts';
import { WorldError } from '../forges/world/world-error.ts';

/**
 * The part of a world that is on the simulated GitHub, which may be empty; its groups are for the simulated GitLab.
 *
 * @param say - gets a line for each organization that is left out
 * @throws {WorldError} if nothing is left
 */
export function simulatedPart(world: World, say: (line: string) => void): GitHubWorld {
  for (const organization of world.organizations) {
    if (forgeOf(organization) === 'bitbucket') {
      say(`${nameOf(organization)}: left out: there is no simulated Bitbucket yet`);
    }
  }
  const served = gitHubPart(world);
  if (served.organizations.length === 0 && gitLabPart(world).organizations.length === 0) {
    throw new WorldError('no organization of the world is on GitHub or GitLab');
  }
  return served;
}
