/** The access token: says for five minutes who has which session, without a look at the table. */
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { asId, type SessionId, type UserId } from '../domain/ids.ts';
import { currentKey, keyNamed, type SessionDependencies } from './session-keys.ts';
import { sessionTimes } from './session-times.ts';

/** Somebody who is signed in. */
export interface SignedIn {
  readonly user: UserId;
  readonly session: SessionId;
  /** When the person last proved at a code host who he is; milliseconds since the epoch, of whole seconds. */
  readonly authenticatedAt: number;
}

/**
 * One algorithm, and a type that no other token of ours has: https://www.rfc-editor.org/rfc/rfc8725#section-3.1 and section 3.11.
 */
const form = { algorithm: 'HS256', type: 'session+jwt' } as const;

/** `auth_time` as in https://openid.net/specs/openid-connect-core-1_0.html#IDToken */
const Claims = z.object({
  sub: z.string().transform((text) => asId<UserId>(text)),
  sid: z.string().transform((text) => asId<SessionId>(text)),
  auth_time: z.int(),
});

export async function signAccessToken(
  dependencies: SessionDependencies,
  { user, session, authenticatedAt }: SignedIn,
): Promise<string> {
  const key = await currentKey(dependencies, 'access-token');
  const now = Math.floor(dependencies.clock.now() / 1000);
  return new SignJWT({ sid: session, auth_time: Math.floor(authenticatedAt / 1000) })
    .setProtectedHeader({ alg: form.algorithm, typ: form.type, kid: key.id })
    .setSubject(user)
    .setIssuedAt(now)
    .setExpirationTime(now + sessionTimes.access / 1000)
    .sign(key.bytes);
}

/** @returns undefined for what is none of ours, or over */
export async function readAccessToken(
  dependencies: SessionDependencies,
  token: string,
): Promise<SignedIn | undefined> {
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = await keyNamed(dependencies, kid, 'access-token');
        if (key === undefined) {
          throw new errors.JWKSNoMatchingKey();
        }
        return key.bytes;
      },
      {
        algorithms: [form.algorithm],
        typ: form.type,
        requiredClaims: ['exp', 'iat'],
        currentDate: new Date(dependencies.clock.now()),
      },
    );
    const { sub: user, sid: session, auth_time: authenticatedAt } = Claims.parse(payload);
    return { user, session, authenticatedAt: authenticatedAt * 1000 };
  } catch (error) {
    // Anything else is trouble of ours, and says nothing of the token.
    if (error instanceof errors.JOSEError) {
      return undefined;
    }
    throw error;
  }
}
