/** Sign-in on the simulated GitHub's pages. */

import { openForm, submit } from '../../local/browser/html-form.ts';
import { asId } from '../../shared/domain/ids.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import { gitHub } from '../../shared/forge/github/module.ts';
import type { Role, SignInFixture } from './forge-contract/fixture.ts';
import { type GitHub, known } from './github-fixture.ts';

const redirectUri = 'https://console.example/sign-in/callback/github~simulated';

/** The integration of the simulated GitHub's App. */
function integrationOf({ simulator: { state, addresses } }: GitHub, clientSecret = state.app.clientSecret) {
  const { id, slug, clientId, privateKey, webhookSecret } = state.app;
  const { web: baseUrl, api: apiUrl } = addresses;
  return {
    forge: gitHub.id,
    settings: gitHub.settings.parse({ appId: `${id}`, appSlug: slug, clientId, baseUrl, apiUrl }),
    secrets: gitHub.secrets.parse({ privateKey, webhookSecret, clientSecret }),
  };
}

export function signInFixture(github: GitHub): SignInFixture {
  const { simulator, state, acme, installation, clock } = github;
  const { changes } = simulator;
  state.app.callbackUrls = [redirectUri];
  const integration = integrationOf(github);
  const other = known([...state.organizations.values()].find(({ login }) => login === 'other'));
  const [owner] = known([...other.members].find(([, { role }]) => role === 'admin'));
  const login = (account: string): string => known(state.users.get(Number(account))).login;
  let people = 0;
  return {
    signIn: known(gitHub.signIn),
    integration,
    withWrongSecret: integrationOf(github, 'another'),
    services: { fetch: globalThis.fetch, clock, budgets: createMemoryBudgets(), random: () => 0 },
    redirectUri,
    hasPkce: true,
    codeLifeMs: 10 * 60_000,
    organization: asId(acme.id),
    notConnected: { id: asId(other.id), owner: asId(owner) },
    async addPerson(role: Role) {
      const user = `person-${++people}`;
      const { id } = await changes.run('create-user', { user });
      await changes.run('add-organization-member', { user, role });
      return asId(Number(id));
    },
    setRole: async (account, role) =>
      void (await changes.run('set-organization-role', { user: login(account), role })),
    async visit(address, account) {
      const form = await openForm(address);
      const choice = account === undefined ? { cancel: 'true' } : { login: login(account) };
      const { location } = await submit(form, choice);
      return new URL(known(location)).searchParams;
    },
    revoke: async (account) => void (await changes.run('revoke-authorization', { user: login(account) })),
    installed: {
      real: new URLSearchParams({ installation_id: `${installation.id}`, setup_action: 'install' }),
      madeUp: new URLSearchParams({ installation_id: '987654', setup_action: 'install' }),
    },
  };
}
