/** Names beside the numbers of teams and repositories: the history keeps numbers, since names change. */
import type { RepositoryFact, TeamFact } from '../domain/facts.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import { loadFacts } from '../store/fact-store.ts';
import type { Table } from '../store/table.ts';

/** A number that a fact in words has without a name; `team backend (1007)` has one. */
const bare = /\b(team|repository) (\S+)(?=\s|$)(?! \()/g;
const full = /\b(team|repository) (\S+) \((\S+)\)/g;

/**
 * Puts the names that teams and repositories have now, or have in another of the texts, into facts in words. What has none stays a number.
 *
 * @param texts reads nothing where none of them needs a name
 */
export async function namesFor(
  table: Table,
  id: SynchronizationId,
  texts: readonly string[],
): Promise<(text: string) => string> {
  const needed = new Set(texts.flatMap((text) => [...text.matchAll(bare)].map(([, kind]) => kind)));
  const [teams, repositories] = await Promise.all([
    needed.has('team') ? loadFacts(table, id, 'team') : [],
    needed.has('repository') ? loadFacts(table, id, 'repository') : [],
  ]);
  return nameThings(teams, repositories, texts);
}

/** The same with what is there. */
export function nameThings(
  teams: readonly TeamFact[],
  repositories: readonly RepositoryFact[],
  texts: readonly string[] = [],
): (text: string) => string {
  const names = new Map<string, string>([
    ...texts.flatMap((text) =>
      [...text.matchAll(full)].map(([, kind, name = '', number]) => [`${kind} ${number}`, name] as const),
    ),
    ...teams.map(({ team, slug }) => [`team ${team}`, slug] as const),
    ...repositories.map(({ repository, fullName }) => [`repository ${repository}`, fullName] as const),
  ]);
  return (text) =>
    text.replace(bare, (thing, kind: string, number: string) => {
      const name = names.get(thing);
      return name === undefined ? thing : `${kind} ${name} (${number})`;
    });
}
