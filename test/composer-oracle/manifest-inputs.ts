/** Manifests as people write them, and what little slips make of them. */

import { z } from 'zod';
import type { Random } from './random.ts';
import { REAL_TAGS } from './real-names.ts';
import { constraint, mutated, refName } from './version-inputs.ts';

/** A decoded JSON object. */
export const Manifest = z.record(z.string(), z.unknown());
export type Manifest = z.infer<typeof Manifest>;

/** Texts that are right for a key. */
const SOUND: Readonly<Record<string, readonly string[]>> = {
  name: ['acme/billing', 'acme/ui-kit', 'a/b', 'npm-asset/angular--core', 'php', 'ext-json', 'composer-plugin-api', 'lib-icu-1.2'],
  url: ['https://example.org/a?b#c', 'http://x', 'https://user:pw@example.org:8080/', 'HTTPS://example.org', 'https://[::1]:80/', 'http://a@b@c'],
  email: ['ann@example.org', 'a.b+c@sub.example.co.uk', '"a b"@example.org', 'a@[127.0.0.1]', 'a@[IPv6:::1]', 'a@xn--bcher-kva.example', `${'a'.repeat(64)}@example.org`, `a@${'b'.repeat(63)}.org`],
  license: ['MIT', 'proprietary', 'Apache-2.0', 'GPL-2.0+', 'GPL-2.0-only WITH Classpath-exception-2.0', '(MIT OR BSD-3-Clause)', 'MIT AND (Apache-2.0 OR MIT)', 'LicenseRef-acme', 'mit', '(( MIT ))'],
  time: ['2010-10-10T10:10:10+00:00', '2024-01-02', '2024-01-02 03:04:05', '2024-01-01T10:00:00.123+0130', '2024-01-01T10:00:00 UTC', '2024-01-02T03:04Z'],
  word: ['library', 'symfony-bundle', 'x_y', '0', 'src', 'lib/', 'dev', 'RC', 'stable', 'tests', 'bin_acme'],
  alias: ['2.x-dev', '2.0.x-dev', '1.0-dev', '3.0.1.x-dev', '1.2.3-dev'],
}; // biome-ignore format: a dense table

/** Texts that are wrong for their key, or right only just, or right for another. */
const ODD: Readonly<Record<string, readonly string[]>> = {
  name: ['Acme/Ui', 'acme/json.json', 'nul/x', 'acme', 'acme/', 'a--b/c', 'a/b---c', 'a/b__c', 'ACME/COM1'],
  url: ['ftp://example.org', 'https://', 'https:///a', 'http://0', 'example.org', 'http://a:123456', 'http://a:b', 'http://a: 8', 'http://a:-1', 'irc://irc.example.org/room', 'ircs://x', '//example.org', 'http:/a', 'https://exämple.org', 'http://a:', 'http://a:80x'],
  email: ['a@b', 'a..b@example.org', '.a@example.org', 'a@-x.org', 'a@x-.org', 'ann(at)example.org', 'Ann <ann@example.org>', `${'a'.repeat(65)}@example.org`, `a@${'b'.repeat(64)}.org`, 'a@b.c1', 'a@1.2', 'é@example.org', '"\\""@x.org', 'a@[300.1.1.1]', 'a@[IPv6:1:2:3:4:5:6:7:8]', 'a@[IPv6:1::2:3.4.5.6]'],
  license: ['MIT AND (Apache-2.0 OR proprietary)', 'DocumentRef-a.b:LicenseRef-x', 'BSD', ' MIT', 'MIT or Apache-2.0', 'NONE', 'NOASSERTION', 'MIT+', '(MIT', 'MIT AND', 'MIT OR MIT OR', 'MIT WITH foo', 'MIT\n', '', 'MIT  AND\tISC', 'MIT AND(ISC)', 'Custom', 'none OR MIT'],
  time: ['2024-13-01', '2024-02-31', '2024-01-01T25:00:00Z', '2024-01-01 24:00:00', '2024-01-01 10:61:00', '2024-01-01T10:00:60Z', '2024-00-00', '2024-01-32', '2024-01-02T03:04:05-11'],
  word: ['php-ext', 'a b', 'ünï', '', ' ', 'emoji 😀', 'déjà vu', '微信', 'a/b', 'a\n', '../x', 'a/../b', '..', 'bin\\..\\x', 'Acme\\', 'Acme', 'rc', 'BETA', 'self.version', '__unset', 'null'],
  alias: ['dev-main', '2.x', 'x-dev', '9999999-dev'],
}; // biome-ignore format: a dense table

/** One text in so many is odd. */
type Care = number;

const LINKS = ['require', 'require-dev', 'conflict', 'provide', 'replace'];
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  1.5,
  -3,
  '',
  '0',
  [],
  {},
  [null],
  [[]],
  ['x'],
  { a: 1 },
  [1, 'a', true],
  { '': '' },
  { '0': 'x', '2': 'y' },
];

/** A manifest, sound or with slips; always with a version, as Composer's repositories give it one. */
export function manifest(random: Random): Manifest {
  const care = random.pick([2, 10, 60, 60]);
  let result: Manifest = { ...whole(random, care), ...(random.oneIn(8) ? {} : { version: '1.2.3' }) };
  const slips = random.oneIn(3) ? 1 + random.below(2) : 0;
  for (let slip = 0; slip < slips; slip += 1) result = asObject(damaged(random, result));
  return { ...result, version: result.version ?? '1.2.3' };
}

/** A text that is right for this kind of key; one in so many is not. */
export function textOf(random: Random, kind: string, care: Care): string {
  if (!random.oneIn(care)) return random.pick(SOUND[kind] ?? []);
  const texts = random.pick([SOUND, ODD, ODD, ODD]);
  const text = random.pick(texts[random.oneIn(12) ? random.pick(Object.keys(texts)) : kind] ?? []);
  return random.oneIn(4) ? mutated(random, text) : text;
}

/** A time, often one that is on no calendar or clock. */
export function time(random: Random): string {
  const digit = (kept: string) => (random.oneIn(5) ? String(random.below(10)) : kept);
  return textOf(random, 'time', 4).replace(/\d/g, digit);
}

function whole(random: Random, care: Care): Manifest {
  const text = (kind: string) => textOf(random, kind, care);
  const [url, email, word] = [() => text('url'), () => text('email'), () => text('word')];
  const keys: Manifest = {
    name: random.oneIn(5) ? text('name') : 'acme/billing',
    version: random.oneIn(care) ? refName(random) : random.pick(REAL_TAGS),
    description: word(),
    homepage: url(),
    keywords: some(random, word),
    time: text('time'),
    license: random.oneIn(2) ? text('license') : some(random, () => text('license')),
    authors: some(random, () => ({ name: word(), email: email(), homepage: url(), role: word() })),
    support: { email: email(), irc: url(), issues: url(), source: url(), rss: word(), chat: url(), security: url(), other: word() },
    funding: some(random, () => ({ type: word(), url: url() })),
    suggest: { 'acme/x': word() },
    autoload: { [random.oneIn(care) ? 'psr4' : random.pick(['psr-4', 'psr-0', 'classmap', 'files'])]: { 'Acme\\': 'src/', [random.oneIn(care) ? word() : 'Lib\\']: 'lib/' } },
    'autoload-dev': { 'psr-4': { 'Acme\\Tests\\': 'tests/' } },
    bin: random.oneIn(2) ? word() : some(random, word),
    extra: { 'branch-alias': { [random.pick(['dev-main', text('alias')])]: text('alias') }, other: word() },
    ...(random.oneIn(6) ? { 'target-dir': word() } : {}),
    'include-path': some(random, word),
    'minimum-stability': random.oneIn(care) ? word() : random.pick(['dev', 'RC', 'stable', 'BETA']),
    config: { platform: { php: random.oneIn(care) ? refName(random) : '8.2', 'ext-x': false } },
    source: { type: 'git', url: url(), reference: word() },
    dist: { type: 'zip', url: url(), reference: word() },
    scripts: { test: ['phpunit'] },
    archive: { exclude: ['/tests'], name: word() },
    'transport-options': { ssl: {} },
    abandoned: random.pick([true, false, 'acme/other']),
    unknown: { a: [1, { b: null }] },
  }; // biome-ignore format: a dense table
  const isExtension = random.oneIn(4);
  if (isExtension || random.oneIn(care)) {
    keys['php-ext'] = { 'extension-name': word(), priority: 80, 'support-zts': true, 'os-families': ['linux', random.oneIn(care) ? word() : 'darwin'], 'configure-options': [{ name: word(), 'needs-value': true }] }; // biome-ignore format: as above
  }
  keys.type = isExtension ? 'php-ext' : random.pick(['library', 'library', 'project', word()]);
  for (const link of LINKS) {
    keys[link] = Object.fromEntries(
      some(random, () => [
        random.oneIn(care) ? text('name') : `acme/${random.pick(['a', 'b', 'c', 'd', 'e', 'f'])}`,
        random.oneIn(care)
          ? constraint(random)
          : random.pick(['^1.0', '*', 'self.version', '>=1 <2', '>2 <1', '^1 ^2']),
      ]),
    );
  }
  return Object.fromEntries(
    Object.entries(keys).filter(
      ([key]) => key === 'name' || (isExtension && key === 'type') || random.oneIn(4),
    ),
  );
}

function some<T>(random: Random, item: () => T): T[] {
  return Array.from({ length: random.below(4) }, item);
}

/** The value with one part of it removed, or exchanged for something odd. */
function damaged(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.oneIn(6)) return random.pick(ODD_VALUES);
  const keys = Object.keys(value);
  if (keys.length === 0) return random.pick(ODD_VALUES);
  const key = random.pick(keys);
  const entries = Object.entries(value).flatMap(([name, part]): [string, unknown][] =>
    name !== key ? [[name, part]] : random.oneIn(5) ? [] : [[name, damaged(random, part)]],
  );
  return Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
}

function asObject(value: unknown): Manifest {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

const HALF_SURROGATE = /\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g;

/** The value without halves of surrogate pairs, which no JSON text that PHP reads can hold. */
export function wellFormed<Value extends Manifest | Manifest[]>(
  value: Value,
  schema: z.ZodType<Value>,
): Value {
  const text = JSON.stringify(value);
  return text.includes('\\u') ? schema.parse(JSON.parse(text.replace(HALF_SURROGATE, '?'))) : value;
}
