import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseManifest, validateManifest } from '../../shared/composer/manifest.ts';
import { expand, minify } from '../../shared/composer/metadata-minifier.ts';
import { packageNameError } from '../../shared/composer/package-name.ts';
import { isPhpArray } from '../../shared/composer/php-value.ts';
import { parseReleaseTime } from '../../shared/composer/release-time.ts';
import { isSpdxExpression } from '../../shared/composer/spdx-license.ts';
import { isEmailAddress, isUrlWithHost } from '../../shared/composer/web-address.ts';
import {
  type Compared,
  type Comparison,
  compare,
  differing,
  INPUTS,
  SEED,
  skipReason,
} from './comparison.ts';
import {
  asOldLibrary,
  hasNewCalverInside,
  hasNull,
  hasOddLicense,
  hasUndocumentedTime,
  isNewLicense,
  NEW_MESSAGES,
  OWN_MESSAGES,
  withoutNewKeys,
} from './known-differences.ts';
import { type Manifest, manifest, textOf } from './manifest-inputs.ts';
import { isCurrentLibrary } from './php-library.ts';
import { createRandom } from './random.ts';

const Judged = z.object({
  errors: z.array(z.string()),
  warnings: z.array(z.string()),
  config: z.record(z.string(), z.unknown()).optional(),
});

/** The manifest without halves of surrogate pairs, which no JSON text that PHP reads can hold. */
function wellFormed(value: Manifest): Manifest {
  const text = JSON.stringify(value).replace(/\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g, '?');
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

function judgement(input: Manifest) {
  return validateManifest(input, { isBranch: false, now: Date.now() });
}

function comparisons(): Comparison[] {
  const random = createRandom(SEED);
  const manifests = Array.from({ length: INPUTS }, () => wellFormed(manifest(random)));
  const texts = (kind: string) =>
    Array.from({ length: INPUTS / 3 }, () => textOf(random, kind).toWellFormed());
  const lists = manifests.map((one, index) => similar(one, manifests[index + 1] ?? {}));
  return [
    ...manifests.map((one): Comparison => ({ question: ['judge', one], ours: { value: undefined } })),
    ...lists.map((list): Comparison => ({ question: ['minify', list], ours: { value: minify(list) } })),
    ...lists.map((list): Comparison => {
      const minified = minify(list);
      return { question: ['expand', minified], ours: { value: expand(minified) } };
    }),
    ...texts('name').map(
      (text): Comparison => ({
        question: ['namingError', text],
        ours: { value: packageNameError(text, false) ?? null },
      }),
    ),
    ...texts('email').map(
      (text): Comparison => ({ question: ['email', text], ours: { value: isEmailAddress(text) } }),
    ),
    ...texts('url').map(
      (text): Comparison => ({
        question: ['url', text],
        ours: { value: isUrlWithHost(text, ['http', 'https']) },
      }),
    ),
    ...texts('license').map(
      (text): Comparison => ({
        question: ['license', text],
        ours: { value: isSpdxExpression(text) },
      }),
    ),
    ...texts('time').flatMap((text): Comparison[] => {
      const time = parseReleaseTime(text);
      if (time === 'unknown') return [];
      return [
        { question: ['time', text], ours: time === 'invalid' ? { error: '' } : { value: time / 1000 } },
      ];
    }),
  ];
}

/** A few versions of a package: alike for the most part, as versions are. */
function similar(first: Manifest, other: Manifest): Manifest[] {
  const versions = [first, { ...first, ...other }, first, { ...other, version: '2.0' }, {}, first];
  // `__unset` as a value has a test of its own; that PHP cannot tell `{}` from `[]` only costs bytes here.
  return versions.map((one) =>
    Object.fromEntries(
      Object.entries(one)
        .filter(([, value]) => value !== '__unset')
        .map(([key, value]) => [key, asPhp(value)]),
    ),
  );
}

/** PHP has one kind of array: what is empty or has only numbers for keys is a list here. */
function asPhp(value: unknown): unknown {
  if (!isPhpArray(value)) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, asPhp(part)] as const);
  return entries.every(([key]) => /^\d+$/.test(key))
    ? entries.map(([, part]) => part)
    : Object.fromEntries(entries);
}

/** Messages without the names of types, which 2.5.5 took from another PHP function, and as PHP writes JSON. */
function asNewWords(messages: readonly string[]): string[] {
  return messages
    .map((message) =>
      message
        .replace(/\binteger (given|received)/, 'int $1')
        .replace(/"integer" received/, '"int" received')
        .replace(/\bboolean given/, 'bool given')
        .replace(/"boolean" received/, '"bool" received')
        .replace(/\bdouble given/, 'float given')
        .replace(/"double" received/, '"float" received')
        .replace(/\bNULL given/, 'null given')
        .replace('({})', '([])')
        .replace('License {}', 'License []')
        .replace(/"NULL" received/, '"null" received')
        .replace(/^(time : invalid value|config\.platform[^(]*invalid value).*$/s, '$1')
        .replace(/^License ("(?:[^"\\]|\\.)*")/s, (_, name) => `License ${JSON.stringify(JSON.parse(name))}`),
    )
    .toSorted();
}

describe.skipIf(skipReason() !== undefined)("manifests and metadata, by Composer's own library", () => {
  let compared: Compared[] = [];
  beforeAll(() => {
    compared = compare(comparisons());
  });
  const of = (name: string) => compared.filter(({ question }) => question[0] === name);

  it('judges manifests alike: same errors, same warnings, same manifest left', () => {
    const counts = { good: 0, warned: 0, refused: 0, stumbled: 0 };
    const wrong: string[] = [];
    for (const { question, php } of of('judge')) {
      const input = z.record(z.string(), z.unknown()).parse(question[1]);
      if (hasOddLicense(input) || hasNewCalverInside(input)) continue;
      const isTimeIgnored = hasUndocumentedTime(input);
      const ours = judgement(input);
      const fail = (what: string, theirs: unknown, mine: unknown) =>
        wrong.push(
          `${what}: ${JSON.stringify(input)} PHP ${JSON.stringify(theirs)}, here ${JSON.stringify(mine)} (seed ${SEED})`,
        );
      if (!('value' in php)) {
        // The library itself gave up, so nothing may be published here either.
        counts.stumbled += 1;
        if (ours.errors.length === 0) fail('only PHP gave up', php, ours.warnings);
        continue;
      }
      const theirs = Judged.parse(php.value);
      const isOurs = (message: string) => !(isTimeIgnored && message.startsWith('time : '));
      const errors = asNewWords(theirs.errors.filter(isOurs));
      const old = asOldLibrary(ours);
      if (JSON.stringify(errors) !== JSON.stringify(asNewWords(old.errors)))
        fail('errors', errors, old.errors);
      if (theirs.errors.length > 0) {
        counts.refused += 1;
        continue;
      }
      if (theirs.warnings.length > 0) counts.warned += 1;
      else counts.good += 1;
      // Whether licenses are checked depends on the time.
      const isComparable = (message: string) => !(isTimeIgnored && message.startsWith('License '));
      const warnings = asNewWords(theirs.warnings.filter(isComparable));
      const oldWarnings = asNewWords(old.warnings.filter(isComparable));
      if (JSON.stringify(warnings) !== JSON.stringify(oldWarnings)) fail('warnings', warnings, oldWarnings);
      const [left, mine] = [theirs.config ?? {}, ours.manifest].map((one) => asPhp(withoutNewKeys(one)));
      if (ours.errors.length === 0 && JSON.stringify(left) !== JSON.stringify(mine))
        fail('manifest', left, mine);
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(INPUTS / 100);
  });

  it('minifies to the same, but for nulls', () => {
    const lists = of('minify').filter(
      ({ question }) => !hasNull(z.array(z.record(z.string(), z.unknown())).parse(question[1])),
    );
    expect(lists.length).toBeGreaterThan(INPUTS / 2);
    expect(differing(lists.map(asPhpAnswers))).toEqual([]);
  });

  it('expands to the same', () => {
    expect(differing(of('expand').map(asPhpAnswers))).toEqual([]);
  });

  it.each(['namingError', 'email', 'url'])('%s', (name) => {
    expect(differing(of(name))).toEqual([]);
    expect(new Set(of(name).map(({ php }) => JSON.stringify(php))).size).toBeGreaterThan(1);
  });

  it('knows the same license expressions, but for new licenses', () => {
    expect(differing(of('license').filter(({ question }) => !isNewLicense(String(question[1]))))).toEqual([]);
  });

  it('reads times in documented forms alike', () => {
    expect(
      differing(of('time').map((one) => ({ ...one, php: 'error' in one.php ? { error: '' } : one.php }))),
    ).toEqual([]);
  });

  it('refuses the same texts as json_decode', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const texts = ['{"a":1}', '{"a":TRUE}', '\uFEFF{"a":1}', '{"a":1,}', '{"a":"\\ud800"}', '{"a":"\\udc00x"}', '{"a\\ud83d":1}', '{"a":"\\ud83d\\ude00"}', '{"a":1}x', ' {"a":1}\n', "{'a':1}", '{"a":01}', '{"a":1e999}', nested(511), nested(512), nested(5000)]; // biome-ignore format: a table
    const asked = texts.map(
      (text): Comparison => ({ question: ['decodes', text], ours: { value: parseManifest(text).ok } }),
    );
    expect(differing(compare(asked))).toEqual([]);
  });

  describe.skipIf(isCurrentLibrary)('known differences are still there', () => {
    const php = (input: Manifest) => {
      const [one] = compare([
        { question: ['judge', { name: 'a/b', version: '1.0', ...input }], ours: { value: null } },
      ]);
      return one?.php;
    };
    const ours = (input: Manifest) => judgement({ name: 'a/b', version: '1.0', ...input });

    it.each<[string, Manifest]>([
      ['php-ext is checked since 2.10.0', { 'php-ext': { priority: 1 } }],
      ['bin may not leave the package since 2.10.2', { bin: '../x' }],
      ['support.security is checked since 2.6.0', { support: { security: 'x', rss: 'y' } }],
      ['constraints that match nothing are noticed since 2.7.0', { require: { 'a/c': '>2 <1' } }],
      ['types of licenses are checked since 2.9.0', { license: 5 }],
    ])('%s', (name, input) => {
      const messages = [...ours(input).errors, ...ours(input).warnings];
      expect(messages.length).toBeGreaterThan(0);
      expect(messages.every((message) => NEW_MESSAGES[name]?.(message))).toBe(true);
      expect(php(input)).toMatchObject({ value: { errors: [], warnings: [] } });
    });

    it('every new message has a test above', () => {
      expect(Object.keys(NEW_MESSAGES)).toHaveLength(5);
    });

    it.each<Manifest>([
      { 'autoload-dev': 'tests/' },
      { archive: { name: 5 } },
      { archive: { exclude: 'tests/' } },
      { bin: [5] },
      { require: ['*'] },
      { version: 'dev-a,b', require: { 'a/c': 'self.version' } },
    ])('types that ArrayLoader does not survive: %j', (input) => {
      const { errors } = ours(input);
      expect(php(input)).not.toHaveProperty('value');
      expect(errors).toHaveLength(1);
      expect(errors.every((message) => Object.values(OWN_MESSAGES).some((isOwn) => isOwn(message)))).toBe(
        true,
      );
    });

    it('licenses of other types end 2.5.5', () => {
      expect(hasOddLicense({ license: [5] })).toBe(true);
      expect(php({ license: [5] })).toHaveProperty('crash');
    });

    it('times in other forms', () => {
      expect(hasUndocumentedTime({ time: 'last monday' })).toBe(true);
      expect(php({ time: 'last monday' })).toMatchObject({ value: { errors: [] } });
      expect(ours({ time: 'last monday' }).manifest).not.toHaveProperty('time');
    });

    it('licenses that are new to SPDX', () => {
      expect(isNewLicense('any-OSI')).toBe(true);
      const [one] = compare([
        { question: ['license', 'any-OSI'], ours: { value: isSpdxExpression('any-OSI') } },
      ]);
      expect(one).toMatchObject({ php: { value: false }, ours: { value: true } });
    });

    it('nulls in minified lists', () => {
      const list = [{ a: null }, { a: null }];
      expect(hasNull(list)).toBe(true);
      const [one] = compare([{ question: ['minify', list], ours: { value: minify(list) } }]);
      expect(one?.php).not.toEqual(one?.ours);
    });
  });
});

function asPhpAnswers(one: Compared): Compared {
  const [php, ours] = [one.php, one.ours].map((answer) =>
    'value' in answer ? { value: asPhp(answer.value) } : answer,
  );
  return php === undefined || ours === undefined ? one : { ...one, php, ours };
}
