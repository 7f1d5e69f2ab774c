/** Teams as a tree. */
import type { Schemas } from '../../api/client.ts';

type Team = Schemas['Team'];

export interface TeamInTree extends Team {
  /** How many teams are above it. */
  readonly depth: number;
}

/** Each team right after the one above it, by name; one whose parent is not there stands at the top. */
export function treeOf(teams: readonly Team[]): readonly TeamInTree[] {
  const known = new Set(teams.map(({ id }) => id));
  const below = Map.groupBy(teams, ({ parent }) =>
    parent !== undefined && known.has(parent) ? parent : undefined,
  );
  const under = (parent: string | undefined, depth: number): TeamInTree[] =>
    (below.get(parent) ?? [])
      .toSorted((one, other) => one.name.localeCompare(other.name))
      .flatMap((team) => [{ ...team, depth }, ...under(team.id, depth + 1)]);
  return under(undefined, 0);
}
