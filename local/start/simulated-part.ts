import {
  forgeOf,
  type GitHubWorld,
  gitHubPart,
  nameOf,
  type World,
  type WorldForge,
} from '../forges/world/world.ts';
import { WorldError } from '../forges/world/world-error.ts';

const names: Readonly<Record<WorldForge, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  bitbucket: 'Bitbucket',
};

/**
 * The part of a world that has a simulator.
 *
 * @param say - gets a line for each organization that is left out
 * @throws {WorldError} if nothing is left
 */
export function simulatedPart(world: World, say: (line: string) => void): GitHubWorld {
  for (const organization of world.organizations) {
    const forge = forgeOf(organization);
    if (forge === 'github') continue;
    say(`${nameOf(organization)}: left out: there is no simulated ${names[forge]} yet`);
  }
  const served = gitHubPart(world);
  if (served.organizations.length === 0) {
    throw new WorldError('no organization of the world is on GitHub, the only simulated forge');
  }
  return served;
}
