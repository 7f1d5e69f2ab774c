import { describe, expect, it } from 'vitest';
import { keys } from '../../shared/store/keys.ts';
import { setChoice } from '../../shared/store/scan-store.ts';
import { commitOf } from '../support/memory-contents.ts';
import { aFact, repository } from '../support/memory-forge.ts';
import {
  file,
  five,
  owner,
  packages,
  pushed,
  scannedRegistry,
  scanOf,
  versions,
} from '../support/scanned.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

describe('a name', () => {
  it('that changes makes a new package, and the old one points to it and stays', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, { name: 'acme/two', branches: { main: 'b' } });
    await pushed(registry);
    expect(await packages(registry)).toEqual(['1 acme/one available → acme/two', '2 acme/two available']);
    expect(await file(registry, 'acme/1/plain.json')).toContain('"abandoned":"acme/two"');
    expect(await file(registry, 'acme/2/dev.json')).not.toContain('abandoned');
    expect(await versions(registry, 1)).toEqual({ '1.0.0': 'published', 'dev-main': 'published' });
  });

  it('that changes back reactivates its old package', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, { name: 'acme/two', branches: { main: 'b' } });
    await pushed(registry);
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'c' } });
    await pushed(registry);
    expect(await packages(registry)).toEqual(['1 acme/one available', '2 acme/two available → acme/one']);
    expect(await file(registry, 'acme/1/dev.json')).toContain(commitOf('c'));
    expect(await file(registry, 'acme/1/dev.json')).not.toContain('abandoned');
    expect(await file(registry, 'acme/2/dev.json')).toContain('"abandoned":"acme/one"');
    // A broken manifest has no name: its versions go to the package that is not abandoned.
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '1.0.0': 'a' },
      branches: { main: 'd' },
      manifests: { d: '{}', a: '{}' },
    });
    await pushed(registry);
    expect(await packages(registry)).toEqual(['1 acme/one available', '2 acme/two available → acme/one']);
  });

  it('that changed more often than fits into a transaction can still change, even if a scan dies', async () => {
    const registry = await scannedRegistry();
    const names = Array.from({ length: 110 }, (_, place) => `acme/name-${place}`);
    for (const name of names) {
      registry.contents.set(5, { name, branches: { main: 'b' } });
      await pushed(registry);
    }
    const last = names.at(-1);
    expect(await packages(registry)).toEqual([
      `1 acme/one available → ${last}`,
      ...names.slice(0, -1).map((name, place) => `${place + 2} ${name} available → ${last}`),
      `111 ${last} available`,
    ]);

    registry.contents.set(5, { name: 'acme/final', branches: { main: 'b' } });
    await registry.pushed(5);
    let transactions = 0;
    await registry.handleNext((services) => ({
      ...services,
      table: {
        ...services.table,
        async transact(operations) {
          // The package, and the first portion of those that point to it; then nothing any more.
          if (transactions === 2) {
            throw new Error('dead');
          }
          transactions += 1;
          await services.table.transact(operations);
        },
      },
    }));
    const half = await packages(registry);
    expect(half.filter((text) => text.endsWith('→ acme/final'))).toHaveLength(99);
    await registry.settle();
    expect(await packages(registry)).toEqual([
      `1 acme/one available → acme/final`,
      ...names.map((name, place) => `${place + 2} ${name} available → acme/final`),
      '112 acme/final available',
    ]);
    expect(await file(registry, 'acme/111/dev.json')).toContain('"abandoned":"acme/final"');

    // All at once, when the repository is archived.
    registry.forge.facts = [...owner, aFact.repository(5, { archived: true })];
    await registry.ask('repositories');
    await registry.settle();
    expect(await file(registry, 'acme/112/dev.json')).toContain('"abandoned":true');
  }, 30_000);

  it('with a vendor that the organization does not own waits, and the old package stays as it is', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, { name: 'symfony/console', branches: { main: 'b' } });
    await pushed(registry);
    expect(await packages(registry)).toEqual(['1 acme/one available']);
    expect(await scanOf(registry)).toMatchObject({
      waiting: [{ name: 'symfony/console', directory: '', reason: 'vendor-not-owned' }],
    });
    expect(await file(registry, 'acme/1/dev.json')).toContain(commitOf('a'));
  });

  it('that only an old tag has, because the default branch is broken, renames and withdraws nothing', async () => {
    const registry = await scannedRegistry();
    const old = '{"name":"acme/older"}';
    const refs = { name: 'acme/one', tags: { '1.0.0': 'a', '0.9.0': 'e' }, manifests: { e: old } };
    registry.contents.set(5, { ...refs, branches: { main: 'a' } });
    await pushed(registry);
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '0.9.0': 'e', '1.0.0': 'a' },
      branches: { main: 'b' },
      manifests: { e: old, a: old, b: '{ broken' },
    });
    await pushed(registry);
    expect(await packages(registry)).toEqual(['1 acme/one available']);
    expect(await file(registry, 'acme/1/dev.json')).toContain(commitOf('a'));
    expect(await versions(registry)).toEqual({
      '0.9.0': 'published',
      '1.0.0': 'published',
      'dev-main': 'published',
    });
    const stays = expect.stringContaining('acme/older, but the package is acme/one');
    expect(await scanOf(registry)).toMatchObject({
      skipped: [
        { ref: 'branch main' },
        { ref: 'tag 0.9.0', reason: stays },
        { ref: 'tag 1.0.0', reason: stays },
      ],
    });
  });

  it('comes from a branch if neither the default branch nor a tag has one, and an earlier branch renames nothing', async () => {
    const registry = await scannedRegistry();
    const manifests = { b: '{}', c: '{"name":"acme/branch"}', d: '{"name":"acme/other"}' };
    registry.contents.set(6, { name: '', branches: { main: 'b', work: 'c' }, manifests });
    await registry.change([...five, aFact.repository(6)], 'repositories');
    await registry.settle();
    expect(await packages(registry)).toEqual(['1 acme/one available', '2 acme/branch available']);
    expect(await versions(registry, 2)).toEqual({ 'dev-work': 'published' });
    registry.contents.set(6, { name: '', branches: { main: 'b', first: 'd', work: 'c' }, manifests });
    await pushed(registry, 6);
    expect(await packages(registry)).toEqual(['1 acme/one available', '2 acme/branch available']);
    expect(await versions(registry, 2)).toEqual({ 'dev-work': 'published' });
    expect(await scanOf(registry, 6)).toMatchObject({
      skipped: [
        { ref: 'branch first', reason: expect.stringContaining('"acme/other"') },
        { ref: 'branch main', reason: 'composer.json is empty.' },
      ],
    });
  });

  it('that is too long for a key at the edge waits', async () => {
    const registry = await scannedRegistry(owner);
    registry.contents.set(6, { name: `acme/${'x'.repeat(600)}`, branches: { main: 'a' } });
    await registry.change([...owner, aFact.repository(6)], 'repositories');
    expect(await registry.settle()).toBe(0);
    expect(await packages(registry)).toEqual([]);
    expect(await scanOf(registry, 6)).toMatchObject({ waiting: [{ reason: 'invalid-name' }] });
  });

  it.each(['one after another', 'at once'])(
    'belongs to the first of two repositories that have it, %s',
    async (how) => {
      const registry = await scannedRegistry(owner);
      registry.contents.set(6, { name: 'acme/one', branches: { main: 'b' } });
      await registry.change([...owner, aFact.repository(5), aFact.repository(6)], 'repositories');
      while (registry.queued().some(({ queue }) => queue === 'sync')) {
        await registry.handleNext();
      }
      if (how === 'at once') {
        // Both read before either writes.
        let arrived = 0;
        let letBothGo = (): void => {};
        const both = new Promise<void>((resolve) => {
          letBothGo = resolve;
        });
        registry.beforeContents = async (asked) => {
          arrived += asked === 'refs' ? 1 : 0;
          if (arrived === 2) {
            letBothGo();
          }
          await both;
        };
        await Promise.all([registry.handleNext(), registry.handleNext(), registry.handleNext()]);
      }
      // The sweep must find no work.
      expect(await registry.settle()).toBe(0);
      expect(registry.errors).toEqual([]);
      expect((await packages(registry)).map((one) => one.replace(/^\d/, 'n'))).toEqual([
        'n acme/one available',
      ]);
      const waiting = await Promise.all([scanOf(registry, 5), scanOf(registry, 6)]);
      expect(waiting.flatMap((scan) => scan?.waiting)).toMatchObject([{ reason: 'name-taken' }]);
    },
  );

  it('of a package that was deleted does not come back by itself', async () => {
    const registry = await scannedRegistry();
    await registry.table.update({ key: keys.package(organizationId, 1), set: { state: 'deleted' } });
    await pushed(registry);
    expect(await packages(registry)).toEqual(['1 acme/one deleted']);
    expect(await scanOf(registry)).toMatchObject({ waiting: [{ reason: 'name-taken' }] });
  });
});

describe('a repository', () => {
  it('that is a fork waits until an owner chooses it', async () => {
    const registry = await scannedRegistry([...owner, aFact.repository(5, { fork: true })]);
    expect(await packages(registry)).toEqual([]);
    expect(await scanOf(registry)).toMatchObject({ waiting: [{ name: 'acme/one', reason: 'fork' }] });
    await registry.table.transact([setChoice(synchronizationId, repository(5), true)]);
    await pushed(registry);
    expect(await packages(registry)).toEqual(['1 acme/one available']);
    expect(await scanOf(registry)).toMatchObject({ waiting: [] });
  });

  it('without a manifest, or that is gone before its first scan, makes no package', async () => {
    const registry = await scannedRegistry(owner);
    registry.contents.set(5, { name: 'acme/one', branches: { main: 'a' }, manifests: { a: '' } });
    await registry.change([...owner, aFact.repository(5)], 'repositories');
    expect(await registry.settle()).toBe(0);
    await registry.change(owner, 'repositories');
    expect(await registry.settle()).toBe(0);
    expect(await packages(registry)).toEqual([]);
    expect(registry.errors).toEqual([]);
    await registry.change(five, 'repositories');
    registry.contents.set(5, { name: 'acme/one', branches: { main: 'b' } });
    expect(await registry.settle()).toBe(0);
    expect(await packages(registry)).toEqual(['1 acme/one available']);
  });

  it('with a name and no usable version is a package all the same, with empty files', async () => {
    const registry = await scannedRegistry(owner);
    const broken = '{"name":"acme/one","require":7}';
    registry.contents.set(5, { name: 'acme/one', branches: { main: 'a' }, manifests: { a: broken } });
    await registry.change(five, 'repositories');
    expect(await registry.settle()).toBe(0);
    expect(await packages(registry)).toEqual(['1 acme/one available']);
    expect(await file(registry, 'acme/1/plain.json')).toBe(
      '{"minified":"composer/2.0","packages":{"acme/one":[]}}',
    );
    expect(await scanOf(registry)).toMatchObject({ skipped: [{ ref: 'branch main' }] });
  });

  it('that is archived is abandoned until it is unarchived; its manifest may name a replacement', async () => {
    const archived = [...owner, aFact.repository(5, { archived: true })];
    const registry = await scannedRegistry(archived);
    expect(await file(registry, 'acme/1/plain.json')).toContain('"abandoned":true');
    await registry.change(five, 'repositories');
    expect(await registry.settle()).toBe(0);
    // What was imported from an archived repository does not stay abandoned for ever.
    expect(await file(registry, 'acme/1/plain.json')).not.toContain('abandoned');
    registry.contents.set(5, {
      name: 'acme/one',
      branches: { main: 'b' },
      manifests: { b: '{"name":"acme/one","abandoned":"acme/other"}' },
    });
    await registry.change(archived, 'repositories');
    expect(await registry.settle()).toBe(0);
    expect(await file(registry, 'acme/1/dev.json')).toContain('"abandoned":"acme/other"');
  });

  it('with more tags than fit into a transaction, and manifests larger than an item, gets all that can be stored', async () => {
    const registry = await scannedRegistry(owner);
    const hex = (place: number): string => place.toString(16).padStart(8, '0');
    const tags = Object.fromEntries(Array.from({ length: 120 }, (_, place) => [`1.0.${place}`, hex(place)]));
    const large = JSON.stringify({ name: 'acme/one', extra: { text: 'x'.repeat(350_000) } });
    const medium = JSON.stringify({ name: 'acme/one', extra: { text: 'x'.repeat(200_000) } });
    const sizes: number[] = [];
    const { table } = registry;
    registry.contents.set(5, {
      name: 'acme/one',
      tags,
      branches: { main: 'a' },
      manifests: {
        [hex(7)]: large,
        ...Object.fromEntries(Array.from({ length: 30 }, (_, place) => [hex(60 + place), medium])),
      },
    });
    await registry.change(five, 'repositories');
    await registry.settle((services) => ({
      ...services,
      table: {
        ...services.table,
        async transact(operations) {
          sizes.push(Buffer.byteLength(JSON.stringify(operations)));
          await services.table.transact(operations);
        },
      },
    }));
    expect(registry.errors).toEqual([]);
    expect(Object.keys(await versions(registry))).toHaveLength(120);
    expect(await scanOf(registry)).toMatchObject({
      skipped: [{ ref: 'tag 1.0.7', reason: expect.stringContaining('has 351 KB; the limit is 300 KB') }],
    });
    expect(Math.max(...sizes)).toBeLessThan(4_000_000);
    expect(Math.max(...sizes)).toBeGreaterThan(2_000_000);
    const recorded = await table.query(`PACKAGE#${organizationId}#1`, 'DIST#');
    expect(recorded).toHaveLength(120);
  });
});
