import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScannedRef, ScannedRepository } from './scanned-repository.ts';
import { found, reasonOf, refs, versionsByRef } from './test-refs.ts';
import { versionsOf } from './versions.ts';

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
  ])('the tag %j is no version', (tag) => {
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
    'the tag 3.1.0 with the version %j in its manifest is no version',
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
    // packagist.org accepts none of these, Composer's vcs repositories do.
    ['gitattributes', 'dev-gitattributes dev-gitattributes'],
    ['renovate/x', 'dev-renovate/x dev-renovate/x'],
    ['merge-up/1.x', 'dev-merge-up/1.x dev-merge-up/1.x'],
  ])('the branch %j is %j', (branch, version) => {
    expect(versionsByRef({ branches: refs('main', branch) })).toMatchObject({ [branch]: version });
  });

  it.each(['a,b', 'a|b'])('the branch %j is no version', (branch) => {
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

  it('keeps dates that only compare as equal, which Composer treats as different versions', () => {
    const tags = refs('2010-01-2', '2010-01-02');
    expect(Object.keys(versionsByRef({ tags }))).toEqual(['2010-01-02', '2010-01-2', 'main']);
  });

  it('gives the version to the next ref if the first has an invalid manifest', () => {
    const tags = refs(['1.0', { name: 'acme/a', require: { 'b/c': 'nope' } }], '1.0.0');
    expect(Object.keys(versionsByRef({ tags }))).toEqual(['1.0.0', 'main']);
  });

  it('prefers the default branch, and the first of branches that differ only in case', () => {
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

  it('without any tag, the first branch with a manifest names the package', () => {
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
    // A tag takes precedence.
    expect(found({ branches, tags: refs(['1.0', { name: 'acme/tagged' }]) }).packageName).toBe('acme/tagged');
  });

  it('keeps the existing name while a ref has it and the default branch has none', () => {
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

  it('leaves out a branch that the driver for the forge leaves out, and says why', () => {
    const branches = [
      ...refs('main'),
      ...refs('pages').map((ref) => ({ ...ref, leftOut: 'For web pages.' })),
    ];
    expect(versionsByRef({ branches })).not.toHaveProperty(['pages']);
    expect(reasonOf({ branches }, 'pages')).toMatchObject({ reason: 'For web pages.', isError: false });
  });

  it('takes the name from a default branch that is no version itself', () => {
    const branches = refs('gh-pages').map((ref) => ({ ...ref, leftOut: 'For web pages.' }));
    expect(found({ branches, defaultBranch: 'gh-pages', tags: refs(['1.0', {}]) })).toMatchObject({
      packageName: 'acme/a',
      versions: [],
    });
  });

  it('converts a name with capitals to lower case, wherever it comes from', () => {
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
