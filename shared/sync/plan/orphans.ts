/** Finds dangling rows: they grant nothing any more because their parent (a member, a team, a repository) is gone. */
import { type Fact, isInherited } from '../../domain/facts.ts';
import type { ForgeTeamId } from '../../domain/ids.ts';
import {
  type AnyScope,
  kindOfPart,
  kindsOf,
  mainKeyOf,
  mainScopeOf,
  memberPart,
  type PartScope,
  repositoryPart,
  type ScopeLayout,
  scopeOfKind,
  teamPart,
} from '../../domain/scopes.ts';
import type { Standing } from '../../store/fact-store.ts';
import type { ScopeState } from '../../store/scope-store.ts';

/** What is known of the parents of rows. */
export interface References {
  /** By the keys of the parents' facts. */
  readonly standing: ReadonlyMap<string, Standing>;
  /** The parents of teams; loaded only if a row is inherited. */
  readonly parents: ReadonlyMap<ForgeTeamId, ForgeTeamId | undefined>;
}

/** The row's parents: without any one of them it grants nothing. Only those that other scopes read. */
export function referencesOf(layout: ScopeLayout, fact: Fact): readonly PartScope[] {
  switch (fact.kind) {
    case 'team-member':
    case 'role-member':
      return [memberPart(fact.account)];
    case 'collaborator': {
      const isApart = !kindsOf(layout, scopeOfKind(layout, fact.kind)).includes('repository');
      return [memberPart(fact.account), ...(isApart ? [repositoryPart(fact.repository)] : [])];
    }
    case 'role-team':
      return [teamPart(fact.team)];
    case 'team-repository':
      return [repositoryPart(fact.repository)];
    default:
      return [];
  }
}

/**
 * Whether the row's parent is gone, which confirms the removal of the row at any size: a narrowed selection removes the rows of
 * repositories outside it, a new parent team those inherited from the old one.
 *
 * @param gone keys of stored facts that another plan of the run removes
 * @param shownBy the number of the last read that showed the row
 */
export function isOrphaned(
  layout: ScopeLayout,
  fact: Fact,
  { standing, parents }: References,
  gone: ReadonlySet<string>,
  shownBy: (fact: Fact) => number,
): boolean {
  if (isInherited(fact) && isOfTeamAbove(fact) && !isBelow(parents, fact)) {
    return true;
  }
  return referencesOf(layout, fact).some((reference) => {
    const key = mainKeyOf(reference);
    const stands = standing.get(key);
    const isGone =
      fact.kind === 'collaborator' && kindOfPart(reference) === 'member'
        ? // Collaborators need not be members. A former member loses the row with the membership, unless a read that knew
          // of its end still showed the row: an outside collaborator.
          stands?.isRemoved === true && shownBy(fact) < stands.observedAt
        : stands?.isRemoved !== false;
    return gone.has(key) || isGone;
  });
}

/** Whether the row comes from a team above. Rows of memberships, and rights with a row for each way, may come from any other team. */
const isOfTeamAbove = (fact: Fact): boolean => fact.kind === 'team-repository' && !fact.keyedByVia;

/** Whether the team that the row is inherited from is still above the row's team. */
function isBelow(
  parents: References['parents'],
  { team, via }: { readonly team: ForgeTeamId; readonly via: ForgeTeamId },
): boolean {
  const line = new Set<ForgeTeamId>();
  for (let above = parents.get(team); above !== undefined && !line.has(above); above = parents.get(above)) {
    line.add(above);
  }
  return line.has(via);
}

/**
 * Whether a read of the row's parent is queued: another worker may be about to remove it.
 *
 * @param scope what the read is of
 */
export function isReferenceAskedFor(
  layout: ScopeLayout,
  scope: AnyScope,
  fact: Fact,
  states: ReadonlyMap<AnyScope, ScopeState>,
): boolean {
  return referencesOf(layout, fact)
    .filter((part) => part !== scope)
    .flatMap((part) => [part, mainScopeOf(layout, part)])
    .some((one) => {
      const state = states.get(one);
      return state !== undefined && state.wanted !== state.done;
    });
}
