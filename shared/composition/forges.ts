/** Opens the forges that this installation knows. */
import { randomUUID } from 'node:crypto';
import type { SynchronizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { isVcsSynchronization, noVcsWorker } from '../domain/vcs-repository.ts';
import { connectingWith, type IntegrationConnecting } from '../forge/connecting.ts';
import type { CredentialSource } from '../forge/credential.ts';
import { ForgeError } from '../forge/errors.ts';
import type { Hooks } from '../forge/hooks.ts';
import { type Integrations, integrationOf } from '../forge/integrations.ts';
import type { ForgeClient, ForgeServices, Integration, OpenConnection } from '../forge/module.ts';
import { moduleOf } from '../forge/modules.ts';
import { type PersonForge, personForgeOf } from '../forge/person-forge.ts';
import type { SignIn } from '../forge/sign-in.ts';
import { OtherWorkerError } from '../publish/fetch-dist.ts';
import { systemClock } from '../runtime/clock.ts';
import { required } from '../runtime/config.ts';
import { addressProblem, guardedFetch, hostsIn } from '../runtime/guarded-fetch.ts';
import type { Logger } from '../runtime/logger.ts';
import { plainFetch } from '../runtime/plain-fetch.ts';
import { createBudgetView, createCredentialBudget } from '../store/budget-store.ts';
import { createCredentialSource, createCredentialView } from '../store/credential-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { SourceLog } from '../sync/webhooks/recover-deliveries.ts';
import { createIntegrations } from './integrations.ts';
import { hasVcsWorker } from './vcs-worker.ts';

/** Opens connections to forges. */
export interface Forges {
  /** @throws Error when the operator's secret cannot be read */
  integrations(): Promise<Integrations>;
  /** At most a few seconds old: to be asked before something is refused. */
  newestIntegrations(): Promise<Integrations>;
  /** They were changed just now. */
  integrationsChanged(): void;
  /** Why nothing is to be asked at the address, as text for whoever named it; undefined if it may be. */
  addressProblem(address: string): Promise<string | undefined>;
  /** What an adapter is given to send requests of its own, as for sign-in. */
  servicesOf(integration: Integration): ForgeServices;
  /** @param unstored the credential of a connection that is not stored yet */
  open(
    to: Pick<OpenConnection, 'integration' | 'connection' | 'organization' | 'viewersInstall'>,
    unstored?: CredentialSource<unknown>,
  ): Promise<ForgeClient>;
  /** @throws ForgeError `credential-rejected` when the synchronization's integration is missing or unusable */
  openFor(
    synchronization: Pick<Synchronization, 'forge' | 'baseUrl' | 'connection' | 'forgeOrganization'> &
      Partial<Pick<Synchronization, 'viewersInstall'>>,
  ): Promise<ForgeClient>;
  /** How people sign in there; undefined for a code host that has no way to. */
  signInOf(integration: Integration): SignIn | undefined;
  /** Asks for one person; undefined where people cannot sign in with the integration. */
  personForge(integration: Integration): PersonForge | undefined;
  /** Makes credentials of grants and tokens; undefined where organizations are connected by installing an App. */
  connecting(integration: Integration): IntegrationConnecting | undefined;
}

/** How state that all workers share is accessed: budgets, and the credentials of connections. */
interface SharedState {
  readonly budget: typeof createCredentialBudget;
  readonly credential: typeof createCredentialSource;
}

const readWrite: SharedState = { budget: createCredentialBudget, credential: createCredentialSource };

/** Read-only: respects what other workers recorded, and renews no credential. */
export const readOnly: SharedState = { budget: createBudgetView, credential: createCredentialView };

/**
 * The forges of this installation.
 *
 * @param table where all workers record limits and credentials
 */
export function createForges(
  table: Table,
  logger: Pick<Logger, 'error'>,
  shared: SharedState = readWrite,
): Forges {
  const known = createIntegrations({ logger });
  const { current: integrations } = known;
  const services = new WeakMap<Integration, ForgeServices>();
  const addresses = { permittedHosts: hostsIn(required('privateForgeHosts')) };
  const send = guardedFetch(addresses, plainFetch);
  const servicesOf = (integration: Integration): ForgeServices => {
    const { forge, settings } = integration;
    const host = { forge, baseUrl: settings.baseUrl };
    const found = services.get(integration) ?? {
      fetch: send,
      clock: systemClock,
      random: Math.random,
      budgets: (name: string) => shared.budget(table, host, name),
    };
    services.set(integration, found);
    return found;
  };
  const open: Forges['open'] = async (to, unstored) => {
    const module = moduleOf(to.integration.forge);
    const { credential: schema } = module;
    const stored =
      unstored === undefined && 'id' in to.connection && schema !== undefined
        ? shared.credential(await credentialDependencies(table), to.connection.id, schema)
        : undefined;
    return module.open({ ...to, services: servicesOf(to.integration) }, unstored ?? stored);
  };
  return {
    integrations,
    newestIntegrations: known.newest,
    integrationsChanged: known.changed,
    addressProblem: (address) => addressProblem(address, addresses),
    servicesOf,
    open,
    async openFor(synchronization) {
      const { connection, forgeOrganization: organization, viewersInstall } = synchronization;
      if (connection.kind === 'of-repositories') {
        throw new RangeError('repositories at a URL are on no forge');
      }
      const integration = integrationOf(await integrations(), synchronization);
      return open({ integration, connection, organization, viewersInstall });
    },
    signInOf: ({ forge }) => moduleOf(forge).signIn,
    personForge: (integration) =>
      personForgeOf(moduleOf(integration.forge).signIn, integration, servicesOf(integration)),
    connecting: (integration) =>
      connectingWith(moduleOf(integration.forge), integration, servicesOf(integration)),
  };
}

/** Loaded only if there is a credential to read; an App's installation has none. */
async function credentialDependencies(table: Table) {
  const { credentialCipher } = await import('./encryption.ts');
  return { table, cipher: credentialCipher(), clock: systemClock, newLeaseId: randomUUID };
}

/** The logs of deliveries that integrations have, each with its source and how to open it. */
export async function deliveryLogs(forges: Pick<Forges, 'integrations' | 'open'>): Promise<SourceLog[]> {
  const { valid } = await forges.integrations();
  return valid
    .filter(({ forge }) => moduleOf(forge).hasDeliveryLog)
    .map((integration) => ({
      source: { forge: integration.forge, baseUrl: integration.settings.baseUrl },
      async openLog() {
        const client = await forges.open({ integration, connection: { kind: 'integration' } });
        if (client.deliveryLog === undefined) {
          throw new Error('the forge keeps a delivery log, but its module opens none');
        }
        return client.deliveryLog;
      },
    }));
}

/** Opens the reader of members, teams, repositories and permissions. */
export const structureReader = (forges: Forges) => async (synchronization: Synchronization) => {
  const { structure, requests } = await forges.openFor(synchronization);
  return { ...structure, requests };
};

/** Opens the hooks of a synchronization; undefined where the forge delivers without them. */
export const hooksOpener =
  (forges: Forges) =>
  async (of: Parameters<Forges['openFor']>[0]): Promise<Hooks | undefined> =>
    (await forges.openFor(of)).hooks;

/** Opens the reader of repository contents. */
export const contentReader = (forges: Forges) => async (synchronization: Synchronization) => {
  if (isVcsSynchronization(synchronization.id)) {
    // Only where nothing else takes their messages: infra/queues.ts.
    throw new ForgeError('unexpected', noVcsWorker);
  }
  return (await forges.openFor(synchronization)).contents;
};

/** Opens the reader of the repository that a package comes from. */
export function packageReader(table: Table, forges: Forges) {
  const open = contentReader(forges);
  return async (found: { readonly synchronization: SynchronizationId }) => {
    if (isVcsSynchronization(found.synchronization)) {
      throw new OtherWorkerError(hasVcsWorker());
    }
    const synchronization = await findSynchronization(table, found.synchronization);
    if (!synchronization) {
      // An owner ended it and kept its packages.
      throw new ForgeError('credential-rejected', 'the synchronization of this package was ended');
    }
    return open(synchronization);
  };
}
