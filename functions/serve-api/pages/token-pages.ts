/** The pages of a person's own tokens. */
import { html } from 'hono/html';
import type { Membership } from '../../../shared/organizations/membership.ts';
import type { OwnToken } from '../../../shared/organizations/personal-tokens.ts';
import type { Html, Page } from '../../../shared/runtime/page.ts';
import { hidden, shownTime, toStartPage } from '../../../shared/sign-in/pages.ts';
import { exclusionsOf } from '../../../shared/store/personal-token-store.ts';

export const tokensPath = '/tokens';

/** Makes a token of the person. */
export const tokenForm = (formToken: string): Html =>
  html`<h2 id="token">New token for Composer</h2>
<p>It reads what you may read, for as long as you may.</p>
<form method="post" action="${tokensPath}">${hidden('form-token', formToken)}
<label for="description">What it is for</label>
<input type="text" id="description" name="description" required maxlength="100" value="Composer">
<p><button type="submit">Make a token</button></p></form>`;

interface ShownSecret {
  /** Seconds since the epoch; 0: never. */
  readonly expiry: number;
  readonly memberships: readonly Membership[];
  readonly registryBaseUrl: string;
  /** A package that the person can install. */
  readonly example: string | undefined;
}

/** A new token, shown this once, with the lines to paste. */
export function tokenPage(secret: string, shown: ShownSecret): Page {
  const { expiry, memberships, registryBaseUrl, example } = shown;
  const { host } = new URL(registryBaseUrl);
  const lines = [
    // On one machine only; a deployment has TLS.
    ...(registryBaseUrl.startsWith('http:')
      ? ['composer config secure-http false  # plain http, for this machine only']
      : []),
    ...memberships.map(
      ({ organization: { slug } }) =>
        `composer config repositories.${slug} composer ${registryBaseUrl}/${slug}`,
    ),
    `composer config --global http-basic.${host} token ${secret}`,
    `composer require ${example ?? 'vendor/name'}`,
  ];
  return {
    title: 'Your new token',
    content: html`<p><code>${secret}</code></p>
<p>It is shown this once, and ${endOf(expiry)}. The registry accepts it within half a minute. Run these lines in the folder of your project, where its <code>composer.json</code> is:</p>
<pre>${lines.join('\n')}</pre>
<p class="quiet">The token is kept in your own Composer configuration and not in the project.${example === undefined ? ' Replace vendor/name by a package.' : ''}</p>
<p><a href="${tokensPath}">To your tokens</a></p>
${toStartPage}`,
  };
}

/** @param expiry seconds since the epoch; 0: never */
const endOf = (expiry: number): string => (expiry === 0 ? 'never ends' : `ends ${dayOf(expiry * 1000)}`);

/** Every token that has not ended, with the buttons that rotate and revoke it. */
export const tokensPage = (tokens: readonly OwnToken[], formToken: string): Page => ({
  title: 'Your tokens',
  content: html`${
    tokens.length === 0
      ? html`<p>You have none.</p>`
      : html`<p>Those that have not ended, the newest first.</p>
<ul>${tokens.map((one) => tokenItem(one, formToken))}</ul>`
  }
${tokenForm(formToken)}
${toStartPage}`,
});

const dayOf = (at: number): string => shownTime(at).slice(0, 10);

function tokenItem({ token, entries }: OwnToken, formToken: string): Html {
  const { id, description, state, createdAt, expiry } = token;
  const lastInstallAt = Math.max(0, ...entries.map((entry) => entry.lastInstallAt ?? 0));
  const excluded = exclusionsOf(token);
  const facts = [
    `made ${dayOf(createdAt)}`,
    endOf(expiry),
    lastInstallAt === 0 ? 'nothing installed yet' : `last install ${shownTime(lastInstallAt)}`,
    ...(state === 'waiting' ? ['accepted within half a minute'] : []),
    ...(excluded.length === 0 ? [] : [`does not read ${excluded.join(', ')}`]),
  ];
  return html`<li><strong>${description}</strong><br><span class="quiet">${facts.join(' · ')}</span>
<details><summary>Rotate or revoke</summary>
<form method="post" action="${tokensPath}/${id}">${hidden('form-token', formToken)}
<p><button class="second" type="submit" name="change" value="rotate">Give it another secret</button></p>
<p class="quiet">The one that it has now is refused within seconds.</p>
<p><button class="second" type="submit" name="change" value="revoke">Revoke it</button></p>
<p class="quiet">It is refused within seconds, for good.</p></form></details></li>`;
}
