/** The client of GitLab for one connection. */
import type { ConnectionId } from '../../domain/ids.ts';
import { allowancesOf } from '../allowance.ts';
import type { CredentialSource } from '../credential.ts';
import type { ForgeClient, ForgeServices, OpenConnection } from '../module.ts';
import { createPace, type Pace } from '../pace.ts';
import { type Instance, readInstance } from './account.ts';
import { createContentReader } from './content.ts';
import type { GitLabCredential } from './credential.ts';
import { createFileCache, type FileCache } from './file-cache.ts';
import { createHooks, type Signing } from './hooks.ts';
import { createRequests } from './requests.ts';
import type { GitLabSecrets, GitLabSettings } from './settings.ts';
import { createStructureReader } from './structure.ts';
import { createTokens } from './tokens.ts';

/** What the runs of this process share. */
interface Shared {
  /** The requests of a credential count together, whichever run sends them. */
  readonly paces: Map<ConnectionId, Pace>;
  readonly files: Map<ConnectionId, FileCache>;
  /** By the address of the API: an installation may know several. */
  readonly instances: Map<
    string,
    { readonly until: number; readonly known: Omit<Instance, 'viewersInstall'> }
  >;
  readonly signing: Map<string, { readonly until: number; readonly signs: boolean }>;
}
const shared = new WeakMap<ForgeServices, Shared>();

/** An upgrade, which is rare, or a feature flag changes the instance; milliseconds. */
const instanceMs = 3600_000;

function sharedOf(services: ForgeServices): Shared {
  const known = shared.get(services) ?? {
    ...{ paces: new Map(), files: new Map(), instances: new Map(), signing: new Map() },
  };
  shared.set(services, known);
  return known;
}

/** @throws RangeError for a connection that GitLab does not have, or without its credential */
export function openGitLab(
  {
    integration,
    connection,
    organization,
    services,
    viewersInstall = false,
  }: OpenConnection<GitLabSettings, GitLabSecrets>,
  source: CredentialSource<GitLabCredential> | undefined,
): ForgeClient {
  if (connection.kind === 'integration' || connection.kind === 'app-installation' || source === undefined) {
    throw new RangeError(`GitLab is read with a grant or an access token, not by ${connection.kind}`);
  }
  const { id } = connection;
  const { settings } = integration;
  const { clock } = services;
  const known = sharedOf(services);
  const pace = known.paces.get(id) ?? createPace(clock.now);
  known.paces.set(id, pace);
  const files = known.files.get(id) ?? createFileCache();
  known.files.set(id, files);
  const tokens = createTokens(integration, source, services);
  const common = { settings, services, name: id, pace, allowances: allowancesOf(services), tokens };
  const requests = createRequests(common);
  const contents = createRequests({ ...common, purpose: 'contents' });
  const archives = createRequests({ ...common, purpose: 'archives' });
  const spareArchives = createRequests({ ...common, purpose: 'spare' });
  async function instance(): Promise<Instance> {
    const recent = known.instances.get(settings.apiUrl);
    if (recent !== undefined && clock.now() < recent.until) {
      return { ...recent.known, viewersInstall };
    }
    const read = await readInstance(requests, settings);
    known.instances.set(settings.apiUrl, { known: read, until: clock.now() + instanceMs });
    return { ...read, viewersInstall };
  }
  const signing: Signing = {
    known() {
      const recent = known.signing.get(settings.apiUrl);
      return recent !== undefined && clock.now() < recent.until ? recent.signs : undefined;
    },
    note: (signs) => known.signing.set(settings.apiUrl, { signs, until: clock.now() + instanceMs }),
  };
  return {
    structure: createStructureReader({ requests, instance, viewersInstall, organization, clock }),
    contents: createContentReader({ contents, archives, spareArchives, files }),
    // They wait for nobody, so they leave the reserve to rights.
    hooks: createHooks({
      ...{ requests: contents, signing, organization },
      version: async () => (await instance()).version,
    }),
    requests: () => requests.count() + contents.count() + archives.count(),
  };
}
