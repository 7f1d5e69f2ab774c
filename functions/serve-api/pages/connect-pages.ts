/** The pages on which a person chooses the organization that is connected. */
import { html } from 'hono/html';
import { isVendor, slugProblem } from '../../../shared/domain/organization.ts';
import type { OfferedOrganization, PublicIntegration } from '../../../shared/organizations/granted-forge.ts';
import type { Html, Page } from '../../../shared/runtime/page.ts';
import { hidden, hostName, labelOf, startForm, toStartPage } from '../../../shared/sign-in/pages.ts';
import { connectPath } from '../../../shared/sign-in/return-path.ts';

/** What the form says. */
export interface ConnectForm {
  /** The code host's own id. */
  readonly organization: string;
  readonly slug: string;
  readonly name: string;
  /** With spaces or commas between them. */
  readonly vendors: string;
  readonly repositories: 'all' | 'later';
}

/** What was sent, and why it was not carried out. */
export interface Suggested extends ConnectForm {
  readonly problem: string;
}

interface ConnectPage {
  readonly host: PublicIntegration;
  readonly organizations: readonly OfferedOrganization[];
  readonly formToken: string;
  readonly suggested: Suggested | undefined;
}

const title = 'Connect an organization';
const pathOf = ({ key }: PublicIntegration): string => `${connectPath}/${encodeURIComponent(key)}`;

/** Several code hosts, or none. */
export const hostsPage = (hosts: readonly PublicIntegration[]): Page => ({
  title,
  content:
    hosts.length === 0
      ? html`<p>This registry knows no code host that people can sign in with.</p>${toStartPage}`
      : html`<p>Where is it?</p>
${hosts.map((host) => html`<p><a class="button second" href="${pathOf(host)}">${labelOf(host)}</a></p>`)}${toStartPage}`,
});

/** Before the code host can be asked which organizations the person owns. @param isLinked whether the person has an account there */
export const grantPage = (host: PublicIntegration, formToken: string, isLinked: boolean): Page => ({
  title,
  content: html`<p>${hostName(host)} says which organizations are yours. It asks you to sign in there, and then sends you back here. What you allow is kept for 15 minutes.</p>
${
  isLinked
    ? startForm(host, {
        purpose: 'choose-organization',
        returnTo: pathOf(host),
        formToken,
        label: 'Show my organizations at',
      })
    : html`<p>You have not signed in with an account there yet. It becomes one more of your own, which you can sign in with.</p>
${startForm(host, { purpose: 'link', returnTo: pathOf(host), formToken, label: 'Link my account at' })}`
}
${toStartPage}`,
});

export function connectPage(page: ConnectPage): Page {
  const { host, organizations, formToken, suggested } = page;
  const ready = organizations.filter(({ state }) => state === 'ready');
  const others = organizations.filter(({ state }) => state !== 'ready');
  return {
    ...(suggested === undefined ? {} : { status: 422 }),
    title,
    content: html`<p>Your organizations at ${hostName(host)}. Whoever can read a repository there can install its package here.</p>
${organizations.length === 0 ? html`<p>You own no organization there. Only an owner can connect one.</p>` : ''}
${ready.map((one) => readyItem(page, one, ready.length === 1))}
${others.length === 0 ? '' : html`<h2>${ready.length === 0 ? 'None can be connected yet' : 'Others'}</h2><ul>${others.map((one) => otherItem(page, one))}</ul>`}
${host.installUrl === undefined ? '' : html`<p>One is missing? <a href="${host.installUrl}">Give this registry access to it</a>.</p>`}
${startForm(host, { purpose: 'choose-organization', returnTo: pathOf(host), formToken, label: 'Ask again at', isSecond: true })}
${toStartPage}`,
  };
}

function otherItem(page: ConnectPage, one: OfferedOrganization): Html {
  const { login, note, installUrl, organization, state } = one;
  return html`<li><strong>${login}</strong>: ${note ?? ''} ${
    installUrl === undefined ? '' : html`<a href="${installUrl}">Install the App on ${login}</a>`
  }${
    state === 'connected' && organization !== undefined
      ? html`<a href="/connected/${organization}">See ${organization}</a>${replaceForm(page, one)}`
      : ''
  }</li>`;
}

const takesTokens = ({ connectsWith }: PublicIntegration): boolean => connectsWith.includes('token');

/** Never shown again with what was typed. */
const tokenField = (host: PublicIntegration, id: string): Html =>
  html`<details><summary>Read it with an access token instead</summary>
<label for="token-${id}">Access token <span class="quiet">(made at ${hostName(host)}${host.tokenForm === undefined ? '' : `: ${host.tokenForm}`}; it says here what the token lacks)</span></label>
<input type="password" id="token-${id}" name="token" maxlength="16000" autocomplete="off" spellcheck="false"></details>
${
  host.connectsWith.includes('contents-token')
    ? html`<details><summary>Read contents with another token</summary>
<label for="contents-token-${id}">Access token for contents <span class="quiet">(of the organization, a project or a repository at ${hostName(host)}: it may not ask who reads what, but has limits of its own)</span></label>
<input type="password" id="contents-token-${id}" name="contents-token" maxlength="16000" autocomplete="off" spellcheck="false"></details>`
    : ''
}`;

/** For an organization whose grant or token has ended, or whose owner has left. */
function replaceForm({ host, formToken, suggested }: ConnectPage, { id, login }: OfferedOrganization): Html {
  const sent = suggested?.organization === id ? suggested : undefined;
  return takesTokens(host)
    ? html`<details${sent === undefined ? '' : html` open`}><summary>Change what ${login} is read with</summary>
${sent === undefined ? '' : html`<p role="alert"><strong>${sent.problem}</strong></p>`}
<form method="post" action="${pathOf(host)}">${hidden('form-token', formToken)}${hidden('organization', id)}${hidden('replace', 'true')}
<p>Nothing is removed; everything is read again.</p>
${tokenField(host, id)}
<p><button class="second" type="submit">Read ${login} with what I allowed</button></p></form></details>`
    : html``;
}

function formOf({ id, login, name }: OfferedOrganization): ConnectForm {
  const lower = login.toLowerCase();
  return {
    organization: id,
    slug: slugProblem(lower) === undefined ? lower : '',
    name,
    vendors: isVendor(lower) ? lower : '',
    repositories: 'all',
  };
}

function readyItem({ host, formToken, suggested }: ConnectPage, one: OfferedOrganization, isOnly: boolean) {
  const sent = suggested?.organization === one.id ? suggested : undefined;
  const values = sent ?? formOf(one);
  const field = (name: 'slug' | 'name' | 'vendors'): string => `${name}-${one.id}`;
  const radio = (value: ConnectForm['repositories'], label: string): Html =>
    html`<label class="choice"><input type="radio" name="repositories" value="${value}"${values.repositories === value ? html` checked` : ''}><span>${label}</span></label>`;
  return html`<details${isOnly || sent !== undefined ? html` open` : ''}><summary>${one.login}</summary>
${sent === undefined ? '' : html`<p role="alert"><strong>${sent.problem}</strong></p>`}
<form method="post" action="${pathOf(host)}">${hidden('form-token', formToken)}${hidden('organization', one.id)}
<label for="${field('slug')}">Slug <span class="quiet">(part of the address of its packages; it can never be changed)</span></label>
<input type="text" id="${field('slug')}" name="slug" required maxlength="40" pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?" title="small letters, digits and hyphens" autocomplete="off" spellcheck="false" value="${values.slug}">
<label for="${field('name')}">Name</label>
<input type="text" id="${field('name')}" name="name" maxlength="200" autocomplete="off" value="${values.name}">
<label for="${field('vendors')}">Vendors of its packages <span class="quiet">(with a space between them)</span></label>
<input type="text" id="${field('vendors')}" name="vendors" maxlength="2000" autocomplete="off" spellcheck="false" value="${values.vendors}">
<p class="quiet">Packages of these vendors appear by themselves; others wait for an owner.</p>
<fieldset><legend>Repositories that are there now</legend>
${radio('all', 'All of them become packages, if they have a composer.json')}
${radio('later', 'None for now: I choose them later, on the page of the organization')}</fieldset>
${takesTokens(host) ? html`<p class="quiet">It is read with what you allowed just now, which this registry renews by itself.</p>${tokenField(host, one.id)}` : ''}
<p><button type="submit">Connect ${one.login}</button></p></form></details>`;
}
