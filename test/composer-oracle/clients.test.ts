import { describe, expect, it } from 'vitest';
import { buildPackageFiles, MANIFEST_NESTING_MAX } from '../../shared/composer/package-metadata.ts';
import { versionsOf } from '../../shared/composer/versions.ts';
import { distinct, INPUTS, percent, SEEDS, skipReason, TIMEOUT } from './comparison.ts';
import { hasNewCalverInside } from './known-differences.ts';
import { Manifest, manifest, wellFormed } from './manifest-inputs.ts';
import { type Answer, askPhp } from './php-library.ts';

const commit = 'a'.repeat(40);
const ref = (name: string, text: string) => ({ name, commit, date: '2024-01-01T00:00:00Z', manifest: text });

/** The file of finished versions of a repository with this manifest in a tag, undefined if it gives no version. */
function fileWith(text: string): string | undefined {
  const { versions } = versionsOf({
    tags: [ref('1.2.3', text)],
    branches: [ref('main', '{"name":"acme/billing"}')],
    defaultBranch: 'main',
    archived: false,
  });
  const tag = versions.find(({ isDev }) => !isDev);
  if (tag === undefined) return undefined;
  // Another version beside it, so that the file is minified.
  const other = { ...tag, version: '1.0.0', versionNormalized: '1.0.0.0', manifest: {} };
  return buildPackageFiles({
    name: 'acme/billing',
    versions: [tag, other].map((version) => ({ ...version, dist: undefined })),
  }).plain;
}

const isRead = (answer: Answer): boolean =>
  JSON.stringify(answer) === JSON.stringify({ value: ['1.2.3', '1.0.0'] });

describe.skipIf(skipReason() !== undefined)(
  "published files, by the loader of Composer's clients",
  { timeout: TIMEOUT },
  () => {
    it.each(SEEDS)('no manifest that is published takes a package from its clients: seed %i', (seed) => {
      const inputs = distinct(INPUTS, seed, (random) => {
        const { version: _, source, dist, ...rest } = wellFormed(manifest(random), Manifest);
        // Hardly any address of code that is made up here is one that may be published.
        return random.oneIn(4) ? { ...rest, source, dist } : rest;
      });
      const files = inputs
        .map((input) => fileWith(JSON.stringify(input)))
        .filter((file) => file !== undefined);
      const answers = askPhp(files.map((file) => ['read', file]));
      const unread = answers.flatMap((answer, index) =>
        // Constraints that the older library does not know end it here as they do with packagist.org.
        isRead(answer) || hasNewCalverInside(JSON.parse(files[index] ?? ''))
          ? []
          : [`${JSON.stringify(answer)}: ${files[index]}`],
      );
      const accepted = files.length / inputs.length;
      console.info(
        `clients: ${percent(accepted)} of ${inputs.length} manifests are published (seed ${seed})`,
      );
      expect(unread.slice(0, 5)).toEqual([]);
      expect(accepted).toBeGreaterThanOrEqual(0.4);
      expect(accepted).toBeLessThan(0.95);
    });

    it('a manifest of 508 levels is read, and one level more would be too much', () => {
      const nested = (levels: number) => {
        const [opened, closed] = ['{"a":'.repeat(levels - 2), '}'.repeat(levels - 2)];
        return `{"name":"acme/billing","extra":{"b":${opened}1${closed}}}`;
      };
      expect(MANIFEST_NESTING_MAX).toBe(508);
      const deepest = fileWith(nested(508)) ?? '';
      expect(fileWith(nested(509))).toBeUndefined();
      expect(fileWith(nested(511))).toBeUndefined();
      const [read, unread] = askPhp([
        ['read', deepest],
        ['read', deepest.replace('"b":', '"b":{"a":').replace(/1(}+)/, '1}$1')],
      ]);
      expect(read).toEqual({ value: ['1.2.3', '1.0.0'] });
      expect(unread).toEqual({ error: 'Maximum stack depth exceeded' });
    });
  },
);
