/** How an administrator registers this installation at a forge by one form, and the operator's secret gets what the forge answers. */
import { createHash } from 'node:crypto';
import { CallerError } from '../domain/caller-error.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { BaseUrl } from '../forge/base-url.ts';
import { ForgeError } from '../forge/errors.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import {
  type Integrations,
  IntegrationsError,
  type IntegrationsSecret,
  parseIntegrations,
} from '../forge/integrations.ts';
import type { ForgeServices, Integration } from '../forge/module.ts';
import { findModule } from '../forge/modules.ts';
import type { RegisteredIntegration, Registration, RegistrationForm } from '../forge/registration.ts';
import { SignInError } from '../forge/sign-in.ts';
import type { Clock } from '../runtime/clock.ts';
import { addRegistration, findRegistration, takeRegistration } from '../store/registration-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { forgeFailure } from './forge-failure.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface RegisterIntegrationDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly integrationsSecret: IntegrationsSecret;
  readonly forges: {
    servicesOf(integration: Integration): ForgeServices;
  };
  /** Without a slash at its end. */
  readonly consoleBaseUrl: string;
}

export interface RegistrationStart {
  readonly forge: string;
  readonly baseUrl: string;
  readonly registryName: string;
  /** The login of the organization that is to own the registration. */
  readonly organization?: string | undefined;
}

/** Who holds the operator's key may complete what an administrator began. */
const operator = 'operator';

const hashOf = (state: string): string => createHash('sha256').update(state).digest('base64url');

/** @param by id of who begins: nobody else can complete it */
export async function beginRegistration(
  dependencies: RegisterIntegrationDependencies,
  by: string,
  { forge, registryName, organization, ...named }: RegistrationStart,
  accountable: Accountable,
): Promise<RegistrationForm> {
  const { table, clock, randomBytes, consoleBaseUrl } = dependencies;
  const baseUrl = BaseUrl.safeParse(named.baseUrl).data;
  if (baseUrl === undefined) {
    throw new CallerError('invalid', 'this is no address of a code host');
  }
  const host = { forge, baseUrl };
  const registration = registrationOf(host);
  checkFree(await currentIntegrations(dependencies), host);
  const state = Buffer.from(randomBytes(32)).toString('base64url');
  await table.transact([
    addRegistration(hashOf(state), host, by, clock.now()),
    ownerAct(dependencies, undefined, accountable, 'begin-registration', integrationKeyOf(host)),
  ]);
  return registration.form(host, { consoleUrl: consoleBaseUrl, registryName, organization, state });
}

/**
 * Exchanges the code for what the forge made, and adds it to the operator's secret.
 *
 * @param by id of who asks
 * @returns the key of the new integration
 * @throws CallerError when nothing was begun with this state by this person, or it was completed, or the forge does not take the code
 */
export async function completeRegistration(
  dependencies: RegisterIntegrationDependencies,
  by: string,
  { code, state }: { readonly code: string; readonly state: string },
  accountable: Accountable,
): Promise<string> {
  const { table, clock } = dependencies;
  const hash = hashOf(state);
  const begun = await findRegistration(table, hash, clock.now());
  if (begun === undefined || (begun.by !== by && by !== operator)) {
    throw new CallerError('invalid', 'you began no such registration, or more than an hour ago');
  }
  const host = { forge: begun.forge, baseUrl: begun.baseUrl };
  checkFree(await currentIntegrations(dependencies), host);
  try {
    await table.transact([
      takeRegistration(hash),
      ownerAct(dependencies, undefined, accountable, 'register-integration', integrationKeyOf(host)),
    ]);
  } catch (error) {
    throw error instanceof ConflictError
      ? new CallerError('conflict', 'this registration was completed at the same moment', { cause: error })
      : error;
  }
  await addEntry(dependencies, host, await registered(dependencies, host, code));
  return integrationKeyOf(host);
}

/** @throws CallerError when the forge has no such way */
function registrationOf({ forge }: ForgeHost): Registration {
  const registration = findModule(forge)?.registration;
  if (registration === undefined) {
    throw new CallerError('invalid', `there is no registration by a form at ${forge}`);
  }
  return registration;
}

async function registered(
  { forges }: RegisterIntegrationDependencies,
  host: ForgeHost,
  code: string,
): Promise<RegisteredIntegration> {
  const integration = { forge: host.forge, settings: { baseUrl: host.baseUrl }, secrets: {} };
  try {
    return await registrationOf(host).complete(host, code, forges.servicesOf(integration));
  } catch (error) {
    if (error instanceof SignInError) {
      throw new CallerError('invalid', 'the code host does not take this code; begin again', {
        cause: error,
      });
    }
    throw error instanceof ForgeError ? forgeFailure('what the code host registered', error) : error;
  }
}

/** @throws CallerError when the secret is no list: nothing of it is written over */
async function currentIntegrations({
  integrationsSecret,
}: RegisterIntegrationDependencies): Promise<Integrations> {
  try {
    return parseIntegrations(await integrationsSecret.read());
  } catch (error) {
    throw error instanceof IntegrationsError
      ? new CallerError('conflict', `the operator has to mend the integrations: ${error.message}`, {
          cause: error,
        })
      : error;
  }
}

function checkFree({ valid, invalid }: Integrations, { forge, baseUrl }: ForgeHost): void {
  const isTaken =
    valid.some((one) => one.forge === forge && one.settings.baseUrl === baseUrl) ||
    invalid.some((one) => one.forge === forge && one.baseUrl === baseUrl);
  if (isTaken) {
    throw new CallerError('conflict', `there is an integration for ${baseUrl} already`);
  }
}

async function addEntry(
  { integrationsSecret }: RegisterIntegrationDependencies,
  { forge }: ForgeHost,
  { settings, secrets }: RegisteredIntegration,
): Promise<void> {
  const entries: unknown = JSON.parse(await integrationsSecret.read());
  if (!Array.isArray(entries)) {
    throw new CallerError('conflict', 'the operator has to mend the integrations: the secret is not a list');
  }
  await integrationsSecret.write(JSON.stringify([...entries, { forge, settings, secrets }]));
}
