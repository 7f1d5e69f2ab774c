/**
 * What a new tag costs: the same for a package with ten versions as for one with a thousand. What grows is said here too: the versions themselves
 * are read once by the scan, which compares them with the refs, and once by the publisher, whose one file has all of them.
 */
import { describe, expect, it } from 'vitest';
import { countQueried, countReads } from '../support/count-reads.ts';
import { createRegistry, memoryServices, type Registry, settled } from '../support/registry-fixture.ts';
import { file, five, pushed } from '../support/scanned.ts';

/** Hex digits of the commit of the version at that place. */
const commitAt = (place: number): string => place.toString(16).padStart(4, '0');

async function withVersions(count: number) {
  const services = memoryServices();
  const { table } = services;
  const reads = countReads(table);
  const queried = countQueried(table);
  const writes = countWrites(table);
  const registry = await createRegistry(services, five);
  const release = (places: number): void => {
    const tags = Array.from({ length: places }, (_, place) => [`1.${place}.0`, commitAt(place)] as const);
    registry.contents.set(5, {
      name: 'acme/one',
      tags: Object.fromEntries(tags),
      branches: { main: commitAt(0) },
    });
  };
  release(count);
  await settled(registry);
  const asked: string[] = [];
  registry.beforeContents = (what) => {
    asked.push(what);
  };
  const counts = () => ({ reads: reads(), items: queried(), ...writes() });
  const bytes = async () => (await file(registry, 'acme/1/plain.json')).length;
  return { registry, release, asked, counts, bytes };
}

/** Operations of transactions count each, checks too, as they are paid. */
function countWrites(table: Registry['table']): () => { writes: number; transactions: number } {
  const { update, transact } = table;
  let [writes, transactions] = [0, 0];
  table.update = async (...change) => {
    writes++;
    return update(...change);
  };
  table.transact = async (operations) => {
    writes += operations.length;
    transactions++;
    return transact(operations);
  };
  return () => ({ writes, transactions });
}

async function costOfATag(count: number) {
  const { registry, release, asked, counts, bytes } = await withVersions(count);
  const before = counts();
  const size = await bytes();
  registry.handled.length = 0;
  registry.written.length = 0;
  release(count + 1);
  await registry.clock.advance(5000);
  await pushed(registry);
  const after = counts();
  return {
    reads: after.reads - before.reads,
    writes: after.writes - before.writes,
    transactions: after.transactions - before.transactions,
    messages: registry.handled.map(({ queue }) => queue),
    objects: registry.written,
    forge: asked,
    items: after.items - before.items,
    bytes: (await bytes()) - size,
  };
}

describe('a new tag', () => {
  it('costs the same reads, writes, messages, objects and requests for 1,000 versions as for 10', async () => {
    const { items: fewItems, bytes: fewBytes, ...few } = await costOfATag(10);
    const { items, bytes, objects, ...many } = await costOfATag(1000);

    expect({ ...many, objects: few.objects }).toEqual(few);
    expect(few).toMatchObject({
      // Its scan, and one writing of the file: none while the archive is not stored yet.
      messages: ['scan', 'publish-package'],
      forge: ['refs', 'archive'],
    });
    expect([few.reads, few.writes, few.transactions]).toEqual([22, 19, 5]);
    expect(objects).toEqual([`put acme/1/${commitAt(1000).repeat(10)}.zip`, 'put acme/1/plain.json']);
    // Every version is read twice, and nothing else grows: not even the file by more than the one version.
    expect(items - fewItems).toBe(2 * 990);
    expect(bytes).toBeLessThan(fewBytes + 100);
  });
});
