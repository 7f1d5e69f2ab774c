import { expect, it } from 'vitest';
import { keys } from '../../shared/store/keys.ts';
import { commitOf } from '../support/memory-contents.ts';
import { aFact } from '../support/memory-forge.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { file, owner, pushed, scannedRegistry } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

const linksTo =
  (name: string, more: object = {}) =>
  () => ({
    source: { type: 'git' as const, url: `git@forge.example:acme/${name}.git` },
    tree: `https://forge.example/acme/${name}/tree/{ref}`,
    ...more,
  });

const files = async (registry: Registry) =>
  (await file(registry, 'acme/1/plain.json')) + (await file(registry, 'acme/1/dev.json'));

it('versions link to their code and their issues, a branch by the tag or branch that points at its commit', async () => {
  const registry = await scannedRegistry();
  registry.contents.set(5, {
    name: 'acme/one',
    tags: { '1.0.0': 'a' },
    branches: { main: 'a', work: 'b' },
    manifests: { b: '{"name":"acme/one","support":{"issues":"https://elsewhere.example/issues"}}' },
  });
  await pushed(registry);
  const plain = await file(registry, 'acme/1/plain.json');
  expect(plain).toContain(
    `"source":{"type":"git","url":"git@forge.example:acme/repository-5.git","reference":"${commitOf('a')}"}`,
  );
  const issues = '"issues":"https://forge.example/acme/repository-5/issues"';
  const tree = 'https://forge.example/acme/repository-5/tree';
  expect(plain).toContain(`"support":{"source":"${tree}/1.0.0",${issues}}`);
  const dev = await file(registry, 'acme/1/dev.json');
  expect(dev).toContain(`"default-branch":true`);
  expect(dev).toContain(`"support":{"source":"${tree}/1.0.0",${issues}}`);
  expect(dev).toContain(`"support":{"issues":"https://elsewhere.example/issues","source":"${tree}/work"}`);
});

it('a tag that points at the commit of a branch, or a branch that moves on, changes only the links of the branch', async () => {
  const registry = await scannedRegistry();
  const refs = { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'b' } };
  registry.contents.set(5, refs);
  await pushed(registry);
  const plain = await file(registry, 'acme/1/plain.json');
  expect(await file(registry, 'acme/1/dev.json')).toContain('/tree/main"');
  registry.contents.set(5, { ...refs, tags: { '1.0.0': 'a', latest: 'b' } });
  await pushed(registry);
  expect(await file(registry, 'acme/1/dev.json')).toContain('/tree/latest"');
  expect(await file(registry, 'acme/1/plain.json')).toBe(plain);
});

it('a repository that is renamed or made public changes the links of its packages as soon as it is read', async () => {
  const registry = await scannedRegistry();
  expect(await files(registry)).toContain('/repository-5/');
  registry.linksOf = linksTo('renamed');
  const renamed = aFact.repository(5, { name: 'renamed', fullName: 'acme/renamed' });
  await registry.change([...owner, renamed], 'repositories');
  expect(await registry.settle()).toBe(0);
  expect(await files(registry)).not.toContain('/repository-5');
  expect(await files(registry)).toContain('"url":"git@forge.example:acme/renamed.git"');
  expect(await files(registry)).not.toContain('issues');
  const url = 'https://forge.example/acme/renamed.git';
  registry.linksOf = linksTo('renamed', { source: { type: 'git', url } });
  await registry.change([...owner, { ...renamed, visibility: 'public' }], 'repositories');
  expect(await registry.settle()).toBe(0);
  expect(await files(registry)).toContain(`"url":"${url}"`);
});

it('packages from a release that stored no links have none until their next scan', async () => {
  const registry = await scannedRegistry();
  await registry.table.update({ key: keys.package(organizationId, 1), remove: ['links'] });
  await pushed(registry);
  expect(await files(registry)).toContain('"url":"git@forge.example:acme/repository-5.git"');
});
