/** The page where people begin: their organizations, and the form for a token. */
import { html } from 'hono/html';
import type { Organization } from '../../../shared/domain/organization.ts';
import type { OwnInvitation } from '../../../shared/organizations/invitations.ts';
import type { Membership } from '../../../shared/organizations/membership.ts';
import type { Html, Page } from '../../../shared/runtime/page.ts';
import { buttonTo } from '../../../shared/sign-in/pages.ts';
import { connectPath } from '../../../shared/sign-in/return-path.ts';
import { invitationItem } from './invitations.ts';
import { tokenForm, tokensPath } from './token-pages.ts';

/** For whoever is not signed in. */
export const welcomePage = (isSetUp: boolean): Page => ({
  title: 'Repertoire',
  content: html`<p>A private Composer registry: whoever can read a repository on the code host can install its package.</p>
${
  isSetUp
    ? buttonTo('/sign-in?return=/', 'Sign in')
    : html`<p>This registry is not set up yet. Whoever installed it has a set-up code.</p>
${buttonTo('/sign-in/setup', 'Set up this registry')}`
}
<p class="quiet">For programs: <a href="/api/v1/docs">the API</a>.</p>`,
});

interface Home {
  readonly name: string;
  readonly memberships: readonly Membership[];
  /** Where the person waits for an owner. */
  readonly waiting: readonly Organization[];
  readonly invitations: readonly OwnInvitation[];
  readonly registryBaseUrl: string;
  readonly formToken: string;
  /** Of the installation. */
  readonly isAdministrator: boolean;
  /** Whether the person may connect an organization of theirs. */
  readonly mayConnect: boolean;
}

const roles = { owner: 'owner', member: 'member', outside: 'outside collaborator' } as const;

const organizationItem = (
  registryBaseUrl: string,
  { organization: { name, slug }, role }: Membership,
): Html =>
  html`<li><strong>${name}</strong>, ${roles[role]}<br><code>${registryBaseUrl}/${slug}</code>${
    role === 'owner' ? html`<br><a href="/connected/${slug}">Its packages, and what it is read with</a>` : ''
  }</li>`;

const waitingItem = ({ name }: Organization): Html =>
  html`<p>You wait for an owner of <strong>${name}</strong> to activate you. Until then you read nothing of it.</p>`;

function organizationsOf({ memberships, waiting, registryBaseUrl, mayConnect }: Home): Html {
  if (memberships.length > 0) {
    return html`<ul>${memberships.map((one) => organizationItem(registryBaseUrl, one))}</ul>
${mayConnect ? html`<p><a href="${connectPath}">Connect another organization</a></p>` : ''}`;
  }
  if (waiting.length > 0) {
    return html``;
  }
  return mayConnect
    ? html`<p>None of your organizations is connected here yet. If you own one on the code host, you can connect it.</p>
${buttonTo(connectPath, 'Connect an organization')}`
    : html`<p>None of your organizations is connected here yet. The administrator of this registry connects them.</p>`;
}

export function homePage(home: Home): Page {
  const { name, memberships, waiting, invitations, formToken, isAdministrator } = home;
  return {
    title: 'Repertoire',
    content: html`<p>You are signed in as <strong>${name}</strong>.</p>
<h2>Organizations</h2>
${organizationsOf(home)}
${waiting.map(waitingItem)}
${invitations.map((one) => invitationItem(formToken, one))}
${memberships.length > 0 ? tokenForm(formToken) : ''}
<p><a href="${tokensPath}">Your tokens</a></p>
<form method="post" action="/sign-in/out"><input type="hidden" name="form-token" value="${formToken}"><button class="second" type="submit">Sign out</button></form>
<p class="quiet">${isAdministrator ? html`<a href="/sign-in/register">Add a code host</a> · ` : ''}<a href="/sign-in">Accounts and sign-in</a> · <a href="/api/v1/docs">the API</a></p>`,
  };
}
