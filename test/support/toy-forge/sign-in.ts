/** Sign-in with the toy forge, which has no PKCE, no page for granting access, and no request that revokes a grant. */
import { asId } from '../../../shared/domain/ids.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import { type OwnedOrganization, type SignIn, SignInError } from '../../../shared/forge/sign-in.ts';
import type { ToyApi, ToySecrets, ToySettings } from './api.ts';

/** The toy forge's OAuth errors. */
const codeOfError = {
  access_denied: 'denied',
  invalid_grant: 'bad-code',
  invalid_client: 'client-rejected',
} as const;
const isKnown = (error: string): error is keyof typeof codeOfError => Object.hasOwn(codeOfError, error);
const refusal = (error: string): Error =>
  isKnown(error)
    ? new SignInError(codeOfError[error], error)
    : new ForgeError('unexpected', 'an unknown error');

export function createToySignIn(api: ToyApi): SignIn<ToySettings, ToySecrets> {
  /** @throws SignInError `grant-ended` instead of `credential-rejected` */
  function ask<Answer>(request: () => Answer): Answer {
    try {
      return request();
    } catch (error) {
      const isEnded = error instanceof ForgeError && error.code === 'credential-rejected';
      throw isEnded ? new SignInError('grant-ended', 'the grant has ended') : error;
    }
  }
  const signIn: SignIn<ToySettings, ToySecrets> = {
    isOffered: ({ settings, secrets }) => Boolean(settings.clientId && secrets.clientSecret),
    authorizeUrl({ settings: { baseUrl, clientId } }, { redirectUri, state }) {
      if (clientId === undefined) throw new RangeError('the integration has no client id');
      return `${baseUrl}/authorize?${new URLSearchParams({ client: clientId, redirect: redirectUri, state })}`;
    },
    async exchange({ settings, secrets }, { callback, state, redirectUri }, { clock }) {
      if (callback.get('state') !== state) throw new SignInError('state-mismatch', 'another state');
      const [error, code] = [callback.get('error'), callback.get('code')];
      if (error !== null) throw refusal(error);
      if (code === null) throw new SignInError('state-mismatch', 'no code');
      const client = { id: settings.clientId ?? '', secret: secrets.clientSecret ?? '' };
      const answer = api.exchangeCode(client, code, redirectUri);
      if ('error' in answer) throw refusal(answer.error);
      return { accessToken: answer.token, expiresAt: clock.now() + answer.expiresInMs };
    },
    async identity(_, { accessToken }) {
      const { id, login } = ask(() => api.person(accessToken));
      return { account: asId(id), login };
    },
    async ownedOrganizations(_, { accessToken }) {
      const owned = ask(() => api.organizationsOf(accessToken)).filter(({ isOwner }) => isOwner);
      return owned.map(
        ({ id, login }): OwnedOrganization => ({
          ...{ id: asId(id), login, name: login },
          kind: 'organization',
          connection: undefined,
        }),
      );
    },
    async owns(integration, grant, organization, services) {
      const owned = await signIn.ownedOrganizations(integration, grant, services);
      return owned.some(({ id }) => id === organization);
    },
  };
  return signIn;
}
