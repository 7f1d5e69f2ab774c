import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expand } from './metadata-minifier.ts';
import {
  buildPackageFiles,
  buildRootFile,
  MANIFEST_NESTING_MAX,
  type PublishedVersion,
} from './package-metadata.ts';
import { normalizeVersion } from './version.ts';

const File = z.object({
  minified: z.literal('composer/2.0').optional(),
  packages: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});

function published(version: string, more: Partial<PublishedVersion> = {}): PublishedVersion {
  return {
    version,
    versionNormalized: normalizeVersion(version),
    time: '2024-05-06T07:08:09+00:00',
    isDefaultBranch: false,
    manifest: {},
    dist: { url: `https://r.example/acme/dists/acme/a/${version}.zip`, reference: version },
    ...more,
  };
}

function read(file: string) {
  const { packages } = File.parse(JSON.parse(file));
  return expand(packages['acme/a'] ?? []);
}

function order(file: string): unknown[] {
  return read(file).map(({ version }) => version);
}

describe('buildPackageFiles', () => {
  it('writes the same bytes as Packagist', () => {
    const { plain, dev } = buildPackageFiles({
      name: 'acme/a',
      versions: [
        published('v1.0.0', {
          dist: { url: 'https://r.example/a/1.zip', reference: 'c1', shasum: 'ab' },
          manifest: { type: 'library', description: 'Für / alle', require: { php: '>=8' }, license: ['MIT'], abandoned: true, unknown: 1 },
        }),
        published('1.1.0', {
          dist: { url: 'https://r.example/a/2.zip', reference: 'c2' },
          source: { type: 'git', url: 'https://g.example/a.git', reference: 'c2' },
          manifest: { description: 'Für / alle', require: { php: '>=8' }, 'require-dev': { 'b/c': '*' }, license: ['MIT'], autoload: { 'psr-4': { 'A\\': 'src/' } } },
        }),
        published('dev-main', { isDefaultBranch: true, dist: undefined, manifest: { extra: { 'branch-alias': { 'dev-main': '2.x-dev' } } }, abandoned: 'acme/b' }),
      ],
    }); // biome-ignore format: versions in a row
    expect(plain).toBe(
      '{"minified":"composer/2.0","packages":{"acme/a":[' +
        '{"name":"acme/a","description":"Für / alle","version":"1.1.0","version_normalized":"1.1.0.0","license":["MIT"],' +
        '"source":{"type":"git","url":"https://g.example/a.git","reference":"c2"},' +
        '"dist":{"type":"zip","url":"https://r.example/a/2.zip","reference":"c2","shasum":""},"type":"library",' +
        '"time":"2024-05-06T07:08:09+00:00","autoload":{"psr-4":{"A\\\\":"src/"}},"require":{"php":">=8"},"require-dev":{"b/c":"*"}},' +
        '{"version":"v1.0.0","version_normalized":"1.0.0.0","dist":{"type":"zip","url":"https://r.example/a/1.zip","reference":"c1","shasum":"ab"},' +
        '"abandoned":true,"source":"__unset","autoload":"__unset","require-dev":"__unset"}]}}',
    );
    expect(dev).toBe(
      '{"minified":"composer/2.0","packages":{"acme/a":[{"name":"acme/a","version":"dev-main","version_normalized":"dev-main",' +
        '"type":"library","time":"2024-05-06T07:08:09+00:00","extra":{"branch-alias":{"dev-main":"2.x-dev"}},"default-branch":true,"abandoned":"acme/b"}]}}',
    );
  });

  it.each([
    ['nothing', undefined, { source: 'https://s', issues: 'https://i' }],
    ['null', { source: null }, { source: 'https://s', issues: 'https://i' }],
    ['a list', ['x'], { source: 'https://s', issues: 'https://i' }],
    [
      'something else',
      { email: 'a@b.example' },
      { email: 'a@b.example', source: 'https://s', issues: 'https://i' },
    ],
    ['its own', { issues: 'https://own', source: '' }, { issues: 'https://own', source: '' }],
  ])('adds missing support links when the manifest has %s as support', (_, own, expected) => {
    const support = { source: 'https://s', issues: 'https://i' };
    const versions = [published('1.0', { manifest: { support: own }, support })];
    expect(read(buildPackageFiles({ name: 'acme/a', versions }).plain)[0]).toMatchObject({
      support: expected,
    });
  });

  it('has no support when there are no links and the manifest has none', () => {
    const versions = [published('1.0', { support: {} }), published('1.1')];
    for (const version of read(buildPackageFiles({ name: 'acme/a', versions }).plain)) {
      expect(version).not.toHaveProperty('support');
    }
  });

  it('writes every published key, in a fixed order', () => {
    const manifest = Object.fromEntries(
      ['abandoned', 'archive', 'scripts', 'replace', 'provide', 'conflict', 'suggest', 'require-dev', 'require', 'bin', 'include-path', 'target-dir', 'extra', 'autoload-dev', 'autoload', 'funding', 'php-ext', 'support', 'type', 'authors', 'license', 'homepage', 'keywords', 'description'].map((key) => [key, [key]]),
    ); // biome-ignore format: a list
    const { dev } = buildPackageFiles({
      name: 'acme/a',
      versions: [
        published('dev-main', {
          manifest,
          isDefaultBranch: true,
          source: { type: 'git', url: 'u', reference: 'r' },
        }),
      ],
    });
    expect(Object.keys(read(dev)[0] ?? {})).toEqual([
      'name', 'description', 'keywords', 'homepage', 'version', 'version_normalized', 'license', 'authors', 'source', 'dist', 'type', 'support', 'php-ext', 'funding', 'time', 'autoload', 'autoload-dev', 'extra', 'target-dir', 'include-path', 'bin', 'default-branch', 'require', 'require-dev', 'suggest', 'conflict', 'provide', 'replace', 'scripts', 'archive', 'abandoned',
    ]); // biome-ignore format: a list
  });

  it('ignores keys of the manifest that are not published', () => {
    const manifest = {
      name: 'evil/x',
      version: '9',
      time: 'now',
      source: { url: '--x' },
      dist: { url: 'x' },
      uid: 1,
      'default-branch': true,
      'notification-url': 'x',
      constructor: 1,
    };
    const { plain } = buildPackageFiles({
      name: 'acme/a',
      versions: [published('1.0', { manifest, dist: undefined })],
    });
    expect(read(plain)).toEqual([
      {
        name: 'acme/a',
        version: '1.0',
        version_normalized: '1.0.0.0',
        type: 'library',
        time: '2024-05-06T07:08:09+00:00',
      },
    ]);
  });

  it('is valid without versions', () => {
    const empty = '{"minified":"composer/2.0","packages":{"acme/a":[]}}';
    expect(buildPackageFiles({ name: 'acme/a', versions: [] })).toEqual({ plain: empty, dev: empty });
  });

  it('sorts finished versions newest first, and branches by rank and name', () => {
    const names = [
      '1.0',
      '10.0',
      '2.0',
      '2.0-RC1',
      '2.0-beta2',
      '2.0-beta10',
      '2.0-p1',
      'dev-b',
      'dev-main',
      'dev-a',
      '1.x-dev',
      '2.x-dev',
      '1.5.x-dev',
    ];
    const versions = names.map((name) => published(name, { isDefaultBranch: name === 'dev-main' }));
    const { plain, dev } = buildPackageFiles({ name: 'acme/a', versions });
    expect(order(plain)).toEqual(['10.0', '2.0-p1', '2.0', '2.0-RC1', '2.0-beta10', '2.0-beta2', '1.0']);
    expect(order(dev)).toEqual(['dev-main', '2.x-dev', '1.x-dev', '1.5.x-dev', 'dev-a', 'dev-b']);
    expect(buildPackageFiles({ name: 'acme/a', versions: versions.toReversed() })).toEqual({ plain, dev });
  });

  it('writes a list unminified if it cannot be minified', () => {
    const { plain } = buildPackageFiles({
      name: 'acme/a',
      versions: [published('1.0', { manifest: { description: '__unset' } }), published('2.0')],
    });
    expect(File.parse(JSON.parse(plain)).minified).toBeUndefined();
    expect(File.parse(JSON.parse(plain)).packages['acme/a']).toMatchObject([
      { version: '2.0' },
      { version: '1.0', description: '__unset' },
    ]);
  });

  it('expands to the given versions', () => {
    const version = fc.constantFrom('1.0', '1.1', '2.0-beta', '3.x-dev', 'dev-main', 'dev-x');
    const manifest = fc.dictionary(
      fc.constantFrom('description', 'require', 'extra', 'bin', 'license'),
      fc.jsonValue({ maxDepth: 3 }),
      { noNullPrototype: true },
    );
    const list = fc.uniqueArray(fc.tuple(version, manifest), { selector: ([name]) => name });
    fc.assert(
      fc.property(list, (entries) => {
        const versions = entries.map(([name, content]) => published(name, { manifest: content }));
        const { plain, dev } = buildPackageFiles({ name: 'acme/a', versions });
        for (const [name, content] of entries) {
          const data = read(name.includes('dev') ? dev : plain).find((one) => one.version === name);
          const kept = Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
          expect(JSON.parse(JSON.stringify(data))).toMatchObject(JSON.parse(JSON.stringify(kept)));
        }
        expect(read(plain).length + read(dev).length).toBe(entries.length);
      }),
    );
  });
});

it('leaves out a stored version that is nested too deeply, which would break the package for every client', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
  const { plain } = buildPackageFiles({
    name: 'acme/a',
    versions: [
      published('1.0.0', { manifest: { extra: nested(MANIFEST_NESTING_MAX - 1) } }),
      published('1.1.0', { manifest: { extra: nested(MANIFEST_NESTING_MAX) } }),
      published('1.2.0'),
    ],
  });
  expect(order(plain)).toEqual(['1.2.0', '1.0.0']);
});

describe('buildRootFile', () => {
  const urls = {
    metadataUrl: '/acme/p2/%package%.json',
    searchUrl: '/acme/search?q=%query%&type=%type%',
    notifyBatchUrl: 'https://r.example/downloads',
  };

  it('lists names once, in order', () => {
    expect(buildRootFile({ ...urls, packageNames: ['b/c', 'a/b', 'b/c', 'a-b/c'], warning: 'Moved' })).toBe(
      '{"packages":[],"metadata-url":"/acme/p2/%package%.json","available-packages":["a-b/c","a/b","b/c"],"search":"/acme/search?q=%query%&type=%type%","notify-batch":"https://r.example/downloads","warning":"Moved"}',
    );
  });

  it('has no metadata URL without packages, since clients would request every name from it, and nothing to search', () => {
    expect(buildRootFile({ ...urls, packageNames: [], warning: 'Nothing' })).toBe(
      '{"packages":[],"notify-batch":"https://r.example/downloads","warning":"Nothing"}',
    );
  });

  it('tells users of Composer 1, and no others, that they find nothing', () => {
    expect(JSON.parse(buildRootFile({ ...urls, packageNames: ['a/b'] }))).toMatchObject({
      warning: expect.stringContaining('You use Composer 1'),
      'warning-versions': '<1.999',
    });
  });

  it('shows a warning to clients', () => {
    const root = buildRootFile({
      ...urls,
      packageNames: ['a/b'],
      warning: 'Moved',
      warningVersions: '<1.999',
      info: 'Hello',
      infoVersions: '*',
    });
    expect(JSON.parse(root)).toMatchObject({
      warning: 'Moved',
      'warning-versions': '<1.999',
      info: 'Hello',
      'info-versions': '*',
    });
  });
});
