/**
 * What was granted at code hosts and is used no more, encrypted, by the time when it is to be revoked there: grants of people after their 15
 * minutes, and what organizations were read with before they were disconnected or read with something else.
 */
import { z } from 'zod';
import { asId, type ConnectionId, type UserId } from '../domain/ids.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { type Cipher, CipherError, EncryptedText, type EncryptionContext } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import { present } from './condition.ts';
import { keys, nameInKey, ranges, tableKeys } from './keys.ts';
import type { Operation, Table } from './table.ts';

/** How long revoking is tried again; most code hosts have ended the access by itself then. */
const revocationMs = 24 * 3600_000;
/** The wait after the first failure. */
const firstDelayMs = 5 * 60_000;

/** Whose grant it is: a person's, or a connection's, whose secret is of the adapter's own form. */
export type GrantOf = { readonly user: UserId } | { readonly connection: ConnectionId };

const RevocationItem = z.object({
  sk: z.string(),
  [tableKeys.expiry]: z.number(),
  tries: z.number().default(0),
  encrypted: EncryptedText,
  user: z
    .string()
    .transform((text) => asId<UserId>(text))
    .optional(),
  connection: z
    .string()
    .transform((text) => asId<ConnectionId>(text))
    .optional(),
  forge: z.string(),
  baseUrl: z.string(),
});

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/** @param when.id unique; `until` is when it may be revoked, in milliseconds since the epoch */
export const listForRevocation = (
  of: GrantOf,
  { forge, baseUrl }: ForgeHost,
  encrypted: EncryptedText,
  { id, until }: { readonly id: string; readonly until: number },
): Operation => ({
  put: keys.grantRevocation(until, id),
  item: { encrypted, ...of, forge, baseUrl, [tableKeys.expiry]: seconds(until + revocationMs) },
});

/** A grant that is used no more, and may be good at the code host still. */
export interface LapsedGrant extends ForgeHost {
  readonly of: GrantOf;
  /** The JSON as it was stored. @returns undefined when nobody can read it any more */
  decrypt(context: EncryptionContext): Promise<unknown>;
  /** Takes it off the list. */
  readonly done: Operation;
  /** Lists it behind those that have lapsed by now, for a later call. */
  readonly postponed: readonly Operation[];
  /** Lists it for later, after each failure for twice as long; its last day ends when it did. */
  readonly failed: readonly Operation[];
}

/** The first of the grants whose time is over, oldest first. One read. */
export async function lapsedGrants(
  { table, cipher, clock }: { readonly table: Table; readonly cipher: Cipher; readonly clock: Clock },
  limit: number,
): Promise<readonly LapsedGrant[]> {
  const { pk, sk } = ranges.grantRevocations();
  const items = await table.query(pk, sk, { limit });
  return items
    .map((item) => ({ item, ...RevocationItem.parse(item) }))
    .filter(({ sk: name }) => Date.parse(nameInKey(name).split('#')[0] ?? '') <= clock.now())
    .flatMap(({ item, sk: name, encrypted, user, connection, forge, baseUrl, tries, ...one }) => {
      const of = user !== undefined ? { user } : connection !== undefined ? { connection } : undefined;
      if (of === undefined) {
        return [];
      }
      const key = { pk, sk: name };
      const done: Operation = { delete: key, when: present };
      const moved = (until: number, failures: number): readonly Operation[] => {
        const later = keys.grantRevocation(until, nameInKey(name).split('#')[1] ?? '');
        return seconds(until) >= one[tableKeys.expiry]
          ? [done]
          : [done, { put: later, item: { ...item, ...later, tries: failures } }];
      };
      return {
        ...{ forge, baseUrl, of, done },
        decrypt: (context) => decrypted(cipher, encrypted, context),
        postponed: moved(clock.now(), tries),
        failed: moved(clock.now() + firstDelayMs * 2 ** tries, tries + 1),
      } satisfies LapsedGrant;
    });
}

async function decrypted(
  cipher: Cipher,
  encrypted: EncryptedText,
  context: EncryptionContext,
): Promise<unknown> {
  try {
    return JSON.parse(await cipher.decrypt(encrypted, context));
  } catch (error) {
    if (error instanceof CipherError) {
      return undefined;
    }
    throw error;
  }
}
