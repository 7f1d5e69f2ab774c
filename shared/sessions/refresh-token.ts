/**
 * The refresh token: opaque, used once, replaced by its successor. `<user>.<session>.<family>.<secret>`; the family's part stays the same for
 * the whole session, so that a token which was replaced long ago is known as one of the session's. session.ts renews it.
 */
import { createHmac } from 'node:crypto';
import { asId, type SessionId, type UserId } from '../domain/ids.ts';
import { tokenHash } from '../domain/token.ts';
import { currentKey, keyNamed, type SessionDependencies, type SessionKey } from './session-keys.ts';

export interface RefreshToken {
  readonly user: UserId;
  readonly session: SessionId;
  /** 128 random bits. */
  readonly family: string;
  /** 256 bits. */
  readonly secret: string;
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

export const makeRefreshToken = (
  { randomBytes }: Pick<SessionDependencies, 'randomBytes'>,
  user: UserId,
  session: SessionId,
): RefreshToken => ({
  user,
  session,
  family: base64url(randomBytes(16)),
  secret: base64url(randomBytes(32)),
});

export const refreshTokenText = ({ user, session, family, secret }: RefreshToken): string =>
  [user, session, family, secret].join('.');

/** @returns undefined for what cannot be one */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, user, session, family, secret] =
    /^([a-z0-9]{16})\.([a-z0-9]{16})\.([\w-]{22})\.([\w-]{43})$/.exec(text) ?? [];
  return user === undefined || session === undefined || family === undefined || secret === undefined
    ? undefined
    : { user: asId(user), session: asId(session), family, secret };
}

/** What is stored of it. */
export const refreshHashes = ({ family, secret }: RefreshToken) => ({
  familyHash: tokenHash(family),
  refreshHash: tokenHash(secret),
});

/** The token's successor, and the name of the key that made it. */
export async function successorOf(dependencies: SessionDependencies, token: RefreshToken) {
  const key = await currentKey(dependencies, 'refresh-token');
  return { token: successorBy(key, token), key: key.id };
}

/**
 * The successor that the token got a moment ago. It follows from the token and the key, so that it need not be stored to be given again,
 * and every tab gets the same.
 *
 * @param keyId of the key that made it
 */
export async function sameSuccessorOf(
  dependencies: SessionDependencies,
  token: RefreshToken,
  keyId: string | undefined,
): Promise<RefreshToken | undefined> {
  const key = await keyNamed(dependencies, keyId, 'refresh-token');
  return key && successorBy(key, token);
}

const successorBy = ({ bytes }: SessionKey, token: RefreshToken): RefreshToken => ({
  ...token,
  secret: createHmac('sha256', bytes).update(token.secret).digest('base64url'),
});
