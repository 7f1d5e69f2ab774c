import { personForm } from '../../server/choose-person.ts';
import { escapeHtml, forgePage, type PageReply, redirectWith } from '../../server/page.ts';
import type { PageRequest } from '../../web/page-server.ts';
import { findAccount } from '../find.ts';
import { expiresInSeconds, type GrantStore } from '../grants.ts';
import { isActive } from '../rights.ts';
import type { BitbucketState, Consumer, OAuthGrant } from '../state.ts';

/** Services of the pages. */
export interface WebServices {
  readonly state: BitbucketState;
  readonly grants: GrantStore;
  /** Saves the state. */
  changed(): Promise<void>;
}

export interface WebContext extends WebServices, PageRequest {}

const authorizePath = '/site/oauth2/authorize';
/** Parameters that the form passes on. Scopes are those of the consumer: a request cannot ask for others. */
const kept = ['client_id', 'response_type', 'state', 'redirect_uri'];

const refusalPage = (text: string): PageReply =>
  forgePage('Bitbucket', 'Invalid request', `<p>${escapeHtml(text)}</p>`, 400);

/** An unknown consumer or address is shown to the person. */
function consumerOf({ state }: WebContext, parameters: URLSearchParams): Consumer | PageReply {
  const consumer = state.consumers.get(parameters.get('client_id') ?? '');
  if (consumer === undefined) return refusalPage('Invalid client_id. This integration is misconfigured.');
  const redirectUri = parameters.get('redirect_uri');
  if (redirectUri !== null && redirectUri !== consumer.callbackUrl) {
    return refusalPage('Invalid redirect_uri. It has to be the callback URL of the consumer.');
  }
  return consumer;
}

/** `GET /site/oauth2/authorize`: the person chooses an account. */
export function showAuthorization(context: WebContext): PageReply {
  const { state, url } = context;
  const parameters = url.searchParams;
  const consumer = consumerOf(context, parameters);
  if ('status' in consumer) return consumer;
  if (parameters.get('response_type') !== 'code') {
    return redirectWith(consumer.callbackUrl, {
      error: 'unsupported_response_type',
      state: parameters.get('state') ?? undefined,
    });
  }
  const people = [...state.accounts.values()]
    .filter(isActive)
    .map(({ nickname, displayName }) => ({ login: nickname, name: displayName }));
  const intro = `<p>This Bitbucket is simulated: there is no password. It lets ${escapeHtml(consumer.name)} use: ${consumer.scopes.join(', ')}. Who are you?</p>`;
  const form = personForm(authorizePath, parameters, kept, people);
  return forgePage('Bitbucket', `Grant access to ${consumer.name}`, `${intro}\n${form}`);
}

/** The form's target. */
export function authorize(context: WebContext): PageReply {
  const { state, form, grants } = context;
  const consumer = consumerOf(context, form);
  if ('status' in consumer) return consumer;
  const given = form.get('state') ?? undefined;
  if (form.has('cancel')) {
    const description = 'The user denied access';
    return redirectWith(consumer.callbackUrl, {
      error: 'access_denied',
      error_description: description,
      state: given,
    });
  }
  const account = findAccount(state, form.get('login') ?? '');
  if (account === undefined || !isActive(account)) return refusalPage('There is no such account.');
  return redirectWith(consumer.callbackUrl, {
    code: grants.authorize(consumer, account.uuid),
    state: given,
  });
}

const json = (status: number, value: unknown): PageReply => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
});

const tokenError = (status: number, error: string, description: string): PageReply =>
  json(status, { error, error_description: description });

/** Only by `Authorization: Basic`, whose parts are form-encoded (RFC 6749, section 2.3.1). */
function clientOf({ state, headers }: WebContext): Consumer | undefined {
  const encoded = /^basic\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const [key = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const decode = (text: string): string => new URLSearchParams(`value=${text}`).get('value') ?? '';
  const consumer = state.consumers.get(decode(key));
  return consumer?.secret === decode(secret) ? consumer : undefined;
}

/** `scope` since 2026-05-04; it was `scopes` before. */
const granted = ({ accessToken, refreshToken, scopes }: OAuthGrant, grantType: string): PageReply =>
  json(200, {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: expiresInSeconds,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    scope: scopes.join(' '),
    state: grantType,
  });

/** `POST /site/oauth2/access_token`: https://developer.atlassian.com/cloud/bitbucket/oauth-2/ */
export async function exchangeToken(context: WebContext): Promise<PageReply> {
  const { form, grants, headers } = context;
  if (!(headers['content-type'] ?? '').includes('application/x-www-form-urlencoded')) {
    return tokenError(400, 'invalid_request', 'The body has to be a form');
  }
  const consumer = clientOf(context);
  if (consumer === undefined)
    return tokenError(401, 'unauthorized_client', 'Invalid OAuth client credentials');
  const grantType = form.get('grant_type') ?? '';
  const issue: Readonly<Record<string, () => OAuthGrant | undefined>> = {
    authorization_code: () => grants.exchange(consumer, form.get('code') ?? ''),
    refresh_token: () => grants.refresh(consumer, form.get('refresh_token') ?? ''),
    client_credentials: () => grants.ofConsumer(consumer),
  };
  const issuer = issue[grantType];
  if (issuer === undefined) {
    return tokenError(400, 'unsupported_grant_type', `Unsupported grant type: ${grantType}`);
  }
  const issued = issuer();
  await context.changed();
  if (issued === undefined)
    return tokenError(400, 'invalid_grant', `The ${grantType} is invalid or has expired`);
  return granted(issued, grantType);
}
