/**
 * What somebody who is signed in may read of an organization, kept for lists: a bitmap of package numbers on the work item of the principal.
 *
 * The worker that publishes the principal's view also decides this one, after every change of rights: each requests the principal, or
 * everybody, in its own transaction. So a view without pending work is what the facts say now, and one with pending work counts for nothing.
 */
import { z } from 'zod';
import { bitmapChunks, bitmapHas, packagesPerChunk } from '../domain/edge-keys.ts';
import type { ForgeRepositoryId, OrganizationId, Principal, SynchronizationId } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import { all, equal, missing, present } from './condition.ts';
import { type Key, tableKeys } from './keys.ts';
import { namesOf } from './name-store.ts';
import { ConflictError, type Item, type Table } from './table.ts';
import { requestWork, type WorkQueue } from './work.ts';
import { grantsWork, principalWork } from './work-items.ts';

const dayMs = 24 * 3600_000;
/** So long after somebody's last look a view is kept; as long as a session lasts without one. */
const keptMs = 30 * dayMs;

const ViewItem = z.object({
  /** When the person last looked, to the day; milliseconds since the epoch. */
  viewedAt: z.number().optional(),
  /** The bitmap, by chunk. */
  readable: z.array(z.string()).optional(),
  /** When a right in it ends by itself; milliseconds since the epoch. */
  readableUntil: z.number().optional(),
});

export interface KeptViewDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

/**
 * Whether the person may read a package, by its number; undefined where that has to be decided from the facts, because there is no view or it
 * is being decided again. One read. Once a day it also notes that the person looked, and has a missing view decided.
 */
export async function keptView(
  dependencies: KeptViewDependencies,
  organization: OrganizationId,
  principal: Principal,
): Promise<((packageNumber: number) => boolean) | undefined> {
  const { table, clock } = dependencies;
  const [grants, item] = await table.getMany([
    grantsWork(organization).key,
    principalWork(organization, principal).key,
  ]);
  await noteLook(dependencies, organization, principal, item);
  const { readable, readableUntil = Number.POSITIVE_INFINITY } = ViewItem.parse(item ?? {});
  if (readable === undefined || isPending(item) || isPending(grants) || readableUntil <= clock.now()) {
    return undefined;
  }
  return (number) => bitmapHas(readable[Math.floor(number / packagesPerChunk)], number);
}

/** Nothing was requested of a work item that is not there. */
const isPending = (work: Item | undefined): boolean => work !== undefined && work.wanted !== work.done;

async function noteLook(
  dependencies: KeptViewDependencies,
  organization: OrganizationId,
  principal: Principal,
  item: Item | undefined,
): Promise<void> {
  const now = dependencies.clock.now();
  const { viewedAt = 0, readable } = ViewItem.parse(item ?? {});
  if (readable === undefined && !isPending(item)) {
    await requestView(dependencies, organization, principal);
  } else if (viewedAt <= now - dayMs) {
    await writeLook(dependencies.table, principalWork(organization, principal).key, item, now);
  }
}

/** Nothing, if the item is gone or began or ceased to expire since it was read: the next look is noted then. */
async function writeLook(table: Table, key: Key, item: Item | undefined, now: number): Promise<void> {
  const expiry = item?.[tableKeys.expiry];
  const isAsRead = expiry === undefined ? missing(tableKeys.expiry) : equal(tableKeys.expiry, Number(expiry));
  const set = { viewedAt: now, ...(expiry === undefined ? {} : expiryAfter(now)) };
  try {
    await table.update({ key, set }, all(present, isAsRead));
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/** Has what somebody may read decided, and kept. */
async function requestView(
  { table, workQueue, clock }: KeptViewDependencies,
  organization: OrganizationId,
  principal: Principal,
): Promise<void> {
  const now = clock.now();
  const work = principalWork(organization, principal);
  await table.transact([requestWork(work, now, { organization, principal, viewedAt: now })]);
  await workQueue.send([work.message]);
}

/** Has the person's views decided where they are not kept, before he looks at a list. One read for each 100. */
export async function requestMissingViews(
  dependencies: KeptViewDependencies,
  organizations: readonly OrganizationId[],
  principal: Principal,
): Promise<void> {
  const works = organizations.map((organization) => principalWork(organization, principal));
  const items = await dependencies.table.getMany(works.map(({ key }) => key));
  await Promise.all(
    organizations.map((organization, place) => noteLook(dependencies, organization, principal, items[place])),
  );
}

/** Whether the view of that work item is kept. @param now milliseconds since the epoch */
export const isKept = (item: Item, now: number): boolean =>
  (ViewItem.parse(item).viewedAt ?? Number.NEGATIVE_INFINITY) > now - keptMs;

/** Nobody looks at the item then: without tokens it is of no use. */
const expiryAfter = (viewedAt: number): Item => ({
  [tableKeys.expiry]: Math.ceil((viewedAt + keptMs) / 1000),
});

interface Decided {
  /** Undefined where nobody needs them. */
  readonly rights:
    | {
        mayRead(synchronization: SynchronizationId, repository: ForgeRepositoryId): boolean;
        /** When one of them ends by itself; milliseconds since the epoch. */
        readonly endsAt: number | undefined;
      }
    | undefined;
  /** Whether the item is needed without a view. */
  readonly hasTokens: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * What the work item has once its work is done: the view if it is kept, and none otherwise. One read where it is.
 *
 * @param item as it was when the lease was taken, before the rights were decided
 */
export async function viewAttributes(
  table: Table,
  organization: OrganizationId,
  item: Item,
  { rights, hasTokens, now }: Decided,
): Promise<Item> {
  const { viewedAt } = ViewItem.parse(item);
  const expiry = expiryOf(viewedAt, hasTokens);
  if (rights === undefined || !isKept(item, now)) {
    return { readable: undefined, readableUntil: undefined, ...expiry };
  }
  const numbers = (await namesOf(table, organization))
    .filter(({ source }) => rights.mayRead(source.synchronization, source.repository))
    .map(({ number }) => number);
  return { readable: asChunks(numbers), readableUntil: rights.endsAt, ...expiry };
}

/** An item with tokens must not expire: switching the person off asks it for their end. */
function expiryOf(viewedAt: number | undefined, hasTokens: boolean): Item {
  if (hasTokens) {
    return { [tableKeys.expiry]: undefined };
  }
  return viewedAt === undefined ? {} : expiryAfter(viewedAt);
}

function asChunks(numbers: readonly number[]): readonly string[] {
  const chunks = bitmapChunks(numbers);
  return Array.from({ length: Math.max(...chunks.keys()) + 1 }, (_, chunk) => chunks.get(chunk) ?? '');
}
