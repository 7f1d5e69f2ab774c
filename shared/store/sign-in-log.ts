/** Sign-ins of the installation, and what became of sessions. Entries are added and never changed; after 400 days they go. */
import { z } from 'zod';
import { type AuditEntryId, asId, type SessionId, type UserId } from '../domain/ids.ts';
import { absent } from './condition.ts';
import { keys, ranges, tableKeys } from './keys.ts';
import type { Operation, Table } from './table.ts';

export const signInActs = [
  /** A session began. */
  'signed-in',
  /** Somebody proved to be himself again, for a dangerous change. */
  'authenticated-again',
  /** Somebody was not let in; `why` says for what reason. */
  'refused',
  /** A session ended by its person. */
  'signed-out',
  /** Every other session of the person ended, or every one. */
  'signed-out-others',
  'signed-out-everywhere',
  /** A refresh token that had been replaced was shown again: its session ended. */
  'refresh-token-reused',
  /** The first administrator, by the set-up code. */
  'set-up',
  'account-linked',
  'account-unlinked',
  'users-merged',
] as const;

const SignInEntry = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  act: z.enum(signInActs),
  /** Missing where nobody here is concerned. */
  user: z
    .string()
    .transform((text) => asId<UserId>(text))
    .optional(),
  session: z
    .string()
    .transform((text) => asId<SessionId>(text))
    .optional(),
  /** The account on a code host that it is about, with its login at that time. */
  account: z
    .object({ forge: z.string(), baseUrl: z.string(), account: z.string(), login: z.string().optional() })
    .optional(),
  /** For people; holds nothing secret. */
  why: z.string().optional(),
  address: z.string().optional(),
  userAgent: z.string().optional(),
});
export type SignInEntry = z.infer<typeof SignInEntry>;

const keptMs = 400 * 24 * 3600_000;

/** The operation that adds an entry, to be part of the transaction that does what it tells of. */
export function addSignIn(entry: SignInEntry, id: AuditEntryId): Operation {
  const item = { ...entry, [tableKeys.expiry]: Math.ceil((entry.at + keptMs) / 1000) };
  return { put: keys.signIn(entry.at, id), item, when: absent };
}

/** The latest entries, newest first. */
export async function signInLog(table: Table, limit: number): Promise<readonly SignInEntry[]> {
  const { pk, sk } = ranges.signIns();
  return (await table.query(pk, sk, { descending: true, limit })).map((item) => SignInEntry.parse(item));
}
