/** The OAuth application of this installation: https://docs.gitlab.com/integration/oauth_provider/ */
import type { ClientRegistration } from '../registration.ts';
import { publicHost } from './settings.ts';
import { connectingScope, signInScope } from './sign-in.ts';

export const clientRegistration: ClientRegistration = {
  publicUrl: publicHost,
  scopes: [signInScope, connectingScope],
  // Anybody may make one of his own there; groups and administrators have such a page too.
  newClientUrl: (baseUrl) => `${baseUrl}/-/user_settings/applications`,
  integration: (baseUrl, { id: clientId, secret: clientSecret }) => ({
    settings: { baseUrl, clientId },
    secrets: { clientSecret },
  }),
};
