/**
 * Sign-in with the App's user access tokens:
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
 *
 * Code that sends requests is imported when it is used: most functions that import the forges sign nobody in.
 */
import type { SignIn } from '../sign-in.ts';
import { clientOf } from './oauth-client.ts';
import type { GitHubSecrets, GitHubSettings } from './settings.ts';

export const signIn: SignIn<GitHubSettings, GitHubSecrets> = {
  isOffered: ({ settings, secrets }) => settings.clientId !== undefined && secrets.clientSecret !== undefined,

  authorizeUrl(integration, { redirectUri, state, codeChallenge, selectAccount }) {
    const url = new URL(`${integration.settings.webUrl}/login/oauth/authorize`);
    url.search = new URLSearchParams({
      client_id: clientOf(integration).id,
      redirect_uri: redirectUri,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
      ...(selectAccount && { prompt: 'select_account' }),
    }).toString();
    return url.href;
  },

  async exchange(integration, answer, services) {
    const { exchange } = await import('./oauth.ts');
    return exchange(integration, answer, services);
  },

  async identity(integration, grant, services) {
    const { readIdentity } = await import('./person.ts');
    return readIdentity({ integration, grant, services });
  },

  async ownedOrganizations(integration, grant, services) {
    const { readOwnedOrganizations } = await import('./person.ts');
    return readOwnedOrganizations({ integration, grant, services });
  },

  async owns(integration, grant, organization, services) {
    const { findOwned } = await import('./person.ts');
    const owned = await findOwned(
      { integration, grant, services },
      ({ account }) => account.id === organization,
    );
    return owned !== undefined;
  },

  /** https://docs.github.com/en/apps/sharing-github-apps/sharing-your-github-app */
  installUrl({ settings: { webUrl, appSlug } }, { state, organization }) {
    if (appSlug === undefined) {
      return undefined;
    }
    const page = `${webUrl}/apps/${appSlug}/installations/new`;
    return organization === undefined
      ? `${page}?${new URLSearchParams({ state })}`
      : `${page}/permissions?${new URLSearchParams({ suggested_target_id: organization, state })}`;
  },

  /**
   * GitHub warns that `installation_id` can be spoofed: https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/about-the-setup-url.
   * After a member's request to install the App it is missing, with `setup_action=request`.
   */
  async installedOrganization(integration, grant, parameters, services) {
    const installation = parameters.get('installation_id');
    if (installation === null) {
      return undefined;
    }
    const { findOwned } = await import('./person.ts');
    return findOwned({ integration, grant, services }, ({ id }) => id === installation);
  },

  async revoke(integration, grant, services) {
    const { revoke } = await import('./person.ts');
    await revoke({ integration, grant, services });
  },
};
