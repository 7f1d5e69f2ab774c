/** Users' sessions. Only hashes of the secrets in their cookies are stored. */
import { z } from 'zod';
import { asId, type SessionId, type UserId } from '../domain/ids.ts';
import { equal, present } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';
import { userIsThere } from './user-store.ts';

/** The origin of a request, according to the request. */
export interface RequestOrigin {
  readonly address: string;
  readonly userAgent: string;
}

const SessionItem = z.object({
  id: z.string().transform((text) => asId<SessionId>(text)),
  user: z.string().transform((text) => asId<UserId>(text)),
  /** Hash of the part that all refresh tokens of the session share. */
  familyHash: z.string(),
  /** Hash of the refresh token to be used next, … */
  refreshHash: z.string(),
  /** … and of the last used one, with the time, and the key that made its successor. */
  previousHash: z.string().optional(),
  rotatedAt: z.number(),
  rotationKey: z.string().optional(),
  startedAt: z.number(),
  lastUsedAt: z.number(),
  authenticatedAt: z.number(),
  endsAt: z.number(),
  address: z.string(),
  userAgent: z.string(),
});

/** Times in milliseconds since the epoch. */
export type Session = z.infer<typeof SessionItem>;

/** The longest stored address or user agent, so that nobody can store more by sending more. */
const textMax = 300;
export const cutText = (text: string): string => text.slice(0, textMax);
const cut = ({ address, userAgent }: RequestOrigin): RequestOrigin => ({
  address: cutText(address),
  userAgent: cutText(userAgent),
});

/** The operations that begin a session; they fail when there is no such user. */
export function addSession(session: Session): readonly Operation[] {
  const { address, userAgent } = session;
  return [
    userIsThere(session.user),
    {
      put: keys.session(session.user, session.id),
      item: { ...session, ...cut({ address, userAgent }), ...expiring(session.endsAt) },
    },
  ];
}

/** The table removes the item some time after its end. */
const expiring = (endsAt: number): Item => ({ [tableKeys.expiry]: Math.ceil(endsAt / 1000) });

/**
 * The session, if its user still exists. The caller checks whether it has expired.
 *
 * One consistent read of two items.
 */
export async function findSession(
  table: Table,
  user: UserId,
  session: SessionId,
): Promise<Session | undefined> {
  const [item, owner] = await table.getMany([keys.session(user, session), keys.user(user)]);
  return item === undefined || owner === undefined || owner.mergedInto !== undefined
    ? undefined
    : SessionItem.parse(item);
}

/** All stored sessions of the user, including expired ones. */
export async function sessionsOfUser(table: Table, user: UserId): Promise<readonly Session[]> {
  const { pk, sk } = keys.session(user, '');
  return (await table.query(pk, sk)).map((item) => SessionItem.parse(item));
}

/** The attributes that change when the refresh token is used. */
export type Rotation = Pick<
  Session,
  'refreshHash' | 'previousHash' | 'rotatedAt' | 'rotationKey' | 'lastUsedAt' | 'endsAt'
>;

/**
 * Replaces the refresh token that was used.
 *
 * @throws ConflictError when it was used at the same moment, or the session ended
 */
export async function rotateRefreshToken(
  table: Table,
  { user, id, refreshHash }: Session,
  rotation: Rotation,
  origin: RequestOrigin | undefined,
): Promise<void> {
  const set = { ...rotation, ...(origin && cut(origin)), ...expiring(rotation.endsAt) };
  await table.update({ key: keys.session(user, id), set }, equal('refreshHash', refreshHash));
}

/** Deletes the session. Fails the transaction when it has already ended. */
export const removeSession = (user: UserId, session: SessionId): Operation => ({
  delete: keys.session(user, session),
  when: present,
});

/** Deletes the session, if it has not already ended. */
export const forgetSession = (user: UserId, session: SessionId): Operation => ({
  delete: keys.session(user, session),
});
