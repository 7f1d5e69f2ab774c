/** The pages of the first run, and of registering this installation at a code host. */
import { html } from 'hono/html';
import type { RegistrationForm } from '../forge/registration.ts';
import type { Html, Page } from '../runtime/page.ts';
import type { RegistrationForge } from './dependencies.ts';
import type { Offered, OfferedIntegrations } from './offered.ts';
import { hidden, nameOf, unusable } from './pages.ts';

const title = 'Set up this registry';

interface SetUp {
  readonly problem: string | undefined;
  /** What has just happened, such as that the App was installed. */
  readonly notice?: string | undefined;
  /** This browser has shown the set-up code. */
  readonly isProven: boolean;
  /** Where it can be registered. */
  readonly forges: readonly RegistrationForge[];
  /** The form as it was sent, when it could not be carried out. */
  readonly sent?: SentRegistration | undefined;
}

/** What was typed into the form of a registration, and what is wrong with the address. */
export interface SentRegistration {
  /** Empty for an administrator. */
  readonly code: string;
  readonly organization: string;
  readonly isPublic: boolean;
  readonly address: string;
  readonly addressProblem: string;
}

export function setUpPage(
  integrations: OfferedIntegrations,
  { problem, notice, isProven, forges, sent }: SetUp,
): Page {
  const { offered } = integrations;
  return {
    ...(problem === undefined ? {} : { status: 403 }),
    ...(sent === undefined ? {} : { status: 422 }),
    title,
    content: html`${notice === undefined ? '' : html`<p role="status"><strong>${notice}</strong></p>`}<p>The set-up code was made when this registry was installed. Whoever signs in with it first becomes its administrator; after that the code is worth nothing.</p>
${problem === undefined ? '' : html`<p role="alert"><strong>${problem}</strong></p>`}
<form method="post" action="/sign-in/setup">
${isProven ? html`<p>You have given the code.</p>` : codeField(sent?.code)}
${offered.length > 0 ? signInButtons(offered) : html`${unusable(integrations)}${registrationFields(forges, sent)}`}
</form>`,
  };
}

/** For whoever comes to it again. */
export const alreadySetUpPage: Page = {
  title: 'This registry is set up',
  content: html`<p>It has an administrator, and the set-up code is worth nothing any more.</p>
<p><a href="/sign-in?return=/">Sign in</a></p>`,
};

const codeField = (typed = ''): Html => html`<label for="code">Set-up code</label>
<input type="text" id="code" name="code" required autocomplete="off" spellcheck="false" value="${typed}">`;

const signInButtons = (offered: readonly Offered[]): Html =>
  html`${offered.map((one) => html`<p><button type="submit" name="integration" value="${one.key}">Sign in with ${nameOf(one)}</button></p>`)}`;

const registrationFields = (forges: readonly RegistrationForge[], sent?: SentRegistration): Html =>
  html`<h2>Connect it with your code host</h2>
<p>People sign in with their accounts there, and it is read with an App of your own, which the next page makes.</p>
<label for="organization">Organization that will own the App (empty: your own account)</label>
<input type="text" id="organization" name="organization" autocomplete="off" spellcheck="false" maxlength="100" value="${sent?.organization ?? ''}">
<p>Only this account can install the App, unless it is public.</p>
<label class="choice"><input type="checkbox" name="public" value="true"${sent?.isPublic === true ? html` checked` : ''}> Public: others can install it on their accounts too</label>
<label for="address">Address of your own server (empty: ${publicHosts(forges)})</label>
<input type="text" id="address" name="address" autocomplete="off" spellcheck="false" maxlength="200" placeholder="https://git.example.com" value="${sent?.address ?? ''}"${sent === undefined ? '' : html` aria-invalid="true" aria-describedby="address-problem"`}>
${sent === undefined ? '' : html`<p id="address-problem" role="alert"><strong>${sent.addressProblem}</strong></p>`}
${forges.map(
  ({ forge }) =>
    html`<p><button type="submit" name="forge" value="${forge}">${forges.length === 1 ? 'Go on' : `Go on with ${forge}`}</button></p>`,
)}`;

const publicHosts = (forges: readonly RegistrationForge[]): string =>
  forges.flatMap(({ baseUrl }) => (baseUrl === undefined ? [] : [new URL(baseUrl).host])).join(' or ');

/** For administrators. */
export const registerPage = (
  forges: readonly RegistrationForge[],
  formToken: string,
  sent?: SentRegistration,
): Page => ({
  ...(sent === undefined ? {} : { status: 422 }),
  title: 'Add a code host',
  content: html`<form method="post" action="/sign-in/register">${hidden('form-token', formToken)}
${registrationFields(forges, sent)}
</form>
<p><a href="/">Back to the start page</a></p>`,
});

/** One button, whose form the code host takes. */
export function registrationFormPage({ action, fields }: RegistrationForm): Page {
  const { host, origin } = new URL(action);
  return {
    title: 'Make the App',
    content: html`<p>${host} shows what the App may read, and makes it for you. Then it sends you back here.</p>
<form method="post" action="${action}">
${Object.entries(fields).map(([name, value]) => hidden(name, value))}
<button type="submit">Make the App at ${host}</button>
</form>`,
    formTargets: [origin],
  };
}

export function registeredPage(
  one: Offered,
  { installUrl, isSetUp }: { readonly installUrl: string | undefined; readonly isSetUp: boolean },
): Page {
  const host = nameOf(one);
  return {
    title: 'The App was made',
    content: html`<p>This registry knows ${host} now, and what belongs to the App is stored.</p>
${
  installUrl === undefined
    ? ''
    : html`<h2>Give it access</h2>
<p>Install the App on the organizations whose packages it is to serve: <a href="${installUrl}">Install it at ${host}</a></p>`
}
${
  isSetUp
    ? html`<p><a href="/">Back to the start page</a></p>`
    : html`<h2>Sign in</h2>
<p>You become the administrator of this registry.</p>
<form method="post" action="/sign-in/setup">${signInButtons([one])}</form>`
}`,
  };
}
