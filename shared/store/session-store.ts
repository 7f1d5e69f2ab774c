/** Sessions of people. The secrets in their cookies are never stored, only hashes. */
import { z } from 'zod';
import { asId, type SessionId, type UserId } from '../domain/ids.ts';
import { all, equal, missing, present } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

/** Where somebody is, as the request says it. */
export interface RequestOrigin {
  readonly address: string;
  readonly userAgent: string;
}

const SessionItem = z.object({
  id: z.string().transform((text) => asId<SessionId>(text)),
  user: z.string().transform((text) => asId<UserId>(text)),
  /** Hash of what all refresh tokens of the session have in common. */
  familyHash: z.string(),
  /** Hash of the refresh token that is to be used next, … */
  refreshHash: z.string(),
  /** … and of the one that was used last, with the time, and the key that made its successor. */
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

/** An address or a user agent is stored as far as a person can use it: nobody stores more by sending more. */
const textMax = 300;
const cut = ({ address, userAgent }: RequestOrigin): RequestOrigin => ({
  address: address.slice(0, textMax),
  userAgent: userAgent.slice(0, textMax),
});

/** That there is such a user, who was not merged into another. */
export const userIsThere = (user: UserId): Operation => ({
  check: keys.user(user),
  when: all(present, missing('mergedInto')),
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
 * The session, if its user is still there. Whether it is over by its time is for the caller to say.
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

/** All sessions of the user that are stored, some of which may be over by their time. */
export async function sessionsOfUser(table: Table, user: UserId): Promise<readonly Session[]> {
  const { pk, sk } = keys.session(user, '');
  return (await table.query(pk, sk)).map((item) => SessionItem.parse(item));
}

/** What a use of the refresh token changes. */
export type Rotation = Pick<
  Session,
  'refreshHash' | 'previousHash' | 'rotatedAt' | 'rotationKey' | 'lastUsedAt' | 'endsAt'
>;

/**
 * Puts another refresh token in the place of the one that was used.
 *
 * @throws ConflictError when that one was used at the same moment, or the session ended
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

/** Ends the session: nothing is left of it. Fails the transaction when it has ended already. */
export const removeSession = (user: UserId, session: SessionId): Operation => ({
  delete: keys.session(user, session),
  when: present,
});

/** Ends the session, if it has not ended already. */
export const forgetSession = (user: UserId, session: SessionId): Operation => ({
  delete: keys.session(user, session),
});
