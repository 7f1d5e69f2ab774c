import { personForm } from '../../server/choose-person.ts';
import { type PageReply, redirectWith } from '../../server/page.ts';
import { findUser } from '../api/rights.ts';
import type { IssuedTokens } from '../api/user-tokens.ts';
import type { App } from '../state.ts';
import type { WebContext } from './context.ts';
import { NOT_FOUND_PAGE, page, refusalPage } from './page.ts';

/** Parameters that the form passes on. */
const kept = ['client_id', 'redirect_uri', 'state', 'code_challenge', 'code_challenge_method'];

/** The redirect address if it is registered exactly; the first registered one if the request has none. */
function redirectUriOf({ callbackUrls = [] }: App, parameters: URLSearchParams): string | undefined {
  const asked = parameters.get('redirect_uri') ?? callbackUrls[0];
  return callbackUrls.find((registered) => registered === asked);
}

/** An invalid request is shown to the person and not reported to the App. */
function refuse({ state }: WebContext, parameters: URLSearchParams): PageReply | undefined {
  if (parameters.get('client_id') !== state.app.clientId) return NOT_FOUND_PAGE;
  if (redirectUriOf(state.app, parameters) === undefined) {
    return refusalPage(400, 'The redirect_uri is not associated with this application.');
  }
  return undefined;
}

/** `GET /login/oauth/authorize`: the person chooses an account. */
export function showAuthorization(context: WebContext): PageReply {
  const { state, url } = context;
  const parameters = url.searchParams;
  const refusal = refuse(context, parameters);
  if (refusal !== undefined) return refusal;
  const people = [...state.users.values()].filter(({ suspended, type }) => !suspended && type === 'User');
  const intro = '<p>This GitHub is simulated: there is no password. Who are you?</p>';
  const preselected = parameters.get('login') ?? undefined;
  const form = personForm('/login/oauth/authorize', parameters, kept, people, preselected);
  return page(`Sign in to ${state.app.name ?? state.app.slug}`, `${intro}\n${form}`);
}

/** The form's target. Redirects to the App have GitHub's `iss` (RFC 9207). */
export function authorize(context: WebContext): PageReply {
  const { state, form, addresses, users } = context;
  const refusal = refuse(context, form);
  const redirectUri = redirectUriOf(state.app, form);
  if (refusal !== undefined || redirectUri === undefined) return refusal ?? NOT_FOUND_PAGE;
  const back = (parameters: Record<string, string>): PageReply =>
    redirectWith(redirectUri, {
      ...parameters,
      state: form.get('state') ?? undefined,
      iss: `${addresses.web}/login/oauth`,
    });
  if (form.has('cancel')) {
    const description = 'The user has denied your application access.';
    return back({ error: 'access_denied', error_description: description });
  }
  const codeChallenge = form.get('code_challenge') ?? undefined;
  if (codeChallenge !== undefined && form.get('code_challenge_method') !== 'S256') {
    return back({ error: 'invalid_request', error_description: 'code_challenge_method must be S256.' });
  }
  const user = findUser(state, form.get('login') ?? '');
  if (user === undefined || user.suspended) return NOT_FOUND_PAGE;
  return back({ code: users.authorize({ userId: user.id, redirectUri, codeChallenge }) });
}

type TokenAnswer = Readonly<Record<string, string | number>>;

/**
 * GitHub's error messages, sent with status 200:
 * https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
 */
const descriptions = {
  incorrect_client_credentials: 'The client_id and/or client_secret passed are incorrect.',
  redirect_uri_mismatch: 'The redirect_uri MUST match the registered callback URL for this application.',
  bad_verification_code: 'The code passed is incorrect or expired.',
  bad_refresh_token: 'The refresh token passed is incorrect or expired.',
  unsupported_grant_type: 'The grant_type is not supported.',
};

const refusal = (error: keyof typeof descriptions): TokenAnswer => ({
  error,
  error_description: descriptions[error],
  error_uri: `https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#${error.replaceAll('_', '-')}`,
});

const granted = ({ accessToken, expiresIn, refreshToken, refreshExpiresIn }: IssuedTokens): TokenAnswer => ({
  access_token: accessToken,
  expires_in: expiresIn,
  refresh_token: refreshToken,
  refresh_token_expires_in: refreshExpiresIn,
  // Tokens of GitHub Apps have no scopes.
  scope: '',
  token_type: 'bearer',
});

function tokenAnswer({ state, form, users }: WebContext): TokenAnswer {
  if (form.get('client_secret') !== state.app.clientSecret) return refusal('incorrect_client_credentials');
  const grantType = form.get('grant_type') ?? 'authorization_code';
  if (grantType === 'refresh_token') {
    const issued = users.refresh(form.get('refresh_token') ?? '');
    return issued === undefined ? refusal('bad_refresh_token') : granted(issued);
  }
  if (grantType !== 'authorization_code') return refusal('unsupported_grant_type');
  const redirectUri = form.get('redirect_uri') ?? undefined;
  if (redirectUri !== undefined && redirectUriOf(state.app, form) === undefined) {
    return refusal('redirect_uri_mismatch');
  }
  const verifier = form.get('code_verifier') ?? undefined;
  const issued = users.exchange(form.get('code') ?? '', redirectUri, verifier);
  return issued === undefined ? refusal('bad_verification_code') : granted(issued);
}

const inForm = (answer: TokenAnswer): string =>
  new URLSearchParams(
    Object.entries(answer).map(([name, value]): [string, string] => [name, `${value}`]),
  ).toString();

/** `POST /login/oauth/access_token`: answers with a form, or with JSON if the request accepts it. */
export function exchangeToken(context: WebContext): PageReply {
  const { state, form, headers } = context;
  const isJson = (headers.accept ?? '').includes('json');
  const reply = (status: number, answer: TokenAnswer): PageReply => ({
    status,
    headers: {
      'content-type': isJson
        ? 'application/json; charset=utf-8'
        : 'application/x-www-form-urlencoded; charset=utf-8',
      'cache-control': 'no-store',
    },
    body: isJson ? JSON.stringify(answer) : inForm(answer),
  });
  if (form.get('client_id') !== state.app.clientId) return reply(404, { error: 'Not Found' });
  return reply(200, tokenAnswer(context));
}
