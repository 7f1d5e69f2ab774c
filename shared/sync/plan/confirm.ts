/** What the forge says when it is asked a second time about what a read does not have. */
import { factKey, type Handle } from '../../domain/facts.ts';
import { type AnyScope, isPart, type PartScope, partOf } from '../../domain/scopes.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { Absence, LookedUp, ScopeRead, StructureReader } from '../../forge/forge.ts';
import { isMissing, type PlannedChange } from './plan.ts';

/** What the forge says of things that a list does not have, when it is asked for them by their ids. */
export interface Confirmed {
  readonly absent: ReadonlyMap<PartScope, Absence>;
  /** There after all, with their handles: the list was wrong about them, so nothing of theirs changes. */
  readonly present: ReadonlyMap<PartScope, Handle | undefined>;
  /** Keys of facts that a second read of the list has. */
  readonly seenAgain: ReadonlySet<string>;
}

/**
 * Asks the forge again before something is taken: for the thing itself where it has an id, for the list where no total shows that it is short.
 *
 * @param changes what the read would change by itself
 * @throws ForgeError when there is no second answer, or another one
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
  const asked = isPart(scope) ? [] : changes.flatMap(lookedUpFor);
  if (asked.length === 0) {
    return { absent: new Map(), present: new Map(), seenAgain };
  }
  const answers = await reader.lookUp(asked);
  const absent = new Map<PartScope, Absence>();
  const present = new Map<PartScope, Handle | undefined>();
  for (const { part, handle, hasConfirmation } of asked) {
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
 * The thing that the change removes, if the forge can be asked for it. Where an event said that a repository is gone, whether it was deleted or
 * only taken out of sight is asked all the same.
 */
function lookedUpFor(change: PlannedChange): readonly (LookedUp & { readonly hasConfirmation: boolean })[] {
  const { fact } = change;
  const hasConfirmation = !isMissing(change);
  const part = partOf(fact);
  const isMain = fact.kind === 'repository' || (fact.kind === 'team' && !hasConfirmation);
  return change.kind === 'remove' && isMain && part ? [{ part, handle: fact.handle, hasConfirmation }] : [];
}

/**
 * Without a total or a look-up nothing shows that a list was short: who is missing has to be so twice.
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
 * Everybody's right may hang on this one setting, so it is read twice before it takes any away.
 *
 * @throws ForgeError `incomplete` when the second read says something else
 */
async function readTwice(reader: StructureReader, first: ScopeRead): Promise<void> {
  const again = await reader.readScope('settings');
  const narrow = (read: ScopeRead): boolean =>
    read.facts.some((fact) => fact.kind === 'settings' && !fact.membersRead);
  if (!('done' in again) || narrow(again.done) !== narrow(first)) {
    throw new ForgeError('incomplete', 'the base permission was read twice with different answers');
  }
}
