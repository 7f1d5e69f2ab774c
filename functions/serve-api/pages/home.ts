/** The page where people begin: their organizations, and a token with the lines that Composer needs. */
import { html } from 'hono/html';
import type { Organization } from '../../../shared/domain/organization.ts';
import type { Membership } from '../../../shared/organizations/membership.ts';
import type { Html, Page } from '../../../shared/runtime/page.ts';

/** For whoever is not signed in. */
export const welcomePage: Page = {
  title: 'Repertoire',
  content: html`<p>A private Composer registry: whoever can read a repository on the code host can install its package.</p>
<p><a href="/sign-in?return=/">Sign in</a></p>
<p class="quiet">For programs: <a href="/api/v1/docs">the API</a>.</p>`,
};

interface Home {
  readonly name: string;
  readonly memberships: readonly Membership[];
  /** Where the person waits for an owner. */
  readonly waiting: readonly Organization[];
  readonly registryBaseUrl: string;
  readonly formToken: string;
  /** Of the installation. */
  readonly isAdministrator: boolean;
}

const roles = { owner: 'owner', member: 'member', outside: 'outside collaborator' } as const;

const organizationItem = (
  registryBaseUrl: string,
  { organization: { name, slug }, role }: Membership,
): Html => html`<li><strong>${name}</strong>, ${roles[role]}<br><code>${registryBaseUrl}/${slug}</code></li>`;

const waitingItem = ({ name }: Organization): Html =>
  html`<p>You wait for an owner of <strong>${name}</strong> to activate you. Until then you read nothing of it.</p>`;

export function homePage(home: Home): Page {
  const { name, memberships, waiting, registryBaseUrl, formToken, isAdministrator } = home;
  const organizations =
    memberships.length === 0 && waiting.length > 0
      ? ''
      : memberships.length === 0
        ? html`<p>You belong to no organization that is connected here. An owner connects one.</p>`
        : html`<ul>${memberships.map((one) => organizationItem(registryBaseUrl, one))}</ul>`;
  return {
    title: 'Repertoire',
    content: html`<p>You are signed in as <strong>${name}</strong>.</p>
<h2>Organizations</h2>
${organizations}
${waiting.map(waitingItem)}
<h2>New token for Composer</h2>
<p>It reads what you may read, for as long as you may.</p>
<form method="post" action="/tokens"><input type="hidden" name="form-token" value="${formToken}">
<label for="description">What it is for</label>
<input type="text" id="description" name="description" required maxlength="100" value="Composer">
<p><button type="submit">Make a token</button></p></form>
<form method="post" action="/sign-in/out"><input type="hidden" name="form-token" value="${formToken}"><button class="second" type="submit">Sign out</button></form>
<p class="quiet">${isAdministrator ? html`<a href="/sign-in/register">Add a code host</a> · ` : ''}<a href="/sign-in">Accounts and sign-in</a> · <a href="/api/v1/docs">the API</a></p>`,
  };
}

/** A new token, shown this once, with the lines to paste. */
export function tokenPage(
  secret: string,
  { memberships, registryBaseUrl }: Pick<Home, 'memberships' | 'registryBaseUrl'>,
): Page {
  const { host } = new URL(registryBaseUrl);
  const lines = [
    // On one machine only; a deployment has TLS.
    ...(registryBaseUrl.startsWith('http:') ? ['composer config --global secure-http false'] : []),
    ...memberships.map(
      ({ organization: { slug } }) =>
        `composer config --global repositories.${slug} composer ${registryBaseUrl}/${slug}`,
    ),
    `composer config --global http-basic.${host} token ${secret}`,
  ];
  return {
    title: 'Your new token',
    content: html`<p><code>${secret}</code></p>
<p>It is shown this once. Paste these lines into a terminal:</p>
<pre>${lines.join('\n')}</pre>
<p><a href="/">Go on</a></p>`,
  };
}
