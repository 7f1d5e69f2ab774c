/** OAuth 2.0 (RFC 6749) as adapters use it: codes and refresh tokens in exchange for grants, with each failure as an error of ours. */
import * as oauth from 'oauth4webapi';
import { ForgeError } from './errors.ts';
import { type AnswerHeaders, createApiFetch } from './http.ts';
import type { ForgeServices } from './integration.ts';
import { type AuthorizationAnswer, type PersonGrant, SignInError, type SignInErrorCode } from './sign-in.ts';

/** A forge's token endpoint, with our client. */
export interface TokenEndpoint {
  /** The forge's name, in errors. */
  readonly forge: string;
  readonly server: oauth.AuthorizationServer;
  readonly clientId: string;
  readonly authentication: oauth.ClientAuth;
  /** Whether the forge checks code verifiers. */
  readonly hasPkce: boolean;
  readonly services: ForgeServices;
  /** The error of a request without a response. */
  noAnswer(error: unknown, what: string): ForgeError;
  /** The error that a response means. */
  refusalOf(status: number, headers: AnswerHeaders, what: string, now: number): ForgeError;
}

/** A grant with a refresh token. */
export type RenewableGrant = PersonGrant & { readonly refreshToken: string };

/** The errors of RFC 6749, sections 4.1.2.1 and 5.2. */
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

const clientOf = ({ clientId }: TokenEndpoint): oauth.Client => ({ client_id: clientId });

const optionsOf = (endpoint: TokenEndpoint, what: string) => ({
  [oauth.customFetch]: tokenFetch(endpoint, what),
  // An operator who wrote down an address without encryption.
  [oauth.allowInsecureRequests]: endpoint.server.token_endpoint?.startsWith('http:') === true,
});

/** As `SignIn.exchange`. */
export async function exchangeCode(
  endpoint: TokenEndpoint,
  answer: AuthorizationAnswer,
): Promise<PersonGrant> {
  const { server } = endpoint;
  const client = clientOf(endpoint);
  try {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      endpoint.authentication,
      checkedCallback(server, client, answer),
      answer.redirectUri,
      endpoint.hasPkce ? answer.codeVerifier : oauth.nopkce,
      optionsOf(endpoint, 'the exchange of the OAuth code'),
    );
    return grantOf(endpoint, await oauth.processAuthorizationCodeResponse(server, client, response));
  } catch (error) {
    throw meaningOf(endpoint, error);
  }
}

/**
 * A new grant for a refresh token.
 *
 * @param additionalParameters that the forge wants besides the token
 * @throws ForgeError `credential-rejected` when the forge no longer accepts it
 */
export async function renewGrant(
  endpoint: TokenEndpoint,
  refreshToken: string,
  additionalParameters: Readonly<Record<string, string>> = {},
): Promise<RenewableGrant> {
  const { server, forge } = endpoint;
  const client = clientOf(endpoint);
  try {
    const options = { ...optionsOf(endpoint, 'the renewal of the grant'), additionalParameters };
    const { authentication } = endpoint;
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      authentication,
      refreshToken,
      options,
    );
    const grant = grantOf(endpoint, await oauth.processRefreshTokenResponse(server, client, response));
    if (grant.refreshToken === undefined) {
      throw new ForgeError('unexpected', `${forge} renewed a grant without a new refresh token`);
    }
    return { ...grant, refreshToken: grant.refreshToken };
  } catch (error) {
    const meaning = meaningOf(endpoint, error);
    if (meaning instanceof SignInError) {
      throw new ForgeError('credential-rejected', meaning.message);
    }
    throw meaning;
  }
}

/** Ends the tokens of a grant: RFC 7009. */
export async function revokeGrant(endpoint: TokenEndpoint, token: string): Promise<void> {
  try {
    const response = await oauth.revocationRequest(
      endpoint.server,
      clientOf(endpoint),
      endpoint.authentication,
      token,
      optionsOf(endpoint, 'the end of a grant'),
    );
    await oauth.processRevocationResponse(response);
  } catch (error) {
    throw meaningOf(endpoint, error);
  }
}

function grantOf({ services }: TokenEndpoint, token: oauth.TokenEndpointResponse): PersonGrant {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = token;
  const expiresAt = seconds === undefined ? undefined : services.clock.now() + seconds * 1000;
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
function tokenFetch(endpoint: TokenEndpoint, what: string) {
  const { fetch, clock } = endpoint.services;
  const send = createApiFetch(fetch);
  return async (
    url: string,
    options: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  ): Promise<Response> => {
    const response = await send(url, options as RequestInit).catch((error: unknown) => {
      throw endpoint.noAnswer(error, what);
    });
    const { status } = response;
    if (status === 401) {
      throw new SignInError('client-rejected', `${endpoint.forge} does not take our client: ${what}`);
    }
    if (status !== 200 && status !== 400) {
      throw endpoint.refusalOf(status, Object.fromEntries(response.headers), what, clock.now());
    }
    return response;
  };
}

/** The library's errors contain requests and responses, so none is kept as a cause. */
function meaningOf({ forge }: TokenEndpoint, error: unknown): unknown {
  if (error instanceof SignInError || error instanceof ForgeError) {
    return error;
  }
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    const name = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'unnamed error';
    const code = codeOfError[name];
    if (code !== undefined) {
      return new SignInError(code, `${forge} refused a sign-in: ${name}`);
    }
    return new ForgeError(isPassing.test(name) ? 'unavailable' : 'unexpected', `${forge} refused: ${name}`);
  }
  return new ForgeError('unexpected', `${forge}'s answer is not one of OAuth`);
}
