/** How an administrator adds a code host by the OAuth client that he made there by hand. */
import { CallerError } from '../domain/caller-error.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import { integrationAddresses, integrationKeyOf } from '../forge/integration-key.ts';
import type { Integration } from '../forge/module.ts';
import { findModule } from '../forge/modules.ts';
import type {
  ClientRegistration,
  OAuthClient,
  RegisteredIntegration,
  RegistrationHost,
} from '../forge/registration.ts';
import { SignInError } from '../forge/sign-in.ts';
import type { ClientInstructions } from '../sign-in/dependencies.ts';
import { addIntegration, checkFree } from './add-integration.ts';
import { forgeFailure } from './forge-failure.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { hostAt, type RegisterIntegrationDependencies } from './register-integration.ts';

export interface EnteredClient extends OAuthClient {
  readonly forge: string;
  /** Addresses of the code host and of its API, as they were typed. */
  readonly baseUrl: string;
  readonly apiUrl?: string | undefined;
}

/**
 * What the administrator does at the code host first.
 *
 * @throws CallerError when there is no such code host, nothing may be asked at the address, or it is registered
 */
export async function clientInstructions(
  dependencies: RegisterIntegrationDependencies,
  { forge, baseUrl }: ForgeHost,
): Promise<ClientInstructions> {
  const registration = registrationOf(forge);
  const host = await hostAt(dependencies, forge, baseUrl);
  await checkFree(dependencies, host);
  const { callback: redirectUri } = integrationAddresses(dependencies.consoleBaseUrl, host);
  const { client, idLabel, howTo, scopes } = registration;
  return {
    ...{ ...host, client, idLabel, howTo, scopes, redirectUri },
    newClientUrl: registration.newClientUrl(host.baseUrl),
    asksApiUrl: asksApiUrl(registration, host),
  };
}

/**
 * Adds the integration, once the code host takes the client. The same one again changes nothing.
 *
 * @throws CallerError as `clientInstructions`, and when the code host does not know the client or does not answer
 */
export async function enterClient(
  dependencies: RegisterIntegrationDependencies,
  { forge, baseUrl, apiUrl, id, secret }: EnteredClient,
  accountable: Accountable,
): Promise<Integration> {
  const registration = registrationOf(forge);
  const host = await hostAt(dependencies, forge, baseUrl);
  const at = await withApi(dependencies, registration, host, apiUrl);
  const registered = registration.integration(at, { id, secret });
  await checkClient(dependencies, host, registered);
  const record = (act: string) =>
    dependencies.table.transact([
      ownerAct(dependencies, undefined, accountable, act, integrationKeyOf(host)),
    ]);
  // No transaction holds the secret and the history: nothing is written to the secret that the history knows nothing of.
  await record('enter-client');
  const integration = await addIntegration(dependencies, host, registered);
  dependencies.forges.integrationsChanged();
  await record('register-integration');
  return integration;
}

function registrationOf(forge: string): ClientRegistration {
  const registration = findModule(forge)?.clientRegistration;
  if (registration === undefined) {
    throw new CallerError('invalid', `no client is entered for ${forge}`);
  }
  return registration;
}

const asksApiUrl = ({ publicUrl, hasApiOfItsOwn }: ClientRegistration, { baseUrl }: ForgeHost): boolean =>
  hasApiOfItsOwn === true && baseUrl !== publicUrl;

/** @throws CallerError when the address of the API is missing, not asked for, or wrong */
async function withApi(
  dependencies: RegisterIntegrationDependencies,
  registration: ClientRegistration,
  host: ForgeHost,
  apiUrl: string | undefined,
): Promise<RegistrationHost> {
  if (!asksApiUrl(registration, host)) {
    if (apiUrl !== undefined) {
      throw new CallerError('invalid', `the address of the API of ${host.baseUrl} is known`);
    }
    return host;
  }
  if (apiUrl === undefined) {
    throw new CallerError('invalid', `the address of the API of ${host.baseUrl} is missing`);
  }
  return { ...host, apiUrl: (await hostAt(dependencies, host.forge, apiUrl)).baseUrl };
}

/** No code host gives this code. */
const unknownCode = 'none';

/**
 * Exchanges a code that nobody was given: a code host looks at the client first.
 * https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
async function checkClient(
  { consoleBaseUrl, forges }: RegisterIntegrationDependencies,
  host: ForgeHost,
  { settings, secrets }: RegisteredIntegration,
): Promise<void> {
  const module = findModule(host.forge);
  if (module?.signIn === undefined) {
    return;
  }
  const integration = {
    forge: host.forge,
    settings: module.settings.parse(settings),
    secrets: module.secrets.parse(secrets),
  };
  const { callback: redirectUri } = integrationAddresses(consoleBaseUrl, host);
  const callback = new URLSearchParams({ code: unknownCode, state: unknownCode });
  const answer = { callback, state: unknownCode, redirectUri, codeVerifier: unknownCode.repeat(11) };
  try {
    await module.signIn.exchange(integration, answer, forges.servicesOf(integration));
  } catch (error) {
    if (error instanceof SignInError) {
      if (error.code === 'bad-code') {
        return;
      }
      const text = `${host.baseUrl} does not know a client with this id and secret`;
      throw new CallerError('invalid', text, { cause: error });
    }
    throw error instanceof ForgeError ? forgeFailure('the client', error) : error;
  }
}
