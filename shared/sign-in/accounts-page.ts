/** The page of who is signed in: the accounts, and where else the person is signed in. */
import { html } from 'hono/html';
import type { Html, Page } from '../runtime/page.ts';
import type { SessionView } from '../sessions/end-sessions.ts';
import type { User } from '../store/user-store.ts';
import { hostLabel } from './host-label.ts';
import { buttonTo, type CodeHost, hidden, shownTime, startForm } from './pages.ts';

interface AccountsPage {
  readonly user: User;
  /** That people can sign in with. */
  readonly hosts: readonly CodeHost[];
  readonly sessions: readonly SessionView[];
  /** The id of this browser's session. */
  readonly current: string;
  /** A path of this host. */
  readonly returnTo: string;
  readonly formToken: string;
}

export function accountsPage(page: AccountsPage): Page {
  const { user, hosts, sessions, returnTo, formToken } = page;
  const form = { returnTo, formToken, isSecond: true };
  const own = hosts.filter(({ baseUrl }) => user.accounts.some((one) => one.baseUrl === baseUrl));
  return {
    title: 'Accounts and sign-in',
    content: html`<p>You are signed in as <strong>${user.name ?? user.login}</strong>.</p>
${buttonTo(returnTo, returnTo === '/' ? 'To the start page' : 'Go on')}
<h2>Your accounts</h2>
<ul>${user.accounts.map(accountItem)}</ul>
<p class="quiet">You can sign in with each of them, and have the rights of all.</p>
${hosts.map((one) => startForm(one, { ...form, purpose: 'link', label: 'Link another account at' }))}
<h2>Where you are signed in</h2>
<ul>${sessions.map((one) => sessionItem(one, page))}</ul>
${sessions.length > 1 ? endForm('/sign-in/out-others', formToken, 'Sign out everywhere else') : ''}
${endForm('/sign-in/out', formToken, 'Sign out here')}
<h2>Confirm that it is you</h2>
<p class="quiet">Some changes can be made only within 15 minutes of it.</p>
${(own.length > 0 ? own : hosts).map((one) => startForm(one, { ...form, purpose: 'authenticate-again', label: 'Confirm it with' }))}`,
  };
}

const endForm = (action: string, formToken: string, text: string): Html =>
  html`<form method="post" action="${action}">${hidden('form-token', formToken)}<button class="second" type="submit">${text}</button></form>`;

const accountItem = (account: User['accounts'][number]): Html =>
  html`<li><strong>${account.login ?? account.account}</strong> at ${hostLabel(account)}${
    account.lastSignInAt === undefined
      ? ''
      : html`<br><span class="quiet">last used ${shownTime(account.lastSignInAt)}</span>`
  }</li>`;

const sessionItem = (session: SessionView, { current }: AccountsPage): Html =>
  html`<li>${session.id === current ? html`<strong>This browser</strong>: ` : ''}${programOf(session.userAgent)}, ${session.address}<br><span class="quiet">since ${shownTime(session.startedAt)}, last used ${shownTime(session.lastUsedAt)}</span></li>`;

/** The first that is named: browsers name those that they want to be taken for too. */
const browsers = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const;
const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const;

/**
 * The browser and the system by what the browser says of itself: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5
 *
 * @returns the beginning of the text for other programs
 */
export function programOf(userAgent: string): string {
  const named = (all: readonly (readonly [string, string])[], after: string) =>
    all.find(([product]) => userAgent.includes(product + after))?.[1];
  const [browser, system] = [named(browsers, '/'), named(systems, '')];
  return browser === undefined
    ? userAgent.slice(0, 60)
    : system === undefined
      ? browser
      : `${browser} on ${system}`;
}
