/** The client of GitLab for one connection. */
import type { ConnectionId } from '../../domain/ids.ts';
import type { CredentialSource } from '../credential.ts';
import { ForgeError } from '../errors.ts';
import type { ForgeClient, ForgeServices, OpenConnection } from '../module.ts';
import type { GitLabCredential } from './credential.ts';
import { createPace, type Pace } from './endpoints.ts';
import { createRequests } from './requests.ts';
import type { GitLabSecrets, GitLabSettings } from './settings.ts';
import { createStructureReader } from './structure.ts';
import { createTokens } from './tokens.ts';

/** The requests of a credential count together, whichever run of this process sends them. */
const paces = new WeakMap<ForgeServices, Map<ConnectionId, Pace>>();

function paceOf(services: ForgeServices, id: ConnectionId): Pace {
  const ofServices = paces.get(services) ?? new Map<ConnectionId, Pace>();
  paces.set(services, ofServices);
  const pace = ofServices.get(id) ?? createPace(services.clock.now);
  ofServices.set(id, pace);
  return pace;
}

/** @throws RangeError for a connection that GitLab does not have, or without its credential */
export function openGitLab(
  { integration, connection, organization, services }: OpenConnection<GitLabSettings, GitLabSecrets>,
  source: CredentialSource<GitLabCredential> | undefined,
): ForgeClient {
  if (connection.kind === 'integration' || connection.kind === 'app-installation' || source === undefined) {
    throw new RangeError(`GitLab is read with a grant or an access token, not by ${connection.kind}`);
  }
  const { id } = connection;
  const { settings } = integration;
  const requests = createRequests({
    ...{ settings, services, name: id, pace: paceOf(services, id) },
    tokens: createTokens(integration, source, services),
  });
  const notYet = async (): Promise<never> => {
    throw new ForgeError('unexpected', 'contents of GitLab are not read yet');
  };
  return {
    structure: createStructureReader({ requests, settings, organization, clock: services.clock }),
    contents: { readRefs: notYet, readArchive: notYet, contains: notYet },
    requests: () => requests.count(),
  };
}
