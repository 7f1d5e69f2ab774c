/** The client of Bitbucket for one connection. */
import type { ConnectionId } from '../../domain/ids.ts';
import { allowancesOf } from '../allowance.ts';
import type { CredentialSource } from '../credential.ts';
import type { Purpose } from '../limits.ts';
import type { ForgeClient, OpenConnection } from '../module.ts';
import { createContentReader } from './content.ts';
import { contentsTokenOf, createContentsRequests } from './contents-requests.ts';
import type { BitbucketCredential } from './credential.ts';
import { createHooks } from './hooks.ts';
import { createRequests, type Requests } from './requests.ts';
import type { BitbucketSecrets, BitbucketSettings } from './settings.ts';
import { createStructureReader } from './structure.ts';
import { createTokens } from './tokens.ts';

/**
 * Shares of each hour. Of the repositories' 1,000 requests scans leave some to archives that people wait for, and both to rights; everybody's
 * permissions leave some of their 1,000 to members, who are read every ten minutes.
 */
const shares = {
  ...{ firstPermissions: 0.8, permissions: 0.45 },
  ...{ contents: 0.85, archives: 0.95, backgroundArchives: 0.8, spareArchives: 0.5 },
  // Of raw files.
  ...{ newest: 1, older: 0.9 },
};

/**
 * Bitbucket counts the requests of a person, whichever credential they are sent with and whichever workspace they read:
 * https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/#How-calls-are-measured. Read once; a credential from before its account was
 * kept goes by its connection.
 */
function nameOf(source: CredentialSource<BitbucketCredential>, id: ConnectionId): () => Promise<string> {
  let known: string | undefined;
  return async () => {
    known ??= (await source.current()).secret.reveal().account ?? id;
    return known;
  };
}

/** Of everybody's permissions, if they had each hour to themselves; an hour is left for what the read has to wait for. */
const permissionsPerDay = 23 * 1_000;

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
  const name = nameOf(source, id);
  const common = { settings, services, name, allowances: allowancesOf(services), tokens };
  const sent: Requests[] = [];
  const counted = (requests: Requests): Requests => {
    sent.push(requests);
    return requests;
  };
  const token = contentsTokenOf(source, services.clock);
  const ofContents = (purpose: Purpose, share: number): Requests =>
    counted(createContentsRequests(token, { ...common, purpose, share }, `${id} contents`));
  const requests = counted(createRequests(common));
  const permissionsWithin = (share: number, pagesMax: number) => ({
    requests: counted(createRequests({ ...common, share })),
    pagesMax,
    requestsMax: Math.floor(share * permissionsPerDay),
  });
  const permissions = {
    first: permissionsWithin(shares.firstPermissions, 700),
    // With those of members and settings it takes less than half of an hour.
    later: permissionsWithin(shares.permissions, 350),
  };
  // They wait for nobody, so they leave the reserve to rights.
  const hooks = counted(createRequests({ ...common, purpose: 'contents', share: shares.contents }));
  return {
    structure: createStructureReader({ requests, permissions }, organization),
    contents: createContentReader({
      contents: ofContents('contents', shares.contents),
      newest: ofContents('contents', shares.newest),
      older: ofContents('contents', shares.older),
      archives: ofContents('archives', shares.archives),
      backgroundArchives: ofContents('contents', shares.backgroundArchives),
      spareArchives: ofContents('spare', shares.spareArchives),
      ...{ baseUrl: settings.baseUrl, clock: services.clock },
    }),
    hooks: createHooks(hooks, organization),
    requests: () => sent.reduce((sum, { count }) => sum + count(), 0),
  };
}
