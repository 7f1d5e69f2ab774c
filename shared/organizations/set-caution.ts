/** An owner says how careful a synchronization is. */

import { CallerError } from '../domain/caller-error.ts';
import type { Caution, Synchronization } from '../domain/synchronization.ts';
import { findSynchronization, setCaution } from '../store/synchronization-store.ts';
import { reviewRights, type SuspensionDependencies } from '../sync/run/suspension.ts';

/** The bounds of each, and how it is called. More than half of a list is too much to go unasked. */
const bounds = {
  heldShare: { from: 0, to: 0.5, what: 'the share of a list' },
  heldAbove: { from: 0, to: 1000, what: 'the number of missing things' },
  suspendAfterDays: { from: 1, to: 90, what: 'the number of days' },
} as const satisfies Record<keyof Caution, unknown>;

/**
 * Changes what is given, and lets rights rest or come back where that follows from it.
 *
 * @returns how careful it is now
 * @throws CallerError when a value is out of bounds
 */
export async function changeCaution(
  dependencies: SuspensionDependencies,
  { id, caution }: Synchronization,
  changes: Partial<Caution>,
): Promise<Caution> {
  for (const [name, { from, to, what }] of Object.entries(bounds)) {
    const value = changes[name as keyof Caution];
    if (value !== undefined && !(value >= from && value <= to)) {
      throw new CallerError('invalid', `${what} is from ${from} to ${to}, not ${value}`);
    }
  }
  if (Object.keys(changes).length === 0) {
    return caution;
  }
  await dependencies.table.transact([setCaution(id, changes)]);
  await reviewRights(dependencies, id);
  return (await findSynchronization(dependencies.table, id))?.caution ?? caution;
}
