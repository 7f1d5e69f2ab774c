/** How an administrator registers this installation at a forge by one form, and the operator's secret gets what the forge answers. */
import { createHash } from 'node:crypto';
import { CallerError } from '../domain/caller-error.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { BaseUrl } from '../forge/base-url.ts';
import { ForgeError } from '../forge/errors.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import type { IntegrationsSecret } from '../forge/integrations.ts';
import type { ForgeServices, Integration } from '../forge/module.ts';
import { findModule } from '../forge/modules.ts';
import type { RegisteredIntegration, Registration, RegistrationForm } from '../forge/registration.ts';
import { SignInError } from '../forge/sign-in.ts';
import type { Cipher, EncryptionContext } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import {
  addRegistration,
  type BegunRegistration,
  endRegistration,
  findRegistration,
  keepOutcome,
  leaseHost,
  releaseHost,
} from '../store/registration-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { addIntegration, checkFree, UnusableIntegrationError } from './add-integration.ts';
import { forgeFailure } from './forge-failure.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface RegisterIntegrationDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly cipher: Cipher;
  readonly logger: Pick<Logger, 'error'>;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly integrationsSecret: IntegrationsSecret;
  readonly forges: {
    servicesOf(integration: Integration): ForgeServices;
    addressProblem(address: string): Promise<string | undefined>;
    integrationsChanged(): void;
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
  /** Whether it can be used on other accounts than the one that owns it; default false. */
  readonly isPublic?: boolean | undefined;
}

export interface StartedRegistration extends RegistrationForm {
  /** The key of the integration that it is to become. */
  readonly key: string;
  /** What the forge sends back, beside its code. */
  readonly state: string;
}

/** Who holds the operator's key may complete what an administrator began. */
const operator = 'operator';

const hashOf = (state: string): string => createHash('sha256').update(state).digest('base64url');

/**
 * @param by id of who begins: nobody else can complete it
 * @throws CallerError `conflict` when the host is registered; what was registered there and not stored is stored now
 */
export async function beginRegistration(
  dependencies: RegisterIntegrationDependencies,
  by: string,
  { forge, baseUrl: address, ...asked }: RegistrationStart,
  accountable: Accountable,
): Promise<StartedRegistration> {
  const { table, clock, randomBytes, consoleBaseUrl } = dependencies;
  const host = await hostAt(dependencies, forge, address);
  const registration = registrationOf(host);
  await underLease(dependencies, host, async (kept) => {
    const begun = kept === undefined ? undefined : await findRegistration(table, kept, clock.now());
    if (kept !== undefined && begun?.outcome !== undefined) {
      await store(dependencies, { ...begun, hash: kept }, undefined, accountable);
    }
  });
  await checkFree(dependencies, host);
  const state = Buffer.from(randomBytes(32)).toString('base64url');
  await table.transact([
    addRegistration(hashOf(state), host, by, clock.now()),
    ownerAct(dependencies, undefined, accountable, 'begin-registration', integrationKeyOf(host)),
  ]);
  const form = registration.form(host, { ...asked, consoleUrl: consoleBaseUrl, state });
  return { ...form, key: integrationKeyOf(host), state };
}

/** @throws CallerError when the address is none, or nothing may be asked there */
export async function hostAt(
  { forges }: Pick<RegisterIntegrationDependencies, 'forges'>,
  forge: string,
  address: string,
): Promise<ForgeHost> {
  const baseUrl = BaseUrl.safeParse(address).data;
  if (baseUrl === undefined) {
    throw new CallerError('invalid', 'this is no address of a code host');
  }
  const problem = await forges.addressProblem(baseUrl);
  if (problem !== undefined) {
    throw new CallerError('invalid', problem);
  }
  return { forge, baseUrl };
}

/**
 * Exchanges the code for what the forge made, and adds it to the operator's secret. When that fails, what the forge made is kept: the same
 * request completes it.
 *
 * @param by id of who asks
 * @returns the new integration
 * @throws CallerError when nothing was begun with this state by this person, or it was completed, or the forge does not take the code
 */
export async function completeRegistration(
  dependencies: RegisterIntegrationDependencies,
  by: string,
  { code, state }: { readonly code: string; readonly state: string },
  accountable: Accountable,
): Promise<Integration> {
  const { table, clock } = dependencies;
  const hash = hashOf(state);
  const asked = await findRegistration(table, hash, clock.now());
  if (asked === undefined || (asked.by !== by && by !== operator)) {
    throw notBegun();
  }
  return underLease(dependencies, asked, async () => {
    // Another request may have exchanged the code until the lease was free.
    const begun = await findRegistration(table, hash, clock.now());
    if (begun === undefined) {
      throw notBegun();
    }
    return store(dependencies, { ...begun, hash }, code, accountable);
  });
}

const notBegun = (): CallerError =>
  new CallerError('invalid', 'you began no such registration, or more than an hour ago');

/** Carries out one request for a host at a time. */
async function underLease<Result>(
  { table, clock, logger }: RegisterIntegrationDependencies,
  { forge, baseUrl }: ForgeHost,
  act: (kept: string | undefined) => Promise<Result>,
): Promise<Result> {
  const host = { forge, baseUrl };
  const lease = await leaseHost(table, host, clock.now());
  if (lease === 'taken') {
    throw new CallerError('too-early', `another registration at ${baseUrl} is being completed; try again`);
  }
  try {
    return await act(lease.kept);
  } finally {
    await table.transact([releaseHost(host)]).catch((error: unknown) => {
      if (error instanceof ConflictError) {
        return;
      }
      logger.error('the lease of a registration was not given back', { error: error as Error });
    });
  }
}

interface Begun extends BegunRegistration {
  readonly hash: string;
}

/** @param code undefined: only what is kept is stored */
async function store(
  dependencies: RegisterIntegrationDependencies,
  begun: Begun,
  code: string | undefined,
  accountable: Accountable,
): Promise<Integration> {
  const { table } = dependencies;
  const host = { forge: begun.forge, baseUrl: begun.baseUrl };
  const { registered, isKept } = await outcomeOf(dependencies, begun, code);
  let integration: Integration;
  try {
    integration = await addIntegration(dependencies, host, registered);
    dependencies.forges.integrationsChanged();
  } catch (error) {
    if (error instanceof UnusableIntegrationError) {
      // Nothing will come of it, and while it is kept nobody can register at the host.
      await table.transact(endRegistration(begun.hash, host)).catch(leaveToOther);
    }
    if (error instanceof CallerError || !isKept) {
      throw error;
    }
    dependencies.logger.error('a registered integration could not be stored yet', { error: error as Error });
    const text = `what ${begun.baseUrl} registered is kept, and could not be stored; send the same request again`;
    throw new CallerError('too-early', text, { cause: error });
  }
  try {
    await table.transact([
      ...endRegistration(begun.hash, host),
      ownerAct(dependencies, undefined, accountable, 'register-integration', integrationKeyOf(host)),
    ]);
  } catch (error) {
    throw error instanceof ConflictError
      ? new CallerError('conflict', 'this registration was completed at the same moment', { cause: error })
      : error;
  }
  return integration;
}

/** Another request has ended the registration. */
function leaveToOther(error: unknown): void {
  if (!(error instanceof ConflictError)) {
    throw error;
  }
}

const contextOf = ({ hash, forge, baseUrl }: Begun): EncryptionContext => ({
  purpose: 'registration',
  registration: hash,
  forge,
  baseUrl,
});

/** What the forge registered: from an earlier request, or for the code, which is good once. */
async function outcomeOf(
  dependencies: RegisterIntegrationDependencies,
  begun: Begun,
  code = '',
): Promise<{ readonly registered: RegisteredIntegration; readonly isKept: boolean }> {
  const { table, clock, cipher, logger } = dependencies;
  const context = contextOf(begun);
  if (begun.outcome !== undefined) {
    const text = await cipher.decrypt(begun.outcome, context);
    return { registered: JSON.parse(text) as RegisteredIntegration, isKept: true };
  }
  const host = { forge: begun.forge, baseUrl: begun.baseUrl };
  await checkFree(dependencies, host);
  // Before the code is spent, so that what it buys can be kept.
  const encrypt = await cipher.prepare(context);
  const registered = await exchanged(dependencies, host, code);
  try {
    await table.transact(keepOutcome(begun.hash, host, encrypt(JSON.stringify(registered)), clock.now()));
    return { registered, isKept: true };
  } catch (error) {
    logger.error('what a code host registered could not be kept', { error: error as Error });
    return { registered, isKept: false };
  }
}

/** @throws CallerError when the forge has no such way */
function registrationOf({ forge }: ForgeHost): Registration {
  const registration = findModule(forge)?.registration;
  if (registration === undefined) {
    throw new CallerError('invalid', `there is no registration by a form at ${forge}`);
  }
  return registration;
}

async function exchanged(
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
