/** The forges that this installation knows, opened. */
import type { SynchronizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { integrationOf, parseIntegrations } from '../forge/integrations.ts';
import type { ForgeClient, ForgeServices, Integration, OpenConnection } from '../forge/module.ts';
import { moduleOf } from '../forge/modules.ts';
import { systemClock } from '../runtime/clock.ts';
import { required } from '../runtime/config.ts';
import { createCredentialBudget } from '../store/budget-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { createSecretReader } from './clients.ts';

/** What opens a connection. */
export interface Forges {
  /** @throws Error when the operator's secret cannot be read */
  integrations(): Promise<readonly Integration[]>;
  open(to: Pick<OpenConnection, 'integration' | 'connection' | 'organization'>): Promise<ForgeClient>;
  /** @throws Error when the synchronization's forge is none of the integrations any more */
  openFor(synchronization: Synchronization): Promise<ForgeClient>;
}

/**
 * The forges of this installation; their secret is read once per execution environment.
 *
 * @param table where all workers keep what they know of the credentials' limits
 * @param budgetOf how that is kept
 */
export function createForges(table: Table, budgetOf = createCredentialBudget): Forges {
  const secret = createSecretReader();
  const services = new Map<Integration, ForgeServices>();
  let known: Promise<readonly Integration[]> | undefined;

  const integrations: Forges['integrations'] = () => {
    known ??= secret(required('integrationsSecretArn')).then(parseIntegrations);
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
  const servicesOf = (integration: Integration): ForgeServices => {
    const found = services.get(integration) ?? {
      fetch: globalThis.fetch,
      clock: systemClock,
      random: Math.random,
      budgets: (credential: string) =>
        budgetOf(table, { forge: integration.forge, baseUrl: integration.settings.baseUrl }, credential),
    };
    services.set(integration, found);
    return found;
  };
  const open: Forges['open'] = async (to) =>
    moduleOf(to.integration.forge).open({ ...to, services: servicesOf(to.integration) });
  return {
    integrations,
    open,
    async openFor(synchronization) {
      const { forge, baseUrl, connection, forgeOrganization: organization } = synchronization;
      const integration = integrationOf(await integrations(), synchronization);
      if (integration === undefined) {
        throw new Error(`there is no integration for ${forge} at ${baseUrl} any more`);
      }
      return open({ integration, connection, organization });
    },
  };
}

/** The logs of deliveries that integrations have, each with whose it is. */
export async function deliveryLogs(forges: Forges) {
  const logs = [];
  for (const integration of await forges.integrations()) {
    const { deliveryLog: log } = await forges.open({ integration, connection: { kind: 'integration' } });
    if (log !== undefined) {
      const { forge, settings } = integration;
      logs.push({ log, source: { forge, baseUrl: settings.baseUrl } });
    }
  }
  return logs;
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
