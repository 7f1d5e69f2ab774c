/** Fixture: several repositories that claim one package name. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Fact, RepositoryFact } from '../../shared/domain/facts.ts';
import { describeOrganization } from '../../shared/organizations/describe-organization.ts';
import { type GivePackageNameInput, givePackageName } from '../../shared/organizations/give-package-name.ts';
import { nameClaims } from '../../shared/store/name-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { aFact } from './memory-forge.ts';
import { createRegistry, memoryServices, type Registry, settled } from './registry-fixture.ts';
import { owner, scanOf } from './scanned.ts';
import { organizationId, synchronizationId } from './synchronized.ts';

export const one = (id: number, differences: Partial<RepositoryFact> = {}) =>
  aFact.repository(id, differences);
export const older = { createdAt: '2019-05-01T00:00:00Z' };

/** Imports repositories whose manifests all name `acme/one`. Each has its own commit: repository 5 has 5555…. */
export async function imported(...repositories: readonly Fact[]): Promise<Registry> {
  const registry = await createRegistry(memoryServices(), [...owner, ...repositories]);
  for (const fact of repositories) {
    says(registry, fact.kind === 'repository' ? Number(fact.repository) : 0, 'acme/one');
  }
  await settled(registry);
  return registry;
}

export function says(registry: Registry, id: number, name: string): void {
  registry.contents.set(id, { name, tags: { '1.0.0': String(id) }, branches: { main: String(id) } });
}

/** Has the schedule end the import. */
export async function endImport(registry: Registry): Promise<void> {
  const { table, workQueue, clock } = registry;
  await reconcile({ table, workQueue, clock, logger: { info: () => {}, warn: () => {}, error: () => {} } });
  await quiet(registry);
  expect((await findSynchronization(table, synchronizationId))?.importEndedAt).toBeDefined();
}

export async function quiet(registry: Registry): Promise<void> {
  // The sweep must find no work.
  expect(await registry.settle()).toBe(0);
  expect(registry.errors).toEqual([]);
}

export async function becomes(registry: Registry, ...repositories: readonly Fact[]): Promise<void> {
  await registry.change([...owner, ...repositories], 'repositories');
  await quiet(registry);
}

export const give = async (registry: Registry, to: string, more: Partial<GivePackageNameInput> = {}) => {
  const given = await givePackageName(
    { ...registry, randomBytes, logger: { warn: () => {} } },
    registry.organization,
    { packageName: 'acme/one', to, samePackage: false, ...more },
    { by: 'Ann', why: 'it moved' },
  );
  await quiet(registry);
  return given;
};

export const waits = async (registry: Registry, id: number) => (await scanOf(registry, id))?.waiting;
export const nameTaken = [{ name: 'acme/one', directory: '', reason: 'name-taken' }];
export const status = (registry: Registry) =>
  describeOrganization(registry.table, registry.organization, registry.clock.now());
export const atEdge = async (registry: Registry) =>
  (await registry.published()).values.get('p/acme/acme/one');
export const claims = async (registry: Registry) =>
  (await nameClaims(registry.table, organizationId, 'acme/one')).map((claim) => claim.repository);
