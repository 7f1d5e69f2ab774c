import { describe, expect, it } from 'vitest';
import { versionsOf } from '../composer/versions.ts';
import type { StoredVersion } from '../store/package-store.ts';
import { noticesOf } from './owner-lines.ts';
import { planVersions } from './plan-versions.ts';

const commitOf = (name: string) => Buffer.from(name).toString('hex').padEnd(40, '0').slice(0, 40);

/** Versions of tags and branches with these manifests, as found and as stored. */
function versions(tags: Readonly<Record<string, unknown>>, branches: Readonly<Record<string, unknown>> = {}) {
  const refs = (entries: Readonly<Record<string, unknown>>) =>
    Object.entries(entries).map(([name, manifest]) => ({
      name,
      commit: commitOf(name),
      date: '2026-11-01T00:00:00Z',
      manifest: JSON.stringify({ name: 'acme/one', ...(manifest as object) }),
    }));
  const repository = { tags: refs(tags), branches: refs({ main: {}, ...branches }), defaultBranch: 'main' };
  const found = versionsOf({ ...repository, archived: false }).versions;
  const tagCommits = new Map(repository.tags.map(({ name, commit }) => [name, commit]));
  const changes = planVersions({
    current: [],
    found,
    tagCommits,
    isImport: true,
    refused: new Set(),
  });
  return { found, stored: changes.map(({ version }): StoredVersion => version) };
}

describe('noticesOf', () => {
  it('says what is left out of versions, the same mistake only once, the default branch first', () => {
    const slip = { homepage: 'acme.example' };
    const { found, stored } = versions(
      { '1.0.0': slip, '1.1.0': { ...slip, keywords: ['c++'] } },
      { main: slip },
    );
    expect(noticesOf(stored, found)).toEqual([
      {
        version: 'dev-main',
        notice:
          'homepage is left out: invalid value (acme.example), must be an http/https URL; also in 2 other versions',
      },
      {
        version: '1.1.0',
        notice: 'keywords.0 is left out: invalid value (c++), must match [\\p{N}\\p{L} ._-]+',
      },
    ]);
  });

  it('puts pending versions and moved tags first, and ignores manifests that are not served', () => {
    const { found, stored } = versions({ '1.0.0': { homepage: 'x' }, '2.0.0': {} });
    const kept = stored.map((one) =>
      one.refName === '1.0.0'
        ? { ...one, commit: commitOf('first'), movedTo: one.commit }
        : one.refName === '2.0.0'
          ? { ...one, state: 'pending' as const }
          : one,
    );
    expect(noticesOf(kept, found)).toEqual([
      { version: '1.0.0', notice: expect.stringContaining('the tag 1.0.0 moved from') },
      { version: '2.0.0', notice: 'not published yet: its archive is not stored' },
    ]);
  });

  it('fits into an item whatever the manifests contain, and says how many lines are missing', () => {
    const tags = Object.fromEntries(
      Array.from({ length: 400 }, (_, number) => [
        `1.${number}.0`,
        { homepage: `${'é'.repeat(5_000)}${number}`, keywords: [`${number}\u0001${'😀'.repeat(200)}`] },
      ]),
    );
    const { found, stored } = versions(tags);
    const notices = noticesOf(stored, found);
    expect(Buffer.byteLength(JSON.stringify(notices))).toBeLessThan(160_000);
    expect(notices.at(-1)).toMatchObject({
      version: expect.stringMatching(/^\d+ more$/),
      notice: 'not listed',
    });
  });
});
