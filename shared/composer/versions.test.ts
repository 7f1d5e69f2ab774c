import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManifestProblem, ScannedRef, ScannedRepository } from './scanned-repository.ts';
import { versionsOf } from './versions.ts';

const DATE = '2024-05-06T07:08:09Z';

/** Refs with the manifest of that text or object; a name alone has `{"name":"acme/a"}`. */
function refs(...entries: readonly (string | [name: string, manifest: unknown])[]): ScannedRef[] {
  return entries.map((entry, index) => {
    const [name, manifest] = typeof entry === 'string' ? [entry, { name: 'acme/a' }] : entry;
    const text = manifest === undefined || typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    return { name, commit: index.toString(16).padStart(40, '0'), date: DATE, manifest: text };
  });
}

function found(repository: Partial<ScannedRepository>, knownName?: string) {
  return versionsOf(
    { tags: [], branches: refs('main'), defaultBranch: 'main', archived: false, ...repository },
    { knownName },
  );
}

/** Version by ref, `undefined` for the default branch that is only there for the name. */
function versionsByRef(repository: Partial<ScannedRepository>): Record<string, string> {
  const { versions } = found(repository);
  return Object.fromEntries(
    versions.map(({ ref, version, versionNormalized }) => [ref.name, `${version} ${versionNormalized}`]),
  );
}

function reasonOf(repository: Partial<ScannedRepository>, name: string) {
  return found(repository).skipped.find(({ ref }) => ref.name === name);
}

describe('versionsOf', () => {
  it('finds what composer/composer tests/Composer/Test/Repository/VcsRepositoryTest.php at tag 2.10.2 finds', () => {
    const composed = { name: 'a/b' };
    const versioned = { name: 'a/b', version: '1.0.0' };
    const { packageName, versions } = found({
      tags: refs(['0.5.0', undefined], ['0.6.0', composed], ['0.9.0', versioned], ['1.0.0', versioned]),
      branches: refs(
        ['oldbranch', undefined],
        ['feature/a-1.0-B', composed],
        ['foo#bar', composed],
        ['feature-b', versioned],
        ['1.0', versioned],
        ['1.1.x', versioned],
        ['master', { name: 'a/b', version: '2.0.0' }],
      ),
      defaultBranch: 'master',
    });
    expect(packageName).toBe('a/b');
    expect(versions.map(({ version }) => version)).toEqual([
      '0.6.0', '1.0.0', 'dev-master', '1.0.x-dev', '1.1.x-dev', 'dev-feature-b', 'dev-feature/a-1.0-B', 'dev-foo+bar',
    ]); // biome-ignore format: a list
    expect(versions.filter(({ isDefaultBranch }) => isDefaultBranch).map(({ version }) => version)).toEqual([
      'dev-master',
    ]);
  });

  it.each([
    ['v1.0.0', 'v1.0.0 1.0.0.0'],
    ['V1.1.0', 'V1.1.0 1.1.0.0'],
    ['release-1.2', '1.2 1.2.0.0'],
    ['1.release-3', '1.3 1.3.0.0'],
    ['1.9.0+build5', '1.9.0+build5 1.9.0.0'],
    ['1.22.0-', '1.22.0- 1.22.0.0'],
    ['20240102.1.0', '20240102.1.0 20240102.1.0'],
  ])('the tag %j is %j', (tag, version) => {
    expect(versionsByRef({ tags: refs(tag) })).toMatchObject({ [tag]: version });
  });

  it.each([
    'sub/v1.2.3',
    'version-1.0.0',
    'v.1.0.0',
    'v-1.19',
    '1.0.x',
    '1.12-1',
    '2.0.0-SNAPSHOT',
    '1.2.3.4.5',
    '1,0',
    '1.6.0-dev',
    'dev-1.7',
    'master',
  ])('the tag %j is none', (tag) => {
    expect(versionsByRef({ tags: refs(tag) })).not.toHaveProperty([tag]);
    expect(reasonOf({ tags: refs(tag) }, tag)).toMatchObject({ isError: false, ref: { kind: 'tag' } });
  });

  it.each([
    ['3.1.0', '3.1.0-dev', '3.1.0 3.1.0.0'],
    ['3.1.0', 'v3.1', 'v3.1 3.1.0.0'],
    ['v3.1', '3.1.0', '3.1.0 3.1.0.0'],
    ['3.1.0', 3.1, '3.1 3.1.0.0'],
    ['3.1.0', null, '3.1.0 3.1.0.0'],
  ])('the tag %j with the version %j in its manifest is %j', (tag, version, expected) => {
    expect(versionsByRef({ tags: refs([tag, { name: 'acme/a', version }]) })).toMatchObject({
      [tag]: expected,
    });
  });

  it.each(['3.1.1', 'latest', ['3.1.0'], 'dev-main'])(
    'the tag 3.1.0 with the version %j is none',
    (version) => {
      const skipped = reasonOf({ tags: refs(['3.1.0', { name: 'acme/a', version }]) }, '3.1.0');
      expect(skipped).toMatchObject({
        isError: true,
        reason: expect.stringContaining('composer.json sets the version'),
      });
    },
  );

  it.each([
    ['2', '2.x-dev 2.9999999.9999999.9999999-dev'],
    ['2.X', '2.x-dev 2.9999999.9999999.9999999-dev'],
    ['v2.x', 'v2.x-dev 2.9999999.9999999.9999999-dev'],
    ['6.1.2', '6.1.2.x-dev 6.1.2.9999999-dev'],
    ['7.1.2.3', '7.1.2.3-dev 7.1.2.3-dev'],
    ['dev-main', 'dev-dev-main dev-dev-main'],
    ['-foo', 'dev--foo dev--foo'],
    ['v', 'dev-v dev-v'],
    ['>1@dev', 'dev->1@dev dev->1@dev'],
    ['4.x-dev', 'dev-4.x-dev dev-4.x-dev'],
    ['feat#1', 'dev-feat+1 dev-feat+1'],
    // packagist.org takes none of these, Composer's vcs repositories do.
    ['gitattributes', 'dev-gitattributes dev-gitattributes'],
    ['renovate/x', 'dev-renovate/x dev-renovate/x'],
    ['merge-up/1.x', 'dev-merge-up/1.x dev-merge-up/1.x'],
  ])('the branch %j is %j', (branch, version) => {
    expect(versionsByRef({ branches: refs('main', branch) })).toMatchObject({ [branch]: version });
  });

  it.each(['a,b', 'a|b', 'gh-pages'])('the branch %j is none', (branch) => {
    expect(versionsByRef({ branches: refs('main', branch) })).not.toHaveProperty([branch]);
    expect(reasonOf({ branches: refs('main', branch) }, branch)).toMatchObject({ isError: false });
  });

  it('takes the first of equal tags, by the bytes of their names, whatever order they come in', () => {
    const tags = refs(
      'v1.0.0',
      '1.0.0',
      '1.0',
      '1.0.0+build',
      '01.0',
      '2010-01-02',
      '2010.01.02',
      'v2010-01-02',
    );
    expect(Object.keys(versionsByRef({ tags }))).toEqual(['01.0', '2010-01-02', '2010.01.02', 'main']);
    expect(reasonOf({ tags }, 'v1.0.0')).toEqual({
      ref: { kind: 'tag', name: 'v1.0.0' },
      reason: 'The tag "01.0" stands for the same version, 1.0.0.0, and comes first.',
      isError: false,
    });
  });

  it('keeps dates that only compare as equal, which Composer reads as other versions', () => {
    const tags = refs('2010-01-2', '2010-01-02');
    expect(Object.keys(versionsByRef({ tags }))).toEqual(['2010-01-02', '2010-01-2', 'main']);
  });

  it('lets the next one have the version if the first has a bad manifest', () => {
    const tags = refs(['1.0', { name: 'acme/a', require: { 'b/c': 'nope' } }], '1.0.0');
    expect(Object.keys(versionsByRef({ tags }))).toEqual(['1.0.0', 'main']);
  });

  it('takes the default branch before others, and of branches that differ in case the first', () => {
    const branches = refs('1', '1.x', 'Main', 'main', 'Feature', 'feature');
    expect(Object.keys(versionsByRef({ branches }))).toEqual(['1', 'main', 'Feature']);
    expect(Object.keys(versionsByRef({ branches, defaultBranch: '1.x' }))).toEqual([
      '1.x',
      'Feature',
      'Main',
    ]);
  });

  it('uses the name of the default branch for all versions', () => {
    const { packageName, versions } = found({
      tags: refs(['1.0', { name: 'acme/old' }], ['2.0', { type: 'library' }]),
    });
    expect(packageName).toBe('acme/a');
    expect(versions.map(({ version }) => version)).toEqual(['1.0', '2.0', 'dev-main']);
  });

  it.each<[string, ScannedRef[]]>([
    ['no manifest', refs(['main', undefined])],
    ['a broken one', refs(['main', '{'])],
    ['one without a name', refs(['main', { type: 'library' }])],
    ['no such branch', []],
  ])('with %s in the default branch, the newest stable tag names the package', (_, branches) => {
    const tags = refs(
      ['1.0', { name: 'acme/old' }],
      ['2.0', { name: 'acme/new' }],
      ['2.1', { name: 'acme/bad.json' }],
      ['2.2', { name: 'acme/broken', require: { 'b/c': 'nope' } }],
      ['3.0-beta', { name: 'acme/later' }],
    );
    const repository = { tags, branches: [...branches, ...refs(['develop', { name: 'acme/new' }])] };
    expect(found(repository).packageName).toBe('acme/new');
    expect(Object.keys(versionsByRef(repository))).toEqual(['2.0', 'develop']);
    expect(reasonOf(repository, '1.0')).toMatchObject({
      isError: true,
      reason: expect.stringContaining('"acme/old"'),
    });
  });

  it('a manifest on another branch counts without any tag, and the first branch names the package', () => {
    const branches = refs(
      ['main', undefined],
      ['a-broken', { name: 'acme/broken', require: { 'b/c': 'nope' } }],
      ['develop', { name: 'acme/new' }],
      ['feature', { name: 'acme/new' }],
      ['other', { name: 'acme/other' }],
    );
    expect(found({ branches }).packageName).toBe('acme/new');
    expect(versionsByRef({ branches })).toEqual({
      develop: 'dev-develop dev-develop',
      feature: 'dev-feature dev-feature',
    });
    expect(reasonOf({ branches }, 'other')?.reason).toContain('"acme/other", but the package is acme/new');
    expect(reasonOf({ branches }, 'main')?.reason).toBe('There is no composer.json in it.');
    // A tag says more.
    expect(found({ branches, tags: refs(['1.0', { name: 'acme/tagged' }]) }).packageName).toBe('acme/tagged');
  });

  it('the name that the package has goes on as long as a ref says it and the default branch says none', () => {
    const repository = {
      tags: refs(['1.0', { name: 'acme/old' }], ['2.0', { name: 'acme/new' }]),
      branches: refs(['main', undefined], ['develop', { name: 'acme/branch' }]),
    };
    const nameFor = (knownName: string, more: Partial<ScannedRepository> = {}) =>
      found({ ...repository, ...more }, knownName).packageName;
    expect(nameFor('acme/old')).toBe('acme/old');
    expect(nameFor('acme/branch')).toBe('acme/branch');
    expect(nameFor('acme/gone')).toBe('acme/new');
    expect(nameFor('acme/old', { branches: refs('main') })).toBe('acme/a');
  });

  it('has no name if neither the default branch nor a tag nor another branch has one', () => {
    const repository = { branches: refs(['main', '{'], ['develop', { type: 'library' }]) };
    expect(found(repository)).toMatchObject({ packageName: undefined, versions: [] });
    expect(reasonOf(repository, 'main')).toMatchObject({
      isError: true,
      reason: expect.stringContaining('not valid JSON'),
    });
    expect(reasonOf(repository, 'develop')).toMatchObject({
      isError: false,
      reason: expect.stringContaining('no name'),
    });
  });

  it.each(['acme', 'php', 'PHP', 5, ['acme/a']])('stops at the name %j in the default branch', (name) => {
    const repository = { branches: refs(['main', { name }]), tags: refs('1.0') };
    expect(found(repository)).toMatchObject({ packageName: undefined, versions: [] });
    expect(reasonOf(repository, 'main')).toMatchObject({ isError: true });
    expect(reasonOf(repository, '1.0')?.reason).toContain('which no package can have');
  });

  it('takes the name of a default branch that is no version itself', () => {
    expect(
      found({ branches: refs('gh-pages'), defaultBranch: 'gh-pages', tags: refs(['1.0', {}]) }),
    ).toMatchObject({
      packageName: 'acme/a',
      versions: [],
    });
  });

  it('serves a name in capitals in lower case, whoever says it', () => {
    const capitals = { name: 'Acme/Billing' };
    expect(
      found({ branches: refs(['main', capitals]), tags: refs(['1.0', { name: 'acme/old' }]) }),
    ).toMatchObject({
      packageName: 'acme/billing',
      versions: [{ version: '1.0' }, { version: 'dev-main' }],
    });
    const tags = refs(
      ['1.0', { name: 'acme/billing' }],
      ['1.1', capitals],
      ['1.2', { name: 'acme/billing' }],
    );
    expect(found({ branches: refs(['main', {}]), tags })).toMatchObject({
      packageName: 'acme/billing',
      versions: [{ version: '1.0' }, { version: '1.1' }, { version: '1.2' }],
    });
  });

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
  ])('a branch and a tag do not vanish because of %j', (slip, published, leftOut) => {
    const manifest = { name: 'acme/a', ...slip };
    expect(found({ tags: refs(['1.0', manifest]), branches: refs(['main', manifest]) })).toMatchObject({
      versions: ['1.0', 'dev-main'].map((version) => ({ version, manifest: published, leftOut })),
      skipped: [],
    });
  });

  it('leaves out what Composer calls an error, and says what', () => {
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

  it('leaves out a manifest of 509 to 511 levels, which no client could read with the levels of its file around it', () => {
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
    // What is not published may be as deep as PHP reads it.
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

  it('tells of archived repositories', () => {
    const abandoned = (manifest: Record<string, unknown>, archived: boolean) =>
      found({ branches: refs(['main', { name: 'acme/a', ...manifest }]), archived }).versions[0]?.manifest
        .abandoned;
    expect(abandoned({}, true)).toBe(true);
    expect(abandoned({}, false)).toBeUndefined();
    expect(abandoned({ abandoned: 'acme/b' }, true)).toBe('acme/b');
    expect(abandoned({ abandoned: false }, true)).toBeUndefined();
    expect(abandoned({ abandoned: 5 }, false)).toBeUndefined();
  });

  it('keeps of a manifest what is published, and where its own dist and source are', () => {
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

  it('leaves out what says where its code is in a way that no client could or should follow', () => {
    const manifest = { name: 'acme/a', dist: { type: 'path', url: '../b' } };
    expect(versionsByRef({ tags: refs(['1.0', manifest]) })).not.toHaveProperty(['1.0']);
    expect(reasonOf({ tags: refs(['1.0', manifest]) }, '1.0')).toMatchObject({
      isError: true,
      reason: expect.stringContaining('dist.type "path" cannot be passed on'),
    });
  });

  it('tells why the text of a manifest cannot be had', () => {
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

  it('quotes control characters as escapes, so that no manifest writes on the terminal of its owner', () => {
    const manifest = { name: 'acme/a', homepage: '\u001b[2Jx\n\u202Ey' };
    const [version] = found({ branches: refs(['main', manifest]) }).versions;
    expect(version?.leftOut[0]).toContain('(\\u001b[2Jx\\u000a\\u202ey)');
  });

  it('quotes nothing of a manifest that is no JSON', () => {
    const reason = reasonOf({ tags: refs(['1.0', '{"password":"secret",}']) }, '1.0')?.reason;
    expect(reason).toMatch(/^composer\.json is not valid JSON \(.+\)\.$/);
    expect(reason).not.toContain('secret');
  });

  it('accounts for every ref, gives each version once, and does not depend on the order of refs', () => {
    const name = fc.constantFrom(
      '1.0',
      'v1.0',
      '1.0.0',
      '2.x',
      '2',
      'main',
      'Main',
      '1.0-beta',
      '1.0-b',
      'x',
      'renovate/x',
      '2010-01-02',
      '😀',
      '\uffee',
    );
    const manifest = fc.constantFrom(
      undefined,
      '',
      '{',
      '{}',
      '{"name":"acme/a"}',
      '{"name":"acme/b"}',
      '{"name":"acme/a","version":"1.0"}',
      '{"name":"acme/a","homepage":"x"}',
    );
    const some = fc.uniqueArray(fc.tuple(name, manifest), { selector: ([one]) => one, maxLength: 8 });
    fc.assert(
      fc.property(some, some, fc.option(name, { nil: undefined }), (tags, branches, defaultBranch) => {
        const repository = {
          tags: refs(...tags),
          branches: refs(...branches),
          defaultBranch,
          archived: false,
        };
        const result = versionsOf(repository);
        expect(result.versions.length + result.skipped.length).toBe(tags.length + branches.length);
        const normalized = result.versions.map(({ versionNormalized }) => versionNormalized.toLowerCase());
        expect(new Set(normalized).size).toBe(normalized.length);
        expect(result.versions.every(({ ref, isDev }) => isDev === (ref.kind === 'branch'))).toBe(true);
        expect(
          result.skipped.every(({ reason }) => /^.+\.$/s.test(reason) || reason.includes('mistakes')),
        ).toBe(true);
        const reversed = {
          ...repository,
          tags: repository.tags.toReversed(),
          branches: repository.branches.toReversed(),
        };
        expect(versionsOf(reversed)).toEqual(result);
      }),
      { numRuns: 300 },
    );
  });
});
