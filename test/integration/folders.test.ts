/** Several packages in one repository: the folders that its owner's globs name. */
import { beforeEach, describe, expect, it } from 'vitest';
import { asId } from '../../shared/domain/ids.ts';
import { packageVersions } from '../../shared/organizations/describe-package.ts';
import { packagesOf, versionsOfPackage } from '../../shared/store/package-store.ts';
import { setFolderGlobs } from '../../shared/store/scan-store.ts';
import { commitOf, type MemoryRefs } from '../support/memory-contents.ts';
import { createRegistry, memoryServices, type Registry, settled } from '../support/registry-fixture.ts';
import { file, five, owner, pushed, scanOf, versions } from '../support/scanned.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';
import { filesIn, zipOf } from '../support/zip.ts';

const manifest = (name: string, more: object = {}): string => JSON.stringify({ name, ...more });
const a1 = { 'packages/a/composer.json': manifest('acme/a'), 'packages/a/a.php': '1' };
const a2 = { ...a1, 'packages/a/a.php': '2' };
const b1 = { 'packages/b/composer.json': manifest('acme/b'), 'packages/b/b.php': '1' };

let registry: Registry;
let asked: string[];

const set = (globs: readonly string[]) =>
  registry.table.transact([setFolderGlobs(synchronizationId, asId('5'), globs)]);
const has = (refs: Partial<MemoryRefs>) =>
  registry.contents.set(5, { name: 'acme/all', tags: {}, branches: { main: 'a' }, ...refs });

beforeEach(async () => {
  registry = await createRegistry(memoryServices(), five);
  asked = [];
  registry.beforeContents = (what, detail) => {
    if (what === 'folders' || what === 'archive') asked.push(`${what} ${detail}`);
  };
  registry.archiveOf = (commit) => zipOf(registry.contents.get(5)?.files?.[commit.slice(0, 1)] ?? {});
  await set(['packages/*/composer.json']);
});

const places = async () =>
  (await packagesOf(registry.table, organizationId)).map(
    ({ number, name, directory, state }) => `${number} ${name} in ${directory || 'the root'}: ${state}`,
  );
const commits = async (number: number) =>
  Object.fromEntries(
    (await versionsOfPackage(registry.table, organizationId, number)).map(({ version, commit }) => [
      version,
      commit.slice(0, 1),
    ]),
  );

describe('the folders of a repository', () => {
  it('are packages of their own, with the versions that tags of the repository and their own tags give', async () => {
    has({
      tags: { 'v1.0.0': 'a', 'a/v1.1.0': 'b', 'acme/b@2.0.0': 'b', 'b-2.1.0': 'b', 'c-1.0.0': 'b' },
      branches: { main: 'b' },
      files: { a: { ...a1, ...b1 }, b: { ...a2, ...b1 } },
    });
    await settled(registry);
    expect(await places()).toEqual([
      '1 acme/all in the root: available',
      '2 acme/a in packages/a: available',
      '3 acme/b in packages/b: available',
    ]);
    expect(await versions(registry, 1)).toEqual({ 'dev-main': 'published', 'v1.0.0': 'published' });
    expect(await commits(2)).toEqual({ 'dev-main': 'b', 'v1.0.0': 'a', 'v1.1.0': 'b' });
    expect(await commits(3)).toEqual({ 'dev-main': 'b', 'v1.0.0': 'a', '2.0.0': 'b', '2.1.0': 'b' });
    const plain = await file(registry, 'acme/2/plain.json');
    expect(plain).toContain('/dists/acme/a/');
    // Composer cannot fetch a folder from the repository's source.
    expect(plain).not.toContain('"source":{"type"');
    expect(plain).toMatch(/tree[^"]*\/packages\/a"/);
  });

  it('have archives of their own files alone; of a new tag all are cut from one download', async () => {
    const files = { a: { 'composer.json': '{}', ...a1, ...b1 } };
    has({ files });
    await settled(registry);
    asked = [];
    has({ tags: { '1.0.0': 'a' }, files });
    await pushed(registry);
    expect(await versions(registry, 2)).toMatchObject({ '1.0.0': 'published' });
    expect(asked.filter((one) => one.startsWith('archive'))).toEqual([
      // The root's own, as it is; then one for both folders.
      `archive ${commitOf('a')}`,
      `archive ${commitOf('a')}`,
    ]);
    const { objects } = await registry.published();
    const archive = objects.get(`acme/3/${commitOf('a')}.zip`)?.body ?? Buffer.of();
    const top = `acme-b-${commitOf('a').slice(0, 12)}`;
    expect(Object.keys(await filesIn(archive))).toEqual([`${top}/b.php`, `${top}/composer.json`]);
  });

  it('have archives without links that lead out of them, which owners see at the version', async () => {
    const files = { a: { ...a1, ...b1 } };
    const links = { 'packages/b/LICENSE': '../../LICENSE', 'packages/b/inside': 'b.php' };
    registry.archiveOf = () => zipOf(files.a, links);
    has({ files });
    await settled(registry);
    has({ tags: { '1.0.0': 'a' }, files });
    await pushed(registry);
    const linksOf = async (number: number) => {
      const found = { number, directory: 'packages' };
      const page = { limit: 10, after: undefined };
      const { versions: all } = await packageVersions(
        registry.table,
        registry.organization,
        found,
        page,
        true,
      );
      return all.map(({ version, linksLeftOut }) => [version.version, ...linksLeftOut]);
    };
    expect(await linksOf(2)).toEqual(expect.arrayContaining([['1.0.0']]));
    expect(await linksOf(3)).toEqual(expect.arrayContaining([['1.0.0', 'LICENSE']]));
  });

  it('are written alone: a commit in one leaves the others as they are', async () => {
    const files = { a: { ...a1, ...b1 }, b: { ...a2, ...b1 } };
    has({ files });
    await settled(registry);
    registry.written.length = 0;
    asked = [];
    has({ branches: { main: 'b' }, files });
    await pushed(registry);
    expect([await commits(1), await commits(2), await commits(3)].map((one) => one['dev-main'])).toEqual([
      'b',
      'b',
      'a',
    ]);
    const files2 = registry.written.filter((one) => one.startsWith('put') && one.includes('dev.json'));
    expect(files2).toEqual(['put acme/1/dev.json', 'put acme/2/dev.json']);
    // The folder of packages, and the one that changed; its manifest is the same file. Only now is there time to propose others.
    expect(asked.toSorted()).toEqual(['folders find', 'folders list 1', 'folders list 1']);
  });

  it('keep their packages when they move, with the archives of older commits from where they were', async () => {
    const moved = { 'packages/new/composer.json': manifest('acme/a'), 'packages/new/a.php': '1' };
    const files = { a: { ...a1, ...b1 }, b: { ...moved, ...b1 } };
    has({ tags: { '1.0.0': 'a' }, files });
    await settled(registry);
    has({ tags: { '1.0.0': 'a' }, branches: { main: 'b' }, files });
    await pushed(registry);
    expect((await places())[1]).toBe('2 acme/a in packages/new: available');
    expect(await commits(2)).toEqual({ 'dev-main': 'b', '1.0.0': 'a' });
    expect((await versionsOfPackage(registry.table, organizationId, 2)).map((one) => one.directory)).toEqual([
      'packages/a',
      'packages/new',
    ]);
  });

  it('keep what their tags gave when they are gone, or nobody wants them any more', async () => {
    const files = { a: { ...a1, ...b1 }, b: b1 };
    has({ tags: { '1.0.0': 'a' }, files });
    await settled(registry);
    has({ tags: { '1.0.0': 'a' }, branches: { main: 'b' }, files });
    await pushed(registry);
    expect(await versions(registry, 2)).toEqual({ '1.0.0': 'published' });
    expect(await versions(registry, 3)).toEqual({ '1.0.0': 'published', 'dev-main': 'published' });
    await set([]);
    await pushed(registry);
    expect(await versions(registry, 3)).toEqual({ '1.0.0': 'published' });
  });

  it('become another package under another name, which the first one points to', async () => {
    const files = { a: { ...a1, ...b1 }, b: { ...b1, 'packages/a/composer.json': manifest('acme/new') } };
    has({ tags: { '1.0.0': 'a' }, files });
    await settled(registry);
    has({ tags: { '1.0.0': 'a' }, branches: { main: 'b' }, files });
    await pushed(registry);
    expect(await places()).toContain('4 acme/new in packages/a: available');
    expect(await versions(registry, 2)).toEqual({ '1.0.0': 'published' });
    const [, old] = await packagesOf(registry.table, organizationId);
    expect(old?.replacement).toBe('acme/new');
  });

  it('wait for a name that another one has, and say what is wrong with the others', async () => {
    has({
      files: {
        a: {
          ...a1,
          'packages/b/composer.json': manifest('acme/a'),
          'packages/c/composer.json': '{}',
          'packages/d/composer.json': manifest('strange/d'),
          'packages/e/composer.json': manifest('acme/e', { version: 'x y' }),
        },
      },
      tags: { 'a-1.0.0': 'a', '2.0.0': 'a' },
    });
    await settled(registry);
    const scan = await scanOf(registry);
    expect(scan?.waiting).toEqual([
      { name: 'strange/d', directory: 'packages/d', reason: 'vendor-not-owned' },
    ]);
    expect(scan?.skipped.map(({ ref }) => ref)).toEqual(
      expect.arrayContaining(['folder packages/b', 'folder packages/c', 'tag 2.0.0 in packages/e']),
    );
  });

  it('are all withdrawn with their repository', async () => {
    has({ files: { a: { ...a1, ...b1 } } });
    await settled(registry);
    registry.forge.facts = owner;
    await registry.ask('repositories');
    await registry.settle();
    expect((await places()).filter((one) => one.endsWith('available'))).toEqual([]);
  });
});

it('folders with manifests are proposed once a day, and not by an import, where no globs are set', async () => {
  await set([]);
  const files = {
    a: { ...a1, ...b1, 'tools/x/composer.json': '{}', 'packages/a/tests/composer.json': '{}' },
  };
  has({ files });
  await settled(registry);
  expect(asked).toEqual([]);
  const changed = { ...files, b: files.a, c: a1 };
  has({ files: changed, branches: { main: 'b' } });
  await pushed(registry);
  expect((await scanOf(registry))?.proposed).toMatchObject({
    globs: ['packages/*/composer.json', 'tools/x/composer.json'],
    count: 3,
    commit: commitOf('b'),
  });
  expect(asked).toEqual(['folders find']);
  has({ files: changed, branches: { main: 'c' } });
  await pushed(registry);
  expect(asked).toEqual(['folders find']);
});

it('folders are proposed at once where the root has no composer.json', async () => {
  await set([]);
  has({ files: { a: a1 }, problems: { a: undefined } });
  await settled(registry);
  expect(asked).toEqual(['folders find']);
});
