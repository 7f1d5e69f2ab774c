/** The simulated GitLab of `npm start`, beside the simulated GitHub. */
import { integrationAddresses } from '../../shared/forge/integration-key.ts';
import { type GitLabSimulator, startGitLabSimulator } from '../forges/gitlab/simulator.ts';
import type { SimulatorClock } from '../forges/server/clock.ts';
import { gitLabPart, type World } from '../forges/world/world.ts';
import { plural } from './plural.ts';
import type { Ports } from './ports.ts';
import type { StateFolder } from './state-folder.ts';

/** The name of the OAuth application that the console signs in with. */
const applicationName = 'Repertoire';

interface StartGitLab {
  readonly folder: StateFolder;
  readonly world: World;
  readonly ports: Ports;
  readonly consoleBaseUrl: string;
  readonly clock?: SimulatorClock | undefined;
  readonly say: (line: string) => void;
}

/**
 * Starts a GitLab with the world's groups, and registers the console's OAuth application there, as an administrator does once.
 *
 * @returns undefined if the world has no group
 */
export async function startGitLab(options: StartGitLab): Promise<GitLabSimulator | undefined> {
  const { folder, world, ports, consoleBaseUrl, clock, say } = options;
  const served = gitLabPart(world);
  if (served.organizations.length === 0) return undefined;
  const gitLab = await startGitLabSimulator({
    directory: folder.gitlab,
    world: served,
    ports: { web: ports.gitLabWeb, control: ports.gitLabControl },
    randomTokens: true,
    ...(clock && { clock }),
    onLog: (line) => say(`simulated GitLab: ${line}`),
  });
  const { callback } = integrationAddresses(consoleBaseUrl, {
    forge: 'gitlab',
    baseUrl: gitLab.addresses.web,
  });
  await gitLab.changes.run('register-application', {
    name: applicationName,
    redirectUris: [callback],
    scopes: ['read_user', 'api'],
  });
  say(
    `simulated GitLab: ${plural(gitLab.state.groups.size, 'group')}, ${plural(gitLab.state.projects.size, 'project')}`,
  );
  return gitLab;
}

/** The integration with it, as an operator writes it into the integrations secret. */
export function gitLabIntegration({ addresses, application }: GitLabSimulator) {
  const { clientId, clientSecret } = application(applicationName);
  return {
    forge: 'gitlab',
    settings: { baseUrl: addresses.web, clientId },
    secrets: { clientSecret },
  };
}
