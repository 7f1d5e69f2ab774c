/** A code host where a person makes an OAuth client by hand: what to do there, and the form for what came of it. */
import { html } from 'hono/html';
import { CallerError } from '../domain/caller-error.ts';
import { callerErrorOf } from '../domain/conflict-error.ts';
import type { Integration } from '../forge/integration.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import type { Page } from '../runtime/page.ts';
import { formTokenFor } from '../sessions/form-token.ts';
import type { Context } from './context.ts';
import type { ClientInstructions, Registrant } from './dependencies.ts';
import { hidden, hostName, toStartPage } from './pages.ts';
import { pendingMax, pendingRegistrations } from './pending-sign-in.ts';

interface EnterClient {
  readonly registrant: Registrant;
  readonly forge: string;
  /** As it was typed. */
  readonly baseUrl: string;
  /** Where the form is sent. */
  readonly action: '/sign-in/setup' | '/sign-in/register';
}

/**
 * Adds the client that the form has; without one, or with one that the code host does not take, the page that asks for it.
 *
 * @returns a CallerError when the address is wrong
 */
export async function enterClient(
  context: Context,
  { registrant, forge, baseUrl, action }: EnterClient,
): Promise<{ readonly page: Page } | { readonly integration: Integration } | CallerError> {
  const { dependencies, current, form } = context;
  const { registrations } = dependencies;
  const instructions = await registrations.clientInstructions({ forge, baseUrl }).catch(callerError);
  if (instructions instanceof CallerError) {
    return instructions;
  }
  const typed = (name: string): string => (form.get(name) ?? '').trim();
  const [id, secret, apiAddress] = [typed('client-id'), typed('client-secret'), typed('api-address')];
  const apiUrl = apiAddress === '' ? undefined : apiAddress;
  const client = { forge, baseUrl: instructions.baseUrl, apiUrl, id, secret };
  const entered =
    id === '' || secret === ''
      ? undefined
      : await registrations.enterClient(registrant, client).catch(callerError);
  if (entered !== undefined && !(entered instanceof CallerError)) {
    return { integration: entered };
  }
  const formToken = current === undefined ? '' : await formTokenFor(dependencies, current.session);
  const page = clientPage(instructions, {
    ...{ action, formToken, id, apiAddress, problem: entered?.message },
  });
  return { page: await provenPage(context, registrant, instructions, page) };
}

function callerError(error: unknown): CallerError {
  const known = callerErrorOf(error);
  if (known === undefined) {
    throw error;
  }
  return known;
}

/** Whoever has given the set-up code need not type it again. */
async function provenPage(
  { dependencies, request }: Context,
  { signedIn }: Registrant,
  { forge, baseUrl }: ClientInstructions,
  page: Page,
): Promise<Page> {
  if (signedIn !== undefined) {
    return page;
  }
  const state = Buffer.from(dependencies.randomBytes(32)).toString('base64url');
  const others = (await pendingRegistrations.opened(dependencies, request.cookies)) ?? [];
  const pending = [{ integration: integrationKeyOf({ forge, baseUrl }), state }, ...others];
  return {
    ...page,
    cookies: [await pendingRegistrations.sealed(dependencies, pending.slice(0, pendingMax))],
  };
}

interface Sent {
  readonly action: EnterClient['action'];
  readonly formToken: string;
  readonly id: string;
  readonly apiAddress: string;
  readonly problem: string | undefined;
}

function clientPage(
  {
    forge,
    baseUrl,
    client,
    idLabel,
    newClientUrl,
    howTo,
    redirectUri,
    scopes,
    asksApiUrl,
  }: ClientInstructions,
  { action, formToken, id, apiAddress, problem }: Sent,
): Page {
  const host = hostName({ baseUrl });
  return {
    ...(problem === undefined ? {} : { status: 422 }),
    title: `Add ${host}`,
    content: html`<h2>1. Make an ${client} at ${host}</h2>
<p><a href="${newClientUrl}" target="_blank" rel="noopener">Open the page for it</a>. ${howTo}</p>
<ul><li>the redirect address <code>${redirectUri}</code></li><li>the scopes ${scopes.map((scope, place) => html`${place === 0 ? '' : ' and '}<code>${scope}</code>`)}</li></ul>
<h2>2. Enter it here</h2>
${problem === undefined ? '' : html`<p role="alert"><strong>${problem}</strong></p>`}
<form method="post" action="${action}">${hidden('form-token', formToken)}${hidden('forge', forge)}${hidden('address', baseUrl)}
<label for="client-id">${idLabel}</label>
<input type="text" id="client-id" name="client-id" required maxlength="300" autocomplete="off" spellcheck="false" value="${id}">
<label for="client-secret">Secret</label>
<input type="password" id="client-secret" name="client-secret" required maxlength="1000" autocomplete="off" spellcheck="false">
${asksApiUrl ? apiField(apiAddress) : ''}<p><button type="submit">Add ${host}</button></p></form>
${toStartPage}`,
  };
}

const apiField = (typed: string) => html`<label for="api-address">Address of its API</label>
<input type="url" id="api-address" name="api-address" required maxlength="200" autocomplete="off" spellcheck="false" value="${typed}">
`;
