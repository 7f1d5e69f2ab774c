/** GitLab's OAuth endpoints: https://docs.gitlab.com/api/oauth2/ */
import * as oauth from 'oauth4webapi';
import { ForgeError } from '../errors.ts';
import { createApiFetch } from '../http.ts';
import type { ForgeServices } from '../module.ts';
import { type AuthorizationAnswer, type PersonGrant, SignInError, type SignInErrorCode } from '../sign-in.ts';
import { noAnswer, refusalOf } from './http.ts';
import { clientOf, type GitLabIntegration } from './settings.ts';

/** The errors of RFC 6749, sections 4.1.2.1 and 5.2, which GitLab uses. */
const codeOfError: Readonly<Record<string, SignInErrorCode>> = {
  access_denied: 'denied',
  invalid_grant: 'bad-code',
  invalid_client: 'client-rejected',
  unauthorized_client: 'client-rejected',
  invalid_redirect_uri: 'client-rejected',
  redirect_uri_mismatch: 'client-rejected',
  invalid_scope: 'client-rejected',
};

const isPassing = /^(server_error|temporarily_unavailable)$/;

const serverOf = ({ settings: { baseUrl } }: GitLabIntegration): oauth.AuthorizationServer => ({
  issuer: baseUrl,
  token_endpoint: `${baseUrl}/oauth/token`,
  revocation_endpoint: `${baseUrl}/oauth/revoke`,
});

const optionsOf = ({ settings }: GitLabIntegration, services: ForgeServices, what: string) => ({
  [oauth.customFetch]: tokenFetch(services, what),
  // An operator who wrote down an address without encryption.
  [oauth.allowInsecureRequests]: settings.baseUrl.startsWith('http:'),
});

/** A grant with a refresh token. */
export type RenewableGrant = PersonGrant & { readonly refreshToken: string };

/** As `SignIn.exchange`. */
export async function exchange(
  integration: GitLabIntegration,
  answer: AuthorizationAnswer,
  services: ForgeServices,
): Promise<PersonGrant> {
  const { id, secret } = clientOf(integration);
  const client: oauth.Client = { client_id: id };
  const server = serverOf(integration);
  try {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(secret),
      checkedCallback(server, client, answer),
      answer.redirectUri,
      answer.codeVerifier,
      optionsOf(integration, services, 'the exchange of the OAuth code'),
    );
    return grantOf(await oauth.processAuthorizationCodeResponse(server, client, response), services);
  } catch (error) {
    throw meaningOf(error);
  }
}

/**
 * A new grant for a refresh token, which is spent by that. https://docs.gitlab.com/api/oauth2/#access-token-expiration
 *
 * @param redirectUri the address that the grant was given with, which GitLab compares
 * @throws ForgeError `credential-rejected` when GitLab no longer accepts it
 */
export async function refreshGrant(
  integration: GitLabIntegration,
  { refreshToken, redirectUri }: { readonly refreshToken: string; readonly redirectUri: string },
  services: ForgeServices,
): Promise<RenewableGrant> {
  const { id, secret } = clientOf(integration);
  const client: oauth.Client = { client_id: id };
  const server = serverOf(integration);
  try {
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(secret),
      refreshToken,
      {
        ...optionsOf(integration, services, 'the renewal of the grant'),
        additionalParameters: { redirect_uri: redirectUri },
      },
    );
    const grant = grantOf(await oauth.processRefreshTokenResponse(server, client, response), services);
    if (grant.refreshToken === undefined) {
      throw new ForgeError('unexpected', 'GitLab renewed a grant without a new refresh token');
    }
    return { ...grant, refreshToken: grant.refreshToken };
  } catch (error) {
    const meaning = meaningOf(error);
    if (meaning instanceof SignInError) {
      throw new ForgeError('credential-rejected', meaning.message);
    }
    throw meaning;
  }
}

/** Ends the tokens of a grant. https://docs.gitlab.com/api/oauth2/#revoke-a-token */
export async function revoke(
  integration: GitLabIntegration,
  token: string,
  services: ForgeServices,
): Promise<void> {
  const { id, secret } = clientOf(integration);
  try {
    const response = await oauth.revocationRequest(
      serverOf(integration),
      { client_id: id },
      oauth.ClientSecretPost(secret),
      token,
      optionsOf(integration, services, 'the end of a grant'),
    );
    await oauth.processRevocationResponse(response);
  } catch (error) {
    throw meaningOf(error);
  }
}

function grantOf(token: oauth.TokenEndpointResponse, { clock }: ForgeServices): PersonGrant {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = token;
  const expiresAt = seconds === undefined ? undefined : clock.now() + seconds * 1000;
  return { accessToken, refreshToken, expiresAt };
}

/** @throws SignInError `state-mismatch`; AuthorizationResponseError if the callback reports an error */
function checkedCallback(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  { callback, state }: AuthorizationAnswer,
): URLSearchParams {
  let parameters: URLSearchParams;
  try {
    parameters = oauth.validateAuthResponse(server, client, callback, state);
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) {
      throw error;
    }
    // The library's error contains the parameters, including the code.
    throw new SignInError(
      'state-mismatch',
      'the callback does not match the sign-in that this browser started',
    );
  }
  if (!parameters.get('code')) {
    throw new SignInError('state-mismatch', 'a callback has no code');
  }
  return parameters;
}

/** Sends a request to the token endpoint. Answers that OAuth has no words for become errors here. */
function tokenFetch({ fetch, clock }: ForgeServices, what: string) {
  const send = createApiFetch(fetch);
  return async (
    url: string,
    options: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  ): Promise<Response> => {
    const response = await send(url, options as RequestInit).catch((error: unknown) => {
      throw noAnswer(error, what);
    });
    const { status } = response;
    if (status === 401) {
      throw new SignInError('client-rejected', `GitLab does not take our client: ${what}`);
    }
    if (status !== 200 && status !== 400) {
      throw refusalOf(status, Object.fromEntries(response.headers), what, clock.now());
    }
    return response;
  };
}

/** The library's errors contain requests and responses, so none is kept as a cause. */
function meaningOf(error: unknown): unknown {
  if (error instanceof SignInError || error instanceof ForgeError) {
    return error;
  }
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    const name = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'unnamed error';
    const code = codeOfError[name];
    if (code !== undefined) {
      return new SignInError(code, `GitLab refused a sign-in: ${name}`);
    }
    return new ForgeError(isPassing.test(name) ? 'unavailable' : 'unexpected', `GitLab refused: ${name}`);
  }
  return new ForgeError('unexpected', "GitLab's answer is not one of OAuth");
}
