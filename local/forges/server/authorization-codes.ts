import { createHash } from 'node:crypto';

/** A code works once, within ten minutes: RFC 6749, section 4.1.2. */
const lifetimeMs = 10 * 60 * 1000;

/** What a code stands for, besides what the forge adds. */
export interface CodeGrant {
  readonly userId: number | string;
  readonly redirectUri: string;
  /** PKCE with `S256`; without it no verifier is checked. */
  readonly codeChallenge?: string | undefined;
}

/** Authorization codes, in memory only. */
export interface AuthorizationCodes<Grant extends CodeGrant> {
  /** @param code a secret that was never used */
  add(code: string, grant: Grant): void;
  /** Takes a code. Undefined if it is unknown, used or expired, or was issued for another verifier. */
  take(code: string, verifier: string | undefined): Grant | undefined;
  /** Forgets the codes of those for whom `isOver` holds. */
  end(isOver: (grant: Grant) => boolean): void;
}

/** @param now milliseconds */
export function createAuthorizationCodes<Grant extends CodeGrant>(
  now: () => number,
): AuthorizationCodes<Grant> {
  const codes = new Map<string, { readonly grant: Grant; readonly expiresAt: number }>();
  return {
    add: (code, grant) => void codes.set(code, { grant, expiresAt: now() + lifetimeMs }),
    take(code, verifier) {
      const found = codes.get(code);
      codes.delete(code);
      if (found === undefined || found.expiresAt <= now()) return undefined;
      const challenge = createHash('sha256')
        .update(verifier ?? '')
        .digest('base64url');
      const { codeChallenge } = found.grant;
      return codeChallenge === undefined || codeChallenge === challenge ? found.grant : undefined;
    },
    end(isOver) {
      for (const [code, { grant }] of codes) if (isOver(grant)) codes.delete(code);
    },
  };
}
