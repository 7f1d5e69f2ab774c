/** What owners see of the deliveries to their synchronizations. Payloads are shown to nobody. */
import { CallerError } from '../domain/caller-error.ts';
import { installationOf } from '../domain/connection.ts';
import type { InstallationId, OrganizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { AttemptLog, DeliveryAttempt } from '../forge/forge.ts';
import type { HookLog } from '../forge/hooks.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import { findIntegration, type Integrations } from '../forge/integrations.ts';
import type { ForgeClient, OpenConnection } from '../forge/module.ts';
import { findModule } from '../forge/modules.ts';
import type { Clock } from '../runtime/clock.ts';
import { type DeliveredEvent, deliveredPage, lastRefused } from '../store/delivery-history.ts';
import { findRepositories } from '../store/fact-store.ts';
import { hookPlace, hooksOf, type StoredHook, storedHookPage } from '../store/hook-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { describeHooks, type HooksState } from './describe-hooks.ts';
import { forgeFailure } from './forge-failure.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface WebhookDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly forges: {
    integrations(): Promise<Integrations>;
    open(to: Pick<OpenConnection, 'integration' | 'connection' | 'organization'>): Promise<ForgeClient>;
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
  /** Undefined where the forge delivers without hooks of ours. */
  readonly hooks: HooksState | undefined;
}

const lastMax = 100;

/** One for each synchronization, with one read each besides the two for all, and two where it has hooks. */
export async function webhookStates(
  table: Table,
  organization: OrganizationId,
): Promise<readonly WebhookState[]> {
  const synchronizations = await synchronizationsOf(table, organization);
  const forges = [...new Set(synchronizations.map(({ forge }) => forge))];
  const [refused, hooks, ...pages] = await Promise.all([
    lastRefused(table, forges),
    Promise.all(synchronizations.map((one) => describeHooks(table, one))),
    ...synchronizations.map(({ id }) => deliveredPage(table, id, { limit: lastMax })),
  ]);
  return synchronizations.map((synchronization, place) => {
    const deliveries = pages[place]?.deliveries ?? [];
    return {
      synchronization,
      last: deliveries[0],
      recovered: deliveries.filter(({ by }) => by === 'log').length,
      refusedAt: refused.get(synchronization.forge),
      hasLog: hasLog(synchronization) || hasHookLog(synchronization, hooks[place]),
      hooks: hooks[place],
    };
  });
}

const hasLog = ({ forge, connection }: Synchronization): boolean =>
  findModule(forge)?.hasDeliveryLog === true && installationOf(connection) !== undefined;

const hasHookLog = ({ forge }: Synchronization, hooks: HooksState | undefined): boolean =>
  findModule(forge)?.hasHookLog === true && hooks !== undefined && hooks.working + hooks.notWorking > 0;

/**
 * A page of the forge's log, of which only the attempts for this synchronization are shown: that of an App is of all organizations. So a page may
 * be empty and not the last. One request to the forge.
 *
 * @param source of the hook whose log it is; the only one if left out
 * @throws CallerError when the forge has no log, or does not answer, or the hook is unknown
 */
export async function attemptsOf(
  dependencies: WebhookDependencies,
  synchronization: Synchronization,
  cursor: string | undefined,
  source: string | undefined,
): Promise<{ readonly attempts: readonly DeliveryAttempt[]; readonly next: string | undefined }> {
  if (hasLog(synchronization)) {
    const { log, installation } = await logOf(dependencies, synchronization);
    const { attempts, next } = await asked(() => log.page(cursor));
    return { attempts: attempts.filter((one) => one.installation === installation), next };
  }
  const { log, hook } = await hookLogOf(dependencies, synchronization, source);
  const { attempts, next } = await asked(() => log.page(cursor));
  return { attempts: attempts.map((one) => ({ ...one, id: `${hook.source}-${one.id}` })), next };
}

/**
 * Has the forge deliver an event again. The history has what the forge accepted.
 *
 * @returns the source of the hook in whose log the new attempt is going to be; undefined where the log is that of an App
 * @throws CallerError `not-found` when the forge's log has no such attempt for this synchronization; also as `attemptsOf`
 */
export async function redeliver(
  dependencies: WebhookDependencies,
  synchronization: Synchronization,
  id: string,
  accountable: Accountable,
): Promise<string | undefined> {
  const act = (after: Readonly<Record<string, string>>): Promise<void> =>
    dependencies.table.transact([
      ownerAct(dependencies, synchronization.organization, accountable, 'redeliver', synchronization.login, {
        after,
      }),
    ]);
  if (!hasLog(synchronization)) {
    const [source = '', attempt = ''] = id.split('-');
    const { log, hook } = await hookLogOf(dependencies, synchronization, source);
    await orUnknown(asked(() => log.redeliver(attempt)));
    await act({ hook: hook.source, attempt });
    return hook.source;
  }
  const { log, installation } = await logOf(dependencies, synchronization);
  const attempt = await orUnknown(asked(() => log.attempt(id)));
  if (attempt.installation !== installation) {
    throw unknownAttempt();
  }
  await asked(() => log.redeliver(id));
  await act({ delivery: attempt.deliveryId, event: attempt.event });
  return undefined;
}

const orUnknown = <Answer>(request: Promise<Answer>): Promise<Answer> =>
  request.catch((error: unknown) => {
    throw error instanceof CallerError && error.code === 'not-found' ? unknownAttempt() : error;
  });

const unknownAttempt = (): CallerError => new CallerError('not-found', 'the log has no such delivery');

async function logOf(
  { forges }: WebhookDependencies,
  synchronization: Synchronization,
): Promise<{ readonly log: AttemptLog; readonly installation: InstallationId }> {
  const { forge, baseUrl, connection } = synchronization;
  const installation = installationOf(connection);
  const integration = findIntegration(await forges.integrations(), integrationKeyOf({ forge, baseUrl }));
  if (installation === undefined || integration === undefined || !hasLog(synchronization)) {
    throw noLog(synchronization);
  }
  const client = await forges.open({ integration, connection: { kind: 'integration' } });
  if (client.attemptLog === undefined) {
    throw noLog(synchronization);
  }
  return { log: client.attemptLog, installation };
}

/** The log of the hook, or of the only one. */
async function hookLogOf(
  { table, forges }: WebhookDependencies,
  synchronization: Synchronization,
  source: string | undefined,
): Promise<{ readonly log: HookLog; readonly hook: StoredHook }> {
  const { id, forge, baseUrl, connection, forgeOrganization: organization } = synchronization;
  const integration = findIntegration(await forges.integrations(), integrationKeyOf({ forge, baseUrl }));
  if (
    integration === undefined ||
    findModule(forge)?.installsHooks !== true ||
    connection.kind === 'of-repositories'
  ) {
    throw noLog(synchronization);
  }
  const hooks = (await hooksOf(table, id)).filter(({ forgeHook }) => forgeHook !== undefined);
  const hook =
    source === undefined && hooks.length === 1 ? hooks[0] : hooks.find((one) => one.source === source);
  if (hook?.forgeHook === undefined) {
    throw source === undefined
      ? new CallerError('invalid', `there are ${hooks.length} webhooks: say with \`hook\` whose log it is`)
      : new CallerError('not-found', 'the synchronization has no such webhook');
  }
  const { forgeHook } = hook;
  const client = await forges.open({ integration, connection, organization });
  const log = await asked(async () => client.hooks?.log?.(hookPlace(hook), forgeHook));
  if (log === undefined) {
    throw noLog(synchronization);
  }
  return { log, hook };
}

export interface ListedHook extends StoredHook {
  /** Of its repository, if that is known. */
  readonly fullName: string | undefined;
}

/** A page of the hooks, in the order of their sources. Two reads. @param after the source before the first one */
export async function hookPage(
  table: Table,
  { id: synchronization, forge }: Synchronization,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly hooks: readonly ListedHook[]; readonly next: string | undefined }> {
  const page = await storedHookPage(table, { id: synchronization, forge }, { limit, after });
  const ids = page.flatMap(({ repository }) => repository ?? []);
  const found = await findRepositories(
    table,
    ids.map((repository) => ({ synchronization, repository })),
  );
  const names = new Map(found.map((fact) => [fact?.repository, fact?.fullName]));
  return {
    hooks: page.map((hook) => ({ ...hook, fullName: names.get(hook.repository) })),
    next: page.length === limit ? page.at(-1)?.source : undefined,
  };
}

const noLog = ({ baseUrl }: Synchronization): CallerError =>
  new CallerError('conflict', `${baseUrl} keeps no log of deliveries that can be shown`);

async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof ForgeError ? forgeFailure('the log of deliveries', error) : error;
  }
}
