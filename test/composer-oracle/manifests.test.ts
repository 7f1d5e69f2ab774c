import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseManifest } from '../../shared/composer/manifest.ts';
import { packageNameError } from '../../shared/composer/package-name.ts';
import { parseReleaseTime } from '../../shared/composer/release-time.ts';
import { isEmailAddress, isUrlWithHost } from '../../shared/composer/web-address.ts';
import {
  type Comparison,
  compare,
  differing,
  distinct,
  INPUTS,
  SEEDS,
  skipReason,
  TIMEOUT,
} from './comparison.ts';
import { compareJudgements, judgement } from './judgement.ts';
import {
  asSameWords,
  hasNewCalverInside,
  hasOddLicense,
  hasUndocumentedTime,
  NEW_MESSAGES,
  OWN_MESSAGES,
  WARNINGS_OF_WHAT_STAYS,
  withoutNewKeys,
} from './known-differences.ts';
import { Manifest, manifest, textOf, time, wellFormed } from './manifest-inputs.ts';
import { type Answer, askPhp, isCurrentLibrary } from './php-library.ts';
import type { Random } from './random.ts';

const Judged = z.object({
  value: z.object({ errors: z.array(z.string()), warnings: z.array(z.string()) }),
});

interface TextCase {
  readonly name: string;
  readonly input: (random: Random) => string;
  /** undefined: not to be compared. */
  readonly ours: (text: string) => Answer | undefined;
}

const TEXTS: readonly TextCase[] = [
  {
    name: 'namingError',
    input: (random) => textOf(random, 'name', 1),
    ours: (text) => ({ value: packageNameError(text) ?? null }),
  },
  {
    name: 'email',
    input: (random) => textOf(random, 'email', 1),
    ours: (text) => ({ value: isEmailAddress(text) }),
  },
  {
    name: 'url',
    input: (random) => textOf(random, 'url', 1),
    ours: (text) => ({ value: isUrlWithHost(text, ['http', 'https']) }),
  },
  { name: 'time', input: time, ours: answeredTime },
];

function answeredTime(text: string): Answer | undefined {
  const time = parseReleaseTime(text);
  if (time === 'unknown') return undefined;
  return time === 'invalid' ? { error: '' } : { value: time / 1000 };
}

describe.skipIf(skipReason() !== undefined)(
  "manifests, by Composer's own library",
  { timeout: TIMEOUT },
  () => {
    describe.each(SEEDS)('seed %i', (seed) => {
      it('judges manifests alike: same errors, same keys left out, same manifest left', () => {
        const inputs = distinct(INPUTS, seed, (random) => wellFormed(manifest(random), Manifest));
        const answers = askPhp(inputs.map((input) => ['judge', input]));
        const counts = { good: 0, warned: 0, refused: 0, 'gave up': 0, excused: 0 };
        const differences: string[] = [];
        for (const [index, input] of inputs.entries()) {
          const php = answers[index];
          if (php === undefined) throw new Error('PHP answered fewer questions than it was asked.');
          if (hasOddLicense(input) || hasNewCalverInside(input)) {
            counts.excused += 1;
            continue;
          }
          const compared = compareJudgements(input, php);
          counts[compared.verdict] += 1;
          differences.push(...compared.differences);
        }
        console.info(`loader: ${JSON.stringify(counts)} (seed ${seed})`);
        expect(differences.slice(0, 10)).toEqual([]);
        expect((counts.good + counts.warned) / INPUTS).toBeGreaterThanOrEqual(0.5);
        expect(Math.min(counts.good, counts.warned, counts.refused)).toBeGreaterThan(INPUTS / 10);
        expect(counts['gave up']).toBeGreaterThan(INPUTS / 100);
        expect(counts.excused / INPUTS).toBeLessThan(isCurrentLibrary ? Number.MIN_VALUE : 0.03);
      });

      it.each(TEXTS)('$name', ({ name, input, ours }) => {
        const texts = distinct(INPUTS / 10, seed, (random) => input(random).toWellFormed());
        const asked = texts.flatMap((text): Comparison[] => {
          const answer = ours(text);
          return answer === undefined ? [] : [{ question: [name, text], ours: answer }];
        });
        const compared = compare(asked).map((one) =>
          'error' in one.php ? { ...one, php: { error: '' } } : one,
        );
        expect(differing(compared)).toEqual([]);
        expect(compared.length).toBeGreaterThan(INPUTS / 20);
        expect(new Set(compared.map(({ php }) => JSON.stringify(php))).size).toBeGreaterThan(1);
      });
    });

    it('refuses the same texts as json_decode', () => {
      const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
      const texts = ['{"a":1}', '{"a":TRUE}', '\uFEFF{"a":1}', '{"a":1,}', '{"a":"\\ud800"}', '{"a":"\\udc00x"}', '{"a\\ud83d":1}', '{"a":"\\ud83d\\ude00"}', '{"a":1}x', ' {"a":1}\n', "{'a':1}", '{"a":01}', '{"a":1e999}', nested(511), nested(512), nested(5000)]; // biome-ignore format: a table
      const asked = texts.map(
        (text): Comparison => ({ question: ['decodes', text], ours: { value: parseManifest(text).ok } }),
      );
      expect(differing(compare(asked))).toEqual([]);
    });

    const php = (input: Manifest) => {
      const [one] = compare([
        { question: ['judge', { name: 'a/b', version: '1.0', ...input }], ours: { value: null } },
      ]);
      return one?.php;
    };
    const ours = (input: Manifest) => judgement({ name: 'a/b', version: '1.0', ...input });

    describe.skipIf(isCurrentLibrary)('differences of the older library are still there', () => {
      it.each<[string, Manifest]>([
        ['php-ext is checked since 2.10.0', { 'php-ext': { priority: 1 } }],
        ['bin may not leave the package since 2.10.2', { bin: '../x' }],
        ['support.security is checked since 2.6.0', { support: { security: 'x', rss: 'y' } }],
        ['types of licenses are checked since 2.9.0', { license: 5 }],
      ])('%s', (name, input) => {
        const messages = [...ours(input).errors, ...ours(input).warnings];
        expect(messages.length).toBeGreaterThan(0);
        expect(messages.every((message) => NEW_MESSAGES[name]?.(message))).toBe(true);
        expect(php(input)).toMatchObject({ value: { errors: [], warnings: [] } });
      });

      it('every new message has a test above', () => {
        expect(Object.keys(NEW_MESSAGES)).toHaveLength(4);
      });

      it('licenses of other types end 2.5.5', () => {
        expect(hasOddLicense({ license: [5] })).toBe(true);
        expect(php({ license: [5] })).toHaveProperty('crash');
      });

      it('CalVer with a date for the major number, inside a manifest', () => {
        const input = { require: { 'a/c': '20240102.1.0' } };
        expect(hasNewCalverInside(input)).toBe(true);
        expect(ours(input).errors).toEqual([]);
        expect(php(input)).toMatchObject({ value: { errors: [expect.stringContaining('require.a/c')] } });
      });

      it('types have other names', () => {
        const value = { errors: ['description : should be a string, integer given'] };
        expect(php({ description: 5 })).toMatchObject({ value });
        const { errors } = ours({ description: 5 });
        expect(errors).not.toEqual(value.errors);
        expect(asSameWords(errors)).toEqual(asSameWords(value.errors));
      });

      it('a single license stays a text', () => {
        expect(php({ license: 'MIT' })).toMatchObject({ value: { config: { license: 'MIT' } } });
        expect(ours({ license: 'MIT' }).manifest.license).toEqual(['MIT']);
        expect(withoutNewKeys({ license: 'MIT' })).toEqual(withoutNewKeys({ license: ['MIT'] }));
      });
    });

    describe('differences on purpose are still there', () => {
      it.each<Manifest>([
        { 'autoload-dev': 'tests/' },
        { archive: { name: 5 } },
        { archive: { exclude: 'tests/' } },
        { bin: [5] },
        { version: 'dev-a,b', require: { 'a/c': 'self.version' } },
      ])('types that ArrayLoader does not survive: %j', (input) => {
        const { errors } = ours(input);
        expect(php(input)).not.toHaveProperty('value');
        expect(errors).toHaveLength(1);
        expect(errors.every((message) => Object.values(OWN_MESSAGES).some((isOwn) => isOwn(message)))).toBe(
          true,
        );
      });

      it('numbers for names of links, which end the clients', () => {
        const input = { require: ['*'], license: 'MIT' };
        expect(php(input)).toMatchObject({
          value: { errors: [], warnings: [expect.stringContaining('require.0 is')] },
        });
        expect(ours(input)).toMatchObject({
          errors: [],
          warnings: ['require.0 : a number is no package name'],
        });
        expect(Object.values(OWN_MESSAGES).some((isOwn) => isOwn(ours(input).warnings[0] ?? ''))).toBe(true);
        const version = { name: 'a/b', version: '1.0', ...input };
        const [one] = compare([
          { question: ['read', JSON.stringify({ packages: { 'a/b': [version] } })], ours: { value: null } },
        ]);
        expect(one?.php).toMatchObject({
          crash: expect.stringContaining('must be of type string, int given'),
        });
      });

      it.each<[string, Manifest, string | undefined]>([
        ['names that SPDX does not know', { license: 'Acme Internal Licence 1.2' }, '2.5.5'],
        ['names of links', { require: { 'Monolog/Monolog': '*' } }, '2.5.5'],
        ['names of links', { provide: { 'com1/x': '*' } }, '2.5.5'],
        ['constraints that match nothing, since 2.7.0', { require: { 'a/c': '>2 <1' } }, undefined],
      ])('warnings of what stays are not ours: %s', (name, input, since) => {
        const theirs = Judged.parse(php(input)).value;
        expect(theirs.errors).toEqual([]);
        expect(theirs.warnings.filter((warning) => WARNINGS_OF_WHAT_STAYS[name]?.(warning))).toHaveLength(
          since === undefined && !isCurrentLibrary ? 0 : 1,
        );
        expect(ours(input)).toMatchObject({ errors: [], warnings: [] });
      });

      it('times in other forms', () => {
        expect(hasUndocumentedTime({ time: 'last monday' })).toBe(true);
        expect(php({ time: 'last monday' })).toMatchObject({ value: { errors: [] } });
        expect(ours({ time: 'last monday' }).manifest).not.toHaveProperty('time');
      });

      it.each<[string, Manifest]>([
        ['the reason why a time is none', { time: '2024-13-01' }],
        ['empty maps, which PHP cannot tell from lists', { extra: { 'branch-alias': { 'dev-main': {} } } }],
        ['values as PHP exports them', { config: { platform: { php: [1] } } }],
      ])('the same in other words: %s', (_, input) => {
        const theirs = Judged.parse(php(input)).value;
        const mine = ours(input);
        const said = (one: { errors: readonly string[]; warnings: readonly string[] }) => [
          ...one.errors,
          ...one.warnings,
        ];
        expect(said(mine)).not.toEqual(said(theirs));
        expect(asSameWords(said(mine))).toEqual(asSameWords(said(theirs)));
      });
    });
  },
);
