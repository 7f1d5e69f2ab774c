import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { changeSettings } from '../../shared/organizations/change-settings.ts';
import { keys } from '../../shared/store/keys.ts';
import { findOrganizationSettings } from '../../shared/store/organization-settings.ts';
import { findPackage } from '../../shared/store/package-store.ts';
import { byOwner } from '../support/by-owner.ts';
import { commitOf } from '../support/memory-contents.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { file, pushed, scannedRegistry, scanOf, versions } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

const manifest = (more: object): string => JSON.stringify({ name: 'acme/one', ...more });
const wordPress = {
  dist: {
    type: 'zip',
    url: 'https://downloads.example/wordpress-6.5-no-content.zip',
    shasum: 'f'.repeat(40),
  },
  source: { type: 'git', url: 'git@elsewhere.example:wordpress.git', reference: '6.5' },
};

const request = async (registry: Registry, changes: Parameters<typeof changeSettings>[3]) => {
  const before = await findOrganizationSettings(registry.table, organizationId);
  return changeSettings({ ...registry, randomBytes }, registry.organization, before, changes, byOwner);
};
const change = async (registry: Registry, changes: Parameters<typeof changeSettings>[3]) => {
  const { settings } = await request(registry, changes);
  expect(await registry.settle()).toBe(0);
  return settings;
};
const outsideCodeOf = async (registry: Registry) =>
  (await findPackage(registry.table, organizationId, 1))?.outsideCode;
const plain = (registry: Registry) => file(registry, 'acme/1/plain.json');
const dev = (registry: Registry) => file(registry, 'acme/1/dev.json');

it("a package around a third party's release installs that release, not its own repository, from the first moment", async () => {
  const registry = await scannedRegistry();
  registry.contents.set(5, {
    name: 'acme/one',
    tags: { '1.0.0': 'a', '6.5.0': 'b', '6.6.0': 'c' },
    branches: { main: 'd' },
    manifests: {
      b: manifest(wordPress),
      c: manifest({ dist: { type: 'tar', url: 'https://downloads.example/6.6.tar' } }),
      d: manifest({ source: { ...wordPress.source, reference: 'main' } }),
    },
  });
  const built: string[] = [];
  registry.beforeContents = (asked, what) => {
    if (asked === 'archive') {
      built.push(what);
    }
  };
  await pushed(registry);
  expect(await versions(registry)).toMatchObject({ '6.5.0': 'published', '6.6.0': 'published' });
  expect(built).toEqual([]);
  const text = await plain(registry);
  // A dist without a reference of its own gets that of the source, as in Composer.
  expect(text).toContain(
    `"source":${JSON.stringify(wordPress.source)},"dist":{"type":"zip","url":"${wordPress.dist.url}","reference":"6.5","shasum":"${'f'.repeat(40)}"}`,
  );
  expect(text).toContain(
    `"dist":{"type":"tar","url":"https://downloads.example/6.6.tar","reference":"${commitOf('c')}","shasum":""}`,
  );
  const branch = await dev(registry);
  expect(branch).toContain(`"source":${JSON.stringify({ ...wordPress.source, reference: 'main' })}`);
  expect(branch).toContain(`/dists/acme/one/%reference%.zip","reference":"${commitOf('d')}"`);
  expect(await outsideCodeOf(registry)).toEqual({
    published: 3,
    forbidden: 0,
    hosts: ['downloads.example', 'elsewhere.example'],
  });
});

it('a dist that no client could download leaves its version out with a line, and is never replaced by an archive of the repository', async () => {
  const registry = await scannedRegistry();
  registry.contents.set(5, {
    name: 'acme/one',
    tags: { '1.0.0': 'a', '1.1.0': 'b' },
    branches: { main: 'a', work: 'c' },
    manifests: {
      b: manifest({ dist: { type: 'path', url: '../elsewhere' } }),
      c: manifest({ dist: wordPress.dist, 'transport-options': { ssl: { verify_peer: false } } }),
    },
  });
  await pushed(registry);
  expect(await versions(registry)).toEqual({ '1.0.0': 'published', 'dev-main': 'published' });
  expect((await scanOf(registry))?.skipped).toEqual([
    { ref: 'tag 1.1.0', reason: expect.stringContaining('dist.type "path" cannot be passed on') },
    { ref: 'branch work', reason: expect.stringContaining('transport-options') },
  ]);
});

it('an organization forbids code that we do not keep, and allows it again; both reach the files of every package', async () => {
  const registry = await scannedRegistry();
  registry.contents.set(5, {
    name: 'acme/one',
    tags: { '1.0.0': 'a', '6.5.0': 'b' },
    branches: { main: 'a' },
    manifests: { b: manifest(wordPress) },
  });
  await pushed(registry);
  expect(await plain(registry)).toContain('6.5.0');
  expect(await change(registry, { publishesOutsideCode: false })).toMatchObject({
    publishesSource: true,
    publishesOutsideCode: false,
  });
  expect(await plain(registry)).toContain('1.0.0');
  expect(await plain(registry)).not.toContain('6.5.0');
  expect(await outsideCodeOf(registry)).toMatchObject({ published: 0, forbidden: 1 });
  expect(await change(registry, { publishesOutsideCode: true })).toMatchObject({
    publishesSource: true,
    publishesOutsideCode: true,
  });
  expect(await plain(registry)).toContain('6.5.0');
});

it('an organization leaves out the source of every package, also if a manifest has its own; links for people stay', async () => {
  const registry = await scannedRegistry();
  registry.contents.set(5, {
    name: 'acme/one',
    tags: { '1.0.0': 'a', '6.5.0': 'b' },
    branches: { main: 'a' },
    manifests: { b: manifest(wordPress) },
  });
  await pushed(registry);
  const before = (await plain(registry)) + (await dev(registry));
  expect(before).toContain('"source":{');
  await change(registry, { publishesSource: false });
  const text = (await plain(registry)) + (await dev(registry));
  expect(text).not.toContain('"source":{');
  expect(text).toContain('"support":{"source":"https://');
  // The reference of a dist does not depend on whether the source is shown.
  expect(text).toContain('"reference":"6.5"');
  await change(registry, { publishesSource: true });
  expect((await plain(registry)) + (await dev(registry))).toBe(before);
});

it('a tag that was imported when a dist of its own was dropped gets it with the next scan, at the same commit', async () => {
  const registry = await scannedRegistry();
  registry.contents.set(5, {
    name: 'acme/one',
    tags: { '1.0.0': 'a' },
    branches: { main: 'b' },
    manifests: { a: manifest(wordPress) },
  });
  expect(await plain(registry)).not.toContain('downloads.example');
  const key = keys.version(organizationId, 1, '1.0.0.0');
  await pushed(registry);
  expect(await plain(registry)).toContain(wordPress.dist.url);
  expect(await registry.table.get(key)).toMatchObject({ commit: commitOf('a'), state: 'published' });
});

it('a worker that dies while requesting the files of all packages leaves none without a request', async () => {
  const registry = await scannedRegistry();
  await request(registry, { publishesSource: false });
  registry.loseMessages();
  expect(await registry.settle()).toBeGreaterThan(0);
  expect((await plain(registry)) + (await dev(registry))).not.toContain('"source":{');
});
