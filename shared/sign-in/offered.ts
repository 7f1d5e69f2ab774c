/** The integrations that people can sign in with. */
import type { Integration } from '../forge/integration.ts';
import { integrationAddresses, integrationKeyOf } from '../forge/integration-key.ts';
import type { Integrations } from '../forge/integrations.ts';
import { type SignIn, s256 } from '../forge/sign-in.ts';
import type { HttpAnswer } from '../runtime/http-message.ts';
import { leadOnAnswer } from '../runtime/page.ts';
import type { SignedIn } from '../sessions/access-token.ts';
import type { SignInDependencies } from './dependencies.ts';
import { isForChoosing, type Purpose, pendingSignIn } from './pending-sign-in.ts';

/** An integration that people can sign in with. */
export interface Offered {
  readonly integration: Integration;
  readonly signIn: SignIn;
  /** Names it in addresses. */
  readonly key: string;
}

/** The integrations that people can sign in with, and why others are none. */
export interface OfferedIntegrations {
  /** In the order of the operator's list. */
  readonly offered: readonly Offered[];
  /** Hosts of integrations without what signing in needs. */
  readonly withoutSignIn: readonly string[];
  /** Entries of the operator's list that cannot be used. */
  readonly invalid: number;
}

export async function offeredIntegrations(dependencies: SignInDependencies): Promise<OfferedIntegrations> {
  const found = offeredOf(dependencies, await dependencies.integrations());
  return found.offered.length > 0 ? found : offeredOf(dependencies, await dependencies.newestIntegrations());
}

/** The integration with this key, if people can sign in with it. */
export async function findOffered(
  dependencies: SignInDependencies,
  key: string,
): Promise<Offered | undefined> {
  const named = ({ offered }: OfferedIntegrations) => offered.find((one) => one.key === key);
  return (
    named(offeredOf(dependencies, await dependencies.integrations())) ??
    named(offeredOf(dependencies, await dependencies.newestIntegrations()))
  );
}

export function offeredOf(
  dependencies: SignInDependencies,
  { valid, invalid }: Integrations,
): OfferedIntegrations {
  const all = valid.map((integration) => ({ integration, signIn: dependencies.signInOf(integration) }));
  const offered = all.flatMap(({ integration, signIn }) => {
    if (signIn?.isOffered(integration) !== true) {
      return [];
    }
    return [{ integration, signIn, key: integrationKeyOf(hostOf(integration)) }];
  });
  const withoutSignIn = valid
    .filter((integration) => !offered.some((one) => one.integration === integration))
    .map(({ settings }) => new URL(settings.baseUrl).host);
  return { offered, withoutSignIn, invalid: invalid.length };
}

export const hostOf = ({ forge, settings }: Integration) => ({ forge, baseUrl: settings.baseUrl });

/** Where the code host sends people back: registered there to the letter. */
export const callbackOf = (
  { consoleBaseUrl }: Pick<SignInDependencies, 'consoleBaseUrl'>,
  integration: Integration,
): string => integrationAddresses(consoleBaseUrl, hostOf(integration)).callback;

export interface Beginning {
  readonly purpose: Purpose;
  /** A path of this host. */
  readonly returnTo: string;
  /** Who has to be signed in still when the answer comes. */
  readonly current?: SignedIn | undefined;
}

/** Sends the browser to the code host, with all that its answer is going to be checked against. */
export async function beginSignIn(
  dependencies: SignInDependencies,
  { integration, signIn, key }: Offered,
  { purpose, returnTo, current }: Beginning,
): Promise<HttpAnswer> {
  const random = (): string => Buffer.from(dependencies.randomBytes(32)).toString('base64url');
  const [state, codeVerifier] = [random(), random()];
  const location = signIn.authorizeUrl(integration, {
    redirectUri: callbackOf(dependencies, integration),
    state,
    codeChallenge: s256(codeVerifier),
    // Otherwise a code host answers silently for the account that is signed in there, which proves nothing for `authenticatedAt`.
    selectAccount: true,
    forConnecting: isForChoosing({ purpose, returnTo }),
  });
  const { user, session } = current ?? {};
  const pending = { purpose, integration: key, state, codeVerifier, returnTo, user, session };
  return leadOnAnswer(location, [await pendingSignIn.sealed(dependencies, pending)]);
}
