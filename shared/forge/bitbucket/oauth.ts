/** Bitbucket's OAuth endpoints: https://developer.atlassian.com/cloud/bitbucket/oauth-2/. PKCE is not documented. */
import { ClientSecretBasic } from 'oauth4webapi';
import type { ForgeServices } from '../module.ts';
import { exchangeCode, type RenewableGrant, renewGrant, type TokenEndpoint } from '../oauth-flow.ts';
import type { AuthorizationAnswer, PersonGrant } from '../sign-in.ts';
import { noAnswer, refusalOf } from './http.ts';
import { type BitbucketIntegration, consumerOf } from './settings.ts';

function endpointOf(integration: BitbucketIntegration, services: ForgeServices): TokenEndpoint {
  const { baseUrl } = integration.settings;
  const { key: clientId, secret } = consumerOf(integration);
  return {
    ...{ forge: 'Bitbucket', clientId, authentication: ClientSecretBasic(secret), hasPkce: false, services },
    ...{ noAnswer, refusalOf },
    server: { issuer: baseUrl, token_endpoint: `${baseUrl}/site/oauth2/access_token` },
  };
}

/** As `SignIn.exchange`. */
export const exchange = async (
  integration: BitbucketIntegration,
  answer: AuthorizationAnswer,
  services: ForgeServices,
): Promise<PersonGrant> => exchangeCode(endpointOf(integration, services), answer);

/**
 * A new grant for a refresh token. The old one works for about ten minutes more.
 *
 * @throws ForgeError `credential-rejected` when Bitbucket no longer accepts it
 */
export const refreshGrant = async (
  integration: BitbucketIntegration,
  refreshToken: string,
  services: ForgeServices,
): Promise<RenewableGrant> => renewGrant(endpointOf(integration, services), refreshToken);
