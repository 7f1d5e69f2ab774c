import { createHash } from 'node:crypto';

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app */
const CODE_LIFETIME_MS = 10 * 60 * 1000;
/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens */
const TOKEN_LIFETIME_MS = 8 * 60 * 60 * 1000;
const REFRESH_LIFETIME_MS = 15_897_600 * 1000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** What a person agreed to on the sign-in page. */
export interface Authorization {
  readonly userId: number;
  readonly redirectUri: string;
  /** Of PKCE with `S256`; a code without one is exchanged without a verifier. */
  readonly codeChallenge?: string | undefined;
}

/** What an App got for a person, with lifetimes in seconds. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
}

/** A person's tokens for the one App of the simulated GitHub. Who has them is lost at a restart. */
export interface UserTokens {
  /** @returns the code for the App */
  authorize(authorization: Authorization): string;
  /** Undefined for a code that is unknown, used, too old, or was made for another address or another verifier. */
  exchange(
    code: string,
    redirectUri: string | undefined,
    verifier: string | undefined,
  ): IssuedTokens | undefined;
  /** Ends both old tokens. Undefined for a token that is unknown, used or too old. */
  refresh(refreshToken: string): IssuedTokens | undefined;
  /** Whom a token speaks for now. */
  userOf(accessToken: string): number | undefined;
  /** Ends one token with the one that refreshes it. */
  revoke(accessToken: string): void;
  /** Ends all of a person's tokens; everybody's without one. */
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
  const codes = new Map<string, Authorization & { readonly expiresAt: number }>();
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
      codes.set(code, { ...authorization, expiresAt: deps.now() + CODE_LIFETIME_MS });
      return code;
    },
    exchange(code, redirectUri, verifier) {
      const found = codes.get(code);
      codes.delete(code);
      if (found === undefined || found.expiresAt <= deps.now()) return undefined;
      if (redirectUri !== undefined && redirectUri !== found.redirectUri) return undefined;
      const challenge = createHash('sha256')
        .update(verifier ?? '')
        .digest('base64url');
      if (found.codeChallenge !== undefined && found.codeChallenge !== challenge) return undefined;
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
      for (const [code, authorization] of codes) if (isOver(authorization)) codes.delete(code);
    },
  };
}
