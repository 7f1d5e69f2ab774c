import { createAuthorizationCodes } from '../../server/authorization-codes.ts';

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens */
const TOKEN_LIFETIME_MS = 8 * 60 * 60 * 1000;
const REFRESH_LIFETIME_MS = 15_897_600 * 1000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A person's consent on the sign-in page. */
export interface Authorization {
  readonly userId: number;
  readonly redirectUri: string;
  /** PKCE with `S256`; without it no verifier is checked. */
  readonly codeChallenge?: string | undefined;
}

/** The result of an exchange; lifetimes in seconds. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
}

/** The tokens of people for the simulated GitHub's App. They are in memory only. */
export interface UserTokens {
  /** @returns the authorization code */
  authorize(authorization: Authorization): string;
  /** Undefined if the code is unknown, used or expired, or was issued for another redirect address or verifier. */
  exchange(
    code: string,
    redirectUri: string | undefined,
    verifier: string | undefined,
  ): IssuedTokens | undefined;
  /** Invalidates both old tokens. Undefined if the refresh token is unknown, used or expired. */
  refresh(refreshToken: string): IssuedTokens | undefined;
  /** The user of a valid token. */
  userOf(accessToken: string): number | undefined;
  /** Ends an access token and its refresh token. */
  revoke(accessToken: string): void;
  /** Ends all tokens of a person, or of everybody. */
  endGrants(userId?: number): void;
}

interface Pair {
  readonly userId: number;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds. */
  readonly expiresAt: number;
  readonly refreshExpiresAt: number;
}

/** @param deps.random so many random bytes */
export function createUserTokens(deps: { now(): number; random(bytes: number): Uint8Array }): UserTokens {
  // https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
  const codes = createAuthorizationCodes<Authorization>(deps.now);
  let pairs: readonly Pair[] = [];

  const characters = (length: number): string =>
    Array.from(deps.random(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');

  function issue(userId: number): IssuedTokens {
    const now = deps.now();
    const pair: Pair = {
      userId,
      accessToken: `ghu_${characters(36)}`,
      refreshToken: `ghr_${characters(76)}`,
      expiresAt: now + TOKEN_LIFETIME_MS,
      refreshExpiresAt: now + REFRESH_LIFETIME_MS,
    };
    pairs = [...pairs.filter(({ refreshExpiresAt }) => refreshExpiresAt > now), pair];
    return {
      accessToken: pair.accessToken,
      expiresIn: TOKEN_LIFETIME_MS / 1000,
      refreshToken: pair.refreshToken,
      refreshExpiresIn: REFRESH_LIFETIME_MS / 1000,
    };
  }

  return {
    authorize(authorization) {
      const code = Buffer.from(deps.random(10)).toString('hex');
      codes.add(code, authorization);
      return code;
    },
    exchange(code, redirectUri, verifier) {
      const found = codes.take(code, verifier);
      if (found === undefined || (redirectUri ?? found.redirectUri) !== found.redirectUri) return undefined;
      return issue(found.userId);
    },
    refresh(refreshToken) {
      const found = pairs.find((pair) => pair.refreshToken === refreshToken);
      if (found === undefined || found.refreshExpiresAt <= deps.now()) return undefined;
      pairs = pairs.filter((pair) => pair !== found);
      return issue(found.userId);
    },
    userOf: (accessToken) =>
      pairs.find((pair) => pair.accessToken === accessToken && pair.expiresAt > deps.now())?.userId,
    revoke(accessToken) {
      pairs = pairs.filter((pair) => pair.accessToken !== accessToken);
    },
    endGrants(userId) {
      const isOver = (one: { readonly userId: number }) => userId === undefined || one.userId === userId;
      pairs = pairs.filter((pair) => !isOver(pair));
      codes.end(isOver);
    },
  };
}
