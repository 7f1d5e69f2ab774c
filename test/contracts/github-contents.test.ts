/** Reading a repository by its id, and archives of its commits. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { asId } from '../../shared/domain/ids.ts';
import type { RepositoryIds } from '../../shared/forge/forge.ts';
import { gitIn, idsIn, world } from './github-contents-fixture.ts';
import { codeOf, factsOf, type GitHub, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub(world);
});
afterEach(() => {
  gitHub.simulator.faults.remove();
});
afterAll(() => gitHub.close());

const ids = (name: string) => idsIn(gitHub, name);
const git = (name: string, args: readonly string[], input?: string | Buffer) =>
  gitIn(gitHub, name, args, input);

const linksOf = (name: string) => {
  const { web } = gitHub.simulator.addresses;
  return {
    source: { type: 'git', url: `git@${new URL(web).hostname}:acme/${name}.git` },
    tree: `${web}/acme/${name}/tree/{ref}`,
    issues: `${web}/acme/${name}/issues`,
  };
};

describe('a repository', () => {
  test("has the URLs that Composer's own driver uses: SSH unless it is public, and its issues if it has them", async () => {
    expect((await gitHub.reader().readRefs(ids('empty'))).links).toEqual(linksOf('empty'));
    const { web } = gitHub.simulator.addresses;
    const { issues: _, ...links } = linksOf('open');
    expect((await gitHub.reader().readRefs(ids('open'))).links).toEqual({
      ...links,
      source: { type: 'git', url: `${web}/acme/open.git` },
    });
  });

  test('is looked up by its number alone, once', async () => {
    const reader = gitHub.reader();
    const { repository } = ids('other');
    const refs = await reader.readRefs({ repository });
    expect(refs).toEqual(await gitHub.reader().readRefs(ids('other')));
    await reader.readRefs({ repository });
    expect(reader.requests()).toBe(1 + 2 + 2);
  });

  test('that does not exist is not found by either id', async () => {
    const repository = asId<RepositoryIds['repository']>('987654321');
    expect(await codeOf(gitHub.reader().readRefs({ repository }))).toBe('not-found');
    expect(await codeOf(gitHub.reader().readRefs({ repository, handle: 'R_kgDOOOOOOO' }))).toBe('not-found');
  });

  test('is not confused with another one', async () => {
    const { handle } = ids('other');
    expect(await codeOf(gitHub.reader().readRefs({ ...ids('many'), handle }))).toBe('incomplete');
    const signal = AbortSignal.timeout(5000);
    expect(
      await codeOf(gitHub.reader().readArchive({ ...ids('many'), handle }, 'a'.repeat(40), signal)),
    ).toBe('incomplete');
  });

  test('outside of the selection is not found', async () => {
    const { simulator } = gitHub;
    await simulator.changes.run('select-repositories', { repositories: ['other'] });
    expect(await codeOf(gitHub.reader().readRefs(ids('many')))).toBe('not-found');
    expect(await codeOf(gitHub.reader().readRefs(ids('other')))).toBe('no error');
    const facts = await factsOf(gitHub.reader(), 'repositories');
    expect(facts.map((fact) => fact.kind === 'repository' && fact.name)).toEqual(['other']);
    await simulator.changes.run('select-repositories', { repositories: 'all' });
  });

  test('R6: keeps its identity when it is renamed and another one takes its name', async () => {
    const { simulator } = gitHub;
    const before = ids('other');
    const refs = await gitHub.reader().readRefs(before);
    await simulator.changes.run('rename-repository', { repository: 'acme/other', to: 'another' });
    await simulator.changes.run('create-repository', { name: 'other' });
    const links = linksOf('another');
    expect(await gitHub.reader().readRefs(before)).toEqual({ ...refs, links });
    expect(await gitHub.reader().readRefs(ids('other'))).toMatchObject({ tags: [] });
    const { commit } = refs.tags[0] ?? { commit: '' };
    const archive = await gitHub.reader().readArchive(before, commit, AbortSignal.timeout(5000));
    expect((await bytesOf(archive)).length).toBeGreaterThan(100);
    expect(await codeOf(gitHub.reader().readArchive(ids('other'), commit, AbortSignal.timeout(5000)))).toBe(
      'not-found',
    );
  });
});

const execute = promisify(execFile);
const runBinary = (command: string, args: readonly string[]) =>
  execute(command, args, { encoding: 'buffer', maxBuffer: 1 << 26 });

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

describe('an archive', () => {
  const signal = () => AbortSignal.timeout(10_000);
  const commit = async () => (await git('many', ['rev-parse', 'refs/tags/v1.3.0'])).trim();

  test('has the files of the commit; the archive host, which refuses credentials, received none', async () => {
    const sha = await commit();
    const archive = await bytesOf(await gitHub.reader().readArchive(ids('many'), sha, signal()));
    const prefix = `acme-many-${sha.slice(0, 7)}/`;
    const { gitDirectory } = gitHub.repository('many');
    const { stdout } = await runBinary('git', [
      '--git-dir',
      gitDirectory,
      'archive',
      '--format=zip',
      `--prefix=${prefix}`,
      sha,
    ]);
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(digest(archive)).toBe(digest(stdout));
  });

  test('of an unknown commit is not found', async () => {
    expect(await codeOf(gitHub.reader().readArchive(ids('many'), '0123456789'.repeat(4), signal()))).toBe(
      'not-found',
    );
    expect(await codeOf(gitHub.reader().readArchive(ids('empty'), await commit(), signal()))).toBe(
      'not-found',
    );
  });

  test('that breaks off is an error of the stream', async () => {
    gitHub.simulator.faults.add({ kind: 'truncated-archive', times: 1 });
    const stream = await gitHub.reader().readArchive(ids('many'), await commit(), signal());
    expect(await codeOf(bytesOf(stream))).toBe('unavailable');
  });

  test.each([
    ['server-error', { status: 503 }, 'unavailable'],
    ['server-error', { status: 401 }, 'unavailable'],
    ['server-error', { status: 429 }, 'rate-limited'],
    ['drop-connection', {}, 'unavailable'],
  ] as const)('whose host has %s %o is %s', async (kind, more, code) => {
    gitHub.simulator.faults.add({ kind, ...more, match: { surface: 'codeload' } });
    expect(await codeOf(gitHub.reader().readArchive(ids('many'), await commit(), signal()))).toBe(code);
  });

  test('can be cancelled, before and during the transfer', async () => {
    const reader = gitHub.reader();
    const sha = await commit();
    await expect(
      reader.readArchive(ids('many'), sha, AbortSignal.abort(new Error('enough'))),
    ).rejects.toThrow('enough');

    const slow = gitHub.simulator.faults.add({ kind: 'slow', delayMs: 2000, match: { surface: 'codeload' } });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('too late')), 200);
    await expect(reader.readArchive(ids('many'), sha, controller.signal)).rejects.toThrow('too late');
    gitHub.simulator.faults.remove(slow.id);

    const late = new AbortController();
    const stream = await reader.readArchive(ids('many'), sha, late.signal);
    late.abort(new Error('gone'));
    await expect(bytesOf(stream)).rejects.toThrow('gone');
  });
});
