/**
 * What a forge does not find by its id, where that proves nothing until it has lasted (`ForgeTraits.notFoundMs`): until then no fact of it is
 * removed. Pure.
 */
import type { Fact } from '../../domain/facts.ts';
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import {
  type AnyScope,
  isPart,
  mainKeyOf,
  mainScopeOf,
  type PartScope,
  partOf,
} from '../../domain/scopes.ts';
import type { Absence, ScopeRead } from '../../forge/forge.ts';
import type { Confirmed } from './confirm.ts';
import type { EventReports, Known } from './load.ts';

export interface Missing {
  /** It may be there. */
  readonly unproven: ReadonlySet<PartScope>;
  /** Found missing for the first time. */
  readonly first: readonly PartScope[];
  /** Known as missing, and there after all, or not known any more. */
  readonly over: readonly PartScope[];
}

interface MissingInput {
  readonly traits: Pick<ForgeTraits, 'notFoundMs' | 'scopes'>;
  readonly scope: AnyScope;
  readonly reading: { readonly read: Pick<ScopeRead, 'facts' | 'absence'> };
  readonly reports: EventReports;
  readonly known: Pick<Known, 'stored'>;
  readonly confirmed: Confirmed;
  /** Since when parts are missing. Times in milliseconds since the epoch. */
  readonly since: ReadonlyMap<PartScope, number>;
  readonly now: number;
}

export const nothingMissing: Missing = { unproven: new Set(), first: [], over: [] };

export const isUnproven = (fact: Fact, { unproven }: Pick<Missing, 'unproven'>): boolean => {
  const part = partOf(fact);
  return part !== undefined && unproven.has(part);
};

/** What is missing according to the read and what was looked up for it. */
export function missingOf(input: MissingInput): Missing {
  const { traits, scope, reading, reports, known, confirmed, since, now } = input;
  const { notFoundMs = 0 } = traits;
  const saidGone = new Set(
    [...reports.expectations, ...reports.claims].flatMap(({ key, expect }) =>
      expect === 'gone' ? [key] : [],
    ),
  );
  const notFound = [...absencesOf(scope, reading.read, confirmed.absent)].flatMap(([part, absence]) =>
    absence === 'elsewhere' || saidGone.has(mainKeyOf(part)) ? [] : [part],
  );
  const isRecent = (part: PartScope): boolean => now - (since.get(part) ?? now) < notFoundMs;
  const shown = new Set(reading.read.facts.flatMap((fact) => partOf(fact) ?? []));
  const mainParts = new Set(known.stored.facts.flatMap(({ fact }) => partOf(fact) ?? []));
  const isOfRead = (part: PartScope): boolean =>
    isPart(scope) ? part === scope : mainScopeOf(traits.scopes, part) === scope;
  return {
    unproven: new Set([...notFound, ...since.keys()].filter(isRecent)),
    first: notFound.filter((part) => !since.has(part)),
    over: [...since.keys()].filter(
      (part) =>
        isOfRead(part) &&
        !notFound.includes(part) &&
        (shown.has(part) || confirmed.present.has(part) || !mainParts.has(part)),
    ),
  };
}

const absencesOf = (
  scope: AnyScope,
  { absence }: Pick<ScopeRead, 'absence'>,
  absent: ReadonlyMap<PartScope, Absence>,
): ReadonlyMap<PartScope, Absence> =>
  isPart(scope) && absence !== undefined ? new Map([[scope, absence]]) : absent;
