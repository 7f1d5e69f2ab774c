/** `dev-main#<commit>`: commits that no scan recorded are looked up, within limits, and those of forks are never built. */
import { describe, expect, it } from 'vitest';
import { keys } from '../../shared/store/keys.ts';
import { distsOfPackage } from '../../shared/store/package-store.ts';
import { commitOf } from '../support/memory-contents.ts';
import { failing, pinned, unknown } from '../support/pinned.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { registryBaseUrl } from '../support/registry-world.ts';
import { pushed } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

const address = (commit: string): string => `${registryBaseUrl}/acme/dists/acme/one/${commit}.zip`;

describe('a commit that no scan recorded', () => {
  it('is built if a branch contains it, and is recorded from then on', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, commitOf('b'))).toEqual({
      status: 307,
      headers: { location: address(commitOf('b')), 'cache-control': 'no-store' },
    });
    expect((await registry.published()).objects.has(`acme/1/${commitOf('b')}.zip`)).toBe(true);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
    expect(registry.lookUps).toEqual([commitOf('b')]);
  });

  it('stays installable when no branch contains it any more', async () => {
    const registry = await pinned();
    await registry.fetch(1, commitOf('b'));
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'd' } });
    await pushed(registry);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
  });

  it('is never built if no branch or tag contains it, and the answer explains what to do', async () => {
    const registry = await pinned();
    registry.archiveOf = () => {
      throw new Error('the archive of a foreign commit was asked for');
    };
    const answer = await registry.fetch(1, unknown);
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    const warning = registry.warningOf(answer);
    for (const word of ['acme/one', 'ffffffffffff', 'branch or tag', 'forks', 'Pin to a commit']) {
      expect(warning).toContain(word);
    }
    expect((await distsOfPackage(registry.table, organizationId, 1)).map(({ commit }) => commit)).toEqual([
      commitOf('a'),
    ]);
  });

  it('needs no look-up if a scan recorded it', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, commitOf('a'))).toMatchObject({ status: 307 });
    expect(registry.lookUps).toEqual([]);
  });

  it('is not recorded for a package that was withdrawn meanwhile', async () => {
    const registry = await pinned();
    registry.beforeContents = async (what) => {
      if (what === 'contains') {
        await registry.table.update({ key: keys.package(organizationId, 1), set: { state: 'unreadable' } });
      }
    };
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({
      status: 404,
      body: '{"error":"not found"}',
    });
    expect(await distsOfPackage(registry.table, organizationId, 1)).toHaveLength(1);
  });
});

describe('a commit that is not contained', () => {
  it('is not looked up again for ten minutes', async () => {
    const registry = await pinned();
    for (let tries = 0; tries < 16; tries++) {
      expect(await registry.fetch(1, unknown)).toMatchObject({ status: 404 });
    }
    await registry.clock.advance(599_000);
    await registry.fetch(1, unknown);
    expect(registry.lookUps).toHaveLength(1);
    await registry.clock.advance(2_000);
    await registry.fetch(1, unknown);
    expect(registry.lookUps).toHaveLength(2);
  });

  it('is looked up again after the next scan', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, commitOf('d'))).toMatchObject({ status: 404 });
    await registry.clock.advance(1_000);
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '1.0.0': 'a' },
      branches: { main: 'e' },
      history: ['d'],
    });
    await pushed(registry);
    expect(await registry.fetch(1, commitOf('d'))).toMatchObject({ status: 307 });
  });
});

describe('after a package moved to another repository', () => {
  const move = (registry: Registry) =>
    registry.table.update({ key: keys.package(organizationId, 1), set: { repository: '6' } });

  it('a negative answer of the earlier repository is not reused', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, unknown)).toMatchObject({ status: 404 });
    await move(registry);
    registry.lookUp = async (_, hash) => ({ is: 'contained', commit: hash });
    expect(await registry.fetch(1, unknown)).toMatchObject({ status: 307 });
  });

  it('an undecided look-up starts from the beginning', async () => {
    const registry = await pinned();
    const seen: unknown[] = [];
    registry.lookUp = async (_, __, from) => {
      seen.push(from);
      await registry.clock.advance(7_000);
      return { is: 'undecided', progress: 1 };
    };
    await registry.fetch(1, commitOf('b'));
    await registry.fetch(1, commitOf('b'));
    await move(registry);
    await registry.fetch(1, commitOf('b'));
    expect(seen).toEqual([undefined, 1, undefined]);
  });
});

describe('an abbreviated hash', () => {
  it('redirects to the URL of the full one, and is kept', async () => {
    const registry = await pinned();
    const toWhole = {
      status: 307,
      headers: { location: address(commitOf('b')), 'cache-control': 'no-store' },
    };
    expect(await registry.fetch(1, 'bbbbbbbb')).toEqual(toWhole);
    expect(await registry.fetch(1, commitOf('b'))).toEqual(toWhole);
    expect(registry.lookUps).toEqual(['bbbbbbbb']);
    // An old lock file still works, whatever happens to the repository and to the forge.
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'd' } });
    failing(registry, 'unavailable');
    await registry.clock.advance(30 * 24 * 3600_000);
    expect(await registry.fetch(1, 'bbbbbbbb')).toEqual(toWhole);
  });

  it('of a recorded commit needs no look-up', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, 'aaaaaaa')).toMatchObject({
      headers: { location: address(commitOf('a')) },
    });
    expect(registry.lookUps).toEqual([]);
  });

  it('keeps its first answer when another commit gets the same prefix later', async () => {
    const registry = await pinned();
    await registry.fetch(1, 'aaaaaaa');
    const other = `aaaaaaa${'1'.repeat(33)}`;
    await registry.table.update({ key: keys.dist(organizationId, 1, other), set: { recordedAt: 1 } });
    expect(await registry.fetch(1, 'aaaaaaa')).toMatchObject({
      headers: { location: address(commitOf('a')) },
    });
    const answer = await registry.fetch(1, 'aaaaaaaa');
    expect(answer).toMatchObject({ headers: { location: address(commitOf('a')) } });
  });

  it('of several recorded commits is not resolved', async () => {
    const registry = await pinned();
    const other = `aaaaaaa${'1'.repeat(33)}`;
    await registry.table.update({ key: keys.dist(organizationId, 1, other), set: { recordedAt: 1 } });
    const answer = await registry.fetch(1, 'aaaaaaa');
    expect(answer).toMatchObject({ status: 404 });
    expect(registry.warningOf(answer)).toContain('aaaaaaa matches several commits of acme/one');
    expect(registry.lookUps).toEqual([]);
  });

  it('of no commit is a 404; 32 digits may be the MD5 that Composer sends for a name', async () => {
    const registry = await pinned();
    expect(registry.warningOf(await registry.fetch(1, 'fffffff'))).not.toContain('MD5');
    const answer = await registry.fetch(1, 'f'.repeat(32));
    expect(answer).toMatchObject({ status: 404 });
    expect(registry.warningOf(answer)).toContain('sent as its MD5');
  });

  it('that takes long is finished by the queue too', async () => {
    const registry = await pinned();
    registry.lookUp = async (_, __, from) => {
      await registry.clock.advance(7_000);
      return from === undefined
        ? { is: 'undecided', progress: 1 }
        : { is: 'contained', commit: commitOf('b') };
    };
    expect(await registry.fetch(1, 'bbbbbbb')).toMatchObject({ status: 503 });
    await registry.settle();
    expect(await registry.fetch(1, 'bbbbbbb')).toMatchObject({
      headers: { location: address(commitOf('b')) },
    });
    expect((await registry.published()).objects.has(`acme/1/${commitOf('b')}.zip`)).toBe(true);
  });
});

it.each([41, 64])('%s digits are no git commit', async (length) => {
  const registry = await pinned();
  expect(await registry.fetch(1, 'a'.repeat(length))).toMatchObject({ status: 404 });
  expect(registry.lookUps).toEqual([]);
});
