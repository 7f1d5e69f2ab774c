import { createAuthorizationCodes } from '../server/authorization-codes.ts';
import { oauthLifetimeMs } from './api/credentials.ts';
import type { BitbucketState, Consumer, OAuthGrant } from './state.ts';

/** A used refresh token is good for so long still, for tries after a lost answer. git-ecosystem/git-credential-manager#2433 */
const graceMs = 10 * 60 * 1000;
/** One that nobody uses ends. https://developer.atlassian.com/cloud/bitbucket/oauth-2/ */
const unusedMs = 90 * 24 * 60 * 60 * 1000;
/** Tokens may be longer than 2,500 characters: git-ecosystem/git-credential-manager#2429. */
const tokenBytes = 2_000;

/** A person's consent on the sign-in page. */
interface Authorization {
  readonly userId: string;
  readonly consumer: string;
  readonly redirectUri: string;
}

/** The tokens that people give to consumers. Codes are in memory only; tokens are part of the state. */
export interface GrantStore {
  /** @param account UUID @returns the authorization code */
  authorize(consumer: Consumer, account: string): string;
  /** Undefined if the code is unknown, used, expired or another consumer's. */
  exchange(consumer: Consumer, code: string): OAuthGrant | undefined;
  /** Issues a new pair; undefined for a token that is unknown, ended, or was first used more than ten minutes ago. */
  refresh(consumer: Consumer, refreshToken: string): OAuthGrant | undefined;
  /** A token of the consumer itself, without a refresh token; undefined for a consumer that is not private. */
  ofConsumer(consumer: Consumer): OAuthGrant | undefined;
  /** Ends all of a person's tokens for all consumers. */
  endGrants(account: string): void;
}

export function createGrants(deps: {
  readonly state: BitbucketState;
  now(): number;
  random(bytes: number): Uint8Array;
}): GrantStore {
  const { state, now } = deps;
  // https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2
  const codes = createAuthorizationCodes<Authorization>(now);
  const secret = (bytes: number): string => Buffer.from(deps.random(bytes)).toString('base64url');

  function issue({ key, scopes }: Consumer, account: string | undefined): OAuthGrant {
    const at = now();
    // What can no longer be used is forgotten.
    state.grants = state.grants.filter(({ createdAt }) => createdAt + unusedMs > at);
    const grant: OAuthGrant = {
      ...{ consumer: key, accessToken: secret(tokenBytes), scopes, createdAt: at, revoked: false },
      ...(account !== undefined && { account, refreshToken: secret(tokenBytes) }),
    };
    state.grants.push(grant);
    return grant;
  }

  return {
    authorize(consumer, userId) {
      const code = secret(12);
      codes.add(code, { userId, consumer: consumer.key, redirectUri: consumer.callbackUrl });
      return code;
    },
    exchange(consumer, code) {
      const found = codes.take(code, undefined);
      return found?.consumer === consumer.key ? issue(consumer, found.userId) : undefined;
    },
    refresh(consumer, refreshToken) {
      const found = state.grants.find((grant) => grant.refreshToken === refreshToken);
      if (found === undefined || found.revoked || found.consumer !== consumer.key) return undefined;
      if (found.createdAt + unusedMs <= now()) return undefined;
      found.refreshedAt ??= now();
      return found.refreshedAt + graceMs <= now() ? undefined : issue(consumer, found.account);
    },
    ofConsumer: (consumer) => (consumer.isPrivate ? issue(consumer, undefined) : undefined),
    endGrants(account) {
      codes.end(({ userId }) => userId === account);
      for (const grant of state.grants) if (grant.account === account) grant.revoked = true;
    },
  };
}

/** Seconds that a new access token works. */
export const expiresInSeconds = oauthLifetimeMs / 1000;
