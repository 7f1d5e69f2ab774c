import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isValidPackageName, judgeManifest, type ManifestJudgement, parseManifest } from './manifest.ts';
// The cases of composer/composer tests/Composer/Test/Package/Loader/ValidatingArrayLoaderTest.php at tag 2.10.2, without warnings of only
// its validate command. Of the other warnings those count for which something is unset.
import cases from './vectors/validating-array-loader.json' with { type: 'json' };

const judge = (manifest: Record<string, unknown>) => judgeManifest({ name: 'acme/a', ...manifest });
/** The warnings in Composer's wording. */
const warnings = ({ leftOut }: ManifestJudgement) =>
  leftOut.map(({ path, problem }) => `${path} : ${problem}`).toSorted();

/** Like Composer, the check keeps what it has emptied itself, and removes what was empty in the input. */
function withoutEmpty(manifest: Record<string, unknown>): Record<string, unknown> {
  const isEmpty = (value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(manifest).filter(([, value]) => !isEmpty(value)));
}

describe('judgeManifest', () => {
  it.each(cases.good)('finds nothing wrong (%#)', (manifest) => {
    expect(judgeManifest(manifest)).toMatchObject({ errors: [], leftOut: [] });
  });

  it.each(cases.errors)('refuses (%#) $errors', ({ manifest, errors }) => {
    expect(judgeManifest(manifest).errors.toSorted()).toEqual(errors.toSorted());
  });

  it.each(cases.warnings)(
    'accepts (%#) with $warnings',
    ({ manifest, warnings: expectedWarnings, ...expected }) => {
      const judgement = judgeManifest(manifest);
      const unsets = /^(?!License )(?!.*cannot possibly match anything).* : |^License .*should be a string/s;
      const composerWording = (text: string) => text.replace(/^license : (.*)$/, 'License $1.');
      expect(warnings(judgement).map(composerWording)).toEqual(
        expectedWarnings.filter((warning) => unsets.test(warning)).toSorted(),
      );
      expect(judgement.errors).toEqual([]);
      if ('left' in expected) expect(judgement.manifest).toEqual(expected.left);
    },
  );

  it('renumbers lists when it removes an element', () => {
    const { manifest } = judge({
      keywords: ['good', 'no/good', 'fine'],
      authors: [{ email: 'nobody' }, { name: 'Ann', homepage: 'none' }],
      support: { email: 'nobody' },
      funding: [{ url: 'none' }],
    });
    expect(manifest).toEqual({ name: 'acme/a', keywords: ['good', 'fine'], authors: [{ name: 'Ann' }] });
  });

  it.each(['Acme Internal Licence 1.2', ' MIT', 'BSD', ''])(
    'keeps the licence %j, at any time',
    (license) => {
      const now = new Date().toISOString();
      for (const time of [undefined, '2020-01-01', now]) {
        expect(judge({ license, time })).toMatchObject({
          errors: [],
          leftOut: [],
          manifest: { license: [license] },
        });
      }
    },
  );

  it('converts links as clients see them: lower case, the later of two equal names, no numbers', () => {
    const { errors, leftOut, manifest } = judge({
      require: { 'Monolog/Monolog': '^1', 'b/c': '*', 'monolog/monolog': '^2', 5: '*', '-3': '*', '9223372036854775808': '*' },
      'require-dev': ['a/b', 'c/d'].map(() => '*'),
      conflict: { acme: '>2 <1' },
    }); // biome-ignore format: a table
    expect(errors).toEqual([]);
    expect(leftOut.map(({ path }) => path)).toEqual([
      'require.5',
      'require.-3',
      'require-dev.0',
      'require-dev.1',
    ]);
    expect(leftOut[0]?.problem).toBe('a number is no package name');
    expect(manifest).toEqual({
      name: 'acme/a',
      require: { 'monolog/monolog': '^2', 'b/c': '*', '9223372036854775808': '*' },
      conflict: { acme: '>2 <1' },
    });
    expect(Object.keys(manifest.require ?? {})[0]).toBe('monolog/monolog');
  });

  it.each([
    [true, '1'],
    [1.5, '1.5'],
    [2, '2'],
  ])('reads the version %j as PHP does', (version, text) => {
    expect(judge({ version })).toMatchObject({ errors: [], manifest: { version: text } });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ version: false }, 'version : invalid value ()'],
    [{ version: ['1'] }, 'version : should be a string, array given'],
    [{ time: '2026-13-01' }, 'time : invalid value (2026-13-01)'],
    [{ time: 20261122 }, 'time : should be a string, int given'],
    [
      { config: { platform: { php: 'x', 'ext-a': false, 'ext-b': 1 } } },
      'config.platform.php : invalid value (x)',
    ],
    [{ 'minimum-stability': 'rc' }, 'minimum-stability : invalid value (rc)'],
    [{ autoload: { 'psr-4': 'src/' } }, 'autoload.psr-4 : should be an array, string given'],
    [{ autoload: { 'psr-4': { Acme: 'src/' } } }, 'autoload.psr-4 : invalid value (Acme)'],
    [
      { autoload: { 'psr-4': { '': 'src/' } }, 'target-dir': 'x' },
      'target-dir : this can not be used together',
    ],
    [{ require: { 'ext-a': 5 } }, 'require.ext-a : invalid value, must be a string'],
    [{ conflict: { 'a/b': '*' }, replace: { 'a/b': '*' } }, 'conflict.a/b : you cannot conflict with'],
    [{ suggest: { 'a/b': null } }, 'suggest.a/b : invalid value, must be a string'],
    [{ extra: { 'branch-alias': 'x' } }, 'extra.branch-alias : must be an array'],
    // What Composer's loader accepts but its client fails at.
    [{ 'autoload-dev': 'tests/' }, 'autoload-dev : should be an array, string given'],
    [{ bin: [1] }, 'bin.0 : should be a string, int given'],
    [{ archive: { name: 1 } }, 'archive.name : should be a string, int given'],
    [{ archive: { exclude: 'x' } }, 'archive.exclude : should be an array, string given'],
    [{ require: [5] }, 'require.0 : invalid value, must be a string'],
    [{ support: 'x@y.example' }, 'support : should be an array, string given'],
    [
      { version: 'dev-a,b', require: { 'a/b': 'self.version' } },
      'require.a/b : self.version stands for "dev-a,b"',
    ],
  ])('refuses %j', (manifest, message) => {
    expect(judge(manifest).errors).toContainEqual(expect.stringContaining(message));
  });

  it.each<[Record<string, unknown>, string]>([
    [{ type: 'no type' }, 'type : invalid value (no type)'],
    [{ license: 5 }, 'license : must be a string or array of strings, got 5'],
    [{ license: ['MIT', 5] }, 'license : 5 should be a string'],
    [{ keywords: ['good', 'c++'] }, 'keywords.1 : invalid value (c++)'],
    [{ homepage: 'www.acme.example' }, 'homepage : invalid value (www.acme.example)'],
    [{ support: { email: 'dev@localhost' } }, 'support.email : invalid value (dev@localhost)'],
    [{ support: { irc: 'http://x' } }, 'support.irc : invalid value (http://x)'],
    [
      { extra: { 'branch-alias': { 'dev-main': 5 } } },
      'the target branch (5) must be a string, "int" received.',
    ],
    [{ extra: { 'branch-alias': { 'dev-main': '2.x' } } }, 'the target branch (2.x) must end in -dev'],
    [{ extra: { 'branch-alias': { 'dev-main': '2.0' } } }, 'the target branch (2.0) must end in -dev'],
    [
      { extra: { 'branch-alias': { 'dev-main': 'x-dev' } } },
      'the target branch (x-dev) must be a parseable number',
    ],
  ])('leaves something out of %j', (manifest, message) => {
    const judgement = judge(manifest);
    expect(warnings(judgement)).toEqual([expect.stringContaining(message)]);
    expect(judgement.errors).toEqual([]);
  });

  it('removes an unreadable time without a message', () => {
    expect(judge({ time: 'last monday' })).toMatchObject({
      errors: [],
      leftOut: [],
      manifest: { name: 'acme/a' },
    });
    expect(judge({ time: 'last monday' }).manifest).not.toHaveProperty('time');
  });

  it('does not modify its input', () => {
    const manifest = { name: 'acme/a', keywords: ['no/good'], homepage: 'none', require: { 'acme/a': '1' } };
    const before = structuredClone(manifest);
    judge(manifest);
    expect(manifest).toEqual(before);
  });

  it('checks any JSON, and finds no further problem in an accepted result', () => {
    const keys = ['name', 'version', 'require', 'license', 'authors', 'support', 'funding', 'extra', 'bin', 'autoload', 'php-ext', 'type', 'time', 'keywords', '__proto__']; // biome-ignore format: a table
    const manifests = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(manifests, (manifest) => {
        const first = judge(manifest);
        if (first.errors.length > 0) return;
        const second = judge(first.manifest);
        expect(second.errors).toEqual([]);
        expect(JSON.stringify(withoutEmpty(second.manifest))).toBe(
          JSON.stringify(withoutEmpty(first.manifest)),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseManifest', () => {
  it('reads an object', () => {
    expect(parseManifest('{"name":"a/b","__proto__":{"x":1}}')).toEqual({
      ok: true,
      manifest: JSON.parse('{"name":"a/b","__proto__":{"x":1}}'),
    });
  });

  it.each([
    ['', 'empty', 'is empty'],
    ['{}', 'empty', 'is empty'],
    ['[]', 'empty', 'is empty'],
    ['{"a":1,}', 'not-json', 'is not valid JSON ('],
    ['\uFEFF{"a":1}', 'not-json', 'byte order mark'],
    ['{"a":"\\ud800"}', 'not-json', 'surrogate'],
    ['{"a\\udc00":1}', 'not-json', 'surrogate'],
    ['["a"]', 'not-an-object', 'is not a JSON object'],
    ['"a"', 'not-an-object', 'is not a JSON object'],
    ['null', 'not-an-object', 'is not a JSON object'],
    [`${'{"a":'.repeat(512)}1${'}'.repeat(512)}`, 'too-deep', '511 levels'],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'too-deep', '511 levels'],
  ])('refuses %.20s', (text, problem, reason) => {
    expect(parseManifest(text)).toMatchObject({
      ok: false,
      problem,
      reason: expect.stringContaining(reason),
    });
  });

  it('reads up to 511 levels', () => {
    expect(parseManifest(`${'{"a":'.repeat(511)}1${'}'.repeat(511)}`).ok).toBe(true);
  });
});

describe('isValidPackageName', () => {
  it.each(['acme/a', 'a/b', 'acme-corp/ui_kit.x', 'npm-asset/angular--core', '0/1'])('takes %j', (name) => {
    expect(isValidPackageName(name)).toBe(true);
  });

  it.each([
    '',
    'acme',
    'acme/',
    '/a',
    'acme/a/b',
    'Acme/a',
    'acme/A',
    'a--b/c',
    'a/b---c',
    'a/b__c',
    'a/b.json',
    'com1/a',
    'a/nul',
    'php',
    'ext-json',
    'lib-icu',
    'composer',
    'composer-plugin-api',
    'acme/a\n',
    'acme/ä',
    '../a',
    'a/..',
  ])('refuses %j', (name) => expect(isValidPackageName(name)).toBe(false));
});
