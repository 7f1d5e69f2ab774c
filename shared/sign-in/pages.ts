/** The pages of sign-in, in words for the person who reads them. */
import { html } from 'hono/html';
import { ForgeError } from '../forge/errors.ts';
import { forgeOfKey } from '../forge/integration-key.ts';
import { SignInError } from '../forge/sign-in.ts';
import type { Html, Page } from '../runtime/page.ts';
import type { Problem } from '../runtime/problem-details.ts';
import { delaySecondsUntil } from '../runtime/retries.ts';
import type { User } from '../store/user-store.ts';
import type { Outcome } from './complete-sign-in.ts';
import { hostLabel } from './host-label.ts';
import type { Offered, OfferedIntegrations } from './offered.ts';
import type { Purpose } from './pending-sign-in.ts';
import { consoleConnectPath } from './return-path.ts';

/** For a person: the host, as all integrations differ in it. */
export const hostName = ({ baseUrl }: { readonly baseUrl: string }): string => new URL(baseUrl).host;
export const nameOf = ({ integration }: Pick<Offered, 'integration'>): string =>
  hostName(integration.settings);

/** An integration as far as a page names it. */
export interface CodeHost {
  readonly key: string;
  readonly baseUrl: string;
}

/** For a button that leads there. */
export const labelOf = ({ key, baseUrl }: CodeHost): string => hostLabel({ forge: forgeOfKey(key), baseUrl });

export const codeHostOf = ({ key, integration }: Offered): CodeHost => ({
  key,
  baseUrl: integration.settings.baseUrl,
});

export const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

/** For a person, to the minute. @param at milliseconds since the epoch */
export const shownTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

interface StartForm {
  readonly purpose: Purpose;
  readonly returnTo: string;
  /** Of the session, where somebody is signed in. */
  readonly formToken?: string | undefined;
  /** What stands before the host's name. */
  readonly label: string;
  /** There is a more likely choice on the page. */
  readonly isSecond?: boolean;
}

/** A button that leads to the code host. */
export const startForm = (
  one: CodeHost,
  { purpose, returnTo, formToken, label, isSecond = false }: StartForm,
): Html =>
  html`<form method="post" action="/sign-in/start/${encodeURIComponent(one.key)}">
${hidden('purpose', purpose)}${hidden('return', returnTo)}${formToken === undefined ? '' : hidden('form-token', formToken)}
<button type="submit"${isSecond ? html` class="second"` : ''}>${label} ${labelOf(one)}</button>
</form>`;

export const buttonTo = (path: string, text: string): Html =>
  html`<p><a class="button" href="${path}">${text}</a></p>`;
export const toStartPage = html`<p><a href="/">To the start page</a></p>`;

export function signInPage(integrations: OfferedIntegrations, returnTo: string, isSetUp: boolean): Page {
  const { offered } = integrations;
  if (!isSetUp) {
    return {
      title: 'Set up this registry',
      content: html`<p>This registry has no administrator yet. Whoever installed it has a set-up code.</p>
${buttonTo('/sign-in/setup', 'Go on with the set-up code')}`,
    };
  }
  const form = { purpose: 'sign-in', returnTo, label: 'Sign in with' } as const;
  return {
    title: 'Sign in',
    content:
      offered.length === 0
        ? html`<p>No code host is set up for signing in. The administrator of this registry adds one to its integrations.</p>
${unusable(integrations)}`
        : html`<p>Use the account that you have where your code is. It tells us who you are; we never see its password.</p>
${offered.map((one) => startForm(codeHostOf(one), form))}`,
  };
}

/** Why integrations that are there are not offered. */
export const unusable = ({ withoutSignIn, invalid }: OfferedIntegrations): Html =>
  html`${
    withoutSignIn.length === 0
      ? ''
      : html`<p>Nobody can sign in with ${withoutSignIn.join(', ')}: its integration has no client id or no client secret.</p>`
  }${invalid === 0 ? '' : html`<p>An integration cannot be used as it is written down. The log of this registry says why.</p>`}`;

/** Before what only the person who signed in is to do. */
export function againPage(
  hosts: readonly CodeHost[],
  { returnTo, formToken }: Pick<StartForm, 'returnTo'> & { readonly formToken: string },
): Page {
  const form = {
    purpose: 'authenticate-again',
    returnTo,
    formToken,
    label: 'Confirm that it is you with',
  } as const;
  return {
    title: 'Confirm that it is you',
    content: html`<p>You signed in a while ago. Before anything is changed in your name, confirm that it is still you. Then you come back, and can do it again.</p>
${hosts.map((one) => startForm(one, form))}
${toStartPage}`,
  };
}

/** Where a code host sends people after they gave access. Its parameters say nothing that we believe, so they are not even read. */
export function installedPage(one: Offered, formToken: string | undefined): Page {
  return {
    title: 'The App was installed',
    content: html`<p>${labelOf(codeHostOf(one))} sent you back here. To go on, we ask it which organizations are yours and what it lets us read.</p>
${startForm(codeHostOf(one), { purpose: 'choose-organization', returnTo: `${consoleConnectPath}/${encodeURIComponent(one.key)}`, formToken, label: 'Choose an organization at' })}`,
  };
}

export function mergePage(user: User, other: User, formToken: string): Page {
  const [mine, theirs] = [user.name ?? user.login, other.name ?? other.login];
  return {
    title: 'This account belongs to somebody else here',
    content: html`<p>You are signed in as <strong>${mine}</strong>. The account that you have just signed in with belongs to
<strong>${theirs}</strong> (${other.login}). Nothing was changed.</p>
<p>If both are you, they can become one: ${mine} gets all accounts of ${theirs}, with every right that comes from them.</p>
<p>Tokens of ${theirs} stop at once, and so do the sessions of ${theirs}. This cannot be undone.</p>
<form method="post" action="/sign-in/merge">${hidden('form-token', formToken)}<button type="submit">Both are me: make them one</button></form>
<p><a href="/">No, leave everything as it is</a></p>`,
  };
}

/** @param next where the person can go on */
export const messagePage = (
  title: string,
  text: string,
  status = 200,
  next: Html = html`<p><a href="/sign-in">To sign-in</a></p>`,
): Page => ({ status, title, content: html`<p>${text}</p>${next}` });

export const notFoundPage = (text = 'Nothing is here.'): Page =>
  messagePage('There is no such page', text, 404, toStartPage);

/** What a person can do something about, or not, as a page. */
export const problemPage = ({ status, detail, retryAfter }: Problem): Page => ({
  ...messagePage('That did not work', detail, status),
  retryAfter,
});

/** Also for who is signed in already, and stays so. */
const notDone = 'The sign-in was not completed';

type RefusedOutcome = Extract<Outcome, { kind: 'refused' }>;

const refusals: Readonly<Record<RefusedOutcome['why'], string>> = {
  'not-set-up':
    'This registry has no administrator yet. Whoever installed it signs in first, with the set-up code.',
  'no-member':
    'Your account is no member and no collaborator of an organization that is connected here. If you were added only now, try again in some minutes; else ask an owner of your organization, or the administrator of this registry.',
  'not-listed':
    'Your account is not on the list of those who may sign in. The administrator of this registry keeps it.',
  replayed: 'This answer of the code host was used already. Begin again.',
  'another-session': 'You were signed out, or signed in anew, in the meantime. Begin again.',
  'another-user':
    'That account is not one of yours here. Use one of your own, or link that account to them first.',
  'set-up-already': 'This registry has an administrator by now. The set-up code is worth nothing any more.',
};

/** What is refused to the account, and not to this one try. */
const ofTheAccount: readonly RefusedOutcome['why'][] = ['not-set-up', 'no-member', 'not-listed'];

export function refusedPage({ why }: RefusedOutcome): Page {
  if (why === 'another-user') {
    const next = html`<p><a href="/sign-in">To your accounts</a></p>`;
    return messagePage(notDone, refusals[why], 403, next);
  }
  const title = ofTheAccount.includes(why) ? 'You cannot sign in here' : notDone;
  return messagePage(title, refusals[why], why === 'replayed' ? 400 : 403);
}

const failures: Readonly<Record<SignInError['code'], readonly [number, string]>> = {
  denied: [403, 'You did not let us know who you are. Nothing has changed.'],
  'state-mismatch': [400, 'This answer is not to what your browser asked. Begin again, in one window.'],
  'bad-code': [400, 'The code host does not know this answer any more. Begin again.'],
  'account-unverified': [
    403,
    'The code host wants you to confirm your account there first, such as its e-mail address.',
  ],
  'client-rejected': [502, 'The code host does not know this registry any more. Tell its administrator.'],
  'grant-ended': [400, 'What you allowed at the code host has ended. Begin again.'],
};

/**
 * What a failure at the code host is to the person: nothing has changed, and whoever was signed in still is.
 *
 * @returns undefined for an error of ours
 */
export function failurePage(error: unknown, now: number): Page | undefined {
  if (error instanceof SignInError) {
    const [status, text] = failures[error.code];
    return messagePage(notDone, text, status);
  }
  if (error instanceof ForgeError) {
    const retryAfter = error.notBefore === undefined ? undefined : delaySecondsUntil(error.notBefore, now);
    const page = messagePage(
      'The code host does not answer',
      'It could not say who you are just now, so nothing has changed. Whoever is signed in stays so. Try again in some minutes.',
      503,
    );
    return { ...page, retryAfter };
  }
  return undefined;
}
