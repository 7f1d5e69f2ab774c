/**
 * A sign-in that is under way: what the browser that was sent to a code host keeps for us, encrypted. It binds the answer to this browser, and holds what
 * the answer is checked against: https://www.rfc-editor.org/rfc/rfc9700#section-4.7
 */
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { asId, type SessionId, type UserId } from '../domain/ids.ts';
import { forgottenCookie, hostCookie } from '../runtime/cookies.ts';
import { currentKey, keyNamed, type SessionDependencies } from '../sessions/session-keys.ts';
import { isConnectPath } from './return-path.ts';

export const purposes = [
  'sign-in',
  /** Gives the user who is signed in a further account. */
  'link',
  /** Proves again who is signed in, for a dangerous change. */
  'authenticate-again',
  /** Lets us ask which organizations the person owns. */
  'choose-organization',
  /** Makes the first administrator. */
  'set-up',
] as const;
export type Purpose = (typeof purposes)[number];

/** Whether the person goes on to choose an organization: then what is granted has to show which ones there are, and is kept. */
export const isForChoosing = ({
  purpose,
  returnTo,
  keepsGrant = false,
}: {
  readonly purpose: Purpose;
  readonly returnTo: string;
  readonly keepsGrant?: boolean | undefined;
}): boolean => purpose === 'choose-organization' || keepsGrant || isConnectPath(returnTo);

const PendingSignIn = z.object({
  purpose: z.enum(purposes),
  integration: z.string(),
  state: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  /** Whether the page to return to is told what came of it, whatever that is: else only who succeeds returns there. */
  tellsOutcome: z.boolean().optional(),
  /** As of `isForChoosing`. */
  keepsGrant: z.boolean().optional(),
  /** Who was signed in then: whoever comes back has to be it still. */
  user: z
    .string()
    .transform((text) => asId<UserId>(text))
    .optional(),
  session: z
    .string()
    .transform((text) => asId<SessionId>(text))
    .optional(),
});
export type PendingSignIn = Readonly<z.infer<typeof PendingSignIn>>;

/** The merge of two users that is proved and not confirmed. */
const PendingMerge = z.object({
  merged: z.string().transform((text) => asId<UserId>(text)),
  provenMerged: z.number(),
  session: z.string().transform((text) => asId<SessionId>(text)),
});
export type PendingMerge = Readonly<z.infer<typeof PendingMerge>>;

/**
 * The registrations at code hosts that this browser began with the set-up code, the newest first: several tabs may have begun one each.
 * They prove the code until somebody is administrator.
 */
const PendingRegistrations = z.array(
  z.object({
    /** The key of the integration that it is to become. */
    integration: z.string(),
    state: z.string(),
  }),
);
/** Begun by one browser and not forgotten. A cookie of them all stays well under 4 KB. */
export const pendingMax = 8;

/** A page that was left open for longer begins anew; milliseconds. */
const livesMs = 10 * 60_000;
/** As long as a code host's code for a registration is good; milliseconds. */
const registrationMs = 3600_000;

/** A kind of cookie, which none of another kind is taken for. */
function sealedCookie<Value>(
  name: `__Host-${string}`,
  type: string,
  schema: z.ZodType<Value>,
  lifetimeMs = livesMs,
) {
  const algorithms = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
  return {
    forgotten: forgottenCookie(name),
    /** The header `Set-Cookie`. */
    async sealed(dependencies: SessionDependencies, value: Value): Promise<string> {
      const key = await currentKey(dependencies, 'sign-in');
      const now = Math.floor(dependencies.clock.now() / 1000);
      const text = await new EncryptJWT({ value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.id, typ: type })
        .setExpirationTime(now + lifetimeMs / 1000)
        .encrypt(key.bytes);
      return hostCookie(name, text, lifetimeMs);
    },
    /** @returns undefined when there is none, or none of ours, or it is over */
    async opened(
      dependencies: SessionDependencies,
      cookies: ReadonlyMap<string, string>,
    ): Promise<Value | undefined> {
      const text = cookies.get(name);
      if (text === undefined) {
        return undefined;
      }
      try {
        const { payload } = await jwtDecrypt(
          text,
          async ({ kid }) => {
            const key = await keyNamed(dependencies, kid, 'sign-in');
            if (key === undefined) {
              throw new errors.JWKSNoMatchingKey();
            }
            return key.bytes;
          },
          {
            ...algorithms,
            typ: type,
            requiredClaims: ['exp'],
            currentDate: new Date(dependencies.clock.now()),
          },
        );
        return schema.parse(payload.value);
      } catch (error) {
        if (error instanceof errors.JOSEError) {
          return undefined;
        }
        throw error;
      }
    },
  };
}

export const pendingSignIn = sealedCookie('__Host-sign-in', 'sign-in+jwt', PendingSignIn);
export const pendingMerge = sealedCookie('__Host-merge', 'merge+jwt', PendingMerge);
export const pendingRegistrations = sealedCookie(
  '__Host-registration',
  'registrations+jwt',
  PendingRegistrations,
  registrationMs,
);
