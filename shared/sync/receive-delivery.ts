/** What a webhook delivery causes: it says where to look, and the forge's API says what is there. */
import { type ScopeName, scopeNames } from '../domain/facts.ts';
import type { InstallationId, SynchronizationId } from '../domain/ids.ts';
import { type AnyScope, partOf, wholeOf } from '../domain/scopes.ts';
import { type ParsedDelivery, WebhookFormatError, type WebhookReader } from '../forge/forge.ts';
import type { Clock } from '../runtime/clock.ts';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../runtime/http-handler.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Waker } from '../runtime/wake.ts';
import { absent } from '../store/condition.ts';
import { loadRowsOfAccount } from '../store/fact-store.ts';
import { stateDeletion } from '../store/forge-deletion-store.ts';
import {
  addInstallation,
  findInstallation,
  type StoredInstallation,
  setInstallationStatus,
} from '../store/installation-store.ts';
import { keys, tableKeys } from '../store/keys.ts';
import { noteTold } from '../store/scope-store.ts';
import { ConflictError, type Operation, type Table, transactionItemsMax } from '../store/table.ts';
import { scanThing, scopeThing } from '../store/things.ts';
import { raise, type WorkThing } from '../store/work.ts';
import { type Reattachment, reattachKnown, reattachNew } from './reattach.ts';

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
  const { logger, webhooks } = dependencies;
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
  await takeDelivery(dependencies, delivery);
  return jsonAnswer(202, { accepted: true });
}

/** @returns `nothing` when it says nothing that we read, `known` when it was taken before */
export async function takeDelivery(
  dependencies: Omit<ReceiveDeliveryDependencies, 'webhooks'>,
  delivery: ParsedDelivery,
): Promise<'taken' | 'known' | 'nothing'> {
  const { table, waker, clock, logger } = dependencies;
  const { installation: id } = delivery;
  if (id === undefined) {
    return 'nothing';
  }
  const known = await findInstallation(table, id);
  const about = await aboutInstallation(dependencies, delivery, id, known);
  const { tie } = about;
  const things = tie === undefined ? [] : await thingsOf(table, delivery, tie, about.scopes);
  if (about.operations.length === 0 && things.length === 0) {
    return 'nothing';
  }
  const now = clock.now();
  const cause = `webhook ${delivery.event}`;
  const told =
    tie === undefined ? [] : wordsOf(delivery).map((word) => noteTold(tie.synchronization, word, now));
  // Where to look first: it must not get lost behind very many words.
  const raises = [
    ...things.map(({ thing, nodeId }) => raise(thing, now, { cause, ...(nodeId && { nodeId }) })),
    ...told,
  ];
  const seen: Operation = {
    put: keys.delivery('github', delivery.deliveryId),
    item: { event: delivery.event, [tableKeys.expiry]: Math.ceil(now / 1000) + seenSeconds },
    when: absent,
  };
  const deletions =
    tie === undefined
      ? []
      : (delivery.deleted ?? []).map((repository) => stateDeletion(tie.synchronization, repository, now));
  const operations = [...about.operations, ...deletions];
  const firstPart = transactionItemsMax - 1 - operations.length;
  try {
    await table.transact([seen, ...operations, ...raises.slice(0, firstPart)]);
  } catch (error) {
    if (error instanceof ConflictError && error.failed.includes(0)) {
      logger.info('a delivery came twice', { event: delivery.event, delivery: delivery.deliveryId });
      return 'known';
    }
    throw error;
  }
  // More than fit: without them the read is only held to what lists are held to.
  for (let start = firstPart; start < raises.length; start += transactionItemsMax) {
    await table.transact(raises.slice(start, start + transactionItemsMax));
  }
  await waker.wake(things.map(({ thing }) => thing.wake));
  return 'taken';
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
  { table, baseUrl }: Pick<ReceiveDeliveryDependencies, 'table' | 'baseUrl'>,
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

/** What the event said that a read has to agree with. */
function wordsOf({ removals, arrivals }: ParsedDelivery) {
  const words = [...removals, ...arrivals.map((key) => ({ key, expect: 'there' as const }))];
  // A transaction takes each item once.
  return [...new Map(words.map((word) => [word.key, word])).values()];
}

interface ThingToRead {
  readonly thing: WorkThing;
  /** What the event told of it, for a part that we may not know yet. */
  readonly nodeId?: string | undefined;
}

/** Rows of an account that are looked at one by one; of somebody with more, the lists are read. */
const rowsMax = 20;

/** Where the delivery says to look, each once. */
async function thingsOf(
  table: Table,
  { hints, removals }: ParsedDelivery,
  { organization, synchronization }: Tie,
  scopes: readonly ScopeName[],
): Promise<readonly ThingToRead[]> {
  const things = new Map<string, ThingToRead>();
  const add = (thing: WorkThing, nodeId?: string): void => {
    things.set(thing.key.sk, { thing, nodeId });
  };
  for (const scope of scopes) {
    add(scopeThing(organization, synchronization, scope));
  }
  for (const hint of hints) {
    if (hint.look === 'scope') {
      add(scopeThing(organization, synchronization, hint.scope), hint.nodeId);
    } else if (hint.look === 'repository-content') {
      add(scanThing(organization, synchronization, hint.repository));
    }
  }
  for (const { key } of removals) {
    const [kind, account] = key.split('#');
    if (kind === 'member' && account !== undefined) {
      for (const scope of await scopesOfAccount(table, synchronization, account)) {
        add(scopeThing(organization, synchronization, scope));
      }
    }
  }
  return [...things.values()];
}

/** Who leaves an organization leaves its teams and its repositories too, and no event says so. */
async function scopesOfAccount(
  table: Table,
  synchronization: SynchronizationId,
  account: string,
): Promise<readonly AnyScope[]> {
  const parts = (await loadRowsOfAccount(table, synchronization, account)).map(partOf);
  const scopes = [...new Set(parts.filter((part) => part !== undefined))];
  return scopes.length > rowsMax ? [...new Set(scopes.map(wholeOf))] : scopes;
}
