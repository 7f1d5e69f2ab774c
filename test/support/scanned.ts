/** Fixture: a scanned repository, and descriptions of what its scans stored. */

import { expect } from 'vitest';
import type { Fact } from '../../shared/domain/facts.ts';
import { packagesOf, versionsOfPackage } from '../../shared/store/package-store.ts';
import { scansOf } from '../../shared/store/scan-store.ts';
import { aFact } from './memory-forge.ts';
import { createRegistry, memoryServices, type Registry, settled } from './registry-fixture.ts';
import { organizationId, synchronizationId } from './synchronized.ts';

/** An owner, who may read everything. */
export const owner: readonly Fact[] = [aFact.settings(false), aFact.member(1, 'owner')];
export const five = [...owner, aFact.repository(5)];

/** A registry whose repository 5 holds `acme/one`. */
export async function scannedRegistry(facts: readonly Fact[] = five): Promise<Registry> {
  const registry = await createRegistry(memoryServices(), facts);
  registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'a' } });
  await settled(registry);
  return registry;
}

export async function pushed(registry: Registry, id = 5): Promise<void> {
  await registry.pushed(id);
  // The sweep must find no work.
  expect(await registry.settle()).toBe(0);
}

export const packages = async (registry: Registry) =>
  (await packagesOf(registry.table, organizationId)).map(({ number, name, state, replacement }) =>
    [number, name, state, ...(replacement === undefined ? [] : [`→ ${replacement}`])].join(' '),
  );
export const versions = async (registry: Registry, number = 1) =>
  Object.fromEntries(
    (await versionsOfPackage(registry.table, organizationId, number)).map(({ version, state, reason }) => [
      version,
      reason === undefined ? state : `${state}: ${reason}`,
    ]),
  );
export const scanOf = async (registry: Registry, id = 5) =>
  (await scansOf(registry.table, synchronizationId)).find((scan) => scan.repository === String(id));
/** An object's text. */
export const file = async (registry: Registry, key: string): Promise<string> =>
  (await registry.published()).objects.get(key)?.body.toString() ?? 'none';
