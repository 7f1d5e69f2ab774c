/** Git repositories for tests, with what Composer has rules for. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

interface Step {
  /** Text is written as it is. */
  readonly manifest?: unknown;
  /** Whether `composer.json` is a link to the manifest. */
  readonly isLinked?: boolean;
  /** Text of `.github/FUNDING.yml`. */
  readonly funding?: string;
  /** Composer's driver lists no commits that no ref holds. */
  readonly tags?: readonly string[];
  readonly branches?: readonly string[];
}

/** A bare repository with one commit after the other; the last is on main. */
export function repository(path: string, steps: readonly Step[]): void {
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', ['-C', path, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      input,
      encoding: 'utf8',
      // The author's date is another one than the committer's.
      env: { ...process.env, GIT_AUTHOR_DATE: '1700000000 +0100', GIT_COMMITTER_DATE: '1750000000 +0100' },
    }).trim();
  const blob = (text: string) => git(['hash-object', '-w', '--stdin'], text);
  mkdirSync(path, { recursive: true });
  git(['init', '--quiet', '--bare', '--initial-branch=main']);
  for (const [index, step] of steps.entries()) {
    const { manifest, isLinked = false, funding, tags = [], branches = [] } = step;
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    const file = manifest === undefined ? 'README.md' : isLinked ? 'real.json' : 'composer.json';
    const entries = [`100644 blob ${blob(text ?? 'read me')}\t${file}\n`];
    if (isLinked) entries.push(`120000 blob ${blob(file)}\tcomposer.json\n`);
    if (funding !== undefined) {
      const tree = git(['mktree'], `100644 blob ${blob(funding)}\tFUNDING.yml\n`);
      entries.push(`040000 tree ${tree}\t.github\n`);
    }
    const commit = git(['commit-tree', git(['mktree'], entries.join('')), '-m', `step ${index}`]);
    const refs = [
      ...tags.map((tag) => `refs/tags/${tag}`),
      ...branches.map((branch) => `refs/heads/${branch}`),
    ];
    git(['update-ref', '--stdin'], refs.map((ref) => `create ${ref} ${commit}\n`).join(''));
  }
}

/** Makes them below a folder. */
export function generateRepositories(all: string): void {
  const name = 'acme/lib';
  const alias = (value: string) => ({ extra: { 'branch-alias': { 'dev-main': value } } });
  repository(join(all, 'lib.git'), [
    {
      manifest: { name: 'acme/old-name', require: { php: '>=8.1', 'Acme/B': '^1.0' } },
      tags: ['1.0.0', '1.0'],
    },
    { manifest: { name, type: 'Project', abandoned: 'acme/new' }, tags: ['v1.0.0', 'release-1.1.0-rc.1'] },
    { manifest: { name, version: '1.2.0' }, tags: ['1.2', 'v1.3.0', 'not-a-version'] },
    {
      manifest: { name },
      tags: ['20240102.1.0'],
      branches: ['feature#1', '1.x', 'v1.x', 'renovate/b', '-dash', 'gh-pages'],
    },
    { manifest: { name, ...alias('no version') }, tags: ['1.4.0'] },
    { manifest: { name, autoload: { 'psr-4': { Acme: 'src' } } }, tags: ['1.5.0'] },
    { manifest: { name, require: { 7: '*', php: '*' } }, tags: ['1.6.0'] },
    { manifest: { name, support: 'help@acme.example' }, tags: ['1.7.0'] },
    { manifest: { name, time: '2020-02-02', license: 'Acme 1', homepage: 'acme' }, tags: ['1.8.0'] },
    {
      manifest: { name, autoload: { 'psr-4': { 'Acme\\': ['src', 'lib'] } }, ...alias('2.x-dev') },
      branches: ['main'],
    },
  ]);
  const main = ['main'];
  repository(join(all, 'one.git'), [{ manifest: { name: 'acme/same' }, branches: main }]);
  repository(join(all, 'two.git'), [{ manifest: { name: 'acme/same' }, branches: main }]);
  repository(join(all, 'tagged.git'), [
    { manifest: { name: 'other/by-tag' }, tags: ['1.0.0'] },
    { branches: main },
  ]);
  // HEAD names a branch that nobody has pushed.
  repository(join(all, 'head.git'), [{ manifest: { name: 'Acme/Head' }, branches: ['trunk'] }]);
  repository(join(all, 'text.git'), [{ branches: main }]);
  repository(join(all, 'odd.git'), [
    { manifest: { name: 'acme/odd' }, isLinked: true, tags: ['1.0.0'] },
    {
      manifest: { name: 'acme/odd', dist: { type: 'zip', url: 'https://downloads.example/a.zip' } },
      tags: ['1.1.0'],
    },
    { manifest: { name: 'acme/odd', dist: { type: 'path', url: '../other' } }, tags: ['1.2.0'] },
    { manifest: { name: 'acme/odd' }, funding: 'github: acme\n', branches: main },
  ]);
}
