/** A version's checksum, or its absence, is recorded in lock files, so what was first published stays. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keys } from '../../shared/store/keys.ts';
import { metadataLayout } from '../../shared/store/package-store.ts';
import { requestWork } from '../../shared/store/work.ts';
import { packageWork } from '../../shared/store/work-items.ts';
import { commitOf } from '../support/memory-contents.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { registryBaseUrl } from '../support/registry-world.ts';
import { file, pushed, scannedRegistry } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

const Dist = z.object({ url: z.string(), reference: z.string(), shasum: z.string() });
const Metadata = z.object({
  packages: z.object({ 'acme/one': z.array(z.object({ version: z.string(), dist: Dist })) }),
});

/** The dist of each version. The manifests have only names, so every entry of a minified file has its dist. */
async function distsIn(registry: Registry, name: 'plain' | 'dev') {
  const text = await file(registry, `acme/1/${name}.json`);
  return Object.fromEntries(
    Metadata.parse(JSON.parse(text)).packages['acme/one'].map(({ version, dist }) => [version, dist]),
  );
}

async function publishedAgain(registry: Registry): Promise<void> {
  const workItem = packageWork(organizationId, 1);
  await registry.table.transact([requestWork(workItem, registry.clock.now())]);
  await registry.workQueue.send([workItem.message]);
  await registry.settle();
}

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

describe('a checksum', () => {
  it('is not added to an imported version by its first download, nor is its file written again', async () => {
    const registry = await scannedRegistry();
    const before = await file(registry, 'acme/1/plain.json');
    registry.written.length = 0;
    expect(await registry.fetch(1, commitOf('a'))).toMatchObject({ status: 307 });
    await registry.settle();
    expect(registry.written).toEqual([`put acme/1/${commitOf('a')}.zip`]);
    await publishedAgain(registry);
    expect(await file(registry, 'acme/1/plain.json')).toBe(before);
    expect((await distsIn(registry, 'plain'))['1.0.0']?.shasum).toBe('');
  });

  it("of a new tag on the commit of an imported version is only the new version's", async () => {
    const registry = await scannedRegistry();
    registry.archiveOf = () => Readable.from(['archive']);
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '1.0.0': 'a', '1.0.1': 'a' },
      branches: { main: 'a' },
    });
    await pushed(registry);
    const dists = await distsIn(registry, 'plain');
    expect(dists['1.0.1']).toMatchObject({ reference: commitOf('a'), shasum: sha1('archive') });
    expect(dists['1.0.0']).toMatchObject({ reference: commitOf('a'), shasum: '' });
  });

  it('stays with its version while its tag is gone and once it is back', async () => {
    const registry = await scannedRegistry();
    registry.archiveOf = () => Readable.from(['archive']);
    const both = { name: 'acme/one', tags: { '1.0.0': 'a', '1.1.0': 'b' }, branches: { main: 'a' } };
    registry.contents.set(5, both);
    await pushed(registry);
    registry.contents.set(5, { ...both, tags: {} });
    await pushed(registry);
    expect(await distsIn(registry, 'plain')).toEqual({});
    registry.contents.set(5, both);
    await pushed(registry);
    const dists = await distsIn(registry, 'plain');
    expect([dists['1.0.0']?.shasum, dists['1.1.0']?.shasum]).toEqual(['', sha1('archive')]);
  });
});

describe('a branch', () => {
  it('has a placeholder for the pinned commit in its URL, and no checksum, whatever else is at its commit', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '1.0.0': 'a', '1.1.0': 'b' },
      branches: { main: 'b', '1.x': 'a' },
    });
    await pushed(registry);
    await registry.fetch(1, commitOf('a'));
    await publishedAgain(registry);
    const address = (reference: string) => `${registryBaseUrl}/acme/dists/acme/one/${reference}.zip`;
    expect(await distsIn(registry, 'dev')).toMatchObject({
      'dev-main': { url: address('%reference%'), reference: commitOf('b'), shasum: '' },
      '1.x-dev': { url: address('%reference%'), reference: commitOf('a'), shasum: '' },
    });
    expect(await distsIn(registry, 'plain')).toMatchObject({
      '1.1.0': { url: address(commitOf('b')), reference: commitOf('b') },
    });
  });
});

describe('a package published before checksums belonged to versions', () => {
  /** As an earlier release left it: 1.0.0 published with its commit's checksum, 1.1.0 without. */
  async function oldRegistry(): Promise<Registry> {
    const registry = await scannedRegistry();
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '1.0.0': 'a', '1.1.0': 'b' },
      branches: { main: 'a' },
    });
    await pushed(registry);
    const { table } = registry;
    for (const version of ['1.0.0.0', '1.1.0.0']) {
      await table.update({ key: keys.version(organizationId, 1, version), remove: ['shasum'] });
    }
    await table.update({
      key: keys.dist(organizationId, 1, commitOf('a')),
      set: { shasum: sha1('old archive'), size: 11, storedAt: 1 },
    });
    await table.update({
      key: keys.dist(organizationId, 1, commitOf('b')),
      remove: ['sha1', 'size', 'storedAt'],
    });
    await table.update({ key: keys.package(organizationId, 1), remove: ['metadataLayout'] });
    return registry;
  }

  it('keeps its published checksum, also when an archive is stored now', async () => {
    const registry = await oldRegistry();
    await publishedAgain(registry);
    const served = { '1.0.0': { shasum: sha1('old archive') }, '1.1.0': { shasum: '' } };
    expect(await distsIn(registry, 'plain')).toMatchObject(served);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
    await publishedAgain(registry);
    expect(await distsIn(registry, 'plain')).toMatchObject(served);
  });

  it('has its files written again by the next scan, though nothing changed', async () => {
    const registry = await oldRegistry();
    const layout = async () => (await registry.table.get(keys.package(organizationId, 1)))?.metadataLayout;
    await pushed(registry);
    expect(await layout()).toBe(metadataLayout);
    const before = registry.handled.length;
    await pushed(registry);
    expect(registry.handled.slice(before).map(({ queue }) => queue)).toEqual(['scan']);
  });
});
