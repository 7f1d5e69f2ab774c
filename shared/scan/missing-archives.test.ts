import { describe, expect, it } from 'vitest';
import type { StoredDist, StoredVersion } from '../store/package-store.ts';
import { missingArchives } from './missing-archives.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const hourMs = 3600_000;

const version = (versionNormalized: string, given: Partial<StoredVersion> = {}): StoredVersion => ({
  version: versionNormalized,
  versionNormalized,
  isDev: false,
  refKind: 'tag',
  refName: versionNormalized,
  commit: versionNormalized,
  time: '2026-11-01T00:00:00Z',
  isDefaultBranch: false,
  manifest: '{"name":"acme/one"}',
  state: 'published',
  ...given,
});

const dist = (commit: string, given: Partial<StoredDist> = {}): StoredDist => ({
  commit,
  reference: commit,
  linksLeftOut: [],
  directory: undefined,
  shasum: undefined,
  commitShasum: undefined,
  size: undefined,
  leaseUntil: undefined,
  tooLargeAt: undefined,
  slowBuilds: undefined,
  unavailableAt: undefined,
  ...given,
});

/** Each with a recorded commit of its name. */
const of = (versions: readonly StoredVersion[], dists = versions.map(({ commit }) => dist(commit))) =>
  missingArchives(versions, dists, now);

describe('archives that are stored before anybody asks for them', () => {
  it('are those of the highest versions first, not in the order of their texts', () => {
    const { missing, wanted } = of(['1.9.0.0', '1.10.0.0', '1.2.0.0'].map((one) => version(one)));
    expect(missing).toEqual(['1.10.0.0', '1.9.0.0', '1.2.0.0']);
    expect(wanted).toBe(3);
  });

  it.each<[string, StoredVersion]>([
    ['a beta', version('1.0.0.0-beta1')],
    ['a branch', version('dev-main', { refKind: 'branch' })],
    ['a version whose tag is gone', version('1.0.0.0', { state: 'withdrawn' })],
    ['a new tag, whose archive its scan stores', version('1.0.0.0', { state: 'pending' })],
    ['a version with a dist of its own', version('1.0.0.0', { manifest: '{"dist":{"type":"zip"}}' })],
  ])('are not those of %s', (_, one) => {
    expect(of([one])).toEqual({ wanted: 0, stored: 0, unavailable: 0, missing: [] });
  });

  it('are one for two tags at one commit, and none for a commit that no scan recorded', () => {
    const versions = [
      version('1.0.0.0', { commit: 'a' }),
      version('1.0.1.0', { commit: 'a' }),
      version('2.0.0.0'),
    ];
    expect(of(versions, [dist('a')])).toEqual({ wanted: 1, stored: 0, unavailable: 0, missing: ['a'] });
  });

  it('are tried again a day after they could not be stored', () => {
    const versions = ['4.0.0.0', '3.0.0.0', '2.0.0.0', '1.0.0.0'].map((one) => version(one));
    const dists = [
      dist('4.0.0.0', { shasum: 'f'.repeat(40), unavailableAt: now }),
      dist('3.0.0.0', { unavailableAt: now - hourMs }),
      dist('2.0.0.0', { tooLargeAt: now - hourMs }),
      dist('1.0.0.0', { unavailableAt: now - 21 * hourMs }),
    ];
    expect(of(versions, dists)).toEqual({ wanted: 4, stored: 1, unavailable: 2, missing: ['1.0.0.0'] });
  });
});
