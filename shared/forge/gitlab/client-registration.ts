/** The OAuth application of this installation: https://docs.gitlab.com/integration/oauth_provider/ */
import type { ClientRegistration } from '../registration.ts';
import { publicHost } from './settings.ts';
import { connectingScope, signInScope } from './sign-in.ts';

export const clientRegistration: ClientRegistration = {
  publicUrl: publicHost,
  client: 'OAuth application',
  idLabel: 'Application id',
  // Anybody may make one of his own there; groups and administrators have such a page too.
  newClientUrl: (baseUrl) => `${baseUrl}/-/user_settings/applications`,
  howTo: 'Or that of a group or of the administrators there. It has to be confidential, with',
  scopes: [signInScope, connectingScope],
  integration: ({ baseUrl }, { id: clientId, secret: clientSecret }) => ({
    settings: { baseUrl, clientId },
    secrets: { clientSecret },
  }),
};
