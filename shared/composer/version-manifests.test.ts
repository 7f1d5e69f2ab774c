import { describe, expect, it } from 'vitest';
import type { ManifestProblem } from './scanned-repository.ts';
import { found, reasonOf, refs, versionsByRef } from './test-refs.ts';

describe('the manifest of a version', () => {
  it.each<[Record<string, unknown>, Record<string, unknown>, string[]]>([
    [{ license: 'Acme Internal Licence 1.2' }, { license: ['Acme Internal Licence 1.2'] }, []],
    [{ require: { 'Monolog/Monolog': '*' } }, { require: { 'monolog/monolog': '*' } }, []],
    [
      { extra: { 'branch-alias': { 'dev-main': '2.0' }, more: 1 } },
      { extra: { 'branch-alias': {}, more: 1 } },
      ['extra.branch-alias.dev-main is left out: the target branch (2.0) must end in -dev'],
    ],
    [
      { keywords: ['c++', 'fast'] },
      { keywords: ['fast'] },
      ['keywords.0 is left out: invalid value (c++), must match [\\p{N}\\p{L} ._-]+'],
    ],
    [
      { homepage: 'www.acme.example', description: 'Fine' },
      { description: 'Fine' },
      ['homepage is left out: invalid value (www.acme.example), must be an http/https URL'],
    ],
    [
      { support: { email: 'dev@localhost', issues: 'https://acme.example' } },
      { support: { issues: 'https://acme.example' } },
      ['support.email is left out: invalid value (dev@localhost), must be a valid email address'],
    ],
    [
      { require: { 0: '*', 'a/b': '^1' } },
      { require: { 'a/b': '^1' } },
      ['require.0 is left out: a number is no package name'],
    ],
    [{ require: ['*'] }, {}, ['require.0 is left out: a number is no package name']],
    [{ support: 'x@y.example' }, {}, ['support is left out: should be an array, string given']],
    [{ support: 0 }, {}, ['support is left out: should be an array, int given']],
  ])('keeps a branch and a tag despite %j', (slip, published, leftOut) => {
    const manifest = { name: 'acme/a', ...slip };
    expect(found({ tags: refs(['1.0', manifest]), branches: refs(['main', manifest]) })).toMatchObject({
      versions: ['1.0', 'dev-main'].map((version) => ({ version, manifest: published, leftOut })),
      skipped: [],
    });
  });

  it('leaves out a version with what Composer calls an error, and says why', () => {
    const manifest = { name: 'acme/a', authors: 'x@y.example' };
    const repository = { tags: refs(['1.0', manifest]), branches: refs('main', ['next', manifest]) };
    expect(Object.keys(versionsByRef(repository))).toEqual(['main']);
    for (const ref of ['1.0', 'next']) {
      expect(reasonOf(repository, ref)).toMatchObject({
        isError: true,
        reason: 'composer.json has mistakes: authors : should be an array, string given.',
      });
    }
  });

  it('leaves out a manifest of 509 to 511 levels, which no client could read inside a metadata file', () => {
    const nested = (levels: number) =>
      `{"name":"acme/a","extra":${'{"a":'.repeat(levels - 1)}1${'}'.repeat(levels - 1)}}`;
    const tags = refs(
      ['1.508', nested(508)],
      ['1.509', nested(509)],
      ['1.511', nested(511)],
      ['1.512', nested(512)],
    );
    const repository = { tags };
    expect(Object.keys(versionsByRef(repository))).toEqual(['1.508', 'main']);
    expect(reasonOf(repository, '1.509')).toMatchObject({
      isError: true,
      reason: expect.stringMatching(/deeper than 508 levels: .*\.$/),
    });
    expect(reasonOf(repository, '1.511')?.reason).toBe(reasonOf(repository, '1.509')?.reason);
    expect(reasonOf(repository, '1.512')?.reason).toBe('composer.json is nested deeper than 511 levels.');
    // A key that is not published may be as deep as PHP can read.
    const config = `{"name":"acme/a","config":${'['.repeat(510)}${']'.repeat(510)}}`;
    expect(Object.keys(versionsByRef({ tags: refs(['1.0', config]) }))).toEqual(['1.0', 'main']);
  });

  it.each([
    [undefined, '2024-05-06T07:08:09+00:00'],
    ['', '2024-05-06T07:08:09+00:00'],
    ['last monday', '2024-05-06T07:08:09+00:00'],
    ['2020-01-02', '2020-01-02T00:00:00+00:00'],
    ['2020-01-02T03:04:05+01:30', '2020-01-02T01:34:05+00:00'],
  ])('with the time %j a version is of %s', (time, expected) => {
    expect(found({ branches: refs(['main', { name: 'acme/a', time }]) }).versions[0]?.time).toBe(expected);
  });

  it('marks versions of archived repositories as abandoned', () => {
    const abandoned = (manifest: Record<string, unknown>, archived: boolean) =>
      found({ branches: refs(['main', { name: 'acme/a', ...manifest }]), archived }).versions[0]?.manifest
        .abandoned;
    expect(abandoned({}, true)).toBe(true);
    expect(abandoned({}, false)).toBeUndefined();
    expect(abandoned({ abandoned: 'acme/b' }, true)).toBe('acme/b');
    expect(abandoned({ abandoned: false }, true)).toBeUndefined();
    expect(abandoned({ abandoned: 5 }, false)).toBeUndefined();
  });

  it('keeps the published keys of a manifest, and its own dist and source', () => {
    const manifest = {
      name: 'acme/a',
      version: '1.0',
      source: { type: 'git', url: 'https://forge.example/c.git', reference: 'v1' },
      dist: { type: 'zip', url: 'https://downloads.example/c.zip' },
      time: '2020-01-01',
      'default-branch': true,
      'notification-url': 'https://example.org',
      'minimum-stability': 'dev',
      repositories: [],
      unknown: 1,
      require: { 'b/c': '^1' },
      type: 'library',
    };
    const [version] = found({ tags: refs(['1.0', manifest]) }).versions;
    expect(version).toEqual({
      version: '1.0',
      versionNormalized: '1.0.0.0',
      isDev: false,
      ref: { kind: 'tag', name: '1.0' },
      commit: '0'.repeat(40),
      time: '2020-01-01T00:00:00+00:00',
      isDefaultBranch: false,
      manifest: {
        type: 'library',
        require: { 'b/c': '^1' },
        dist: manifest.dist,
        source: manifest.source,
      },
      leftOut: [],
    });
  });

  it('leaves out a version whose own dist or source no client could or should fetch', () => {
    const manifest = { name: 'acme/a', dist: { type: 'path', url: '../b' } };
    expect(versionsByRef({ tags: refs(['1.0', manifest]) })).not.toHaveProperty(['1.0']);
    expect(reasonOf({ tags: refs(['1.0', manifest]) }, '1.0')).toMatchObject({
      isError: true,
      reason: expect.stringContaining('dist.type "path" cannot be passed on'),
    });
  });

  it('says why the text of a manifest cannot be read', () => {
    const [tag] = refs(['1.0', undefined]);
    const repository = (manifestProblem: ManifestProblem) => ({
      tags: tag ? [{ ...tag, manifestProblem }] : [],
    });
    expect(reasonOf(repository('not-utf-8'), '1.0')).toMatchObject({
      isError: true,
      reason: 'composer.json is not UTF-8, which JSON has to be. Save it in that encoding.',
    });
    expect(reasonOf(repository('too-large'), '1.0')).toMatchObject({
      isError: true,
      reason: 'composer.json is larger than 1 MB, more than any manifest needs.',
    });
  });

  it('keeps reasons short', () => {
    const require = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`b/c${index}`, 'x'.repeat(10_000)]),
    );
    const tags = refs(
      ['1.0', { name: 'acme/a', require }],
      ['2.0', { name: 'acme/a', version: 'x'.repeat(10_000) }],
    );
    for (const { reason } of found({ tags }).skipped) expect(reason.length).toBeLessThan(2000);
    expect(reasonOf({ tags }, '1.0')?.reason).toContain('; and 45 more.');
  });

  it('escapes control characters, so that no manifest can control the terminal of its owner', () => {
    const manifest = { name: 'acme/a', homepage: '\u001b[2Jx\n\u202Ey' };
    const [version] = found({ branches: refs(['main', manifest]) }).versions;
    expect(version?.leftOut[0]).toContain('(\\u001b[2Jx\\u000a\\u202ey)');
  });

  it('quotes nothing of a manifest that is not JSON', () => {
    const reason = reasonOf({ tags: refs(['1.0', '{"password":"secret",}']) }, '1.0')?.reason;
    expect(reason).toMatch(/^composer\.json is not valid JSON \(.+\)\.$/);
    expect(reason).not.toContain('secret');
  });
});
