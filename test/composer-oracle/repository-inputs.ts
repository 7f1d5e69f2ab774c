/** Repositories as people leave them: tags and branches good, doubled and odd, manifests good, bad and missing. */

import type { ScannedRef, ScannedRepository } from '../../shared/composer/scanned-repository.ts';
import type { Random } from './random.ts';
import { branchName, tagName } from './version-inputs.ts';

const NAMES = ['acme/billing', 'acme/billing', 'acme/billing', 'acme/old-name', 'Acme/Billing', null];
const EXTRAS: readonly Record<string, unknown>[] = [
  { homepage: 'no address' },
  { type: 'library' },
  { time: '2021-03-04 05:06:07' },
  { time: '' },
  { license: 'MIT' },
  { license: 'Acme Internal Licence 1.2' },
  { keywords: ['c++'] },
  { support: { email: 'dev@localhost' } },
  { support: 'x@y.example' },
  { require: { 'Monolog/Monolog': '*', 5: '*' } },
  { require: { 'acme/x': 'self.version' } },
  { require: { 'acme/x': 'no constraint' } },
  { extra: { 'branch-alias': { 'dev-main': '2.x-dev' } } },
  { extra: { 'branch-alias': { 'dev-main': '2.x' } } },
  { 'default-branch': true },
  { version: '1.0.0' },
  { version: '1.0.x-dev' },
  { version: '2.0' },
  { version: 'dev-main' },
  { version: 'none' },
  { version: null },
];
const BROKEN = [
  '{',
  '',
  '{}',
  '[]',
  'null',
  '"text"',
  '{"name":"acme/billing",}',
  '\uFEFF{"name":"acme/billing"}',
];
/** So that several names stand for one version, and some for none. */
const COMMON_TAGS = ['1.0.0', 'v1.0.0', '1.0', '01.0.0', '1.0.0-beta1', '1.0.0-beta01', 'release-1.0.0', '2.0', '2.0.0+build', '2010-01-02', 'v2010-01-02', '2010.01.02', '1.0.0-dev', '1.0-p1', '1.0.0-pl01']; // biome-ignore format: a table
const COMMON_BRANCHES = ['main', 'develop', '1.x', 'v1.x', '1', '1.X', 'Feature', 'feature', 'renovate/a', 'gh-pages', 'merge-up/1.0_2', 'feature#2', 'feature+2']; // biome-ignore format: a table

/** A repository with a few tags and branches, each name once. */
export function repository(random: Random): ScannedRepository {
  const branches = refs(random, { common: COMMON_BRANCHES, grown: branchName, kind: 'b' });
  const defaultBranch = random.oneIn(8) ? 'gone' : (branches[random.below(branches.length)]?.name ?? 'main');
  const tags = refs(random, { common: COMMON_TAGS, grown: tagName, kind: 'a' });
  return { tags, branches, defaultBranch, archived: false };
}

interface RefOptions {
  readonly common: readonly string[];
  readonly grown: (random: Random) => string;
  /** The first digit of the commits. */
  readonly kind: string;
}

function refs(random: Random, { common, grown, kind }: RefOptions): ScannedRef[] {
  const names = Array.from({ length: random.below(7) }, () =>
    random.oneIn(2) ? grown(random).toWellFormed() : random.pick(common),
  );
  const twin = names.at(-1);
  if (twin !== undefined && random.oneIn(4)) {
    names.push(
      twin.startsWith('v') ? twin.slice(1) : random.pick([`v${twin}`, `${twin}.0`, `release-${twin}`]),
    );
  }
  return [...new Set(names)].map((name, index) => ({
    name,
    commit: `${kind}${index}`.padEnd(40, '0'),
    date: `2024-01-0${1 + random.below(9)}T10:00:00+02:00`,
    manifest: random.oneIn(16) ? undefined : random.oneIn(16) ? random.pick(BROKEN) : manifestText(random),
  }));
}

function manifestText(random: Random): string {
  const name = random.oneIn(6) ? random.pick(NAMES) : 'acme/billing';
  return JSON.stringify({ name, ...(random.oneIn(4) ? random.pick(EXTRAS) : {}) });
}
