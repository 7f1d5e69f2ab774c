/** Exchanges the code of a callback for a person's grant. */
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { ForgeError } from '../errors.ts';
import { createApiFetch } from '../http.ts';
import type { ForgeServices } from '../module.ts';
import { type AuthorizationAnswer, type PersonGrant, SignInError, type SignInErrorCode } from '../sign-in.ts';
import { failureOf, forgeErrorOf } from './http.ts';
import { clientOf, type GitHubIntegration } from './oauth-client.ts';

const what = 'the exchange of the OAuth code';

/**
 * What GitHub's errors mean:
 * https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors and
 * https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors.
 * The equivalent errors of RFC 6749 are included in case GitHub adopts them.
 */
const codeOfError: Readonly<Record<string, SignInErrorCode>> = {
  access_denied: 'denied',
  bad_verification_code: 'bad-code',
  invalid_grant: 'bad-code',
  unverified_user_email: 'account-unverified',
  application_suspended: 'client-rejected',
  incorrect_client_credentials: 'client-rejected',
  invalid_client: 'client-rejected',
  redirect_uri_mismatch: 'client-rejected',
  unauthorized_client: 'client-rejected',
};

/** As `SignIn.exchange`. */
export async function exchange(
  integration: GitHubIntegration,
  answer: AuthorizationAnswer,
  services: ForgeServices,
): Promise<PersonGrant> {
  const { webUrl } = integration.settings;
  const { id, secret } = clientOf(integration);
  const server: oauth.AuthorizationServer = {
    // Sent along as `iss` since April 2026 (RFC 9207). An Enterprise Server may be older: another one is refused, a missing one is not.
    issuer: `${webUrl}/login/oauth`,
    token_endpoint: `${webUrl}/login/oauth/access_token`,
  };
  const client: oauth.Client = { client_id: id };
  try {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(secret),
      checkedCallback(server, client, answer),
      answer.redirectUri,
      answer.codeVerifier,
      {
        [oauth.customFetch]: tokenFetch(services),
        // The simulated GitHub, and an operator who wrote down an address without encryption.
        [oauth.allowInsecureRequests]: webUrl.startsWith('http:'),
      },
    );
    const token = await oauth.processAuthorizationCodeResponse(server, client, response);
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = token;
    const expiresAt = seconds === undefined ? undefined : services.clock.now() + seconds * 1000;
    return { accessToken, refreshToken, expiresAt };
  } catch (error) {
    throw meaningOf(error);
  }
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

/** GitHub reports errors of the exchange with status 200; the library expects 400 (RFC 6749, section 5.2). */
const withError = z.object({ error: z.string() });

function tokenFetch({ fetch, clock }: ForgeServices) {
  const send = createApiFetch(fetch);
  return async (
    url: string,
    options: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  ): Promise<Response> => {
    let response: Response;
    try {
      response = await send(url, options as RequestInit);
    } catch (error) {
      throw forgeErrorOf(
        failureOf(error, () => 'the connection failed'),
        what,
        clock.now(),
      );
    }
    const { status } = response;
    if (status === 401 || status === 404) {
      throw new SignInError(
        'client-rejected',
        `GitHub does not know our client id: it answered ${what} with ${status}`,
      );
    }
    if (status !== 200 && status !== 400) {
      const headers = Object.fromEntries(response.headers);
      throw forgeErrorOf(
        { status, headers, message: '', timedOut: false, tokenRequest: false },
        what,
        clock.now(),
      );
    }
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => undefined);
    return status === 200 && withError.safeParse(body).success
      ? new Response(JSON.stringify(body), { status: 400, headers: { 'content-type': 'application/json' } })
      : response;
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
      return new SignInError(code, `GitHub refused a sign-in: ${name}`);
    }
    const isPassing = /^(server_error|temporarily_unavailable)$/.test(name);
    return new ForgeError(isPassing ? 'unavailable' : 'unexpected', `GitHub refused a sign-in: ${name}`);
  }
  return new ForgeError('unexpected', `GitHub's answer to ${what} is not valid`);
}
