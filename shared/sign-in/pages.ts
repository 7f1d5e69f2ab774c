/** The pages of sign-in, in words for the person who reads them. */
import { html } from 'hono/html';
import { ForgeError } from '../forge/errors.ts';
import { SignInError } from '../forge/sign-in.ts';
import type { Html, Page } from '../runtime/page.ts';
import type { Problem } from '../runtime/problem-details.ts';
import { delaySecondsUntil } from '../runtime/retries.ts';
import type { User } from '../store/user-store.ts';
import type { Outcome } from './complete-sign-in.ts';
import type { Offered, OfferedIntegrations } from './offered.ts';
import type { Purpose } from './pending-sign-in.ts';

/** For a person: the host, as all integrations differ in it. */
export const nameOf = ({ integration }: Pick<Offered, 'integration'>): string =>
  new URL(integration.settings.baseUrl).host;

export const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

/** The page on which a person connects an organization of that code host. */
const connectPath = ({ key }: Offered): string => `/connect/${encodeURIComponent(key)}`;

interface StartForm {
  readonly purpose: Purpose;
  readonly returnTo: string;
  /** Of the session, where somebody is signed in. */
  readonly formToken?: string | undefined;
  readonly label: string;
}

/** A button that leads to the code host. */
const startForm = (one: Offered, { purpose, returnTo, formToken, label }: StartForm): Html =>
  html`<form method="post" action="/sign-in/start/${encodeURIComponent(one.key)}">
${hidden('purpose', purpose)}${hidden('return', returnTo)}${formToken === undefined ? '' : hidden('form-token', formToken)}
<button type="submit">${label} ${nameOf(one)}</button>
</form>`;

export function signInPage(integrations: OfferedIntegrations, returnTo: string, isSetUp: boolean): Page {
  const { offered } = integrations;
  if (!isSetUp) {
    return {
      title: 'Set up this registry',
      content: html`<p>This registry has no administrator yet. Whoever installed it has a set-up code.</p>
<p><a href="/sign-in/setup">Go on with the set-up code</a></p>`,
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
${offered.map((one) => startForm(one, form))}`,
  };
}

/** Why integrations that are there are not offered. */
export const unusable = ({ withoutSignIn, invalid }: OfferedIntegrations): Html =>
  html`${
    withoutSignIn.length === 0
      ? ''
      : html`<p>Nobody can sign in with ${withoutSignIn.join(', ')}: its integration has no client id or no client secret.</p>`
  }${invalid === 0 ? '' : html`<p>An integration cannot be used as it is written down. The log of this registry says why.</p>`}`;

/** For who is signed in already. */
export function signedInPage(
  user: User,
  offered: readonly Offered[],
  { returnTo, formToken }: Pick<StartForm, 'returnTo'> & { readonly formToken: string },
): Page {
  return {
    title: 'You are signed in',
    content: html`<p>You are signed in as <strong>${user.name ?? user.login}</strong>.</p>
<p><a href="${returnTo}">Go on</a></p>
${offered.map((one) => startForm(one, { purpose: 'choose-organization', returnTo: connectPath(one), formToken, label: 'Choose an organization at' }))}
${offered.map((one) => startForm(one, { purpose: 'authenticate-again', returnTo, formToken, label: 'Confirm that it is you with' }))}
${offered.map((one) => startForm(one, { purpose: 'link', returnTo, formToken, label: 'Link an account at' }))}
<form method="post" action="/sign-in/out">${hidden('form-token', formToken)}<button class="second" type="submit">Sign out</button></form>`,
  };
}

/** Before a further account is linked. */
export function againPage(
  offered: readonly Offered[],
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
    content: html`<p>You signed in a while ago. Before another account can sign in as you, confirm that it is still you.</p>
${offered.map((one) => startForm(one, form))}`,
  };
}

/** Where a code host sends people after they gave access. Its parameters say nothing that we believe, so they are not even read. */
export function installedPage(one: Offered, formToken: string | undefined): Page {
  return {
    title: 'The App was installed',
    content: html`<p>${nameOf(one)} sent you back here. To go on, we ask it which organizations are yours and what it lets us read.</p>
${startForm(one, { purpose: 'choose-organization', returnTo: connectPath(one), formToken, label: 'Choose an organization at' })}`,
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

export const messagePage = (title: string, text: string, status = 200): Page => ({
  status,
  title,
  content: html`<p>${text}</p><p><a href="/sign-in">To sign-in</a></p>`,
});

/** What a person can do something about, or not, as a page. */
export const problemPage = ({ status, detail, retryAfter }: Problem): Page => ({
  ...messagePage('That did not work', detail, status),
  retryAfter,
});

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
  'another-user': 'That account is not one of yours here. Sign in with one of your own.',
  'set-up-already': 'This registry has an administrator by now. The set-up code is worth nothing any more.',
};

export const refusedPage = ({ why }: RefusedOutcome): Page =>
  messagePage('You are not signed in', refusals[why], why === 'replayed' ? 400 : 403);

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
    return messagePage('You are not signed in', text, status);
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
