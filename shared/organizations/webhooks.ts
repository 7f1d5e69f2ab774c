/** What owners see of the deliveries to their synchronizations. Payloads are shown to nobody. */
import { CallerError } from '../domain/caller-error.ts';
import { installationOf } from '../domain/connection.ts';
import type { InstallationId, OrganizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { AttemptLog, DeliveryAttempt } from '../forge/forge.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import { findIntegration, type Integrations } from '../forge/integrations.ts';
import type { ForgeClient, OpenConnection } from '../forge/module.ts';
import { findModule } from '../forge/modules.ts';
import type { Clock } from '../runtime/clock.ts';
import { type DeliveredEvent, deliveredPage, lastRefused } from '../store/delivery-history.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { forgeFailure } from './forge-failure.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface WebhookDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly forges: {
    integrations(): Promise<Integrations>;
    open(to: Pick<OpenConnection, 'integration' | 'connection'>): Promise<ForgeClient>;
  };
}

export interface WebhookState {
  readonly synchronization: Synchronization;
  readonly last: DeliveredEvent | undefined;
  /** Of the last 100, those that did not arrive and were taken from the forge's log. */
  readonly recovered: number;
  /** When anybody's delivery to the forge's address was refused last, for its signature; milliseconds since the epoch. */
  readonly refusedAt: number | undefined;
  /** Whether the forge has a log that can be shown. */
  readonly hasLog: boolean;
}

const lastMax = 100;

/** One for each synchronization, with one read each besides the two for all. */
export async function webhookStates(
  table: Table,
  organization: OrganizationId,
): Promise<readonly WebhookState[]> {
  const synchronizations = await synchronizationsOf(table, organization);
  const forges = [...new Set(synchronizations.map(({ forge }) => forge))];
  const [refused, ...pages] = await Promise.all([
    lastRefused(table, forges),
    ...synchronizations.map(({ id }) => deliveredPage(table, id, { limit: lastMax })),
  ]);
  return synchronizations.map((synchronization, place) => {
    const deliveries = pages[place]?.deliveries ?? [];
    return {
      synchronization,
      last: deliveries[0],
      recovered: deliveries.filter(({ by }) => by === 'log').length,
      refusedAt: refused.get(synchronization.forge),
      hasLog: hasLog(synchronization),
    };
  });
}

const hasLog = ({ forge, connection }: Synchronization): boolean =>
  findModule(forge)?.hasDeliveryLog === true && installationOf(connection) !== undefined;

/**
 * A page of the forge's log, of which only the attempts for this synchronization are shown: the log is that of all organizations. So a page
 * may be empty and not the last. One request to the forge.
 *
 * @throws CallerError when the forge has no log, or does not answer
 */
export async function attemptsOf(
  dependencies: WebhookDependencies,
  synchronization: Synchronization,
  cursor: string | undefined,
): Promise<{ readonly attempts: readonly DeliveryAttempt[]; readonly next: string | undefined }> {
  const { log, installation } = await logOf(dependencies, synchronization);
  const { attempts, next } = await asked(() => log.page(cursor));
  return { attempts: attempts.filter((one) => one.installation === installation), next };
}

/**
 * Has the forge deliver an event again.
 *
 * @throws CallerError `not-found` when the forge's log has no such attempt for this synchronization; also as `attemptsOf`
 */
export async function redeliver(
  dependencies: WebhookDependencies,
  synchronization: Synchronization,
  id: string,
  accountable: Accountable,
): Promise<void> {
  const { log, installation } = await logOf(dependencies, synchronization);
  const attempt = await asked(() => log.attempt(id)).catch((error: unknown) => {
    throw error instanceof CallerError && error.code === 'not-found' ? unknownAttempt() : error;
  });
  if (attempt.installation !== installation) {
    throw unknownAttempt();
  }
  await dependencies.table.transact([
    ownerAct(dependencies, synchronization.organization, accountable, 'redeliver', synchronization.login, {
      after: { delivery: attempt.deliveryId, event: attempt.event },
    }),
  ]);
  await asked(() => log.redeliver(id));
}

const unknownAttempt = (): CallerError => new CallerError('not-found', 'the log has no such delivery');

async function logOf(
  { forges }: WebhookDependencies,
  synchronization: Synchronization,
): Promise<{ readonly log: AttemptLog; readonly installation: InstallationId }> {
  const { forge, baseUrl, connection } = synchronization;
  const installation = installationOf(connection);
  const integration = findIntegration(await forges.integrations(), integrationKeyOf({ forge, baseUrl }));
  if (installation === undefined || integration === undefined || !hasLog(synchronization)) {
    throw new CallerError('conflict', `${baseUrl} keeps no log of deliveries that can be shown`);
  }
  const client = await forges.open({ integration, connection: { kind: 'integration' } });
  if (client.attemptLog === undefined) {
    throw new CallerError('conflict', `${baseUrl} keeps no log of deliveries that can be shown`);
  }
  return { log: client.attemptLog, installation };
}

async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof ForgeError ? forgeFailure('the log of deliveries', error) : error;
  }
}
