/** The page after an organization was connected: what was read of it, and its packages so far. */
import { html } from 'hono/html';
import type { Organization } from '../../../shared/domain/organization.ts';
import type { WaitingReason } from '../../../shared/domain/package.ts';
import type { ScopeName } from '../../../shared/domain/scopes.ts';
import type { Html, Page } from '../../../shared/runtime/page.ts';
import type { FirstImport } from './first-import.ts';
import { tokenForm } from './home.ts';

interface Connected {
  readonly organization: Organization;
  readonly progress: FirstImport | undefined;
  readonly registryBaseUrl: string;
  readonly formToken: string;
}

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

export function connectedPage({ organization, progress, registryBaseUrl, formToken }: Connected): Page {
  const { name, slug } = organization;
  const isReading = progress?.isReading === true;
  return {
    title: `${name} is connected`,
    ...(isReading ? { refreshSeconds } : {}),
    content: html`<p>Composer repository: <code>${registryBaseUrl}/${slug}</code></p>
${progress === undefined ? '' : progressOf(progress, slug)}
${
  isReading
    ? html`<p>You need not wait here: the start page has the form for a token.</p>`
    : tokenForm(formToken)
}
<p><a href="/">To the start page</a></p>`,
  };
}

function progressOf({ login, isReading, scopes, packages, waiting }: FirstImport, slug: string): Html {
  const more = packages.length - namesMax;
  return html`<h2>What was read of ${login}</h2>
<ul>${scopes.map(({ name, isRead }) => html`<li>${scopeTexts[name]}: ${isRead ? 'read' : isReading ? 'being read' : 'not available'}</li>`)}</ul>
${isReading ? html`<p role="status">The repositories are being scanned. This page loads again every ${refreshSeconds} seconds. <a href="/connected/${slug}">Refresh</a></p>` : html`<p role="status">The first import is done.</p>`}
<h2>Packages so far: ${packages.length}</h2>
${packages.length === 0 ? '' : html`<ul>${packages.slice(0, namesMax).map((name) => html`<li><code>${name}</code></li>`)}</ul>`}
${more > 0 ? html`<p>And ${more} more.</p>` : ''}
${
  waiting.length === 0
    ? ''
    : html`<h2>Not packages yet</h2>
<ul>${waiting.slice(0, namesMax).map(({ name, reason }) => html`<li><code>${name}</code> ${reasonTexts[reason]}</li>`)}</ul>`
}`;
}
