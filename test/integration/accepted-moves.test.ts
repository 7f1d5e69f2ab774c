import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ForgeError } from '../../shared/forge/errors.ts';
import { acceptMove } from '../../shared/organizations/accept-move.ts';
import { refuseCommits } from '../../shared/organizations/refuse-commits.ts';
import { auditLog } from '../../shared/store/audit-log.ts';
import { findVersion } from '../../shared/store/package-store.ts';
import { commitOf } from '../support/memory-contents.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { file, pushed, scannedRegistry, scanOf } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

const ann = { by: 'ann', why: 'the tag was wrong' } as const;
const version = (registry: Registry) => findVersion(registry.table, organizationId, 1, '1.0.0.0');
const accept = (registry: Registry, commit: string) =>
  acceptMove(
    { ...registry, randomBytes },
    registry.organization,
    { packageName: 'acme/one', normalized: '1.0.0.0', commit },
    ann,
  );

/** 1.0.0 was published at `a`, and its tag is at `b` now. */
async function moved(): Promise<Registry> {
  const registry = await scannedRegistry();
  registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'b' }, branches: { main: 'b' } });
  await pushed(registry);
  expect(await version(registry)).toMatchObject({ commit: commitOf('a'), movedTo: commitOf('b') });
  return registry;
}

describe('a moved tag that an owner accepts', () => {
  it('gives the version its new commit, with the checksum of a stored archive', async () => {
    const registry = await moved();
    expect(await accept(registry, commitOf('b'))).toEqual({
      version: '1.0.0',
      from: commitOf('a'),
      to: commitOf('b'),
    });
    await registry.settle();
    const stored = await version(registry);
    expect(stored).toMatchObject({
      commit: commitOf('b'),
      state: 'published',
      shasum: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(stored).not.toHaveProperty('movedTo');
    expect(stored).not.toHaveProperty('acceptedMove');
    const text = await file(registry, 'acme/1/plain.json');
    expect(text).toContain(stored?.shasum);
    expect(text).not.toContain(commitOf('a'));
    const [entry] = await auditLog(registry.table, organizationId, 1);
    expect(entry).toMatchObject({
      act: 'accept-moved-tag',
      subject: 'acme/one 1.0.0',
      before: { commit: commitOf('a') },
      after: { commit: commitOf('b') },
    });
  });

  it('leaves the first commit published until the archive of the other is stored', async () => {
    const registry = await moved();
    registry.beforeContents = (what) => {
      if (what === 'archive') {
        throw new ForgeError('unavailable', 'no archive today');
      }
    };
    await accept(registry, commitOf('b'));
    await registry.settle();
    expect(await version(registry)).toMatchObject({ commit: commitOf('a'), state: 'published' });
    expect(await file(registry, 'acme/1/plain.json')).toContain(commitOf('a'));
    expect(await scanOf(registry)).toMatchObject({
      unfinished: true,
      notices: [
        { notice: expect.stringMatching(/first commit stays until .* not return its archive: unavailable$/) },
      ],
    });
    registry.beforeContents = () => {};
    await registry.settleWithReconciles();
    expect(await version(registry)).toMatchObject({ commit: commitOf('b') });
  });

  it('has to be accepted again when it moves on before', async () => {
    const registry = await moved();
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'c' }, branches: { main: 'c' } });
    await accept(registry, commitOf('b'));
    await pushed(registry);
    expect(await version(registry)).toMatchObject({ commit: commitOf('a'), movedTo: commitOf('c') });
    await expect(accept(registry, commitOf('b'))).rejects.toMatchObject({ code: 'conflict' });
    await accept(registry, commitOf('c'));
    await registry.settle();
    expect(await version(registry)).toMatchObject({ commit: commitOf('c') });
  });
});

it('is refused for a tag that did not move, a version that is not there, and a refused commit', async () => {
  const registry = await scannedRegistry();
  await expect(accept(registry, commitOf('a'))).rejects.toMatchObject({ code: 'conflict' });
  const other = { packageName: 'acme/two', normalized: '1.0.0.0', commit: commitOf('a') };
  await expect(
    acceptMove({ ...registry, randomBytes }, registry.organization, other, ann),
  ).rejects.toMatchObject({
    code: 'not-found',
  });
  const tag = await moved();
  const commit = commitOf('b');
  await refuseCommits({ ...tag, randomBytes }, tag.organization, [commit], { confirm: commit, ...ann });
  await expect(accept(tag, commit)).rejects.toMatchObject({ code: 'conflict' });
});
