/** The readme at a commit, as the simulated GitHub has it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readmeBytesMax } from '../../shared/forge/readme.ts';
import { gitIn, idsIn, world } from './github-contents-fixture.ts';
import { type GitHub, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub(world);
});
afterAll(() => gitHub.close());

const git = (args: readonly string[], input?: string | Buffer) => gitIn(gitHub, 'other', args, input);

/** A commit with these files in its root, or the given mode. */
async function commitWith(
  files: Readonly<Record<string, string | Buffer>>,
  mode = '100644',
): Promise<string> {
  const lines = [];
  for (const [name, content] of Object.entries(files)) {
    const blob = (await git(['hash-object', '-w', '--stdin'], content)).trim();
    lines.push(`${mode} blob ${blob}\t${name}\n`);
  }
  const tree = (await git(['mktree'], lines.join(''))).trim();
  const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  return (await git([...person, 'commit-tree', '-m', 'x', tree])).trim();
}

async function readmeOf(commit: string, directory = '') {
  const reader = gitHub.reader();
  const readme = await reader.readReadme?.(idsIn(gitHub, 'other'), { commit, directory });
  return { readme, requests: reader.requests() };
}

test('is read in one request, under the first of its names', async () => {
  const both = await commitWith({ README: 'plain', 'README.md': '# One\n' });
  expect(await readmeOf(both)).toEqual({ readme: { file: 'README.md', text: '# One\n' }, requests: 1 });
  const plain = await commitWith({ README: 'plain' });
  expect(await readmeOf(plain)).toEqual({ readme: { file: 'README', text: 'plain' }, requests: 1 });
  expect((await readmeOf(plain, 'packages/one')).readme).toBeUndefined();
});

test('is none where it is a link, too long or not text', async () => {
  const longest = 'x'.repeat(readmeBytesMax);
  expect((await readmeOf(await commitWith({ 'README.md': longest }))).readme?.text).toBe(longest);
  const commits = [
    await commitWith({ 'README.md': `${longest}x` }),
    await commitWith({ 'README.md': 'composer.json' }, '120000'),
    await commitWith({ 'README.md': Buffer.from([0, 1, 2, 0]) }),
    await commitWith({ 'other.md': 'none' }),
  ];
  for (const commit of commits) {
    expect(await readmeOf(commit)).toEqual({ readme: undefined, requests: 1 });
  }
});

test('of the tip of the default branch comes with the refs', async () => {
  const commit = await commitWith({ 'readme.md': '# With refs' });
  await git(['update-ref', 'refs/heads/main', commit]);
  const reader = gitHub.reader();
  await reader.readRefs(idsIn(gitHub, 'other'));
  const before = reader.requests();
  expect(await reader.readReadme?.(idsIn(gitHub, 'other'), { commit, directory: '' })).toEqual({
    file: 'readme.md',
    text: '# With refs',
  });
  expect(reader.requests()).toBe(before);
});
