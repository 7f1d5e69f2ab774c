/** How an administrator adds a code host by the OAuth client that he made there by hand. */
import { CallerError } from '../domain/caller-error.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import { integrationAddresses, integrationKeyOf } from '../forge/integration-key.ts';
import type { Integration } from '../forge/module.ts';
import { findModule } from '../forge/modules.ts';
import type { ClientRegistration, OAuthClient, RegisteredIntegration } from '../forge/registration.ts';
import { SignInError } from '../forge/sign-in.ts';
import type { ClientInstructions } from '../sign-in/dependencies.ts';
import { addIntegration, checkFree } from './add-integration.ts';
import { forgeFailure } from './forge-failure.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { hostAt, type RegisterIntegrationDependencies } from './register-integration.ts';

export interface EnteredClient extends OAuthClient {
  readonly forge: string;
  /** Address of the code host, as it was typed. */
  readonly baseUrl: string;
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
  const { newClientUrl, scopes } = registrationOf(forge);
  const host = await hostAt(dependencies, forge, baseUrl);
  await checkFree(dependencies, host);
  const { callback } = integrationAddresses(dependencies.consoleBaseUrl, host);
  return { ...host, newClientUrl: newClientUrl(host.baseUrl), redirectUri: callback, scopes };
}

/**
 * Adds the integration, once the code host takes the client. The same one again changes nothing.
 *
 * @throws CallerError as `clientInstructions`, and when the code host does not know the client or does not answer
 */
export async function enterClient(
  dependencies: RegisterIntegrationDependencies,
  { forge, baseUrl, id, secret }: EnteredClient,
  accountable: Accountable,
): Promise<Integration> {
  const registration = registrationOf(forge);
  const host = await hostAt(dependencies, forge, baseUrl);
  const registered = registration.integration(host.baseUrl, { id, secret });
  await checkClient(dependencies, host, registered);
  const integration = await addIntegration(dependencies, host, registered);
  dependencies.forges.integrationsChanged();
  await dependencies.table.transact([
    ownerAct(dependencies, undefined, accountable, 'register-integration', integrationKeyOf(host)),
  ]);
  return integration;
}

function registrationOf(forge: string): ClientRegistration {
  const registration = findModule(forge)?.clientRegistration;
  if (registration === undefined) {
    throw new CallerError('invalid', `no client is entered for ${forge}`);
  }
  return registration;
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
