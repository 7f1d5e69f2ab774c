import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isValidPackageName, parseManifest, validateManifest } from './manifest.ts';
// The cases of composer/composer tests/Composer/Test/Package/Loader/ValidatingArrayLoaderTest.php at tag 2.10.2, without the
// warnings that only its validate command asks for.
import cases from './vectors/validating-array-loader.json' with { type: 'json' };

const NOW = Date.UTC(2026, 10, 22);
const judge = (manifest: Record<string, unknown>, isBranch = false) =>
  validateManifest({ name: 'acme/a', ...manifest }, { isBranch, now: NOW });

/** As Composer, the judge leaves what it has emptied itself, and takes out what comes empty. */
function withoutEmpty(manifest: Record<string, unknown>): Record<string, unknown> {
  const isEmpty = (value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(manifest).filter(([, value]) => !isEmpty(value)));
}

describe('validateManifest', () => {
  it.each(cases.good)('finds nothing wrong (%#)', (manifest) => {
    const judgement = validateManifest(manifest, { isBranch: true, now: NOW });
    expect(judgement).toMatchObject({ errors: [], warnings: [], isUsable: true });
  });

  it.each(cases.errors)('refuses (%#) $errors', ({ manifest, errors }) => {
    const judgement = validateManifest(manifest, { isBranch: false, now: NOW });
    expect(judgement.errors.toSorted()).toEqual(errors.toSorted());
    expect(judgement.isUsable).toBe(false);
  });

  it.each(cases.warnings)('warns (%#) $warnings', ({ manifest, warnings, ...expected }) => {
    const tag = validateManifest(manifest, { isBranch: false, now: NOW });
    expect(tag.warnings.toSorted()).toEqual(warnings.toSorted());
    expect(tag).toMatchObject({ errors: [], isUsable: true });
    if ('left' in expected) expect(tag.manifest).toEqual(expected.left);
    const branch = validateManifest(manifest, { isBranch: true, now: NOW });
    expect(branch.isUsable).toBe(warnings.length === 0);
  });

  it('closes lists up where it takes something out', () => {
    const { manifest } = judge({
      keywords: ['good', 'no/good', 'fine'],
      authors: [{ email: 'nobody' }, { name: 'Ann', homepage: 'none' }],
      support: { email: 'nobody' },
      funding: [{ url: 'none' }],
    });
    expect(manifest).toEqual({ name: 'acme/a', keywords: ['good', 'fine'], authors: [{ name: 'Ann' }] });
  });

  it('checks licenses of the last eight days only', () => {
    const warnings = (time: string | undefined) =>
      judge({ license: 'Our Own', ...(time && { time }) }).warnings.length;
    expect(warnings(undefined)).toBe(1);
    expect(warnings('2026-11-14 00:00:00')).toBe(1);
    expect(warnings('2026-11-13T23:59:59+00:00')).toBe(0);
    expect(warnings('2026-11-14T00:00:00+00:01')).toBe(0);
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
    // What Composer's loader lets through and its client stumbles over.
    [{ 'autoload-dev': 'tests/' }, 'autoload-dev : should be an array, string given'],
    [{ bin: [1] }, 'bin.0 : should be a string, int given'],
    [{ archive: { name: 1 } }, 'archive.name : should be a string, int given'],
    [{ archive: { exclude: 'x' } }, 'archive.exclude : should be an array, string given'],
    [{ require: ['*'] }, 'require.0 : invalid key, a number is no package name'],
    [
      { version: 'dev-a,b', require: { 'a/b': 'self.version' } },
      'require.a/b : self.version stands for "dev-a,b"',
    ],
  ])('refuses %j', (manifest, message) => {
    expect(judge(manifest).errors).toContainEqual(expect.stringContaining(message));
  });

  it.each<[Record<string, unknown>, string]>([
    [{ type: 'no type' }, 'type : invalid value (no type)'],
    [{ license: 5 }, 'License must be a string or array of strings, got 5.'],
    [{ license: ' MIT' }, 'License " MIT" must not contain extra spaces'],
    [{ support: { irc: 'http://x' } }, 'support.irc : invalid value (http://x)'],
    [
      { extra: { 'branch-alias': { 'dev-main': 5 } } },
      'the target branch (5) must be a string, "int" received.',
    ],
    [{ extra: { 'branch-alias': { 'dev-main': '2.x' } } }, 'the target branch (2.x) must end in -dev'],
    [
      { extra: { 'branch-alias': { 'dev-main': 'x-dev' } } },
      'the target branch (x-dev) must be a parseable number',
    ],
    [{ require: { acme: '*' } }, 'require.acme is invalid, it should have a vendor name'],
  ])('warns about %j', (manifest, message) => {
    const judgement = judge(manifest);
    expect(judgement.warnings).toContainEqual(expect.stringContaining(message));
    expect(judgement.errors).toEqual([]);
    expect(judge(manifest, true).isUsable).toBe(false);
  });

  it('takes a time that it cannot read out without a word', () => {
    expect(judge({ time: 'last monday' })).toMatchObject({
      errors: [],
      warnings: [],
      manifest: { name: 'acme/a' },
    });
    expect(judge({ time: 'last monday' }).manifest).not.toHaveProperty('time');
  });

  it('leaves its input alone', () => {
    const manifest = { name: 'acme/a', keywords: ['no/good'], homepage: 'none', require: { 'acme/a': '1' } };
    const before = structuredClone(manifest);
    judge(manifest);
    expect(manifest).toEqual(before);
  });

  it('judges any JSON, and finds nothing more in what it has left of a good one', () => {
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

  it('reads 511 levels', () => {
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
