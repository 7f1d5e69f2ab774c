/** The forges that this installation knows, opened. */
import { randomUUID } from 'node:crypto';
import type { SynchronizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { type Integrations, integrationOf } from '../forge/integrations.ts';
import type { ForgeClient, ForgeServices, Integration, OpenConnection } from '../forge/module.ts';
import { moduleOf } from '../forge/modules.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { createBudgetView, createCredentialBudget } from '../store/budget-store.ts';
import { createCredentialSource, createCredentialView } from '../store/credential-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { SourceLog } from '../sync/webhooks/recover-deliveries.ts';
import { createIntegrations } from './integrations.ts';

/** What opens a connection. */
export interface Forges {
  /** @throws Error when the operator's secret cannot be read */
  integrations(): Promise<Integrations>;
  open(to: Pick<OpenConnection, 'integration' | 'connection' | 'organization'>): Promise<ForgeClient>;
  /** @throws ForgeError `credential-rejected` when there is no integration for the synchronization, or none that can be used */
  openFor(synchronization: Synchronization): Promise<ForgeClient>;
}

/** How a process keeps what all workers share: budgets, and the credentials of connections. */
interface Keeping {
  readonly budget: typeof createCredentialBudget;
  readonly credential: typeof createCredentialSource;
}

const sharing: Keeping = { budget: createCredentialBudget, credential: createCredentialSource };

/** For a reader that may write nothing: it heeds what others know, and renews no credential. */
export const viewing: Keeping = { budget: createBudgetView, credential: createCredentialView };

/**
 * The forges of this installation.
 *
 * @param table where all workers keep what they know of limits and credentials
 */
export function createForges(
  table: Table,
  logger: Pick<Logger, 'error'>,
  keeping: Keeping = sharing,
): Forges {
  const { current: integrations } = createIntegrations({ logger });
  const services = new WeakMap<Integration, ForgeServices>();
  const servicesOf = (integration: Integration): ForgeServices => {
    const { forge, settings } = integration;
    const host = { forge, baseUrl: settings.baseUrl };
    const found = services.get(integration) ?? {
      fetch: globalThis.fetch,
      clock: systemClock,
      random: Math.random,
      budgets: (name: string) => keeping.budget(table, host, name),
    };
    services.set(integration, found);
    return found;
  };
  const open: Forges['open'] = async (to) => {
    const module = moduleOf(to.integration.forge);
    const { credential: schema } = module;
    const credential =
      'id' in to.connection && schema !== undefined
        ? keeping.credential(await credentialDependencies(table), to.connection.id, schema)
        : undefined;
    return module.open({ ...to, services: servicesOf(to.integration) }, credential);
  };
  return {
    integrations,
    open,
    async openFor(synchronization) {
      const { connection, forgeOrganization: organization } = synchronization;
      const integration = integrationOf(await integrations(), synchronization);
      return open({ integration, connection, organization });
    },
  };
}

/** Loaded when there is a credential to be read: an App's installation has none. */
async function credentialDependencies(table: Table) {
  const { credentialCipher } = await import('./encryption.ts');
  return { table, cipher: credentialCipher(), clock: systemClock, newLeaseId: randomUUID };
}

/** The logs of deliveries that integrations have, each with whose it is and how it is opened. */
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

/** Opens the reader of who may do what. */
export const structureReader = (forges: Forges) => async (synchronization: Synchronization) => {
  const { structure, requests } = await forges.openFor(synchronization);
  return { ...structure, requests };
};

/** Opens the reader of what is in repositories. */
export const contentReader = (forges: Forges) => async (synchronization: Synchronization) =>
  (await forges.openFor(synchronization)).contents;

/** Opens the reader of the repository that a package comes from. */
export function packageReader(table: Table, forges: Forges) {
  const open = contentReader(forges);
  return async (found: { readonly synchronization: SynchronizationId }) => {
    const synchronization = await findSynchronization(table, found.synchronization);
    if (!synchronization) {
      throw new Error('a package has no synchronization');
    }
    return open(synchronization);
  };
}
