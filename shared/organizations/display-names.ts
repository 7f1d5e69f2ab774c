/** Resolves ids to current names for display: the history keeps ids, since names change. */
import type { Fact } from '../domain/facts.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import type { StoredChange } from '../store/change-schema.ts';
import { findFacts, loadFacts } from '../store/fact-store.ts';
import type { Table } from '../store/table.ts';

type Named = 'account' | 'team' | 'repository';

/** The name with its id, as in `backend (1007)`; the id alone if the name is unknown. */
export type Names = (kind: Named, id: string) => string;

/** The name alone; the id where no name is known. */
export const nameWithoutId = (names: Names, kind: Named, id: string): string => {
  const named = names(kind, id);
  return named.endsWith(` (${id})`) ? named.slice(0, -` (${id})`.length) : named;
};

/** Names by what they name, for `displayNames`. If two facts name the same id, the later one counts. */
export const namesById = (facts: readonly Fact[]): ReadonlyMap<string, string> =>
  new Map(facts.flatMap(namesIn));

/** The names in the facts, as `namesById`. @param current names that count before them, gathered once for many lists of facts */
export function displayNames(facts: readonly Fact[], current?: ReadonlyMap<string, string>): Names {
  const names = namesById(facts);
  return (kind, id) => {
    const named = `${kind} ${id}`;
    const name = current?.get(named) ?? names.get(named);
    return name === undefined ? id : `${name} (${id})`;
  };
}

function namesIn(fact: Fact): readonly (readonly [string, string])[] {
  switch (fact.kind) {
    case 'member':
    case 'team-member':
    case 'role-member':
    case 'collaborator':
      return [[`account ${fact.account}`, fact.login]];
    case 'team':
      return [[`team ${fact.team}`, fact.slug]];
    case 'repository':
      return [[`repository ${fact.repository}`, fact.fullName]];
    default:
      return [];
  }
}

/**
 * The current names of what these changes refer to; for what is gone, the names in the changes themselves.
 *
 * @param changes only the kinds of facts that they refer to are read
 */
export async function namesFor(
  table: Table,
  id: SynchronizationId,
  changes: readonly StoredChange[],
): Promise<Names> {
  const recorded = factsIn(changes);
  const needs = (attribute: 'account' | 'team' | 'repository'): boolean =>
    recorded.some((fact) => attribute in fact);
  const passed = changes.some((change) => typeof change !== 'string' && change.kind === 'package-name');
  const [members, teams, repositories] = await Promise.all([
    needs('account') ? loadFacts(table, id, 'member') : [],
    needs('team') ? loadFacts(table, id, 'team') : [],
    needs('repository') || passed ? loadFacts(table, id, 'repository') : [],
  ]);
  return displayNames([...recorded, ...members, ...teams, ...repositories]);
}

/**
 * Like `namesFor`, for a page of changes: reads only what they refer to, 100 facts at a time.
 *
 * @param all the changes of all pages, which may name what is not stored yet
 */
export async function namesOnPage(
  table: Table,
  id: SynchronizationId,
  changes: readonly StoredChange[],
  all = changes,
): Promise<Names> {
  const recorded = factsIn(changes);
  const passed = changes.flatMap((change) =>
    typeof change !== 'string' && change.kind === 'package-name'
      ? [change.before.repository, change.after.repository]
      : [],
  );
  const keysOf = (fact: Fact): readonly string[] => [
    ...('account' in fact ? [`member#${fact.account}`] : []),
    ...('team' in fact ? [`team#${fact.team}`] : []),
    ...('via' in fact && fact.via !== undefined ? [`team#${fact.via}`] : []),
    ...('repository' in fact ? [`repository#${fact.repository}`] : []),
  ];
  const wanted = new Set([...recorded.flatMap(keysOf), ...passed.map((one) => `repository#${one}`)]);
  const current = wanted.size === 0 ? [] : await findFacts(table, id, [...wanted]);
  return displayNames([
    ...(all === changes ? recorded : factsIn(all)),
    ...current.filter((fact) => fact !== undefined),
  ]);
}

/** The facts in the changes, before and after. */
export const factsIn = (changes: readonly StoredChange[]): readonly Fact[] =>
  changes.flatMap((change) => {
    if (typeof change === 'string' || change.kind === 'package-name') {
      return [];
    }
    const before = 'before' in change ? [change.before] : [];
    return 'after' in change ? [...before, change.after] : before;
  });
