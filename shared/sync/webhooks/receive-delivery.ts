/**
 * Handles a webhook delivery. What a new one reports as gone is withdrawn at once. What is granted comes from the forge's API;
 * the delivery only says what to read.
 */
import { createHash } from 'node:crypto';
import { deliveryRememberedMs } from '../../domain/forge-traits.ts';
import type { SynchronizationId } from '../../domain/ids.ts';
import { namesIn, type ScopeLayout, type ScopeName } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { vcsForge } from '../../domain/vcs-repository.ts';
import { type ParsedDelivery, WebhookFormatError } from '../../forge/forge.ts';
import { findModule, traitsOf } from '../../forge/modules.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../../runtime/http-message.ts';
import type { Logger } from '../../runtime/logger.ts';
import { viewerAddress } from '../../runtime/viewer.ts';
import { findBody } from '../../store/claim-store.ts';
import { absent } from '../../store/condition.ts';
import { noteDelivered, noteRefused } from '../../store/delivery-history.ts';
import { isHookSource, noteRefusedOf } from '../../store/hook-store.ts';
import {
  addInstallation,
  findInstallation,
  type InstallationOnHost,
  type InstallationStatus,
  setInstallationStatus,
} from '../../store/installation-store.ts';
import { keys, tableKeys } from '../../store/keys.ts';
import { countForAddress } from '../../store/rate-store.ts';
import { webhookCause } from '../../store/scope-store.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import { ConflictError, type Operation, type Table } from '../../store/table.ts';
import { requestWork, type WorkMessage, type WorkQueue } from '../../store/work.ts';
import {
  type DeliverySource,
  type DeliverySources,
  sourceOfDelivery,
  type WebhookAddress,
  withinSource,
} from './delivery-source.ts';
import type { EventClaim } from './event-claims.ts';
import { receivePush } from './receive-push.ts';
import { type DeliveryContext, prepareEventClaims } from './record-claims.ts';
import { replaceByKnown, replaceByNew } from './replace-installation.ts';
import { type Link, workItemsOf } from './requested-items.ts';

export interface TakeDeliveryDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export interface ReceiveDeliveryDependencies extends TakeDeliveryDependencies, DeliverySources {}

/**
 * Authenticates and takes one delivery: state, claims and follow-up work in one transaction with the record of the delivery, then
 * the messages. Nothing of the body is logged.
 *
 * @returns 404 for an unknown forge, 401 for a wrong signature and 429 for many of them, 400 for a known event to the integration without its
 * object, else 202
 */
export async function receiveDelivery(
  dependencies: ReceiveDeliveryDependencies,
  address: WebhookAddress,
  request: Pick<HttpRequest, 'headers' | 'body'>,
): Promise<HttpAnswer> {
  const { logger } = dependencies;
  if (address.forge === vcsForge) {
    return (
      (await receivePush(dependencies, address, request)) ?? unauthenticated(dependencies, address, request)
    );
  }
  const webhooks = findModule(address.forge)?.webhooks;
  if (webhooks === undefined) {
    return jsonAnswer(404, { accepted: false, error: 'there is no such forge' });
  }
  const source = await sourceOfDelivery(dependencies, webhooks, address, request);
  if (source === undefined) {
    return unauthenticated(dependencies, address, request);
  }
  let delivery: ParsedDelivery;
  try {
    delivery = withinSource(source, webhooks.parse(request.body, request.headers));
  } catch (error) {
    if (error instanceof WebhookFormatError) {
      logger.warn('a delivery lacks required fields', { error });
      // A forge disables a hook of ours whose authentic deliveries we refuse: some do after four.
      return source.synchronization !== undefined
        ? jsonAnswer(202, { accepted: false, error: error.message })
        : jsonAnswer(400, { accepted: false, error: error.message });
    }
    throw error;
  }
  const bodyHash = bodyHashOf(source, request.body);
  await takeDelivery(dependencies, source, delivery, { by: 'webhook', bodyHash });
  return jsonAnswer(202, { accepted: true });
}

/** Deliveries with a wrong signature in a minute, of all who share the address. */
export const unauthenticatedMax = 60;

/**
 * Counts the delivery for its address. Only deliveries that nobody signed are counted and refused: an authentic one is taken from any
 * address, however many others came from there. One write; to a hook one more, until its secret was sent again.
 */
async function unauthenticated(
  { table, clock }: Pick<ReceiveDeliveryDependencies, 'table' | 'clock'>,
  { forge, source }: WebhookAddress,
  { headers }: Pick<HttpRequest, 'headers'>,
): Promise<HttpAnswer> {
  const address = viewerAddress(headers);
  const retryAfter = await countForAddress(table, 'webhook', address, unauthenticatedMax, clock.now());
  const error = 'the signature is missing or wrong';
  if (retryAfter === undefined) {
    await noteRefused(table, forge, clock.now());
    if (source !== undefined && isHookSource(source)) {
      await noteRefusedOf(table, { forge, source }, clock.now());
    }
  }
  return retryAfter === undefined
    ? jsonAnswer(401, { accepted: false, error })
    : jsonAnswer(429, { accepted: false, error }, { 'retry-after': String(retryAfter) });
}

/** Scopes a name to the hook, so that the owner of one hook cannot block another hook's deliveries by the same id or bytes. */
const ofHook = ({ synchronization }: Omit<DeliverySource, 'secrets'>, name: string): string =>
  synchronization === undefined ? name : `${synchronization}.${name}`;

/** SHA-256, in hex. */
const bodyHashOf = (source: DeliverySource, body: Uint8Array): string =>
  ofHook(source, createHash('sha256').update(body).digest('hex'));

/** How a delivery came. */
export type Origin =
  /** Sent by the forge, and authenticated. */
  | { readonly by: 'webhook'; readonly bodyHash: string }
  /** Recovered from the forge's log. */
  | { readonly by: 'log' };

/** Code hosts send UUIDs. */
const idLengthMax = 200;

/**
 * The id as it is stored, in keys and in the records of runs: whoever manages a hook may have it send any header, and an item that grows too
 * large for the table would stop the runs.
 */
const storedId = (id: string): string =>
  id.length <= idLengthMax ? id : createHash('sha256').update(id).digest('hex');

/** Attempts when other writers conflict. */
const triesMax = 8;
/** Event claims of one transaction: each may store a claim and delete an older expectation. */
const eventClaimsMax = 15;

/**
 * Takes one delivery: withdraws what a new one reports as gone, and requests the reads that it calls for.
 *
 * @returns `nothing` when the delivery is about nothing that we read, `known` when it was taken before
 * @throws ConflictError after too many write conflicts
 */
export async function takeDelivery(
  dependencies: TakeDeliveryDependencies,
  source: Omit<DeliverySource, 'secrets'>,
  parsed: ParsedDelivery,
  origin: Origin,
): Promise<'taken' | 'known' | 'nothing'> {
  const delivery = { ...parsed, deliveryId: storedId(parsed.deliveryId) };
  const { table, clock, logger } = dependencies;
  const { scopes: layout, ...traits } = traitsOf(source.forge);
  const now = clock.now();
  const seen: Operation = {
    put: keys.delivery(source, ofHook(source, delivery.deliveryId)),
    item: {
      event: delivery.event,
      [tableKeys.expiry]: Math.ceil((now + deliveryRememberedMs(traits)) / 1000),
    },
    when: absent,
  };
  // With many event claims, most are written before the record of the delivery, so check the record first.
  if (eventClaimsOf(delivery).length > eventClaimsMax && (await table.get(seen.put)) !== undefined) {
    return 'known';
  }
  for (let tries = 1; ; tries++) {
    const { operations, link, scopes } = await connectionOfDelivery(table, layout, source, delivery);
    const workItems = link === undefined ? [] : await workItemsOf(table, layout, delivery, link, scopes);
    if (operations.length === 0 && workItems.length === 0) {
      return 'nothing';
    }
    const cause = webhookCause(delivery.event);
    const requests = workItems.map(({ workItem, handle }) =>
      requestWork(workItem, now, { cause, delivery: delivery.deliveryId, ...(handle && { handle }) }),
    );
    const delivered =
      link === undefined
        ? []
        : [
            noteDelivered(link.synchronization, {
              ...{ delivery: delivery.deliveryId, event: delivery.event },
              ...{ at: now, by: origin.by },
            }),
          ];
    const head = {
      operations: [seen, ...operations, ...requests, ...delivered],
      messages: messagesOf(workItems),
    };
    try {
      await writeEventClaims(dependencies, delivery, origin, link?.synchronization, head);
      return 'taken';
    } catch (error) {
      if (!(error instanceof ConflictError)) {
        throw error;
      }
      if (error.failed.includes(0)) {
        logger.info('a duplicate delivery was ignored', {
          event: delivery.event,
          delivery: delivery.deliveryId,
        });
        return 'known';
      }
      if (tries === triesMax) {
        throw error;
      }
    }
  }
}

/** One run takes all requested scopes, so one of their messages is enough. */
function messagesOf(
  workItems: readonly { readonly workItem: { readonly message: WorkMessage } }[],
): readonly WorkMessage[] {
  const messages = workItems.map(({ workItem }) => workItem.message);
  const first = messages.find(({ queue }) => queue === 'sync');
  return messages.filter((message) => message.queue !== 'sync' || message === first);
}

interface Head {
  readonly operations: readonly Operation[];
  readonly messages: readonly WorkMessage[];
}

/**
 * Writes the event claims and the requested reads in one transaction. More claims than fit are written first, in transactions of
 * their own. The last transaction also records the delivery: if the receiver dies before it, a repeated delivery still counts as
 * new.
 */
async function writeEventClaims(
  dependencies: TakeDeliveryDependencies,
  delivery: ParsedDelivery,
  origin: Origin,
  id: SynchronizationId | undefined,
  head: Head,
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  const eventClaims = id === undefined ? [] : eventClaimsOf(delivery);
  const synchronization =
    id === undefined || eventClaims.length === 0 ? undefined : await findSynchronization(table, id);
  if (synchronization === undefined) {
    await table.transact(head.operations);
    await workQueue.send(head.messages);
    return;
  }
  const hash = origin.by === 'webhook' ? origin.bodyHash : undefined;
  const context = {
    isPushedByForge: origin.by === 'webhook',
    happenedAt: delivery.happenedAt,
    now: clock.now(),
    hash,
    body: hash === undefined ? undefined : await findBody(table, synchronization.forge, hash),
  };
  let left = eventClaims.length;
  for (; left > eventClaimsMax; left -= eventClaimsMax) {
    await writeEventClaimBatch(
      dependencies,
      synchronization,
      eventClaims.slice(left - eventClaimsMax, left),
      context,
    );
  }
  const rest = eventClaims.slice(0, left);
  const { operations, messages, number } = await prepareEventClaims(
    table,
    synchronization,
    rest,
    context,
    delivery,
  );
  await table.transact([...head.operations, ...operations]);
  // Withdrawals are published before reads begin.
  await workQueue.send(messages);
  await number();
  await workQueue.send(head.messages);
}

/** Writes event claims that do not fit into the last transaction. The caller repeats that one when it conflicts. */
async function writeEventClaimBatch(
  { table, workQueue }: TakeDeliveryDependencies,
  synchronization: Synchronization,
  eventClaims: readonly EventClaim[],
  context: DeliveryContext,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { operations, messages, number } = await prepareEventClaims(
      table,
      synchronization,
      eventClaims,
      context,
      undefined,
    );
    try {
      await table.transact(operations);
      await workQueue.send(messages);
      await number();
      return;
    } catch (error) {
      if (!(error instanceof ConflictError)) {
        throw error;
      }
      if (tries === triesMax) {
        throw new Error('too many write conflicts', { cause: error });
      }
    }
  }
}

/** The organization and synchronization that the delivery is about. */

interface DeliveryConnection {
  readonly operations: readonly Operation[];
  /** After the operations are written. */
  readonly link: Link | undefined;
  readonly scopes: readonly ScopeName[];
}

const noConnection: DeliveryConnection = { operations: [], link: undefined, scopes: [] };

/** Finds whom the delivery is about: a hook belongs to one synchronization, a delivery to the integration names an installation. */
async function connectionOfDelivery(
  table: Table,
  layout: ScopeLayout,
  { synchronization, forge, baseUrl }: Omit<DeliverySource, 'secrets'>,
  delivery: ParsedDelivery,
): Promise<DeliveryConnection> {
  if (synchronization !== undefined) {
    const found = await findSynchronization(table, synchronization);
    return found === undefined
      ? noConnection
      : { ...noConnection, link: { organization: found.organization, synchronization } };
  }
  const { installation } = delivery;
  return installation === undefined
    ? noConnection
    : aboutInstallation(table, layout, delivery, { forge, baseUrl, installation });
}

/** What the delivery changes about the installation itself. */
async function aboutInstallation(
  table: Table,
  layout: ScopeLayout,
  { hints }: ParsedDelivery,
  id: InstallationOnHost,
): Promise<DeliveryConnection> {
  const known = await findInstallation(table, id);
  const all = namesIn(layout);
  const link =
    known?.organization === undefined || known.synchronization === undefined
      ? undefined
      : { organization: known.organization, synchronization: known.synchronization };
  const hint = hints.find((candidate) => candidate.look === 'installation');
  if (hint === undefined || (known === undefined && hint.action !== 'created')) {
    return { operations: [], link, scopes: [] };
  }
  const status = (value: InstallationStatus): readonly Operation[] =>
    known === undefined ? [] : [setInstallationStatus(known, value)];
  if (hint.action === 'removed') {
    const replacement = known && (await replaceByKnown(table, known));
    return {
      operations: replacement?.operations ?? status('removed'),
      link,
      // The probe of one scope notices the dead credential; the other scopes would fail the same way.
      scopes: replacement ? all : all.slice(0, 1),
    };
  }
  if (hint.action === 'changed') {
    const { suspended } = hint.organization;
    return {
      operations: status(suspended ? 'suspended' : 'active'),
      link,
      scopes: suspended ? all.slice(0, 1) : all,
    };
  }
  const replacement =
    link === undefined ? await replaceByNew(table, id, hint.organization, known) : undefined;
  return {
    operations: replacement?.operations ?? [addInstallation(id, hint.organization, known)],
    link: replacement ?? link,
    scopes: all,
  };
}

/** The event's claims, one per fact: a transaction accepts each item only once. */
function eventClaimsOf({ removals, arrivals }: ParsedDelivery): readonly EventClaim[] {
  return [...new Map([...removals, ...arrivals].map((eventClaim) => [eventClaim.key, eventClaim])).values()];
}
