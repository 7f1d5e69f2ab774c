/** Answers of code hosts that were taken: each counts once. */
import { absent } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Table } from './table.ts';

/** Longer than what the answer is checked against lives in its browser; milliseconds. */
const keptMs = 60 * 60_000;

/**
 * Takes the answer to what was sent with this state.
 *
 * @param stateHash of the state
 * @returns false when one was taken before
 */
export async function takeSignIn(table: Table, stateHash: string, now: number): Promise<boolean> {
  const item = { [tableKeys.expiry]: Math.ceil((now + keptMs) / 1000) };
  try {
    await table.transact([{ put: keys.takenSignIn(stateHash), item, when: absent }]);
    return true;
  } catch (error) {
    if (error instanceof ConflictError) {
      return false;
    }
    throw error;
  }
}
