/**
 * Sign-in with an OAuth consumer of Bitbucket, which fixes the scopes and the redirect address:
 * https://developer.atlassian.com/cloud/bitbucket/oauth-2/. Bitbucket documents no way to revoke a grant.
 *
 * Code that sends requests is imported when it is used: most functions that import the forges sign nobody in.
 */
import type { SignIn } from '../sign-in.ts';
import { type BitbucketSecrets, type BitbucketSettings, consumerOf } from './settings.ts';

export const signIn: SignIn<BitbucketSettings, BitbucketSecrets> = {
  isOffered: ({ settings, secrets }) => settings.clientId !== undefined && secrets.clientSecret !== undefined,

  authorizeUrl(integration, { redirectUri, state }) {
    const url = new URL(`${integration.settings.baseUrl}/site/oauth2/authorize`);
    url.search = new URLSearchParams({
      client_id: consumerOf(integration).key,
      response_type: 'code',
      redirect_uri: redirectUri,
      state,
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

  async readable(integration, grant, organization, services) {
    const { readOwnPermissions } = await import('./person.ts');
    return readOwnPermissions({ integration, grant, services }, organization);
  },
};
