/** Contract: refs with their manifests, archives, and which commits a repository contains. */
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { asId, type ForgeRepositoryId } from '../../../shared/domain/ids.ts';
import type { Containment } from '../../../shared/forge/containment.ts';
import type { ForgeFixture } from './fixture.ts';
import { errorOf } from './reading.ts';

const noCommit = 'f'.repeat(40);

/** Runs a look-up to its end, each step in a process of its own. */
async function ask(
  { open }: ForgeFixture,
  repository: ForgeRepositoryId,
  hash: string,
): Promise<Containment> {
  for (let from: unknown, steps = 0; steps < 100; steps += 1) {
    const answer = await (await open()).contents.contains({ repository }, hash, from);
    if (answer.is !== 'undecided') {
      return answer;
    }
    from = JSON.parse(JSON.stringify(answer.progress));
  }
  throw new Error('the look-up has no end');
}

export function contentsContract(fixture: () => ForgeFixture): void {
  test('reads all tags and branches, each at its commit with its manifest, and none of an empty repository', async () => {
    const { changes, open } = fixture();
    const repository = await changes.addRepository('refs');
    const client = await open();
    expect(await client.contents.readRefs({ repository })).toMatchObject({
      tags: [],
      branches: [],
      unusable: [],
    });
    await changes.push(repository, 'branch', 'main', 'acme/refs');
    const main = await changes.push(repository, 'branch', 'main', 'acme/refs');
    const tag = await changes.push(repository, 'tag', '1.0.0', 'acme/old-name');
    const ref = (name: string, commit: string, manifest: string) => ({
      name,
      commit,
      manifest: expect.stringContaining(JSON.stringify(manifest)),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    const read = await client.contents.readRefs({ repository });
    expect(read.branches).toMatchObject([ref('main', main, 'acme/refs')]);
    expect(read.tags).toMatchObject([ref('1.0.0', tag, 'acme/old-name')]);
    expect([main, tag].every((commit) => /^[0-9a-f]{40}$/.test(commit))).toBe(true);
    await changes.removeRef(repository, 'tag', '1.0.0');
    expect((await client.contents.readRefs({ repository })).tags).toEqual([]);
  });

  test('reads the archive of a commit; an unknown commit has none', async () => {
    const { changes, open } = fixture();
    const repository = await changes.addRepository('archives');
    const commit = await changes.push(repository, 'branch', 'main', 'acme/archives');
    const client = await open();
    const read = (hash: string, signal = AbortSignal.timeout(10_000)) =>
      client.contents.readArchive({ repository }, hash, signal);
    expect((await buffer(await read(commit))).toString('latin1', 0, 2)).toBe('PK');
    expect((await errorOf(read(noCommit))).code).toBe('not-found');
    await expect(read(commit, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  test('a commit is contained when it is in the history of a branch or tag, not merely because the forge has it', async () => {
    const { changes } = fixture();
    const repository = await changes.addRepository('contains');
    const other = await changes.addRepository('contains-other');
    const old = await changes.push(repository, 'branch', 'main', 'acme/one');
    const tip = await changes.push(repository, 'branch', 'main', 'acme/two');
    const tagged = await changes.push(repository, 'tag', '1.0.0', 'acme/three');
    const foreign = await changes.push(other, 'branch', 'main', 'acme/four');
    for (const commit of [old, tip, tagged]) {
      expect(await ask(fixture(), repository, commit)).toEqual({ is: 'contained', commit });
    }
    for (const commit of [foreign, noCommit]) {
      expect(await ask(fixture(), repository, commit)).toEqual({ is: 'not-contained' });
    }
    expect(await ask(fixture(), repository, old.slice(0, 12))).toEqual({ is: 'contained', commit: old });
  });

  test('a repository that does not exist has no contents', async () => {
    const { changes, open } = fixture();
    const repository = await changes.addRepository('never');
    await changes.removeRepository(repository);
    const gone = { repository: asId<ForgeRepositoryId>(repository) };
    const client = await open();
    expect((await errorOf(client.contents.readRefs(gone))).code).toBe('not-found');
    expect((await errorOf(client.contents.contains(gone, noCommit))).code).toBe('not-found');
  });
}
