/** The sign-in log of the installation: sign-ins and how sessions ended. Entries are never changed, and expire after 400 days. */
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import { type AuditEntryId, asId, type SessionId, type UserId } from '../domain/ids.ts';
import { absent } from './condition.ts';
import { keys, ranges, tableKeys } from './keys.ts';
import { cutText } from './session-store.ts';
import type { Operation, Table } from './table.ts';

export const signInActs = [
  /** A session began. */
  'signed-in',
  /** Somebody authenticated again, for a dangerous change. */
  'authenticated-again',
  /** A sign-in was refused, or a session ended because its user is not let in any more; `why` has the reason. */
  'refused',
  /** A code host did not say who somebody is, who came back from it; `why` has the code of the error. */
  'failed',
  /** A user ended a session. */
  'signed-out',
  /** A user ended all other sessions, or all of them. */
  'signed-out-others',
  'signed-out-everywhere',
  /** An administrator ended all sessions of a user; `why` has the reason, and who it was. */
  'signed-out-by-administrator',
  /** A new session ended the one that was not used for longest, because there were too many. */
  'ended-by-limit',
  /** A replaced refresh token was used again: its session ended. */
  'refresh-token-reused',
  /** The first administrator signed in with the set-up code. */
  'set-up',
  /** A user was sent to a code host by the API; `why` names it. */
  'account-link-begun',
  'authentication-begun',
  'organization-choice-begun',
  'account-linked',
  'account-unlinked',
  'users-merged',
  /** A user made, rotated or revoked a token of the user's own. */
  'own-token-created',
  'own-token-rotated',
  'own-token-revoked',
  /** A user declined an invitation; `why` has the slug. */
  'invitation-declined',
] as const;

const SignInEntry = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  act: z.enum(signInActs),
  /** Missing if it is about no user. */
  user: z
    .string()
    .transform((text) => asId<UserId>(text))
    .optional(),
  session: z
    .string()
    .transform((text) => asId<SessionId>(text))
    .optional(),
  /** The account on a code host, with its login at that time. */
  account: z
    .object({ forge: z.string(), baseUrl: z.string(), account: z.string(), login: z.string().optional() })
    .optional(),
  /** For people; contains nothing secret. */
  why: z.string().optional(),
  address: z.string().optional(),
  userAgent: z.string().optional(),
});
export type SignInEntry = z.infer<typeof SignInEntry>;

const keptMs = 400 * 24 * 3600_000;

/** The operation that adds an entry. It belongs in the transaction that does what the entry records. */
export function addSignIn(entry: SignInEntry, id: AuditEntryId): Operation {
  const item = {
    ...entry,
    address: entry.address && cutText(entry.address),
    userAgent: entry.userAgent && cutText(entry.userAgent),
    [tableKeys.expiry]: Math.ceil((entry.at + keptMs) / 1000),
  };
  return { put: keys.signIn(entry.at, id), item, when: absent };
}

export interface SignInPage {
  readonly entries: readonly SignInEntry[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/**
 * Entries, newest first. One read.
 *
 * @param after where the page begins, as `next` of the one before
 * @throws CallerError when that is no place in the log
 */
export async function signInPage(
  table: Table,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<SignInPage> {
  const { pk, sk } = ranges.signIns();
  if (after !== undefined && !after.startsWith(sk)) {
    throw new CallerError('invalid', 'this page begins nowhere in the log');
  }
  const items = await table.query(pk, sk, { descending: true, limit, after });
  const next = items.length < limit ? undefined : String(items.at(-1)?.sk);
  return { entries: items.map((item) => SignInEntry.parse(item)), next };
}

/** The latest entries, newest first. */
export const signInLog = async (table: Table, limit: number): Promise<readonly SignInEntry[]> =>
  (await signInPage(table, { limit })).entries;
