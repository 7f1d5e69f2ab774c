/** What the forge says when it is asked a second time about what a read does not have. */
import { type Fact, factKey } from '../../domain/facts.ts';
import { type AnyScope, isPart, type PartScope, partOf } from '../../domain/scopes.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { Absence, ScopeRead, StructureReader } from '../../forge/forge.ts';
import { isMissing, type PlannedChange } from './plan.ts';

/** What the forge says of things that a list does not have, when it is asked for them by their ids. */
export interface Confirmed {
  readonly absent: ReadonlyMap<PartScope, Absence>;
  /** There after all, with their second ids: the list was wrong about them, so nothing of theirs changes. */
  readonly present: ReadonlyMap<PartScope, string>;
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
  const isCounted = countedIn([...read.facts, ...changes.map(({ fact }) => fact)]);
  const seenAgain =
    !isPart(scope) &&
    read.notShown === undefined &&
    changes.some((change) => isMissing(change) && !isCounted(change.fact))
      ? await keysReadAgain(reader, scope)
      : new Set<string>();
  const nodes = new Map<PartScope, string>();
  // An event said so too; whether they were deleted or only taken out of sight is asked all the same.
  const stated = new Map<PartScope, string>();
  for (const change of changes) {
    const { fact } = change;
    const isMain = fact.kind === 'team' || fact.kind === 'repository';
    const part = partOf(fact);
    if (change.kind === 'remove' && isMain && part && fact.nodeId !== undefined) {
      if (isMissing(change)) {
        nodes.set(part, fact.nodeId);
      } else if (fact.kind === 'repository') {
        stated.set(part, fact.nodeId);
      }
    }
  }
  const asked = [...nodes, ...stated];
  if (isPart(scope) || asked.length === 0) {
    return { absent: new Map(), present: new Map(), seenAgain };
  }
  const absent = await reader.confirmAbsent(asked.map(([part, nodeId]) => ({ part, nodeId })));
  return { absent, present: new Map([...nodes].filter(([part]) => !absent.has(part))), seenAgain };
}

/** Whether the fact's list has a total that it is held against: that of a role's holders has none, nor those of a team without a second id. */
function countedIn(facts: readonly Fact[]): (fact: Fact) => boolean {
  const uncounted = new Set(
    facts.flatMap((fact) => (fact.kind === 'team' && fact.nodeId === undefined ? [fact.team] : [])),
  );
  return (fact) =>
    fact.kind !== 'role-member' && fact.kind !== 'role-team' && !('team' in fact && uncounted.has(fact.team));
}

/**
 * Of the holders of a role there is no total and no look-up by which a short list would show: who is missing has to be so twice.
 *
 * @throws ForgeError `incomplete` when there is no second answer
 */
async function keysReadAgain(reader: StructureReader, scope: AnyScope): Promise<ReadonlySet<string>> {
  const again = await reader.readScope(scope);
  if (!('done' in again) || again.done.notShown !== undefined) {
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
