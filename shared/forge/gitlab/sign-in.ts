/**
 * Sign-in with GitLab's OAuth: https://docs.gitlab.com/api/oauth2/#authorization-code-with-proof-key-for-code-exchange-pkce
 *
 * Code that sends requests is imported when it is used: most functions that import the forges sign nobody in.
 */
import type { SignIn } from '../sign-in.ts';
import { clientOf, type GitLabSecrets, type GitLabSettings } from './settings.ts';

/** `read_user` shows no groups: https://docs.gitlab.com/integration/oauth_provider/#view-all-authorized-applications */
export const signInScope = 'read_user';
/** `read_api` reads groups and projects, but installs no webhooks. */
export const connectingScope = 'api';

export const signIn: SignIn<GitLabSettings, GitLabSecrets> = {
  isOffered: ({ settings, secrets }) => settings.clientId !== undefined && secrets.clientSecret !== undefined,

  authorizeUrl(integration, { redirectUri, state, codeChallenge, forConnecting }) {
    const url = new URL(`${integration.settings.baseUrl}/oauth/authorize`);
    url.search = new URLSearchParams({
      client_id: clientOf(integration).id,
      redirect_uri: redirectUri,
      response_type: 'code',
      state,
      scope: forConnecting === true ? connectingScope : signInScope,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
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
    const { owns } = await import('./person.ts');
    return owns({ integration, grant, services }, organization);
  },

  async revoke(integration, grant, services) {
    const { revoke } = await import('./oauth.ts');
    // Both of a pair end with either: gitlabhq: config/initializers/doorkeeper.rb
    await revoke(integration, grant.accessToken, services);
  },
};
