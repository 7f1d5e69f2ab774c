import { personForm } from '../../server/choose-person.ts';
import { escapeHtml, forgePage, type PageReply, redirectWith } from '../../server/page.ts';
import { oauthLifetimeMs } from '../api/credentials.ts';
import { findUser } from '../paths.ts';
import { canSignIn } from '../rights.ts';
import type { OAuthApplication, OAuthGrant, Scope } from '../state.ts';
import type { WebContext } from './context.ts';

/** Parameters that the form passes on. */
const kept = [
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'scope',
  'code_challenge',
  'code_challenge_method',
];

const refusalPage = (text: string): PageReply =>
  forgePage('GitLab', 'An error has occurred', `<p>${escapeHtml(text)}</p>`, 401);

interface Request {
  readonly application: OAuthApplication;
  readonly redirectUri: string;
  readonly scopes: readonly Scope[];
  /** Set if the application is told instead. */
  readonly error?: string;
}

/** An unknown application or address is shown to the person; other problems are reported to the application. */
function requestOf({ state }: WebContext, parameters: URLSearchParams): Request | PageReply {
  const application = state.applications.get(parameters.get('client_id') ?? '');
  if (application === undefined) {
    return refusalPage('Client authentication failed due to unknown client.');
  }
  const redirectUri = application.redirectUris.find((each) => each === parameters.get('redirect_uri'));
  if (redirectUri === undefined) return refusalPage('The redirect URI included is not valid.');
  const asked = (parameters.get('scope') ?? application.scopes.join(' '))
    .split(' ')
    .filter((each) => each !== '');
  const scopes = application.scopes.filter((scope) => asked.includes(scope));
  const method = parameters.get('code_challenge_method');
  const isWrongMethod = parameters.has('code_challenge') && method !== 'S256';
  const error =
    parameters.get('response_type') !== 'code'
      ? 'unsupported_response_type'
      : scopes.length !== asked.length
        ? 'invalid_scope'
        : isWrongMethod
          ? 'invalid_code_challenge_method'
          : undefined;
  return { application, redirectUri, scopes, ...(error !== undefined && { error }) };
}

const descriptions: Readonly<Record<string, string>> = {
  unsupported_response_type: 'The authorization server does not support this response type.',
  invalid_scope: 'The requested scope is invalid, unknown, or malformed.',
  invalid_code_challenge_method: 'The code challenge method must be S256.',
  access_denied: 'The resource owner or authorization server denied the request.',
};

const report = ({ redirectUri }: Request, error: string, state: string | null): PageReply =>
  redirectWith(redirectUri, {
    error,
    error_description: descriptions[error],
    state: state ?? undefined,
  });

/** `GET /oauth/authorize`: the person chooses an account. */
export function showAuthorization(context: WebContext): PageReply {
  const { state, url, root } = context;
  const parameters = url.searchParams;
  const request = requestOf(context, parameters);
  if ('status' in request) return request;
  if (request.error !== undefined) return report(request, request.error, parameters.get('state'));
  const people = [...state.users.values()]
    .filter((user) => canSignIn(user) && user.kind === 'human')
    .map(({ username, name }) => ({ login: username, name }));
  const intro = `<p>This GitLab is simulated: there is no password. It lets ${escapeHtml(request.application.name)} use: ${request.scopes.join(', ')}. Who are you?</p>`;
  const form = personForm(`${root}/oauth/authorize`, parameters, kept, people);
  return forgePage('GitLab', `Sign in to ${request.application.name}`, `${intro}\n${form}`);
}

/** The form's target. */
export function authorize(context: WebContext): PageReply {
  const { state, form, grants } = context;
  const request = requestOf(context, form);
  if ('status' in request) return request;
  const given = form.get('state');
  if (request.error !== undefined) return report(request, request.error, given);
  if (form.has('cancel')) return report(request, 'access_denied', given);
  const user = findUser(state, form.get('login') ?? '');
  if (user === undefined || !canSignIn(user)) return refusalPage('There is no such user.');
  const { application, redirectUri, scopes } = request;
  const code = grants.authorize({
    ...{ clientId: application.clientId, userId: user.id, redirectUri, scopes },
    codeChallenge: form.get('code_challenge') ?? undefined,
  });
  return redirectWith(redirectUri, { code, state: given ?? undefined });
}

const json = (status: number, value: unknown): PageReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
});

const tokenError = (status: number, error: string, description: string): PageReply =>
  json(status, { error, error_description: description });

const invalidClient = tokenError(
  401,
  'invalid_client',
  'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
);
const invalidGrant = tokenError(
  400,
  'invalid_grant',
  'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
);

/** By fields of the form or by `Authorization: Basic`. */
function clientOf({ state, form, headers }: WebContext): OAuthApplication | undefined {
  const encoded = /^basic\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const [basicId = '', basicSecret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const application = state.applications.get(form.get('client_id') ?? decodeURIComponent(basicId));
  if (application === undefined) return undefined;
  const secret = form.get('client_secret') ?? decodeURIComponent(basicSecret);
  return secret === application.clientSecret || !application.confidential ? application : undefined;
}

const granted = ({ accessToken, refreshToken, scopes, createdAt }: OAuthGrant): PageReply =>
  json(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: oauthLifetimeMs / 1000,
    refresh_token: refreshToken,
    scope: scopes.join(' '),
    created_at: Math.floor(createdAt / 1000),
  });

/** `POST /oauth/token`. https://docs.gitlab.com/api/oauth2/#authorization-code-with-proof-key-for-code-exchange-pkce */
export async function exchangeToken(context: WebContext): Promise<PageReply> {
  const { form, grants } = context;
  const application = clientOf(context);
  if (application === undefined) return invalidClient;
  const redirectUri = form.get('redirect_uri') ?? '';
  const grantType = form.get('grant_type');
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
    return tokenError(
      400,
      'unsupported_grant_type',
      'The authorization grant type is not supported by the authorization server.',
    );
  }
  const issued =
    grantType === 'refresh_token'
      ? grants.refresh(application, form.get('refresh_token') ?? '', redirectUri)
      : grants.exchange(
          application,
          form.get('code') ?? '',
          redirectUri,
          form.get('code_verifier') ?? undefined,
        );
  await context.changed();
  return issued === undefined ? invalidGrant : granted(issued);
}

/** `POST /oauth/revoke` (RFC 7009): an unknown token is no error. */
export async function revokeToken(context: WebContext): Promise<PageReply> {
  const application = clientOf(context);
  if (application === undefined) return invalidClient;
  context.grants.revoke(application, context.form.get('token') ?? '');
  await context.changed();
  return json(200, {});
}

/** `GET /oauth/token/info` */
export function showTokenInfo({ headers, grants, now }: WebContext): PageReply {
  const value = /^bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const grant = grants.find(value);
  if (grant === undefined) return tokenError(401, 'invalid_token', 'The access token is invalid');
  const secondsLeft = Math.ceil((grant.createdAt + oauthLifetimeMs - now()) / 1000);
  return json(200, {
    resource_owner_id: grant.userId,
    scope: grant.scopes,
    expires_in: secondsLeft,
    application: { uid: grant.clientId },
    created_at: Math.floor(grant.createdAt / 1000),
    ...{ scopes: grant.scopes, expires_in_seconds: secondsLeft },
  });
}
