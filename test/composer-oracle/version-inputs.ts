/** Names of tags and branches and constraints as people write them, and what little slips make of them. */

import type { Random } from './random.ts';

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

/** The name of a tag or branch, or nearly one. */
export function refName(random: Random): string {
  return mutated(random, random.pick(random.oneIn(3) ? BRANCHES : TAGS));
}

/** A version constraint, or nearly one. */
export function constraint(random: Random): string {
  const parts = Array.from({ length: 1 + random.below(4) }, () =>
    random.oneIn(3)
      ? `${random.pick(['', '>', '>=', '<', '<=', '!=', '^', '~', '='])}${random.pick(TAGS)}`
      : random.pick(CONSTRAINTS),
  );
  const text = parts.reduce((left, right) => left + random.pick(JOINS) + right);
  return random.oneIn(2) ? text : mutated(random, text);
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
