import { describe, expect, it } from 'vitest';
import { type ComposerVersion, versionsOf } from '../composer/versions.ts';
import { versionBytesMax, withinSizes } from './version-sizes.ts';

/** Versions of tags whose published manifests have these sizes in bytes. */
function tagsOf(sizes: Readonly<Record<string, number>>): readonly ComposerVersion[] {
  const empty = JSON.stringify({ description: '' }).length;
  return versionsOf({
    tags: Object.entries(sizes).map(([name, size]) => ({
      name,
      commit: 'a'.repeat(40),
      date: '2026-11-01T00:00:00Z',
      manifest: JSON.stringify({ name: 'acme/one', description: 'x'.repeat(size - empty) }),
    })),
    branches: [],
    defaultBranch: undefined,
    archived: false,
  }).versions;
}

const names = (versions: readonly ComposerVersion[]) => versions.map(({ version }) => version);

describe('withinSizes', () => {
  it('leaves out a manifest over the limit, with both sizes', () => {
    const found = tagsOf({ '1.0.0': versionBytesMax, '1.1.0': versionBytesMax + 1 });
    expect(withinSizes(found, new Set())).toEqual({
      versions: found.slice(0, 1),
      leftOut: [
        {
          ref: 'tag 1.1.0',
          reason: 'the published part of composer.json has 301 KB; the limit is 300 KB.',
        },
      ],
    });
  });

  it('fills a package with its newest versions, and never removes one that it already has', () => {
    const found = tagsOf(
      Object.fromEntries(Array.from({ length: 100 }, (_, number) => [`1.${number}.0`, versionBytesMax])),
    );
    const first = withinSizes(found, new Set());
    expect(first.versions).toHaveLength(66);
    expect(names(first.versions)).not.toContain('1.33.0');
    expect(names(first.versions)).toContain('1.34.0');
    expect(first.leftOut).toHaveLength(34);
    expect(first.leftOut[0]?.reason).toMatch(/^the package is full: .* 20,000 KB together\. Delete branches/);
    // The order is unchanged.
    expect(first.versions).toEqual(found.filter((version) => first.versions.includes(version)));

    const old = found.filter(({ version }) => Number(version.split('.')[1]) < 60);
    const stored = new Set(old.map(({ versionNormalized }) => versionNormalized));
    const second = withinSizes(found, stored);
    expect(names(second.versions)).toEqual(expect.arrayContaining(names(old)));
    expect(names(second.versions)).toContain('1.99.0');
    expect(second.versions).toHaveLength(66);
  });
});
