import { expect, it } from 'vitest';
import { asId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { describeOrganization } from '../../shared/organizations/describe-organization.ts';
import { leftOutOf } from '../../shared/organizations/list-left-out.ts';
import { aFact } from '../support/memory-forge.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { five, packages, pushed, scannedRegistry, versions } from '../support/scanned.ts';
import { synchronizationId } from '../support/synchronized.ts';

async function list(registry: Registry, repository: string) {
  const found = await leftOutOf(registry.table, {
    synchronization: synchronizationId,
    repository: asId<ForgeRepositoryId>(repository),
  });
  return { count: found?.count, leftOut: found?.lines ?? [] };
}
const status = (registry: Registry) =>
  describeOrganization(registry.table, registry.organization, registry.clock.now());

it('every ref without a version has a line with a reason, those to be fixed first', async () => {
  const registry = await scannedRegistry();
  registry.contents.set(5, {
    name: 'acme/one',
    tags: {
      '1.0.0': 'a',
      'v1.0.0': 'a',
      nightly: 'a',
      '2.0.0-dev': 'a',
      '3.0.0': 'b',
      '4.0.0': 'c',
      '5.0.0': 'd',
    },
    branches: { main: 'a', '-foo': 'a', 'gh-pages': 'a', 'a,b': 'a', '2': 'a', '2.x': 'a' },
    leftOut: { 'gh-pages': 'It is for web pages.' },
    manifests: { b: '{ broken', c: '', d: '{"name":"acme/one","version":"6.0"}' },
    unusable: [{ kind: 'tag', name: 'blob', reason: 'It leads to a file, not to a commit.' }],
    problems: { e: 'link-to-nothing' },
  });
  await pushed(registry);
  expect(Object.keys(await versions(registry))).toEqual(
    expect.arrayContaining(['1.0.0', 'dev-main', 'dev--foo', '2.x-dev']),
  );
  const { leftOut, count } = await list(registry, '5');
  expect(count).toBe(leftOut.length);
  expect(leftOut.map(({ ref, reason }) => `${ref}: ${reason}`)).toEqual([
    'tag blob: It leads to a file, not to a commit.',
    expect.stringContaining('tag 3.0.0: composer.json is not valid JSON'),
    'tag 5.0.0: The tag means 5.0.0.0, but composer.json sets the version "6.0".',
    expect.stringContaining('tag 2.0.0-dev: "2.0.0-dev" names a development version'),
    'tag 4.0.0: composer.json is empty.',
    'tag nightly: "nightly" is not a version number.',
    'tag v1.0.0: The tag "1.0.0" stands for the same version, 1.0.0.0, and comes first.',
    expect.stringContaining('branch 2.x: The branch "2" stands for the same version'),
    expect.stringContaining('branch a,b: No version can be named after "a,b"'),
    'branch gh-pages: It is for web pages.',
  ]);
  expect((await status(registry)).leftOut).toEqual(
    leftOut.map((one) => ({ repository: 'acme/repository-5', ...one })),
  );
});

it('a manifest that is a dangling link gives no package, with the reason', async () => {
  const registry = await scannedRegistry();
  registry.contents.set(6, { name: '', branches: { main: 'e' }, problems: { e: 'link-to-nothing' } });
  await registry.change([...five, aFact.repository(6)], 'repositories');
  await registry.settle();
  expect(await packages(registry)).toEqual(['1 acme/one available']);
  expect((await list(registry, '6')).leftOut).toEqual([
    { ref: 'branch main', reason: 'composer.json is a symbolic link to a file that is not there.' },
  ]);
});

it('refs beyond those that status shows are counted there, and all can be listed', async () => {
  const registry = await scannedRegistry();
  const tags = Object.fromEntries(Array.from({ length: 2500 }, (_, number) => [`build-${number}`, 'a']));
  registry.contents.set(5, { name: 'acme/one', tags: { ...tags, '1.0.0': 'a' }, branches: { main: 'a' } });
  await pushed(registry);
  const { leftOut, moreLeftOut } = await status(registry);
  expect(leftOut).toHaveLength(20);
  expect(moreLeftOut).toEqual([{ repository: 'acme/repository-5', count: 2500, shown: 20 }]);
  const all = await list(registry, '5');
  expect(all.count).toBe(2500);
  expect(new Set(all.leftOut.map(({ ref }) => ref)).size).toBe(2500);
});

it('a repository without any manifest has one line, however many refs it has', async () => {
  const registry = await scannedRegistry();
  const tags = Object.fromEntries(Array.from({ length: 300 }, (_, number) => [`${number}.0`, 'e']));
  registry.contents.set(6, {
    name: '',
    tags,
    branches: { main: 'e', next: 'e' },
    problems: { e: undefined },
  });
  await registry.change([...five, aFact.repository(6)], 'repositories');
  await registry.settle();
  expect(await list(registry, '6')).toMatchObject({
    count: 1,
    leftOut: [{ ref: '300 tags and 2 branches', reason: 'none has a composer.json' }],
  });
});
