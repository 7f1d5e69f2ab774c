/** The client of Bitbucket for one connection. */
import type { ConnectionId } from '../../domain/ids.ts';
import type { CredentialSource } from '../credential.ts';
import type { ForgeClient, ForgeServices, OpenConnection } from '../module.ts';
import { createPace, type Pace } from '../pace.ts';
import { createContentReader } from './content.ts';
import type { BitbucketCredential } from './credential.ts';
import { createHooks } from './hooks.ts';
import { createRequests } from './requests.ts';
import type { BitbucketSecrets, BitbucketSettings } from './settings.ts';
import { createStructureReader } from './structure.ts';
import { createTokens } from './tokens.ts';

/** The requests of a credential count together, whichever run of this process sends them. */
const paces = new WeakMap<ForgeServices, Map<ConnectionId, Pace>>();

function paceOf(services: ForgeServices, id: ConnectionId): Pace {
  const ofServices = paces.get(services) ?? new Map<ConnectionId, Pace>();
  paces.set(services, ofServices);
  const known = ofServices.get(id) ?? createPace(services.clock.now);
  ofServices.set(id, known);
  return known;
}

/** @throws RangeError for a connection that Bitbucket does not have, or without its credential */
export function openBitbucket(
  { integration, connection, organization, services }: OpenConnection<BitbucketSettings, BitbucketSecrets>,
  source: CredentialSource<BitbucketCredential> | undefined,
): ForgeClient {
  if (connection.kind === 'integration' || connection.kind === 'app-installation' || source === undefined) {
    throw new RangeError(`Bitbucket is read with a grant or a token, not by ${connection.kind}`);
  }
  const { id } = connection;
  const { settings } = integration;
  const tokens = createTokens(integration, source, services);
  const common = { settings, services, name: id, pace: paceOf(services, id), tokens };
  const requests = createRequests(common);
  const contents = createRequests({ ...common, purpose: 'contents' });
  const archives = createRequests({ ...common, purpose: 'archives' });
  return {
    structure: createStructureReader(requests, organization),
    contents: createContentReader({ contents, archives, baseUrl: settings.baseUrl }),
    // They wait for nobody, so they leave the reserve to rights.
    hooks: createHooks(contents, organization),
    requests: () => requests.count() + contents.count() + archives.count(),
  };
}
