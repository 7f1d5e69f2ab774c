/** What is in a repository on Bitbucket. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { type Bitbucket, startBitbucket } from './bitbucket-fixture.ts';
import { errorOf } from './forge-contract/reading.ts';

let at: Bitbucket;
let repository: ForgeRepositoryId;
beforeAll(async () => {
  at = await startBitbucket();
  repository = at.cloud.repository('acme/money').uuid as ForgeRepositoryId;
});
afterAll(() => at.close());

const read = async () => (await at.open()).contents.readRefs({ repository });

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
  expect(links).toEqual({
    source: { type: 'git', url: 'git@127.0.0.1:acme/money.git' },
    tree: `${web}/acme/money/src/{commit}/?at={ref}`,
  });
  await at.simulator.changes.run('set-repository', { repository: 'acme/money', private: false });
  expect((await read()).links.source.url).toBe(`${web}/acme/money.git`);
});

test('each commit is asked for its manifest once', async () => {
  const { requests } = at.simulator;
  requests.clear();
  const { tags, branches } = await read();
  const commits = new Set([...tags, ...branches].map(({ commit }) => commit));
  const asked = requests.summary().requests.filter(({ path }) => path.includes('/src/'));
  expect(asked.length).toBe(commits.size);
});

describe('a manifest', () => {
  test.each([
    [
      'linked',
      { 'other.json': '{"name":"acme/other"}', 'composer.json': { symlink: 'other.json' } },
      undefined,
    ],
    ['dangling', { 'composer.json': { symlink: 'none.json' } }, 'link-to-nothing'],
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

test('a rename changes nothing for who knows the UUID', async () => {
  await at.simulator.changes.run('set-repository', { repository: 'acme/money', slug: 'cash' });
  expect((await read()).links.tree).toContain('/acme/cash/');
});
