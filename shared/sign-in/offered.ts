/** The integrations that people can sign in with. */
import type { Integration } from '../forge/integration.ts';
import { integrationAddresses, integrationKeyOf } from '../forge/integration-key.ts';
import type { Integrations } from '../forge/integrations.ts';
import { type SignIn, s256 } from '../forge/sign-in.ts';
import type { HttpAnswer } from '../runtime/http-message.ts';
import { leadOnAnswer } from '../runtime/page.ts';
import type { SignedIn } from '../sessions/access-token.ts';
import type { SessionDependencies } from '../sessions/session-keys.ts';
import type { SignInDependencies } from './dependencies.ts';
import { isForChoosing, type PendingSignIn, pendingSignIn } from './pending-sign-in.ts';

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

/** What tells which integrations there are. */
export type OfferedDependencies = Pick<
  SignInDependencies,
  'integrations' | 'newestIntegrations' | 'signInOf'
>;

export async function offeredIntegrations(dependencies: OfferedDependencies): Promise<OfferedIntegrations> {
  const found = offeredOf(dependencies, await dependencies.integrations());
  return found.offered.length > 0 ? found : offeredOf(dependencies, await dependencies.newestIntegrations());
}

/** The integration with this key, if people can sign in with it. */
export async function findOffered(
  dependencies: OfferedDependencies,
  key: string,
): Promise<Offered | undefined> {
  const named = ({ offered }: OfferedIntegrations) => offered.find((one) => one.key === key);
  return (
    named(offeredOf(dependencies, await dependencies.integrations())) ??
    named(offeredOf(dependencies, await dependencies.newestIntegrations()))
  );
}

export function offeredOf(
  dependencies: Pick<OfferedDependencies, 'signInOf'>,
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

export interface Beginning
  extends Pick<PendingSignIn, 'purpose' | 'returnTo' | 'tellsOutcome' | 'keepsGrant'> {
  /** Who has to be signed in still when the answer comes. */
  readonly current?: SignedIn | undefined;
}

/** Sends the browser to the code host, with all that its answer is going to be checked against. */
export async function beginSignIn(
  dependencies: BeginningDependencies,
  offered: Offered,
  beginning: Beginning,
): Promise<HttpAnswer> {
  const { authorizeUrl, setCookie } = await prepareSignIn(dependencies, offered, beginning);
  return leadOnAnswer(authorizeUrl, [setCookie]);
}

export type BeginningDependencies = SessionDependencies & Pick<SignInDependencies, 'consoleBaseUrl'>;

/** Where the browser has to go, and the cookie that it needs when it comes back. */
export async function prepareSignIn(
  dependencies: BeginningDependencies,
  { integration, signIn, key }: Offered,
  { current, ...beginning }: Beginning,
): Promise<{ readonly authorizeUrl: string; readonly setCookie: string }> {
  const random = (): string => Buffer.from(dependencies.randomBytes(32)).toString('base64url');
  const [state, codeVerifier] = [random(), random()];
  const authorizeUrl = signIn.authorizeUrl(integration, {
    redirectUri: callbackOf(dependencies, integration),
    state,
    codeChallenge: s256(codeVerifier),
    // Otherwise a code host answers silently for the account that is signed in there, which proves nothing for `authenticatedAt`.
    selectAccount: true,
    forConnecting: isForChoosing(beginning),
  });
  const { user, session } = current ?? {};
  const pending = { ...beginning, integration: key, state, codeVerifier, user, session };
  return { authorizeUrl, setCookie: await pendingSignIn.sealed(dependencies, pending) };
}
