/** Sets the limits of the removal guard, and when access is suspended. */

import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import type { Caution, Synchronization } from '../domain/synchronization.ts';
import { findSynchronization, setCaution } from '../store/synchronization-store.ts';
import { reviewRights, type SuspensionDependencies } from '../sync/run/suspension.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface CautionDependencies extends SuspensionDependencies {
  readonly randomBytes: (count: number) => Uint8Array;
}

/** The bounds and the name of each setting. More than half of a list must not be removed without a question. */
const bounds = {
  heldShare: { from: 0, to: 0.5, what: 'the share of a list' },
  heldAbove: { from: 0, to: 1000, what: 'the number of missing entries' },
  suspendAfterDays: { from: 1, to: 90, what: 'the number of days' },
} as const satisfies Record<keyof Caution, unknown>;

/**
 * Changes the given settings, and suspends or restores access where that follows.
 *
 * @param synchronization as it was read
 * @returns all settings after the change
 * @throws CallerError when a value is out of bounds, or somebody else changed one meanwhile
 */
export async function changeCaution(
  dependencies: CautionDependencies,
  { id, caution, organization, login }: Synchronization,
  changes: Partial<Caution>,
  accountable?: Accountable,
): Promise<Caution> {
  for (const [name, { from, to, what }] of Object.entries(bounds)) {
    const value = changes[name as keyof Caution];
    if (value !== undefined && !(value >= from && value <= to)) {
      throw new CallerError('invalid', `${what} must be from ${from} to ${to}, not ${value}`);
    }
  }
  if (Object.keys(changes).length === 0) {
    return caution;
  }
  await unlessChanged('somebody changed the thresholds at the same moment', () =>
    dependencies.table.transact([
      setCaution(id, changes, caution),
      ...(accountable === undefined
        ? []
        : [
            ownerAct(dependencies, organization, accountable, 'set-caution', login, {
              before: { ...caution },
              after: { ...caution, ...changes },
            }),
          ]),
    ]),
  );
  await reviewRights(dependencies, id);
  return (await findSynchronization(dependencies.table, id))?.caution ?? caution;
}
