/** Whether a repository contains a commit. GitHub also shows commits of forks and pull requests under the repository's name. */
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runGit } from '../../local/forges/git/run-git.ts';
import { appPermissions } from '../../local/forges/github/app-identity.ts';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { Containment } from '../../shared/forge/containment.ts';
import type { RepositoryIds } from '../../shared/forge/forge.ts';
import { codeOf, type GitHub, startGitHub } from './github-fixture.ts';

const branches = Array.from({ length: 60 }, (_, index) => `feature-${String(index).padStart(2, '0')}`);
const world = parseWorld(
  `
enterprise: example
users: [{ login: alice }]
organizations:
  - login: acme
    members: { alice: owner }
    installation: { repositories: all }
    repositories:
      - name: shop
        history:
          - { manifest: { name: acme/shop }, tags: 1.0.0, annotated: true }
          - { files: { a: '2' } }
          - { files: { a: '3' } }
          - { branch: 1.x, from: 1.0.0, files: { a: b } }
      - name: shop-fork
        forkOf: acme/shop
        history: [{ manifest: { name: acme/shop } }]
      - name: wide
        history:
          - { manifest: { name: acme/wide } }
${branches.map((name) => `          - { branch: ${name}, from: main, files: { a: ${name} } }`).join('\n')}
      - name: empty
`,
  'containment',
);

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub(world);
});
afterEach(() => {
  gitHub.simulator.faults.remove();
  gitHub.installation.permissions = { ...appPermissions };
});
afterAll(() => gitHub.close());

function ids(name: string): RepositoryIds {
  const { id, nodeId } = gitHub.repository(name);
  return { repository: asId(id), handle: nodeId };
}

const git = async (name: string, ...args: string[]): Promise<string> =>
  (await runGit(['--git-dir', gitHub.repository(name).gitDirectory, ...args])).trim();

/** Makes a commit on top of another one that no ref leads to. */
const looseCommit = (name: string, parent: string): Promise<string> => {
  const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  return git(name, ...person, 'commit-tree', '-p', parent, '-m', 'loose', `${parent}^{tree}`);
};

/** Runs a look-up to its end in one process. @returns its result, requests and steps */
async function ask(
  name: string | RepositoryIds,
  hash: string,
): Promise<Containment & { requests: number; steps: number }> {
  const reader = gitHub.reader();
  for (let from: unknown, steps = 1; steps < 10; steps += 1) {
    const answer = await reader.contains(typeof name === 'string' ? ids(name) : name, hash, from);
    if (answer.is !== 'undecided') {
      return { ...answer, requests: reader.requests(), steps };
    }
    from = JSON.parse(JSON.stringify(answer.progress));
  }
  throw new Error('the look-up has no end');
}

const expectArchive = async (name: string, commit: string): Promise<void> => {
  const archive = await gitHub.reader().readArchive(ids(name), commit, AbortSignal.timeout(10_000));
  expect(await text(archive)).toMatch(/^PK/);
};

describe('a commit', () => {
  test('in the history of the default branch is contained, which takes one request', async () => {
    const commit = await git('shop', 'rev-parse', 'main~1');
    expect(await ask('shop', commit)).toMatchObject({ is: 'contained', commit, requests: 1 });
    const tip = await git('shop', 'rev-parse', 'main');
    expect(await ask('shop', tip)).toMatchObject({ is: 'contained', commit: tip, requests: 1 });
  });

  test('in the history of another branch is contained, which takes one more', async () => {
    const commit = await git('shop', 'rev-parse', '1.x');
    expect(await ask('shop', commit)).toMatchObject({ is: 'contained', commit, requests: 2 });
  });

  test('that only an annotated tag leads to is contained, which takes another', async () => {
    const parent = await git('shop', 'rev-parse', 'main');
    const commit = await looseCommit('shop', parent);
    await git('shop', '-c', 'user.name=A', '-c', 'user.email=a@b.c', 'tag', '-a', '-m', 'x', 'only', commit);
    expect(await ask('shop', commit)).toMatchObject({ is: 'contained', commit, requests: 3 });
    await git('shop', 'tag', '-d', 'only');
  });

  test('of a branch without a common history is contained', async () => {
    const tree = await git('shop', 'rev-parse', 'main^{tree}');
    const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
    const commit = await git('shop', ...person, 'commit-tree', '-m', 'orphan', tree);
    await git('shop', 'update-ref', 'refs/heads/orphan', commit);
    expect(await ask('shop', commit)).toMatchObject({ is: 'contained', commit, requests: 2 });
    await git('shop', 'update-ref', '-d', 'refs/heads/orphan');
  });

  test('of a fork is not contained, though GitHub serves its archive under this name', async () => {
    const root = await git('shop-fork', 'rev-parse', 'main');
    const commit = await looseCommit('shop-fork', root);
    await git('shop-fork', 'update-ref', 'refs/heads/evil', commit);
    await expectArchive('shop', commit);
    expect(await ask('shop', commit)).toMatchObject({ is: 'not-contained', requests: 3 });
    expect(await ask('shop-fork', commit)).toMatchObject({ is: 'contained' });
  });

  test('of a pull request is not contained, though GitHub serves its archive', async () => {
    const commit = await looseCommit('shop', await git('shop', 'rev-parse', 'main'));
    await git('shop', 'update-ref', 'refs/pull/7/head', commit);
    await expectArchive('shop', commit);
    expect(await ask('shop', commit)).toMatchObject({ is: 'not-contained', requests: 3 });
  });

  test('that was removed by a force-push is not contained', async () => {
    const commit = await looseCommit('shop', await git('shop', 'rev-parse', 'main~1'));
    expect(await ask('shop', commit)).toMatchObject({ is: 'not-contained', requests: 3 });
  });

  test('that GitHub does not know takes one request, as does an object that is no commit', async () => {
    expect(await ask('shop', 'f'.repeat(40))).toMatchObject({ is: 'not-contained', requests: 1 });
    const tree = await git('shop', 'rev-parse', 'main^{tree}');
    expect(await ask('shop', tree)).toMatchObject({ is: 'not-contained', requests: 1 });
    const tag = await git('shop', 'rev-parse', 'refs/tags/1.0.0');
    expect(await ask('shop', tag)).toMatchObject({ is: 'not-contained', requests: 1 });
    expect(await ask('empty', 'f'.repeat(40))).toMatchObject({ is: 'not-contained', requests: 1 });
  });
});

describe('an abbreviated hash', () => {
  test('is resolved to its commit, which takes one more request', async () => {
    const commit = await git('shop', 'rev-parse', 'main~1');
    expect(await ask('shop', commit.slice(0, 8))).toMatchObject({ is: 'contained', commit, requests: 2 });
  });

  test('that is also the name of a branch is not resolved', async () => {
    const commit = await git('shop', 'rev-parse', 'main~1');
    const name = commit.slice(0, 7);
    await git('shop', 'update-ref', `refs/heads/${name}`, 'refs/heads/1.x');
    expect(await ask('shop', name)).toMatchObject({ is: 'not-contained', requests: 1 });
    await git('shop', 'update-ref', '-d', `refs/heads/${name}`);
  });

  test('of no commit is not resolved', async () => {
    expect(await ask('shop', 'fffffff')).toMatchObject({ is: 'not-contained', requests: 1 });
  });
});

describe('a look-up over many refs', () => {
  test('reads one page per step', async () => {
    const commit = await looseCommit('wide', await git('wide', 'rev-parse', 'main'));
    // The default branch, two pages of 61 branches, and no tags.
    expect(await ask('wide', commit)).toMatchObject({ is: 'not-contained', requests: 4, steps: 4 });
  });

  test('finds a commit that only the last branch contains', async () => {
    const commit = await git('wide', 'rev-parse', 'feature-59');
    expect(await ask('wide', commit)).toMatchObject({ is: 'contained', commit, requests: 3 });
  });

  test.each([
    ['failing-page', 'unavailable'],
    ['server-error', 'unavailable'],
    ['short-page', 'incomplete'],
  ] as const)('concludes nothing after a %s', async (kind, code) => {
    const commit = await looseCommit('wide', await git('wide', 'rev-parse', 'main~0'));
    gitHub.simulator.faults.add({ kind, after: kind === 'short-page' ? 0 : 1 });
    expect(await codeOf(ask('wide', commit))).toBe(code);
  });

  test('concludes nothing without the permission to read contents', async () => {
    gitHub.installation.permissions = { ...appPermissions, contents: undefined } as never;
    const commit = await git('shop', 'rev-parse', 'main~1');
    expect(await codeOf(ask('shop', commit))).toBe('insufficient-scope');
  });
});
