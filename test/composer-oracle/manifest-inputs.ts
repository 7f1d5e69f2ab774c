/** Manifests as people write them, and what little slips make of them. */

import type { Random } from './random.ts';
import { constraint, mutated, refName } from './version-inputs.ts';

/** A decoded JSON object. */
export type Manifest = Record<string, unknown>;

/** Texts that are right for some key and nearly right for others. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  name: ['acme/billing', 'acme/ui-kit', 'a/b', 'npm-asset/angular--core', 'Acme/Ui', 'acme/json.json', 'nul/x', 'php', 'ext-json', 'acme', 'acme/', 'a--b/c', 'a/b---c', 'a/b__c', 'composer-plugin-api', 'lib-icu-1.2', 'ACME/COM1'],
  url: ['https://example.org/a?b#c', 'http://x', 'https://user:pw@example.org:8080/', 'HTTPS://example.org', 'ftp://example.org', 'https://', 'https:///a', 'http://0', 'example.org', 'https://[::1]:80/', 'http://a:123456', 'http://a:b', 'http://a: 8', 'http://a:-1', 'http://a@b@c', 'irc://irc.example.org/room', 'ircs://x', '//example.org', 'http:/a', 'https://exämple.org', 'http://a:', 'http://a:80x'],
  email: ['ann@example.org', 'a.b+c@sub.example.co.uk', 'a@b', '"a b"@example.org', 'a@[127.0.0.1]', 'a@[IPv6:::1]', 'a..b@example.org', '.a@example.org', 'a@-x.org', 'a@x-.org', 'a@xn--bcher-kva.example', 'ann(at)example.org', 'Ann <ann@example.org>', `${'a'.repeat(64)}@example.org`, `${'a'.repeat(65)}@example.org`, `a@${'b'.repeat(63)}.org`, `a@${'b'.repeat(64)}.org`, 'a@b.c1', 'a@1.2', 'é@example.org', '"\\""@x.org', 'a@[300.1.1.1]', 'a@[IPv6:1:2:3:4:5:6:7:8]', 'a@[IPv6:1::2:3.4.5.6]'],
  license: ['MIT', 'proprietary', 'Apache-2.0', 'GPL-2.0+', 'GPL-2.0-only WITH Classpath-exception-2.0', '(MIT OR BSD-3-Clause)', 'MIT AND (Apache-2.0 OR proprietary)', 'LicenseRef-acme', 'DocumentRef-a.b:LicenseRef-x', 'BSD', ' MIT', 'mit', 'MIT or Apache-2.0', 'NONE', 'NOASSERTION', 'MIT+', '(MIT', 'MIT AND', 'MIT OR MIT OR', '( MIT )', '((MIT))', 'MIT WITH foo', 'MIT\n', '', 'MIT  AND\tISC', 'MIT AND(ISC)', 'Custom', 'none OR MIT'],
  time: ['2010-10-10T10:10:10+00:00', '2024-01-02', '2024-01-02 03:04:05', '2024-13-01', '2024-02-31', '2024-01-01T25:00:00Z', '2024-01-01 24:00:00', '2024-01-01 10:61:00', '2024-01-01T10:00:60Z', '2024-01-01T10:00:00.123+0130', '2024-01-01T10:00:00 UTC', '2024-00-00', '2024-01-32', '2024-01-02T03:04Z', '2024-01-02T03:04:05-11'],
  word: ['library', 'php-ext', 'symfony-bundle', 'a b', 'ünï', 'x_y', '', ' ', '0', 'emoji 😀', 'déjà vu', '微信', 'a/b', 'a\n', 'src/', '../x', 'a/../b', '..', 'bin\\..\\x', 'Acme\\', 'Acme', 'dev', 'RC', 'rc', 'BETA', 'self.version', '__unset', 'null'],
  alias: ['2.x-dev', '2.0.x-dev', '1.0-dev', 'dev-main', '2.x', '3.0.1.x-dev', 'x-dev', '1.2.3-dev', '9999999-dev'],
}; // biome-ignore format: a dense table

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

/** A manifest with most keys right and some not; always with a version, as Composer's repositories give it one. */
export function manifest(random: Random): Manifest {
  let result: Manifest = { ...whole(random), ...(random.oneIn(8) ? {} : { version: '1.2.3' }) };
  for (let slips = random.below(3); slips > 0; slips -= 1) result = asObject(damaged(random, result));
  return { ...result, version: result.version ?? '1.2.3' };
}

/** A text that is right, or nearly right, for this kind of key. */
/** A text that is right, or nearly right, for this kind of key. */
export function textOf(random: Random, kind: string): string {
  const item = random.pick(TEXTS[random.oneIn(12) ? random.pick(Object.keys(TEXTS)) : kind] ?? []);
  return random.oneIn(6) ? mutated(random, item) : item;
}

function whole(random: Random): Manifest {
  const url = () => textOf(random, 'url');
  const email = () => textOf(random, 'email');
  const word = () => textOf(random, 'word');
  const keys: Manifest = {
    name: random.oneIn(5) ? textOf(random, 'name') : 'acme/billing',
    version: refName(random),
    type: random.pick(['library', 'php-ext', 'php-ext-zend', word()]),
    description: word(),
    homepage: url(),
    keywords: some(random, word),
    time: textOf(random, 'time'),
    license: random.oneIn(2) ? textOf(random, 'license') : some(random, () => textOf(random, 'license')),
    authors: some(random, () => ({ name: word(), email: email(), homepage: url(), role: word() })),
    support: { email: email(), irc: url(), issues: url(), source: url(), rss: word(), chat: url(), security: url(), other: word() },
    funding: some(random, () => ({ type: word(), url: url() })),
    suggest: { 'acme/x': word() },
    autoload: { [random.pick(['psr-4', 'psr-0', 'psr4', 'classmap', 'files'])]: { 'Acme\\': 'src/', [word()]: 'lib/' } },
    'autoload-dev': { 'psr-4': { 'Acme\\Tests\\': 'tests/' } },
    bin: random.oneIn(2) ? word() : some(random, word),
    extra: { 'branch-alias': { [random.pick(['dev-main', textOf(random, 'alias')])]: textOf(random, 'alias') }, other: word() },
    'target-dir': word(),
    'include-path': some(random, word),
    'minimum-stability': random.pick(['dev', 'RC', 'stable', word()]),
    config: { platform: { php: random.pick(['8.2', refName(random)]), 'ext-x': false } },
    source: { type: 'git', url: url(), reference: word() },
    dist: { type: 'zip', url: url(), reference: word() },
    scripts: { test: ['phpunit'] },
    archive: { exclude: ['/tests'], name: word() },
    'transport-options': { ssl: {} },
    abandoned: random.pick([true, false, 'acme/other']),
    'php-ext': { 'extension-name': word(), priority: 80, 'support-zts': true, 'os-families': ['linux', word()], 'configure-options': [{ name: word(), 'needs-value': true }] },
    unknown: { a: [1, { b: null }] },
  }; // biome-ignore format: a dense table
  for (const link of LINKS) {
    keys[link] = Object.fromEntries(
      some(random, () => [
        random.oneIn(4) ? textOf(random, 'name') : `acme/${random.pick(['a', 'b', 'c', 'd', 'e', 'f'])}`,
        random.oneIn(4)
          ? constraint(random)
          : random.pick(['^1.0', '*', 'self.version', '>=1 <2', '>2 <1', '^1 ^2']),
      ]),
    );
  }
  return Object.fromEntries(Object.entries(keys).filter(([key]) => key === 'name' || random.oneIn(5)));
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
