/** When a code host was last asked, at a sign-in, what the person reads. */
import { missingOrLess } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Table } from './table.ts';
import type { Account } from './user-store.ts';

const hourMs = 60 * 60_000;

/**
 * Takes the one look of an hour.
 *
 * @param now milliseconds since the epoch
 * @returns false when there was one less than an hour before
 */
export async function takeOwnRightsLook(
  table: Table,
  { forge, baseUrl, account }: Account,
  now: number,
): Promise<boolean> {
  try {
    await table.transact([
      {
        update: {
          key: keys.ownRightsLook(forge, baseUrl, account),
          set: { lookedAt: now, [tableKeys.expiry]: Math.ceil((now + hourMs) / 1000) },
        },
        when: missingOrLess('lookedAt', now - hourMs + 1),
      },
    ]);
    return true;
  } catch (error) {
    if (error instanceof ConflictError) {
      return false;
    }
    throw error;
  }
}
