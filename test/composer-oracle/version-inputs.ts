/** Names of tags and branches and constraints, grown from real ones and from the odd ones that Composer's rules have words for. */

import type { Random } from './random.ts';
import { REAL_NAMED_BRANCHES, REAL_NUMERIC_BRANCHES, REAL_TAGS } from './real-names.ts';

const TAGS = [
  '1.0.0', 'v1.0.0', 'V2.3', '0', '1', '10.4.13', '1.2.3.4', '1.0.0-beta1', '1.0.0-RC1', 'v1.13.11-beta.0', '1.0.0RC1dev',
  '1.0.0.RC.15-dev', '1.0.0.pl3-dev', '1.0-dev', '10.4.13-b5', '1.0.0-alpha.3.1+foo', '1.0.0-alpha-2.1-3+foo', '1.0.0+foo@dev',
  '2010.01.02', '2010-01-02', '2010-01-02-10-20-30.5', '20100102-203040-p1', '20100102.203040.x-dev', '201903.0-p2',
  '20240102.1.0', '20230131.0.0', '202301310000.0.0', '2010-01-02.5', '20100102203040-10', 'release-1.0.0', 'version-1.0.0',
  'v.1.0.0', '1.0.1-SNAPSHOT', '1.0.0-patch', '1.2_a1', '1-2_dev', '3.1.2-p1', '00.01.03.04', '1.22.0-', '1.0.0-stable',
  '1.0.0-STABLE', '2.0.0-rc.1', 'sub/v1.2.3', 'latest', 'nightly-2024-05-01', '1.0.0-0.3.7', '99999.1', '100000', '1.9999999',
  '1.0.0-beta.1+exp.sha.5114f85', '1.0.0-pl', '1.0.0p1', '1.0.0-a1.2.3', '5.x-dev', 'dev-master as 1.0.0', '1.0.0 as 2.0',
]; // biome-ignore format: a dense table
const BRANCHES = [
  'main', 'master', 'trunk', 'default', 'develop', '1.x', 'v1.x', '1.0', '2', '2.X', 'v1.*', '1.0.x', '6.1.2', '7.1.2.3', '1.x.3', '1.2.3.4.5',
  'feature/foo', 'feature#1', 'feature+issue-1', 'a,b', 'a|b', 'dev-main', '4.x-dev', 'release/2.0', 'fix-1.0-dev', 'renovate/all', 'FOOBAR',
  'dependabot/npm/x-1.2', 'gh-pages', 'feat@dev', '1.0.x-dev#abc123', 'dev-1.0.0-dev<1.0.5-dev', 'foo bar', 'ünïcödé', '😀', 'x', '1.X.x.*',
]; // biome-ignore format: a dense table
const CONSTRAINTS = [
  '*', 'v*', '*.*', '^1.2', '~1.2.3', '>=1.0', '<2.0', '!=1.5', '<>1.5', '==1.0', '=1.0', '>1', '<=3', '1.0.*', '2.x', '^0.3', '^0.0.3', '~2.x-dev',
  '^2.0.*-dev', '1.0 - 2.0', '1.2-beta - 2.3', '2.x-dev - 3.x-dev', 'dev-main', 'dev-main#abc', 'dev-main as 1.0.0', 'foobar-dev', '@dev', '1.0@beta',
  '>=1.0@beta', '>2.0@stable', '^1.', '1.2.', '~>1.2', '^2.0.x', '>=dev-master', '!=dev-foo', '<1.2.3.4-stable', '^201903.0', '^20240101.5', '~0.1 || ~1.0 !=1.0.1',
  'self.version', '>=1.1.0-alpha4', '<1.2.x-dev', '^1.0+build', '~1.2-b2', '0.*', '^99999999999999999999', '1.0.0-dev<1.0.5-dev', '==dev-a', '!=dev-a', '<0',
]; // biome-ignore format: a dense table
const JOINS = [' ', ',', ', ', ' , ', '||', ' || ', '|', ' | ', '  ', ' - ', ',,', ' as '];
const PIECES = [
  '-', '.', '_', '+', '@', '#', ' ', ',', '|', '<', '>', '=', '!', '~', '^', '*', 'x', 'X', 'v', 'V', 'dev', '-dev', '.dev', 'DEV', 'dev-', 'beta', 'RC', 'rc2',
  'alpha', 'a', 'b', 'p', 'pl', 'patch', 'stable', '@dev', '@stable', '+build', ' as ', '0', '1', '9', '12', '007', '2024', '99999', '123456', '\n', '\t', '\u00a0',
  '\u000b', 'é', 'ſ', '/', '\\', '{', '(', '$', ':', '1.0', '.x', '.x-dev', '#ref', '\0',
]; // biome-ignore format: a dense table

const TAIL = /(?:[._-]?(?:stable|beta|b|rc|alpha|a|patch|pl|p)[.-]?\d*)?$/i;
const TAILS = [
  '', '', '', '-RC1', '-beta.2', 'beta3', '-alpha', 'rc4', '-rc', '.RC.5', '-p1', 'pl2', '-patch', 'a1', '_b7', '-stable', '-dev', '.dev', '-beta1-dev',
  '-alpha2.1', '-b5+exp', '+build.7', '@dev', '@RC',
]; // biome-ignore format: a dense table
const NUMBERS = [
  '0',
  '1',
  '2',
  '9',
  '10',
  '12',
  '00',
  '07',
  '007',
  '99',
  '128',
  '1999',
  '2024',
  '20240102',
  '99999',
  '9999999',
  '65536',
];

/** A tag's name, or nearly one. */
export function tagName(random: Random): string {
  return grown(random, random.oneIn(5) ? random.pick(TAGS) : random.pick(REAL_TAGS));
}

/** A branch's name, or nearly one; half of the time a number. */
export function branchName(random: Random): string {
  if (random.below(3) < 2) return numericBranch(random);
  return grown(random, random.oneIn(4) ? random.pick(BRANCHES) : random.pick(REAL_NAMED_BRANCHES));
}

/** The version of a branch as `parseNumericAliasPrefix` is asked about, or nearly one: `2.1.x-dev`. */
export function aliasName(random: Random): string {
  const branch = numericBranch(random).replace(/^v|\.[*xX].*/g, '');
  const named = random.oneIn(6) ? branchName(random) : branch;
  const alias = `${named}${random.pick(['.x-dev', '.x-dev', '.x-dev', '-dev', '-dev', '-dev', '.X-DEV', '.x'])}`;
  return random.oneIn(5) ? mutated(random, alias) : alias;
}

/** A name of either kind, most often with something that says how finished the version is. */
export function unfinishedName(random: Random): string {
  const name = random.oneIn(6) ? branchName(random) : random.pick(REAL_TAGS);
  if (random.oneIn(4)) return grown(random, name);
  const tailed = varied(random, name).replace(TAIL, () => random.pick(TAILS));
  return random.oneIn(4) ? `${tailed}${random.pick(['-dev', '#1a2b3c4', '-DEV#x', ' '])}` : tailed;
}

/** The name of a tag or a branch. */
export function refName(random: Random): string {
  return random.oneIn(3) ? branchName(random) : tagName(random);
}

function numericBranch(random: Random): string {
  let name = random
    .pick(REAL_NUMERIC_BRANCHES)
    .replace(/\d+/g, (kept) => (random.oneIn(3) ? kept : number(random)));
  for (let more = random.below(3); more > 0 && name.split('.').length < 4; more -= 1) {
    name += random.pick(['.0', '.x', '.7', '.X', '.*', `.${number(random)}`]);
  }
  return random.oneIn(8) ? mutated(random, name) : name;
}

function number(random: Random): string {
  return random.oneIn(3) ? random.pick(NUMBERS) : String(random.below(random.pick([10, 30, 200, 5000])));
}

/** The name with changes that people make to names, and sometimes with slips that nobody would make. */
function grown(random: Random, name: string): string {
  let result = name;
  for (let changes = random.below(3); changes > 0; changes -= 1) result = varied(random, result);
  return random.oneIn(3) ? mutated(random, result) : result;
}

/** Another name of the same kind: other numbers, one more or fewer, another tail or another letter in front. */
function varied(random: Random, name: string): string {
  switch (random.below(8)) {
    case 0:
      return name.startsWith('v') ? name.slice(1) : /^\d/.test(name) ? `v${name}` : name;
    case 1:
      return name.replace(TAIL, () => random.pick(TAILS));
    case 2:
      return name.replace(/(\d+)(?!.*\d)/, (last) => `${last}.${number(random)}`);
    case 3:
      return name.replace(/\.\d+/, '');
    default: {
      const parts = name.split(/(\d+)/);
      const at = random.below(parts.length);
      return parts.map((part, index) => (index === (at | 1) ? number(random) : part)).join('');
    }
  }
}

/** A version constraint, or nearly one. */
export function constraint(random: Random): string {
  const parts = Array.from({ length: 1 + random.below(3) }, () =>
    random.oneIn(4)
      ? random.pick(CONSTRAINTS)
      : `${random.pick(['', '>', '>=', '<', '<=', '!=', '^', '~', '=', '=='])}${varied(random, random.pick(random.oneIn(4) ? REAL_NUMERIC_BRANCHES : REAL_TAGS))}`,
  );
  const text = parts.reduce(
    (left, right) => left + random.pick(random.oneIn(4) ? JOINS : [' ', ' || ', ', ']) + right,
  );
  return random.oneIn(3) ? mutated(random, text) : text;
}

/** The text with up to three slips in it. */
export function mutated(random: Random, text: string): string {
  let result = text;
  for (let slips = random.below(4); slips > 0; slips -= 1) result = slip(random, result);
  return result;
}

function slip(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  switch (random.below(6)) {
    case 0:
      return before + after.slice(1);
    case 1:
      return before + random.pick(PIECES) + after.slice(1);
    case 2:
      return before + after.slice(0, 3) + after;
    case 3:
      return text + random.pick(PIECES);
    case 4:
      return random.oneIn(2) ? text.toUpperCase() : text.toLowerCase();
    default:
      return before + random.pick(PIECES) + after;
  }
}
