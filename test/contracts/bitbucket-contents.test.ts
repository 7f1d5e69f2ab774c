/** What is in a repository on Bitbucket. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ForgeRepositoryId } from '../../shared/domain/ids.ts';
import type { ForgeRepository, RepositoryIds } from '../../shared/forge/forge.ts';
import { type Bitbucket, startBitbucket } from './bitbucket-fixture.ts';
import { errorOf, readWhole } from './forge-contract/reading.ts';

let at: Bitbucket;
let repository: ForgeRepositoryId;
beforeAll(async () => {
  at = await startBitbucket();
  repository = at.cloud.repository('acme/money').uuid as ForgeRepositoryId;
});
afterAll(() => at.close());

/** All refs with their manifests: what a reading leaves unread, the next one reads. */
async function read(ids: RepositoryIds = { repository }): Promise<ForgeRepository> {
  const { contents } = await at.open();
  for (let known: ForgeRepository['manifests']; ; ) {
    const refs = await contents.readRefs(ids, known && { known });
    if (refs.goOnAt === undefined) return refs;
    known = refs.manifests;
  }
}

/** Pushes a branch, and reads what is at it. */
async function branchWith(name: string, files: Record<string, string | null | { symlink: string }>) {
  const history = [{ branch: name, files }];
  await at.simulator.changes.run('push', { repository: 'acme/money', history });
  return (await read()).branches.find((branch) => branch.name === name);
}

test("refs come in the order of Composer's driver, with its links", async () => {
  const { tags, defaultBranch, links } = await read();
  expect(tags.map(({ name }) => name)).toEqual(['2.0.0', '1.1.0', '1.0.0']);
  expect(defaultBranch).toBe('main');
  const { web } = at.simulator.addresses;
  // Bitbucket's own address of a private repository has the name of whoever asks.
  expect(links).toEqual({
    source: { type: 'git', url: `${web}/acme/money.git` },
    tree: `${web}/acme/money/src/{commit}/?at={ref}`,
    homepage: `${web}/acme/money`,
  });
});

/** What the facts of the workspace's repositories have as the handle of this one. */
async function idsOf(id = repository) {
  const { facts } = await readWhole(at, 'repositories');
  const found = facts.find((fact) => fact.kind === 'repository' && fact.repository === id);
  return found?.kind === 'repository' ? found : { repository: id };
}

const paths = () => at.simulator.requests.summary().requests.map(({ path }) => path.replace(/\?.*$/, ''));

test('the refs of a known repository are one request, whatever their kinds', async () => {
  const ids = await idsOf();
  const { contents } = await at.open();
  await contents.readRefs(ids);
  at.simulator.requests.clear();
  expect((await contents.readRefs(ids)).tags).toEqual((await contents.readRefs({ repository })).tags);
  const asked = paths().filter((path) => !path.includes('/src/'));
  expect(asked.map((path) => path.slice(path.lastIndexOf('%7D')))).toEqual(['%7D/refs', '%7D', '%7D/refs']);
});

test('each commit is asked for its manifest once', async () => {
  const { requests } = at.simulator;
  requests.clear();
  const { tags, branches } = await read();
  const commits = new Set([...tags, ...branches].map(({ commit }) => commit));
  const asked = requests.summary().requests.filter(({ path }) => path.includes('/src/'));
  expect(asked.length).toBe(commits.size);
});

describe('many manifests', () => {
  const names = (refs: ForgeRepository, isUnread: boolean) =>
    [...refs.branches, ...refs.tags].flatMap((ref) =>
      (ref.isUnread ?? false) === isUnread ? [ref.name] : [],
    );
  let many: ForgeRepositoryId;
  beforeAll(async () => {
    const { changes } = at.simulator;
    await changes.run('create-repository', { project: 'acme/CORE', slug: 'many' });
    const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'];
    const history = versions.map((tags) => ({ manifest: { name: 'acme/many', description: tags }, tags }));
    await changes.run('push', { repository: 'acme/many', history: [...history, { files: { next: 'x' } }] });
    many = at.cloud.repository('acme/many').uuid as ForgeRepositoryId;
  });

  test('are read in portions: first those of the default branch and of the newest tags', async () => {
    const { contents } = await at.open();
    const first = await contents.readRefs({ repository: many });
    expect(names(first, false)).toEqual(['main', '1.3.0', '1.2.0']);
    expect(names(first, true)).toEqual(['1.1.0', '1.0.0']);
    expect(first.goOnAt).toBe(at.clock.now() + 600_000);
    at.simulator.requests.clear();
    const rest = await contents.readRefs({ repository: many }, { known: first.manifests ?? new Map() });
    expect(names(rest, true)).toEqual([]);
    expect(paths().filter((path) => path.includes('/src/'))).toHaveLength(2);
  });

  test('of older versions leave some of the hour to the newest, and go on when it is over', async () => {
    const { contents } = await at.open();
    const { manifests: known = new Map() } = await contents.readRefs({ repository: many });
    const [, ...others] = [...known.keys()];
    at.simulator.faults.add({ kind: 'rate-limit', match: { group: 'raw' }, retryAfter: 600 });
    const limited = await contents.readRefs({ repository: many }, { known });
    expect(names(limited, false)).toEqual(['main', '1.3.0', '1.2.0']);
    expect(limited.goOnAt).toBeGreaterThan(at.clock.now());
    // Nothing can be said without the default branch.
    const withoutMain = new Map(others.map((commit) => [commit, known.get(commit)]));
    const failed = contents.readRefs({ repository: many }, { known: withoutMain as typeof known });
    expect((await errorOf(failed)).code).toBe('rate-limited');
    expect(await contents.oneByOne?.notBefore()).toBeGreaterThan(at.clock.now());
    at.simulator.faults.remove();
    at.clock.step(3700_000);
    expect(await contents.oneByOne?.notBefore()).toBeUndefined();
  });

  test('that were read are kept when another cannot be, which is an error of the next reading', async () => {
    const { contents } = await at.open();
    const { manifests: known = new Map(), tags } = await contents.readRefs({ repository: many });
    const oldest = tags.at(-1)?.commit ?? '';
    at.simulator.faults.add({ kind: 'timed-out', match: { path: `/src/${oldest}/` } });
    const partly = await contents.readRefs({ repository: many }, { known });
    at.simulator.requests.clear();
    const { manifests: read = new Map() } = partly;
    const failed = contents.readRefs({ repository: many }, { known: read });
    expect((await errorOf(failed)).code).toBe('unavailable');
    const files = new Set(paths().filter((path) => path.includes('/src/')));
    at.simulator.faults.remove();
    expect([names(partly, true), files.size]).toEqual([['1.0.0'], 1]);
  });
});

describe('a manifest', () => {
  test.each([
    [
      'linked',
      { 'other.json': '{"name":"acme/other"}', 'composer.json': { symlink: 'other.json' } },
      undefined,
    ],
    [
      'elsewhere',
      { 'a/b 1%?#.json': '{"name":"acme/other"}', 'composer.json': { symlink: './a//b 1%?#.json' } },
      undefined,
    ],
    ['dangling', { 'composer.json': { symlink: '%zz://[' } }, 'link-to-nothing'],
    [
      'around',
      { 'other.json': '{"name":"acme/other"}', 'composer.json': { symlink: 'a/../../other.json' } },
      'link-to-outside',
    ],
    ['itself', { 'composer.json': { symlink: 'src/../composer.json' } }, 'link-to-link'],
    ['outside', { 'composer.json': { symlink: '../other.json' } }, 'link-to-outside'],
    ['folder', { 'composer.json': { symlink: 'src' } }, 'link-to-folder'],
    [
      'twice',
      { 'a.json': { symlink: 'src/Money.php' }, 'composer.json': { symlink: 'a.json' } },
      'link-to-link',
    ],
  ] as const)('that is a link: %s', async (name, files, problem) => {
    const branch = await branchWith(`link-${name}`, files);
    expect(branch?.manifestProblem).toBe(problem);
    if (problem === undefined) expect(branch?.manifest).toBe('{"name":"acme/other"}');
  });

  test('that is in Git LFS is no manifest, as in git', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 2\n';
    const branch = await branchWith('lfs', { 'composer.json': pointer });
    expect(branch?.manifest).toMatch(/^version /);
  });

  test('that is longer than any answer is too large, and stops no scan', async () => {
    const branch = await branchWith('huge', { 'composer.json': `{"a":"${'x'.repeat(33 * 1024 * 1024)}"}` });
    expect(branch?.manifestProblem).toBe('too-large');
    await at.simulator.changes.run('set-refs', {
      repository: 'acme/money',
      refs: { 'refs/heads/huge': null },
    });
  });

  test('that is no JSON is taken as it is, and none is none', async () => {
    expect((await branchWith('no-json', { 'composer.json': 'name: acme' }))?.manifest).toBe('name: acme');
    const none = await branchWith('none', { 'composer.json': null });
    expect(none).toMatchObject({ manifest: undefined });
    expect(none).not.toHaveProperty('manifestProblem');
  });
});

test('a page in place of an archive is no archive', async () => {
  at.simulator.faults.add({ kind: 'archive-page', times: 1 });
  const { contents } = await at.open();
  const archive = contents.readArchive(
    { repository },
    (await read()).tags[0]?.commit ?? '',
    AbortSignal.timeout(5000),
  );
  expect((await errorOf(archive)).code).toBe('unexpected');
});

test('an archive is one request, and after a rename it is found by the new name', async () => {
  const ids = await idsOf();
  const commit = (await read()).tags[0]?.commit ?? '';
  const requestsFor = async () => {
    const { contents, requests } = await at.open();
    (await contents.readArchive(ids, commit, AbortSignal.timeout(5000))).destroy();
    return requests();
  };
  expect(await requestsFor()).toBe(1);
  await at.simulator.changes.run('set-repository', { repository: 'acme/money', slug: 'renamed' });
  expect(await requestsFor()).toBe(3);
  await at.simulator.changes.run('set-repository', { repository: 'acme/renamed', slug: 'money' });
});

test('a commit is held against many refs in one request', async () => {
  const { main, ...others } = Object.fromEntries(
    (await read()).branches.map(({ name, commit }) => [name, commit]),
  );
  expect(Object.keys(others).length).toBeGreaterThan(3);
  const { contents } = await at.open();
  at.simulator.requests.clear();
  const none = others['link-outside'] ?? '';
  expect(await contents.contains({ repository }, none)).toEqual({ is: 'contained', commit: none });
  expect(paths().filter((path) => path.endsWith('/commits'))).toHaveLength(1);
});

test('a rename changes nothing for who knows the UUID', async () => {
  await at.simulator.changes.run('set-repository', { repository: 'acme/money', slug: 'cash' });
  expect((await read()).links.tree).toContain('/acme/cash/');
});
