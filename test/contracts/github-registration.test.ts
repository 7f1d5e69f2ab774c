/** An operator makes the App from a manifest, an owner installs it, and it works: for synchronizations and for people. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formsOf, openForm, submit } from '../../local/browser/html-form.ts';
import { asId } from '../../shared/domain/ids.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import { gitHub } from '../../shared/forge/github/module.ts';
import { traitsOf } from '../../shared/forge/modules.ts';
import { s256 } from '../../shared/forge/sign-in.ts';
import { type GitHub, known, startGitHub } from './github-fixture.ts';

let github: GitHub;
beforeAll(async () => {
  github = await startGitHub();
});
afterAll(() => github.close());

it('an App made from the manifest reads every scope, and its owner signs in and connects', async () => {
  const { simulator, acme, clock } = github;
  const { web: baseUrl, api: apiUrl } = simulator.addresses;
  const services = { fetch: globalThis.fetch, clock, budgets: createMemoryBudgets(), random: () => 0 };
  const registration = known(gitHub.registration);
  const signIn = known(gitHub.signIn);
  const host = { baseUrl, apiUrl };
  const state = 'the state';
  const query = (location: string | undefined) => new URL(known(location)).searchParams;

  const { action, fields } = registration.form(host, {
    consoleUrl: 'https://console.example',
    registryName: 'Packages of Acme',
    state,
  });
  const page = await fetch(action, { method: 'POST', body: new URLSearchParams(fields) });
  const [confirm] = formsOf(await page.text(), action);
  const registered = query((await submit(known(confirm), { create: 'true' })).location);
  expect(registered.get('state')).toBe(state);
  const made = await registration.complete(host, known(registered.get('code') ?? undefined), services);
  const integration = {
    forge: gitHub.id,
    settings: gitHub.settings.parse(made.settings),
    secrets: gitHub.secrets.parse(made.secrets),
  };

  const { location } = await submit(
    await openForm(known(signIn.installUrl?.(integration, { state, organization: asId(acme.id) }))),
    { login: 'alice' },
  );
  expect(location).toMatch(/^https:\/\/console\.example\/sign-in\/installed\/github~127\.0\.0\.1:\d+\?/);

  const redirectUri = `https://console.example/sign-in/callback/github~${new URL(baseUrl).host}`;
  const codeVerifier = 'v'.repeat(43);
  const address = signIn.authorizeUrl(integration, { redirectUri, state, codeChallenge: s256(codeVerifier) });
  const callback = query((await submit(await openForm(address), { login: 'alice' })).location);
  const grant = await signIn.exchange(integration, { callback, state, redirectUri, codeVerifier }, services);
  const organization = known(
    await signIn.installedOrganization?.(integration, grant, query(location), services),
  );
  expect(organization.id).toBe(`${acme.id}`);

  const { structure } = await gitHub.open(
    { integration, connection: known(organization.connection), organization: organization.id, services },
    undefined,
  );
  for (const { name } of traitsOf(gitHub.id).scopes) {
    expect(await structure.readScope(name)).toHaveProperty('done');
  }
});
