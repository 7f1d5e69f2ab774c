/** The simulated Bitbucket of `npm start`, beside the simulated GitHub. */
import { integrationAddresses } from '../../shared/forge/integration-key.ts';
import { type BitbucketSimulator, startBitbucketSimulator } from '../forges/bitbucket/simulator.ts';
import type { SimulatorClock } from '../forges/server/clock.ts';
import { bitbucketPart, type World } from '../forges/world/world.ts';
import { plural } from './plural.ts';
import type { Ports } from './ports.ts';
import type { StateFolder } from './state-folder.ts';

/** The name of the OAuth consumer that the console signs in with. */
const consumerName = 'Repertoire';

interface StartBitbucket {
  readonly folder: StateFolder;
  readonly world: World;
  readonly ports: Ports;
  readonly consoleBaseUrl: string;
  readonly clock?: SimulatorClock | undefined;
  readonly say: (line: string) => void;
}

/**
 * Starts a Bitbucket with the world's workspaces, and adds the console's OAuth consumer to the first one, as its owner does once.
 *
 * @returns undefined if the world has no workspace
 */
export async function startBitbucket(options: StartBitbucket): Promise<BitbucketSimulator | undefined> {
  const { folder, world, ports, consoleBaseUrl, clock, say } = options;
  const served = bitbucketPart(world);
  if (served.organizations.length === 0) return undefined;
  const bitbucket = await startBitbucketSimulator({
    directory: folder.bitbucket,
    world: served,
    ports: { web: ports.bitbucketWeb, api: ports.bitbucketApi, control: ports.bitbucketControl },
    randomTokens: true,
    ...(clock && { clock }),
    onLog: (line) => say(`simulated Bitbucket: ${line}`),
  });
  const { callback } = integrationAddresses(consoleBaseUrl, {
    forge: 'bitbucket',
    baseUrl: bitbucket.addresses.web,
  });
  await bitbucket.changes.run('register-consumer', {
    name: consumerName,
    callbackUrl: callback,
    scopes: ['account', 'repository', 'project', 'project:admin', 'webhook'],
  });
  const { workspaces, repositories } = bitbucket.state;
  say(
    `simulated Bitbucket: ${plural(workspaces.size, 'workspace')}, ${plural(repositories.size, 'repository', 'repositories')}`,
  );
  return bitbucket;
}

/** The integration with it, as an operator writes it into the integrations secret. */
export function bitbucketIntegration({ addresses, consumer }: BitbucketSimulator) {
  const { key: clientId, secret: clientSecret } = consumer(consumerName);
  return {
    forge: 'bitbucket',
    settings: { baseUrl: addresses.web, apiUrl: addresses.api, clientId },
    secrets: { clientSecret },
  };
}
