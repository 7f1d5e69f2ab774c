/**
 * The registry after it has imported every project of a simulated GitLab: the real use cases and the real adapter, over a table and objects in
 * memory.
 */
import { personalToken } from '../../local/forges/gitlab/state.ts';
import type { GitHubWorld, GitLabWorld } from '../../local/forges/world/world.ts';
import type { Progress } from '../../local/start/progress.ts';
import { describeOrganization } from '../../shared/organizations/describe-organization.ts';
import { scanWaitingNames } from '../../shared/organizations/scan-waiting-names.ts';
import { objectKeys } from '../../shared/publish/object-keys.ts';
import { keys } from '../../shared/store/keys.ts';
import { findOrganization } from '../../shared/store/organization-store.ts';
import { packagesOf, versionsOfPackage } from '../../shared/store/package-store.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { startGitLab } from '../../test/contracts/gitlab-fixture.ts';
import {
  createMemoryKeyValues,
  createMemoryObjects,
  type MemoryObjects,
} from '../../test/support/memory-store.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import {
  createRegistryWorld,
  type RegistryWorld,
  registryBaseUrl,
} from '../../test/support/registry-world.ts';
import { addSynchronized, organizationId } from '../../test/support/synchronized.ts';
import type { Registry, RegistryRepository } from './registry-side.ts';

export interface GitLabRegistry extends Registry {
  /** Where the simulated GitLab is, with its relative URL root. */
  readonly web: string;
  /** For its API, in the place of a person's own. */
  readonly token: string;
  /** SHA-1 of some of our archives by commit, by the repository's name. */
  readonly archives: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** How many archives of each repository are compared. */
const archivesMax = 3;

/** The same repositories as projects of one group. Every second one is public: those have another address to be cloned from. */
export function onGitLab({ users, organizations: [organization] }: GitHubWorld): GitLabWorld {
  const projects = (organization?.repositories ?? []).map(({ name, git }, place) => ({
    path: name,
    visibility: place % 2 === 0 ? ('private' as const) : ('public' as const),
    ...(git !== undefined && { git }),
  }));
  return { users, organizations: [{ forge: 'gitlab', path: 'acme', members: { alice: 'owner' }, projects }] };
}

/**
 * Runs until `use` has ended.
 *
 * @throws Error when the registry does not come to rest
 */
export async function withGitLabRegistry<Result>(
  world: GitLabWorld,
  progress: Progress,
  use: (registry: GitLabRegistry) => Promise<Result>,
): Promise<Result> {
  const lab = await startGitLab({ world });
  try {
    progress.step(`simulated GitLab: ${lab.simulator.state.projects.size} projects`);
    const registry = await importAll(lab);
    // The judges have all of GitLab's patience: each asks for the same archives again.
    lab.simulator.intercept(() => {
      lab.simulator.renewLimits();
      return undefined;
    });
    return await use(registry);
  } finally {
    await lab.close();
  }
}

type Lab = Awaited<ReturnType<typeof startGitLab>>;

async function importAll(lab: Lab): Promise<GitLabRegistry> {
  const { integration, organization: forgeOrganization, connection } = lab;
  const clock = { now: lab.clock.now, advance: async (ms: number) => lab.clock.step(ms) };
  const table = createMemoryTable();
  const memory = createMemoryObjects(clock);
  const { baseUrl } = integration.settings;
  await addSynchronized(table, 'all', { forge: 'gitlab', baseUrl, forgeOrganization, connection });
  const registry = await createRegistryWorld(
    {
      ...{ table, clock, keyValues: createMemoryKeyValues() },
      ...{ objects: memory.writer, dists: memory.dists, storedObjects: memory.storedObjects },
    },
    [],
    async () => {
      const { structure, contents, requests } = await lab.open();
      return { ...structure, ...contents, requests };
    },
  );
  const waiting = await readEverything(registry);
  const archives = new Map<string, ReadonlyMap<string, string>>();
  const repositories: RegistryRepository[] = [];
  for (const { id, path, defaultBranch } of lab.simulator.state.projects.values()) {
    const own = (await packagesOf(table, organizationId)).filter(
      ({ repository, state }) => repository === String(id) && state === 'available',
    );
    const numbers = own.map(({ number }) => number);
    archives.set(path, await archivesOf(registry, memory, numbers));
    repositories.push({
      ...{ fullName: `acme/${path}`, name: path, defaultBranch },
      packageNames: own.map(({ name }) => name),
      files: await filesOf(memory, numbers),
      waiting: waiting.filter(({ repository }) => repository.split('/').at(-1) === path),
    });
  }
  return {
    ...{ repositories, archives, url: `${registryBaseUrl}/acme` },
    ...{ web: lab.simulator.addresses.web, token: personalToken('alice') },
  };
}

/** Imports as an owner would who wants every package. @returns the names that wait all the same */
async function readEverything(registry: RegistryWorld) {
  const { table, workQueue, clock } = registry;
  const settle = async (): Promise<void> => {
    await registry.settleWithReconciles();
    if (registry.errors.length > 0) throw registry.errors[0];
  };
  const describe = async () => {
    const organization = await findOrganization(table, organizationId);
    if (organization === undefined) throw new Error('the registry has no organization');
    return describeOrganization(table, organization, clock.now());
  };
  const logger = { info() {}, warn() {}, error() {} };
  await reconcile({ table, workQueue, clock, logger });
  await settle();
  const { ownedVendors, proposedVendors } = await describe();
  const set = { ownedVendors: [...ownedVendors, ...proposedVendors] };
  await table.update({ key: keys.organization(organizationId), set });
  await scanWaitingNames({ table, workQueue, clock }, { id: organizationId });
  await settle();
  return (await describe()).waiting;
}

/** SHA-1 by commit of the archives of the packages' last versions, which are built now. */
async function archivesOf(
  registry: RegistryWorld,
  memory: MemoryObjects,
  packageNumbers: readonly number[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const number of packageNumbers) {
    const versions = await versionsOfPackage(registry.table, organizationId, number);
    for (const { commit } of versions.slice(-archivesMax)) {
      await registry.fetch(number, commit);
      const digest = await memory.dists.digest(
        objectKeys.dist('acme', number, commit),
        AbortSignal.timeout(1000),
      );
      found.set(commit, digest?.shasum ?? 'there is none');
    }
  }
  return found;
}

async function filesOf(memory: MemoryObjects, packageNumbers: readonly number[]): Promise<string[]> {
  const objects = await memory.list();
  return packageNumbers.flatMap((number) =>
    [objectKeys.plain('acme', number), objectKeys.dev('acme', number)].map((key) => {
      const body = objects.get(key)?.body;
      if (body === undefined) throw new Error(`${key} is not there`);
      return body.toString('utf8');
    }),
  );
}
