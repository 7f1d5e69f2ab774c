import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalError } from '../../server/reply.ts';
import { repositoryPermission } from '../rights.ts';
import { apiScopes, withImplied } from '../scopes.ts';
import {
  type AccessToken,
  type Account,
  accountOfSimulatedToken,
  type BitbucketState,
  type OAuthGrant,
  type Repository,
  type RepositoryPermission,
  type Workspace,
} from '../state.ts';
import { expiredToken, invalidToken } from './http.ts';

/** How long an OAuth access token works. https://developer.atlassian.com/cloud/bitbucket/oauth-2/ */
export const oauthLifetimeMs = 7200 * 1000;

/** Who sends a request, with what. */
export type Credential = { readonly scopes: ReadonlySet<string> } & (
  | { readonly kind: 'api_token'; readonly account: Account }
  | { readonly kind: 'oauth2'; readonly account: Account | undefined; readonly grant: OAuthGrant }
  | { readonly kind: 'access_token'; readonly account: undefined; readonly token: AccessToken }
);

const isPast = (day: string | undefined, now: number): boolean => day !== undefined && Date.parse(day) <= now;

/** Deactivated accounts and those taken for spam cannot use the API. */
const works = (account: Account | undefined): account is Account =>
  account !== undefined && account.deactivatedAt === undefined;

/** The owner of an API token. */
function byApiToken(state: BitbucketState, value: string, now: number): Credential | undefined {
  const token = [...state.apiTokens.values()].find((each) => each.value === value);
  if (token === undefined) {
    const account = accountOfSimulatedToken(state, value);
    return works(account) ? { kind: 'api_token', account, scopes: new Set(apiScopes) } : undefined;
  }
  const account = state.accounts.get(token.account);
  if (token.revoked || isPast(token.expiresAt, now) || !works(account)) return undefined;
  return { kind: 'api_token', account, scopes: new Set(token.scopes) };
}

function byAccessToken(state: BitbucketState, value: string, now: number): Credential | undefined {
  const token = [...state.accessTokens.values()].find((each) => each.value === value);
  if (token === undefined || token.revoked || isPast(token.expiresAt, now)) return undefined;
  return { kind: 'access_token', account: undefined, token, scopes: withImplied(token.scopes) };
}

function byGrant(state: BitbucketState, value: string, now: number): Credential | RefusalError | undefined {
  const grant = state.grants.find(({ accessToken }) => accessToken === value);
  if (grant === undefined || grant.revoked) return undefined;
  if (grant.createdAt + oauthLifetimeMs <= now) return expiredToken();
  const account = grant.account === undefined ? undefined : state.accounts.get(grant.account);
  if (grant.account !== undefined && !works(account)) return undefined;
  return { kind: 'oauth2', account, grant, scopes: withImplied(grant.scopes) };
}

const decodeBasic = (header: string): readonly [string, string] | undefined => {
  const encoded = /^basic\s+(\S+)$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
};

/**
 * Who a request to the API is from: `Bearer` takes tokens of OAuth and access tokens, `Basic` a person's e-mail address with an API token. App
 * passwords have ended, and a token in the query counts for nothing since 2026-05-04.
 * https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/
 *
 * @returns undefined if the request has no credential
 * @throws RefusalError 401
 */
export function authenticate(
  state: BitbucketState,
  { authorization }: IncomingHttpHeaders,
  now: number,
): Credential | undefined {
  if (authorization === undefined) return undefined;
  const bearer = /^bearer\s+(\S+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) {
    const found = byAccessToken(state, bearer, now) ?? byGrant(state, bearer, now);
    if (found === undefined) throw invalidToken();
    if (!('scopes' in found)) throw found;
    return found;
  }
  const [email, token] = decodeBasic(authorization) ?? ['', ''];
  const found = byApiToken(state, token, now);
  if (found?.account?.email.toLowerCase() !== email.toLowerCase()) throw invalidToken();
  return found;
}

/**
 * Who uses git over HTTPS: `x-token-auth` with a token of OAuth or an access token, `x-bitbucket-api-token-auth` or the nickname with an API
 * token. https://support.atlassian.com/bitbucket-cloud/docs/using-access-tokens/ and its neighbours; composer/composer (Util/GitHub.php)
 */
export function authenticateGit(
  state: BitbucketState,
  authorization: string,
  now: number,
): Credential | undefined {
  const [user = '', token = ''] = decodeBasic(authorization) ?? [];
  if (user === 'x-token-auth') {
    const found = byAccessToken(state, token, now) ?? byGrant(state, token, now);
    return found !== undefined && 'scopes' in found ? found : undefined;
  }
  const found = byApiToken(state, token, now);
  const names = ['x-bitbucket-api-token-auth', found?.account?.nickname, found?.account?.email];
  return names.includes(user) ? found : undefined;
}

/** The highest permission that an access token's scopes give where it holds. */
function tokenPermission(scopes: ReadonlySet<string>): RepositoryPermission | undefined {
  if (scopes.has('repository:admin')) return 'admin';
  if (scopes.has('repository:write')) return 'write';
  return scopes.has('repository') ? 'read' : undefined;
}

/** Whether an access token, or a consumer that speaks for itself, belongs to what holds the repository. */
function holds(state: BitbucketState, credential: Credential, repository: Repository): boolean {
  if (credential.kind === 'access_token') {
    const { kind, holder } = credential.token;
    return repository[kind === 'repository' ? 'uuid' : kind] === holder;
  }
  if (credential.kind !== 'oauth2' || credential.account !== undefined) return false;
  return state.consumers.get(credential.grant.consumer)?.workspace === repository.workspace;
}

/** What a request may do with a repository; a public one can be read by everybody. */
export function permissionOf(
  state: BitbucketState,
  credential: Credential | undefined,
  repository: Repository,
): RepositoryPermission | undefined {
  const own =
    credential === undefined
      ? undefined
      : credential.account === undefined
        ? holds(state, credential, repository)
          ? tokenPermission(credential.scopes)
          : undefined
        : repositoryPermission(state, repository, credential.account.uuid);
  return own ?? (repository.isPrivate ? undefined : 'read');
}

/** Whether a request comes from within a workspace. */
export function belongsTo(
  state: BitbucketState,
  credential: Credential | undefined,
  { uuid, members }: Workspace,
): boolean {
  if (credential === undefined) return false;
  if (credential.account !== undefined) return members.has(credential.account.uuid);
  if (credential.kind === 'oauth2') return state.consumers.get(credential.grant.consumer)?.workspace === uuid;
  if (credential.kind !== 'access_token') return false;
  const { kind, holder } = credential.token;
  if (kind === 'workspace') return holder === uuid;
  return (kind === 'project' ? state.projects : state.repositories).get(holder)?.workspace === uuid;
}
