/** GitLab's OAuth endpoints: https://docs.gitlab.com/api/oauth2/ */
import { ClientSecretPost } from 'oauth4webapi';
import type { ForgeServices } from '../module.ts';
import {
  exchangeCode,
  type RenewableGrant,
  renewGrant,
  revokeGrant,
  type TokenEndpoint,
} from '../oauth-flow.ts';
import type { AuthorizationAnswer, PersonGrant } from '../sign-in.ts';
import { noAnswer, refusalOf } from './http.ts';
import { clientOf, type GitLabIntegration } from './settings.ts';

function endpointOf(integration: GitLabIntegration, services: ForgeServices): TokenEndpoint {
  const { baseUrl } = integration.settings;
  const { id: clientId, secret } = clientOf(integration);
  return {
    ...{ forge: 'GitLab', clientId, authentication: ClientSecretPost(secret), hasPkce: true, services },
    ...{ noAnswer, refusalOf },
    server: {
      issuer: baseUrl,
      token_endpoint: `${baseUrl}/oauth/token`,
      revocation_endpoint: `${baseUrl}/oauth/revoke`,
    },
  };
}

/** As `SignIn.exchange`. */
export const exchange = async (
  integration: GitLabIntegration,
  answer: AuthorizationAnswer,
  services: ForgeServices,
): Promise<PersonGrant> => exchangeCode(endpointOf(integration, services), answer);

/**
 * A new grant for a refresh token, which is spent by that. https://docs.gitlab.com/api/oauth2/#access-token-expiration
 *
 * @param redirectUri the address that the grant was given with, which GitLab compares
 * @throws ForgeError `credential-rejected` when GitLab no longer accepts it
 */
export const refreshGrant = async (
  integration: GitLabIntegration,
  { refreshToken, redirectUri }: { readonly refreshToken: string; readonly redirectUri: string },
  services: ForgeServices,
): Promise<RenewableGrant> =>
  renewGrant(endpointOf(integration, services), refreshToken, { redirect_uri: redirectUri });

/** Ends the tokens of a grant. https://docs.gitlab.com/api/oauth2/#revoke-a-token */
export const revoke = async (
  integration: GitLabIntegration,
  token: string,
  services: ForgeServices,
): Promise<void> => revokeGrant(endpointOf(integration, services), token);
