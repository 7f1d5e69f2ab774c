/** A way by which a package may be installed, in words. */
import type { Schemas } from '../api/client.ts';
import { accessWords as words } from '../words/access.ts';

type Way = Schemas['AccessPath'];

/** What gives the right: such as “Team Core, from Platform”. */
export function sourceOf({ through, team, role, inheritedFrom }: Way): string {
  const text =
    through === 'team' && team !== undefined
      ? words.team(team.name)
      : through === 'role' && role !== undefined
        ? words.role(role)
        : words.through[through];
  return inheritedFrom === undefined || inheritedFrom.id === team?.id
    ? text
    : words.inherited(text, inheritedFrom.name);
}

/** The source with the code host's own term of the permission; GitHub has it in capitals. */
export const wayText = (way: Way): string =>
  way.permission === undefined
    ? sourceOf(way)
    : words.withPermission(sourceOf(way), way.permission.toLowerCase());
