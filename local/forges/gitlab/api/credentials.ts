import type { IncomingHttpHeaders } from 'node:http';
import { basicPassword } from '../../git/http.ts';
import type { RefusalError } from '../../server/reply.ts';
import { canSignIn } from '../rights.ts';
import {
  type AccessToken,
  type GitLabState,
  type OAuthGrant,
  type Scope,
  type User,
  userOfPersonalToken,
} from '../state.ts';
import { forbidden, invalidToken, unauthorized } from './http.ts';

/** How long an OAuth access token works. https://docs.gitlab.com/api/oauth2/#access-token-expiration */
export const oauthLifetimeMs = 7200 * 1000;

/** Who sends a request, with what. */
export interface Credential {
  readonly user: User;
  readonly scopes: ReadonlySet<Scope>;
  readonly token?: AccessToken;
  readonly grant?: OAuthGrant;
}

const everything: readonly Scope[] = ['api', 'read_user', 'read_repository', 'write_repository'];

const isPast = (day: string | undefined, now: number): boolean => day !== undefined && Date.parse(day) <= now;

/**
 * Revokes all tokens that came from each other by rotation, when a revoked one asks for rotation again:
 * lib/gitlab/auth/auth_finders.rb, `revoke_token_family`.
 */
function revokeFamily(state: GitLabState, { familyId }: AccessToken): void {
  for (const token of state.tokens.values()) if (token.familyId === familyId) token.revoked = true;
}

function byAccessToken(
  state: GitLabState,
  value: string,
  now: number,
  rotates: boolean,
): Credential | RefusalError | undefined {
  const token = [...state.tokens.values()].find((each) => each.value === value);
  const user = token && state.users.get(token.userId);
  if (token === undefined || user === undefined) return undefined;
  if (token.revoked) {
    if (rotates) revokeFamily(state, token);
    return invalidToken('Token was revoked. You have to re-authorize from the user.');
  }
  if (isPast(token.expiresAt, now)) {
    return invalidToken('Token is expired. You can either do re-authorization or token refresh.');
  }
  token.lastUsedAt = new Date(now).toISOString();
  return { user, scopes: new Set(token.scopes), token };
}

function byGrant(state: GitLabState, value: string, now: number): Credential | RefusalError | undefined {
  const grant = state.grants.find(({ accessToken }) => accessToken === value);
  const user = grant && state.users.get(grant.userId);
  if (grant === undefined || user === undefined) return undefined;
  if (grant.revoked) return invalidToken('Token was revoked. You have to re-authorize from the user.');
  if (grant.createdAt + oauthLifetimeMs <= now) {
    return invalidToken('Token is expired. You can either do re-authorization or token refresh.');
  }
  return { user, scopes: new Set(grant.scopes), grant };
}

function lookUp(
  state: GitLabState,
  value: string,
  now: number,
  { takesGrants, rotates }: { readonly takesGrants: boolean; readonly rotates: boolean },
): Credential | RefusalError {
  const found =
    byAccessToken(state, value, now, rotates) ?? (takesGrants ? byGrant(state, value, now) : undefined);
  if (found !== undefined) return found;
  const user = userOfPersonalToken(state, value);
  return user === undefined ? unauthorized() : { user, scopes: new Set(everything) };
}

const inactive = {
  blocked: 'Your account has been blocked.',
  banned: 'Your account has been blocked.',
  deactivated:
    'Your account has been deactivated by your administrator. Please log back in from a web browser to reactivate your account.',
  blocked_pending_approval: 'Your request to join is pending approval by an administrator.',
} as const;

/**
 * Who a request is from: `Authorization: Bearer` takes tokens of every kind, `PRIVATE-TOKEN` all but OAuth's
 * (https://docs.gitlab.com/api/rest/authentication/).
 *
 * @returns undefined if the request has no credential
 * @throws RefusalError 401, or 403 for an account that is not active
 */
export function authenticate(
  state: GitLabState,
  headers: IncomingHttpHeaders,
  { pathname, searchParams: query }: URL,
  now: number,
): Credential | undefined {
  const bearer = /^bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? query.get('access_token');
  const given = headers['private-token'] ?? query.get('private_token');
  const value = bearer ?? (typeof given === 'string' ? given : null);
  if (value === null) {
    if (headers.authorization !== undefined) throw unauthorized();
    return undefined;
  }
  const rotates = /access_tokens\/(\d+|self)\/rotate$/.test(pathname);
  return checked(lookUp(state, value, now, { takesGrants: bearer !== null, rotates }));
}

/** Who uses git over HTTP: any user name, with a token as the password. */
export function authenticateGit(
  state: GitLabState,
  authorization: string | undefined,
  now: number,
): Credential | RefusalError {
  return lookUp(state, basicPassword(authorization), now, { takesGrants: true, rotates: false });
}

function checked(found: Credential | RefusalError): Credential {
  if (!('user' in found)) throw found;
  const { state } = found.user;
  if (canSignIn(found.user) || state === 'active') return found;
  throw forbidden(inactive[state]);
}
