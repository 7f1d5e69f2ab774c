/** The pages of the first run, and of registering this installation at a code host. */
import { html } from 'hono/html';
import { moduleOf } from '../forge/modules.ts';
import type { RegistrationForm } from '../forge/registration.ts';
import type { Html, Page } from '../runtime/page.ts';
import type { RegistrationForge } from './dependencies.ts';
import type { Offered, OfferedIntegrations } from './offered.ts';
import { buttonTo, codeHostOf, hidden, labelOf, nameOf, toStartPage, unusable } from './pages.ts';

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

/** What was typed into the form of a registration. */
export interface SentRegistration {
  /** Empty for an administrator, and where it was wrong. */
  readonly code: string;
  readonly organization: string;
  readonly isPublic: boolean;
  readonly address: string;
  /** What is wrong with it. */
  readonly addressProblem: string | undefined;
}

export function setUpPage(
  integrations: OfferedIntegrations,
  { problem, notice, isProven, forges, sent }: SetUp,
): Page {
  const { offered } = integrations;
  return {
    ...statusOf(sent),
    ...(problem === undefined ? {} : { status: 403 }),
    title,
    content: html`${notice === undefined ? '' : html`<p role="status"><strong>${notice}</strong></p>`}<p>The set-up code was made when this registry was installed. Whoever signs in with it first becomes its administrator; after that the code is worth nothing.</p>
<form method="post" action="/sign-in/setup">
${isProven && problem === undefined ? html`<p>You have given the code.</p>` : codeField(sent?.code, problem)}
${
  offered.length > 0
    ? signInButtons(offered)
    : html`${unusable(integrations)}<h2>Connect it with your code host</h2>
${registrationFields(forges, sent)}`
}
</form>`,
  };
}

/** For whoever comes to it again. */
export const alreadySetUpPage: Page = {
  title: 'This registry is set up',
  content: html`<p>It has an administrator, and the set-up code is worth nothing any more.</p>
${buttonTo('/', 'To the start page')}`,
};

const statusOf = (sent: SentRegistration | undefined): Pick<Page, 'status'> =>
  sent?.addressProblem === undefined ? {} : { status: 422 };

/** Beside its field, for who reads the page and for who hears it. */
const problemOf = (field: string, problem: string | undefined): Html =>
  problem === undefined
    ? html``
    : html`<p id="${field}-problem" role="alert"><strong>${problem}</strong></p>`;
const invalid = (field: string, problem: string | undefined): Html =>
  problem === undefined ? html`` : html` aria-invalid="true" aria-describedby="${field}-problem"`;

const codeField = (typed = '', problem?: string): Html => html`<label for="code">Set-up code</label>
<input type="text" id="code" name="code" required autocomplete="off" spellcheck="false" value="${typed}"${invalid('code', problem)}>
${problemOf('code', problem)}`;

const signInButtons = (offered: readonly Offered[]): Html =>
  html`${offered.map((one) => html`<p><button type="submit" name="integration" value="${one.key}">Sign in with ${labelOf(codeHostOf(one))}</button></p>`)}`;

const registrationFields = (forges: readonly RegistrationForge[], sent?: SentRegistration): Html =>
  html`<p>People sign in with their accounts there. The next page makes an App of your own for reading it, or says how you make an application where there are no Apps.</p>
<label for="organization">Organization that will own the App <span class="quiet">(empty: your own account)</span></label>
<input type="text" id="organization" name="organization" autocomplete="off" spellcheck="false" maxlength="100" value="${sent?.organization ?? ''}">
<p class="quiet">Only this account can install the App, unless it is public.</p>
<label class="choice"><input type="checkbox" name="public" value="true"${sent?.isPublic === true ? html` checked` : ''}><span>Public: others can install it on their accounts too</span></label>
<label for="address">Address of your own server <span class="quiet">(empty: ${publicHosts(forges)})</span></label>
<input type="text" id="address" name="address" autocomplete="off" spellcheck="false" maxlength="200" placeholder="https://git.example.com" value="${sent?.address ?? ''}"${invalid('address', sent?.addressProblem)}>
${problemOf('address', sent?.addressProblem)}
${forges.map(
  ({ forge }) =>
    html`<p><button type="submit" name="forge" value="${forge}">${forges.length === 1 ? 'Go on' : `Go on with ${moduleOf(forge).name}`}</button></p>`,
)}`;

const publicHosts = (forges: readonly RegistrationForge[]): string =>
  forges.flatMap(({ baseUrl }) => (baseUrl === undefined ? [] : [new URL(baseUrl).host])).join(' or ');

/** For administrators. */
export const registerPage = (
  forges: readonly RegistrationForge[],
  formToken: string,
  sent?: SentRegistration,
): Page => ({
  ...statusOf(sent),
  title: 'Add a code host',
  content: html`<form method="post" action="/sign-in/register">${hidden('form-token', formToken)}
${registrationFields(forges, sent)}
</form>
${toStartPage}`,
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

interface Registered {
  readonly installUrl: string | undefined;
  /** Otherwise it is a client that was entered. */
  readonly isApp: boolean;
  readonly isSetUp: boolean;
}

export function registeredPage(one: Offered, { installUrl, isApp, isSetUp }: Registered): Page {
  const host = nameOf(one);
  return {
    title: isApp ? 'The App was made' : `${host} was added`,
    content: html`<p>This registry knows ${host} now, and what belongs to the ${isApp ? 'App' : 'application'} is stored.</p>
${
  installUrl === undefined
    ? ''
    : html`<h2>${isSetUp ? 'Give it access' : '1. Give it access'}</h2>
<p>Install the App on the organizations whose packages this registry is to serve. ${host} sends you back here.</p>
${buttonTo(installUrl, `Install the App at ${host}`)}`
}
${
  isSetUp
    ? toStartPage
    : html`<h2>${installUrl === undefined ? 'Sign in' : '2. Sign in'}</h2>
<p>You become the administrator of this registry.</p>
<form method="post" action="/sign-in/setup">${signInButtons([one])}</form>`
}`,
  };
}
