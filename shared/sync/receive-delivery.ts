/** What a webhook delivery causes: it says where to look, and the forge's API says what is there. */
import { type ScopeName, scopeNames } from '../domain/facts.ts';
import type { InstallationId } from '../domain/ids.ts';
import { type ParsedDelivery, WebhookFormatError, type WebhookReader } from '../forge/forge.ts';
import type { Clock } from '../runtime/clock.ts';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../runtime/http-handler.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Waker } from '../runtime/wake.ts';
import { absent } from '../store/condition.ts';
import {
  addInstallation,
  findInstallation,
  type StoredInstallation,
  setInstallationStatus,
} from '../store/installation-store.ts';
import { keys, tableKeys } from '../store/keys.ts';
import { ConflictError, type Operation, type Table, transactionItemsMax } from '../store/table.ts';
import { scanThing, scopeThing } from '../store/things.ts';
import { raise, type WorkThing } from '../store/work.ts';
import { type Reattachment, reattachKnown, reattachNew } from './reattach.ts';
import { removalTold } from './recheck.ts';

export interface ReceiveDeliveryDependencies {
  readonly table: Table;
  readonly waker: Waker;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly webhooks: WebhookReader;
  /** Which host of the forge the deliveries come from. */
  readonly baseUrl: string;
}

/** GitHub delivers again by hand for 3 days: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
const seenSeconds = 4 * 24 * 3600;

/**
 * Takes one delivery: state and wishes in one transaction with the record that it was seen, then the wakes.
 *
 * @returns 401 for a signature that is not ours, 400 for a known event without its object, else 202; nothing of the body is logged
 */
export async function receiveDelivery(
  dependencies: ReceiveDeliveryDependencies,
  request: Pick<HttpRequest, 'headers' | 'body'>,
): Promise<HttpAnswer> {
  const { table, waker, clock, logger, webhooks } = dependencies;
  if (!(await webhooks.verify(request.body, request.headers))) {
    return jsonAnswer(401, { accepted: false, error: 'the signature is missing or wrong' });
  }
  let delivery: ParsedDelivery;
  try {
    delivery = webhooks.parse(request.body, request.headers);
  } catch (error) {
    if (error instanceof WebhookFormatError) {
      logger.warn('a delivery lacks what it is about', { error });
      return jsonAnswer(400, { accepted: false, error: error.message });
    }
    throw error;
  }
  const accepted = jsonAnswer(202, { accepted: true });
  const { installation: id } = delivery;
  if (id === undefined) {
    return accepted;
  }
  const known = await findInstallation(table, id);
  const { operations, tie, scopes } = await aboutInstallation(dependencies, delivery, id, known);
  const things = tie === undefined ? [] : thingsOf(delivery, tie, scopes);
  if (operations.length === 0 && things.length === 0) {
    return accepted;
  }
  const now = clock.now();
  const cause = `webhook ${delivery.event}`;
  const told = delivery.removal ? removalTold : {};
  const raises = things.map((thing) => raise(thing, now, { cause, ...told }));
  const seen: Operation = {
    put: keys.delivery('github', delivery.deliveryId),
    item: { event: delivery.event, [tableKeys.expiry]: Math.ceil(now / 1000) + seenSeconds },
    when: absent,
  };
  const firstPart = transactionItemsMax - 1 - operations.length;
  try {
    await table.transact([seen, ...operations, ...raises.slice(0, firstPart)]);
  } catch (error) {
    if (error instanceof ConflictError && error.failed.includes(0)) {
      logger.info('a delivery came twice', { event: delivery.event, delivery: delivery.deliveryId });
      return accepted;
    }
    throw error;
  }
  // More than fit: a scope that is read anyway raises them again if these are lost.
  for (let start = firstPart; start < raises.length; start += transactionItemsMax) {
    await table.transact(raises.slice(start, start + transactionItemsMax));
  }
  await waker.wake(things.map((thing) => thing.wake));
  return accepted;
}

/** The organization that the installation belongs to. */
type Tie = Pick<Reattachment, 'organization' | 'synchronization'>;

interface AboutInstallation {
  readonly operations: readonly Operation[];
  /** Whose the installation is after the operations. */
  readonly tie: Tie | undefined;
  readonly scopes: readonly ScopeName[];
}

/** What the delivery says about the installation itself. */
async function aboutInstallation(
  { table, baseUrl }: ReceiveDeliveryDependencies,
  { hints }: ParsedDelivery,
  id: InstallationId,
  known: StoredInstallation | undefined,
): Promise<AboutInstallation> {
  const tie =
    known?.organization === undefined || known.synchronization === undefined
      ? undefined
      : { organization: known.organization, synchronization: known.synchronization };
  const hint = hints.find((candidate) => candidate.look === 'installation');
  if (hint === undefined || (known === undefined && hint.action !== 'created')) {
    return { operations: [], tie, scopes: [] };
  }
  if (hint.action === 'removed') {
    const reattached = known && (await reattachKnown(table, known));
    return {
      operations: [setInstallationStatus(id, 'removed'), ...(reattached?.operations ?? [])],
      tie,
      // Its probe shows the dead credential; the other scopes would show the same.
      scopes: reattached ? scopeNames : ['settings'],
    };
  }
  if (hint.action === 'changed') {
    const { suspended } = hint.organization;
    return {
      operations: [setInstallationStatus(id, suspended ? 'suspended' : 'active')],
      tie,
      scopes: suspended ? ['settings'] : scopeNames,
    };
  }
  const { id: forgeOrganization, login } = hint.organization;
  const reattached =
    tie === undefined ? await reattachNew(table, { id, forgeOrganization, login }, baseUrl) : undefined;
  return {
    operations: reattached?.operations ?? [addInstallation(id, 'github', hint.organization)],
    tie: reattached ?? tie,
    scopes: scopeNames,
  };
}

/** Where the delivery says to look, each once. */
function thingsOf(
  { hints }: ParsedDelivery,
  { organization, synchronization }: Tie,
  scopes: readonly ScopeName[],
): readonly WorkThing[] {
  const things = new Map<string, WorkThing>();
  const add = (thing: WorkThing): void => {
    things.set(thing.key.sk, thing);
  };
  for (const scope of scopes) {
    add(scopeThing(organization, synchronization, scope));
  }
  for (const hint of hints) {
    if (hint.look === 'scope') {
      add(scopeThing(organization, synchronization, hint.scope));
    } else if (hint.look === 'repository-content') {
      add(scanThing(organization, synchronization, hint.repository));
    }
  }
  return [...things.values()];
}
