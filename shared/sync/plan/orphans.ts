/** Rows that give nobody anything any more because what they refer to is gone: a member, a team, a repository. */
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

/** What is known of the things that rows refer to. */
export interface References {
  /** By the keys of their facts. */
  readonly standing: ReadonlyMap<string, Standing>;
  /** The parents of teams; nothing is asked where no right is inherited. */
  readonly parents: ReadonlyMap<ForgeTeamId, ForgeTeamId | undefined>;
}

/** The things without any of which the row means nothing, as far as other scopes read them. */
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
 * Whether the removal of the row is as good as stated: a narrowed selection takes the rows about what is outside of it, another parent those
 * that a team had from the old one, however many.
 *
 * @param gone keys of facts that are stored, but go by another plan of the run
 * @param shownBy the number of the last read that showed the row
 */
export function isOrphaned(
  layout: ScopeLayout,
  fact: Fact,
  { standing, parents }: References,
  gone: ReadonlySet<string>,
  shownBy: (fact: Fact) => number,
): boolean {
  if (isInherited(fact) && !isBelow(parents, fact)) {
    return true;
  }
  return referencesOf(layout, fact).some((reference) => {
    const key = mainKeyOf(reference);
    const stands = standing.get(key);
    const isGone =
      fact.kind === 'collaborator' && kindOfPart(reference) === 'member'
        ? // Who is named on a repository need not be a member. Who was one loses that with his membership, or stays as an outside
          // collaborator: then a read that knew of the end showed the row.
          stands?.isRemoved === true && shownBy(fact) < stands.observedAt
        : stands?.isRemoved !== false;
    return gone.has(key) || isGone;
  });
}

/** Whether the team of the row still has above it the one that it inherits from. */
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
 * Whether what the row refers to is to be read: another worker may be just about to say that it is gone.
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
