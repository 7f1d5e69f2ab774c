/** The page after an organization was connected: what was read of it, and its packages so far. */
import { html } from 'hono/html';
import type { Organization } from '../../../shared/domain/organization.ts';
import type { WaitingReason } from '../../../shared/domain/package.ts';
import type { ScopeName } from '../../../shared/domain/scopes.ts';
import type { DescribedConnection } from '../../../shared/organizations/connections.ts';
import type { ImportProgress } from '../../../shared/organizations/import-progress.ts';
import type { Html, Page } from '../../../shared/runtime/page.ts';
import { hidden, toStartPage } from '../../../shared/sign-in/pages.ts';
import { connectPath } from '../../../shared/sign-in/return-path.ts';
import type { FirstImport, WaitingName } from './first-import.ts';
import { tokenForm } from './token-pages.ts';

interface Connected {
  readonly organization: Organization;
  readonly progress: FirstImport | undefined;
  /** What an owner has to do about its connections, or is to know of them. */
  readonly connections: readonly ShownConnection[];
  readonly registryBaseUrl: string;
  readonly formToken: string;
}

type ShownConnection = Pick<DescribedConnection, 'advice' | 'notes' | 'usedBy'>;

const scopeTexts: Readonly<Record<ScopeName, string>> = {
  settings: 'Settings',
  members: 'Members',
  teams: 'Teams',
  roles: 'Roles',
  repositories: 'Repositories',
  permissions: 'Permissions',
};

const reasonTexts: Readonly<Record<WaitingReason, string>> = {
  'invalid-name': 'is not a valid package name',
  fork: 'is of a fork',
  'not-chosen': 'was not chosen',
  'vendor-not-owned': 'has a vendor that this organization does not own',
  'name-taken': 'is the name of another package',
};

/** Names of a list; the rest is counted. */
const namesMax = 20;
const refreshSeconds = 5;

export function connectedPage({
  organization,
  progress,
  connections,
  registryBaseUrl,
  formToken,
}: Connected): Page {
  const { name, slug } = organization;
  const isImporting = progress?.progress !== undefined;
  return {
    title: `${name} is connected`,
    ...(isImporting ? { refreshSeconds } : {}),
    content: html`<p>Composer repository: <code>${registryBaseUrl}/${slug}</code></p>
${connections.map(adviceOf)}
${progress === undefined ? '' : progressOf(progress, slug)}
${progress === undefined || isImporting ? '' : choiceOf(progress.waiting, slug, formToken)}
${
  isImporting
    ? html`<p>You need not wait here: the start page has the form for a token.</p>`
    : tokenForm(formToken)
}
${connections.map(notesOf)}
${toStartPage}`,
  };
}

const adviceOf = ({ advice }: ShownConnection): Html =>
  advice === undefined
    ? html``
    : html`<p role="alert"><strong>${advice}</strong> <a href="${connectPath}">Change what it is read with</a></p>`;

/** What is between backticks is code. */
const withCode = (text: string): readonly (Html | string)[] =>
  text.split('`').map((part, place) => (place % 2 === 1 ? html`<code>${part}</code>` : part));

function notesOf({ notes: { limits, unneeded }, usedBy: { login } }: ShownConnection): Html {
  const all = [...limits, ...unneeded];
  return all.length === 0
    ? html``
    : html`<h2>What ${login} is read with</h2>
<ul>${all.map((text) => html`<li>${withCode(text)}</li>`)}</ul>
<p><a href="${connectPath}">Change it</a></p>`;
}

/** Repositories that nobody has chosen, with a box for each. */
function choiceOf(all: FirstImport['waiting'], slug: string, formToken: string): Html {
  const waiting = all.filter(isToChoose);
  return waiting.length === 0
    ? html``
    : html`<h2>Not chosen yet</h2>
<form method="post" action="/connected/${slug}">${hidden('form-token', formToken)}
${waiting.map(({ name, repository }) => html`<label class="choice"><input type="checkbox" name="repository" value="${repository}"><code>${name}</code></label>`)}
<p><button type="submit" name="choice" value="these">Make packages of these</button></p>
<p><button class="second" type="submit" name="choice" value="all">Make packages of all repositories</button></p></form>`;
}

const isToChoose = ({ reason }: WaitingName): boolean => reason === 'not-chosen';

function progressOf({ login, progress, scopes, packages, waiting: all }: FirstImport, slug: string): Html {
  const waiting = all.filter((one) => !isToChoose(one));
  const more = packages.length - namesMax;
  return html`${progress === undefined ? doneOf(scopes) : importOf(login, progress, scopes, slug)}
<h2>Packages${progress === undefined ? '' : ' so far'}: ${packages.length}</h2>
${packages.length === 0 ? '' : html`<ul>${packages.slice(0, namesMax).map((name) => html`<li><code>${name}</code></li>`)}</ul>`}
${more > 0 ? html`<p>And ${more} more.</p>` : ''}
${
  waiting.length === 0
    ? ''
    : html`<h2>Not packages yet</h2>
<ul>${waiting.slice(0, namesMax).map(({ name, reason }) => html`<li><code>${name}</code> ${reasonTexts[reason]}</li>`)}</ul>`
}`;
}

function doneOf(scopes: FirstImport['scopes']): Html {
  const missing = scopes.filter(({ isRead }) => !isRead);
  return html`<p role="status"><strong>The first import is done.</strong>${
    missing.length === 0
      ? ''
      : html` The code host does not have, or does not show: ${missing.map(({ name }) => scopeTexts[name].toLowerCase()).join(', ')}.`
  }</p>`;
}

const olderOf = ({ unread, until }: NonNullable<ImportProgress['older']>): Html =>
  html`<p>The newest versions come first. ${unread} older ones follow, by about ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC: the code host gives only so many files an hour.</p>`;

function importOf(
  login: string,
  { repositories, scanned, older }: ImportProgress,
  scopes: FirstImport['scopes'],
  slug: string,
): Html {
  return html`<h2>Reading ${login}</h2>
<ul>${scopes.map(({ name, isRead }) => html`<li>${scopeTexts[name]}: ${isRead ? 'read' : 'being read'}</li>`)}</ul>
${
  repositories === undefined
    ? ''
    : html`<p><label for="scanned">Repositories scanned: ${scanned} of ${repositories}</label>
<progress id="scanned" max="${Math.max(repositories, 1)}" value="${scanned}"></progress></p>`
}
${older === undefined ? '' : olderOf(older)}
<p class="quiet" role="status">This page loads again every ${refreshSeconds} seconds. <a href="/connected/${slug}">Refresh</a></p>`;
}
