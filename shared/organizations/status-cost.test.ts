/** What the status of an organization costs grows as the organization does, and not with its square. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { aPackage, aRepository } from '../../test/support/api-packages.ts';
import { aFact, repository } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { putFact } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { findOrganization } from '../store/organization-store.ts';
import { putHeld } from '../store/scope-store.ts';

/** How often an attribute of anything that was loaded is read. */
const counted = (() => {
  let reads = 0;
  const count = <Loaded extends object>(one: Loaded): Loaded =>
    new Proxy(one, {
      get(target, name, receiver) {
        reads += 1;
        const value: unknown = Reflect.get(target, name, receiver);
        return Array.isArray(value)
          ? value.map((part) => (typeof part === 'object' && part !== null ? count(part) : part))
          : value;
      },
    });
  const counting =
    <Parameters extends readonly unknown[], Loaded extends object>(
      load: (...parameters: Parameters) => Promise<readonly Loaded[]>,
    ) =>
    async (...parameters: Parameters) =>
      (await load(...parameters)).map(count);
  return { counting, reads: () => reads };
})();

const counting = ['../store/fact-store.ts', '../store/package-store.ts', '../store/scan-store.ts'] as const;
let describeOrganization: typeof import('./describe-organization.ts').describeOrganization;
beforeAll(async () => {
  // The files of a worker share their modules: these are loaded apart, and forgotten.
  vi.resetModules();
  vi.doMock(counting[0], async (original) => {
    const real = await original<typeof import('../store/fact-store.ts')>();
    return { ...real, loadFacts: counted.counting(real.loadFacts) };
  });
  vi.doMock(counting[1], async (original) => {
    const real = await original<typeof import('../store/package-store.ts')>();
    return { ...real, packagesOf: counted.counting(real.packagesOf) };
  });
  vi.doMock(counting[2], async (original) => {
    const real = await original<typeof import('../store/scan-store.ts')>();
    return { ...real, scansOf: counted.counting(real.scansOf) };
  });
  ({ describeOrganization } = await import('./describe-organization.ts'));
});
afterAll(() => {
  for (const path of counting) {
    vi.doUnmock(path);
  }
  vi.resetModules();
});

/** Half of the repositories have a package; each has refs that are left out; removals of as many members are held. */
async function readsWith(size: number): Promise<number> {
  const table = createMemoryTable();
  await addSynchronized(table, 'all');
  for (let id = 1; id <= size; id++) {
    const skipped = [{ ref: `tag v${id}`, reason: 'no version' }];
    await table.transact([
      aRepository(id),
      ...(id % 2 === 0 ? aPackage(id, `acme/package-${id}`) : []),
      {
        put: keys.scan(synchronizationId, repository(id)),
        item: { wanted: 1, done: 1, lastScannedAt: 1, skipped, skippedCount: 2 },
      },
      putFact(synchronizationId, aFact.member(id), 1, { changedAt: 0, gives: true }),
      putHeld(synchronizationId, {
        ...{ scope: `team:${id}`, since: 1, count: 1, digest: 'abc' },
        changes: [{ kind: 'remove', before: aFact.member(id), evidence: [] }],
      }),
    ]);
  }
  const organization = await findOrganization(table, organizationId);
  if (organization === undefined) {
    throw new Error('no organization');
  }
  const before = counted.reads();
  const described = await describeOrganization(table, organization, 1);
  expect(described.repositoriesWithoutPackage).toHaveLength(size / 2);
  expect(described.moreLeftOut).toHaveLength(size);
  expect(described.synchronizations[0]?.heldRemovals[1]?.changes[0]).toContain('(');
  return counted.reads() - before;
}

it('each fact, package and scan is gone over as often, however many there are', async () => {
  const [small, large] = [await readsWith(20), await readsWith(200)];
  expect(small).toBeGreaterThan(20);
  expect(large / small).toBeLessThanOrEqual(10);
});
