/**
 * The registry after it has imported every repository of a simulated forge: the real use cases and the real adapter, over a table and objects
 * in memory.
 */

import type { Connection } from '../../shared/domain/connection.ts';
import type { ForgeOrganizationId } from '../../shared/domain/ids.ts';
import type { ForgeClient } from '../../shared/forge/module.ts';
import { describeOrganization } from '../../shared/organizations/describe-organization.ts';
import { scanWaitingNames } from '../../shared/organizations/scan-waiting-names.ts';
import { objectKeys } from '../../shared/publish/object-keys.ts';
import { keys } from '../../shared/store/keys.ts';
import { findOrganization } from '../../shared/store/organization-store.ts';
import { packagesOf, versionsOfPackage } from '../../shared/store/package-store.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
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

export interface MemoryRegistry extends Registry {
  /** SHA-1 of some of our archives by commit, by the repository's name. */
  readonly archives: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** A simulated forge, and the connection that its organization `acme` is read with. */
export interface ConnectedForge {
  readonly forge: string;
  readonly baseUrl: string;
  readonly forgeOrganization: ForgeOrganizationId;
  readonly connection: Connection;
  readonly clock: { now(): number; step(ms: number): unknown };
  /** Its repositories, by the id that the adapter gives them. */
  readonly repositories: readonly {
    readonly id: string;
    readonly name: string;
    readonly defaultBranch: string;
  }[];
  open(): Promise<ForgeClient>;
}

/** How many archives of each repository are compared. */
const archivesMax = 3;

/** @throws Error when the registry does not come to rest */
export async function importAll(connected: ConnectedForge): Promise<MemoryRegistry> {
  const { forge, baseUrl, forgeOrganization, connection } = connected;
  const clock = { now: connected.clock.now, advance: async (ms: number) => void connected.clock.step(ms) };
  const table = createMemoryTable();
  const memory = createMemoryObjects(clock);
  await addSynchronized(table, 'all', { forge, baseUrl, forgeOrganization, connection });
  const registry = await createRegistryWorld(
    {
      ...{ table, clock, keyValues: createMemoryKeyValues() },
      ...{ objects: memory.writer, dists: memory.dists, storedObjects: memory.storedObjects },
    },
    [],
    async () => {
      const { structure, contents, requests } = await connected.open();
      return { ...structure, ...contents, requests };
    },
  );
  const waiting = await readEverything(registry);
  const archives = new Map<string, ReadonlyMap<string, string>>();
  const repositories: RegistryRepository[] = [];
  for (const { id, name, defaultBranch } of connected.repositories) {
    const own = (await packagesOf(table, organizationId)).filter(
      ({ repository, state }) => repository === id && state === 'available',
    );
    const numbers = own.map(({ number }) => number);
    archives.set(name, await archivesOf(registry, memory, numbers));
    repositories.push({
      ...{ fullName: `acme/${name}`, name, defaultBranch },
      packageNames: own.map((one) => one.name),
      files: await filesOf(memory, numbers),
      waiting: waiting.filter(({ repository }) => repository.split('/').at(-1) === name),
    });
  }
  return { repositories, archives, url: `${registryBaseUrl}/acme` };
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
