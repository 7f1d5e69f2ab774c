/** The OAuth consumer of this installation: https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/ */
import type { ClientRegistration } from '../registration.ts';
import { publicHost } from './settings.ts';

export const clientRegistration: ClientRegistration = {
  publicUrl: publicHost,
  client: 'OAuth consumer',
  idLabel: 'Key',
  // The page of a workspace has its name in the address.
  newClientUrl: (baseUrl) => `${baseUrl}/account/workspaces/`,
  howTo:
    'Choose a workspace of yours, its settings, OAuth consumers, and Add consumer. It has to be private, with',
  // A consumer fixes them, for signing in and for connecting workspaces.
  scopes: [
    ...['Account: Read', 'Repositories: Read', 'Projects: Read and Admin'],
    'Webhooks: Read and write',
  ],
  hasApiOfItsOwn: true,
  integration: ({ baseUrl, apiUrl }, { id: clientId, secret: clientSecret }) => ({
    settings: { baseUrl, ...(apiUrl !== undefined && { apiUrl }), clientId },
    secrets: { clientSecret },
  }),
};
