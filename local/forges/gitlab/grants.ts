import { createAuthorizationCodes } from '../server/authorization-codes.ts';
import { oauthLifetimeMs } from './api/credentials.ts';
import type { GitLabState, OAuthApplication, OAuthGrant, Scope } from './state.ts';

/** A person's consent on the sign-in page. */
export interface Authorization {
  readonly clientId: string;
  readonly userId: number;
  readonly redirectUri: string;
  readonly scopes: readonly Scope[];
  /** PKCE with `S256`; without it no verifier is checked. */
  readonly codeChallenge?: string | undefined;
}

/** The tokens that people give to applications. Codes are in memory only; tokens are part of the state. */
export interface Grants {
  /** @returns the authorization code */
  authorize(authorization: Authorization): string;
  /** Undefined if the code is unknown, used or expired, or was issued for another application, address or verifier. */
  exchange(
    application: OAuthApplication,
    code: string,
    redirectUri: string,
    verifier: string | undefined,
  ): OAuthGrant | undefined;
  /**
   * Ends the old pair and issues a new one. A refresh token that was used already ends all that came from it
   * (harness/harness#855, dexidp/dex#2352). Undefined then, and for an unknown one or another address (sourcebot-dev/sourcebot#798).
   */
  refresh(application: OAuthApplication, refreshToken: string, redirectUri: string): OAuthGrant | undefined;
  /** Ends the pair of an access or refresh token. */
  revoke(application: OAuthApplication, token: string): void;
  /** The grant of an access token that still works. */
  find(accessToken: string): OAuthGrant | undefined;
  /** Ends all of a person's tokens. */
  endGrants(userId: number): void;
}

export function createGrants(deps: {
  readonly state: GitLabState;
  now(): number;
  random(bytes: number): Uint8Array;
}): Grants {
  const { state, now } = deps;
  // Codes work once, within ten minutes: https://docs.gitlab.com/api/oauth2/
  const codes = createAuthorizationCodes<Authorization>(now);
  const secret = (): string => Buffer.from(deps.random(32)).toString('hex');

  function issue(authorization: Authorization, familyId = state.nextId++): OAuthGrant {
    const { clientId, userId, redirectUri, scopes } = authorization;
    const grant: OAuthGrant = {
      ...{ clientId, userId, redirectUri, scopes, accessToken: secret(), refreshToken: secret() },
      ...{ createdAt: now(), revoked: false, spent: false, familyId },
    };
    state.grants.push(grant);
    return grant;
  }

  return {
    authorize(authorization) {
      const code = secret();
      codes.add(code, authorization);
      return code;
    },
    exchange(application, code, redirectUri, verifier) {
      const found = codes.take(code, verifier);
      if (found?.clientId !== application.clientId || found.redirectUri !== redirectUri) return undefined;
      return issue(found);
    },
    refresh(application, refreshToken, redirectUri) {
      const found = state.grants.find((grant) => grant.refreshToken === refreshToken);
      if (found === undefined || found.clientId !== application.clientId) return undefined;
      if (found.spent) {
        for (const grant of state.grants) if (grant.familyId === found.familyId) grant.revoked = true;
        return undefined;
      }
      if (found.revoked || found.redirectUri !== redirectUri) return undefined;
      found.spent = true;
      found.revoked = true;
      return issue(found, found.familyId);
    },
    revoke(application, token) {
      const found = state.grants.find((grant) => [grant.accessToken, grant.refreshToken].includes(token));
      if (found?.clientId === application.clientId) found.revoked = true;
    },
    find: (accessToken) =>
      state.grants.find(
        (grant) =>
          grant.accessToken === accessToken && !grant.revoked && grant.createdAt + oauthLifetimeMs > now(),
      ),
    endGrants(userId) {
      for (const grant of state.grants) if (grant.userId === userId) grant.revoked = true;
    },
  };
}
