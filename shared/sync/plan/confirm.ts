/** Asks the forge a second time about facts that a read does not have. */
import { factKey, type Handle } from '../../domain/facts.ts';
import { type AnyScope, isPart, type PartScope, partOf } from '../../domain/scopes.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { Absence, LookedUp, ScopeRead, StructureReader } from '../../forge/forge.ts';
import { isMissing, type PlannedChange } from './plan.ts';

/** The forge's answers about facts that were missing from a read. */
export interface Confirmed {
  readonly absent: ReadonlyMap<PartScope, Absence>;
  /** Parts that are there after all, with their handles: the list was wrong, so nothing of theirs changes. */
  readonly present: ReadonlyMap<PartScope, Handle | undefined>;
  /** Keys of facts that a second read of the list has. */
  readonly seenAgain: ReadonlySet<string>;
}

/**
 * Asks the forge again before a fact is removed: looks it up by id if it has one, or reads the list a second time where no total
 * can show that the list is short.
 *
 * @param changes what the read would change by itself
 * @throws ForgeError when there is no second answer, or a different one
 */
export async function confirm(
  reader: StructureReader,
  scope: AnyScope,
  read: ScopeRead,
  changes: readonly PlannedChange[],
): Promise<Confirmed> {
  if (changes.some(({ fact, narrows }) => fact.kind === 'settings' && narrows)) {
    await readTwice(reader, read);
  }
  const { isCounted = () => true } = read;
  const seenAgain =
    !isPart(scope) &&
    read.hiddenReason === undefined &&
    changes.some((change) => isMissing(change) && !isCounted(change.fact))
      ? await keysReadAgain(reader, scope)
      : new Set<string>();
  const candidates = isPart(scope) ? [] : changes.flatMap(lookedUpFor);
  if (candidates.length === 0) {
    return { absent: new Map(), present: new Map(), seenAgain };
  }
  const answers = await reader.lookUp(candidates);
  const absent = new Map<PartScope, Absence>();
  const present = new Map<PartScope, Handle | undefined>();
  for (const { part, handle, hasConfirmation } of candidates) {
    const answer = answers.get(part);
    if (answer?.is === 'absent') {
      absent.set(part, answer.absence);
    } else if (answer?.is === 'present' && !hasConfirmation) {
      present.set(part, handle);
    }
  }
  return { absent, present, seenAgain };
}

/**
 * The part that the change removes, if the forge can be asked for it. A repository is looked up even if an event said that it is
 * gone, to learn whether it was deleted or only became inaccessible.
 */
function lookedUpFor(change: PlannedChange): readonly (LookedUp & { readonly hasConfirmation: boolean })[] {
  const { fact } = change;
  const hasConfirmation = !isMissing(change);
  const part = partOf(fact);
  const isMain = fact.kind === 'repository' || (fact.kind === 'team' && !hasConfirmation);
  return change.kind === 'remove' && isMain && part ? [{ part, handle: fact.handle, hasConfirmation }] : [];
}

/**
 * Reads a list without a total or look-up a second time, since nothing else shows that it was short.
 *
 * @throws ForgeError `incomplete` when there is no second answer
 */
async function keysReadAgain(reader: StructureReader, scope: AnyScope): Promise<ReadonlySet<string>> {
  const again = await reader.readScope(scope);
  if (!('done' in again) || again.done.hiddenReason !== undefined) {
    throw new ForgeError('incomplete', `the list of ${scope} could not be read a second time`);
  }
  return new Set(again.done.facts.map(factKey));
}

/**
 * Reads the settings a second time before they take rights away: everybody's access may depend on one of them.
 *
 * @throws ForgeError `incomplete` when the second read differs
 */
async function readTwice(reader: StructureReader, first: ScopeRead): Promise<void> {
  const again = await reader.readScope('settings');
  const narrow = (read: ScopeRead): boolean =>
    read.facts.some((fact) => fact.kind === 'settings' && !fact.membersRead);
  if (!('done' in again) || narrow(again.done) !== narrow(first)) {
    throw new ForgeError('incomplete', 'the base permission was read twice with different answers');
  }
}
