/** The state of a synchronization's scopes and parts. */
import { z } from 'zod';
import { asId, type ForgeRepositoryId, type SynchronizationId } from '../domain/ids.ts';
import {
  type AnyScope,
  isPart,
  isScope,
  type PartScope,
  type ScopeName,
  scopeNames,
} from '../domain/scopes.ts';
import { StoredChanges } from './change-schema.ts';
import { equal } from './condition.ts';
import { keys } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

const notedRepositories = z
  .array(z.object({ repository: z.string(), why: z.string(), since: z.number() }))
  .optional();

/** The cause of a request that a webhook delivery makes. */
export const webhookCause = (event: string): string => `webhook ${event}`;

const ScopeItem = z
  .object({
    wanted: z.number().default(0),
    done: z.number().default(0),
    /** Number of the last complete read. */
    readAt: z.number().optional(),
    /** When that read began; milliseconds since the epoch. */
    readBegunAt: z.number().optional(),
    /** Milliseconds since the epoch. */
    lastSuccessAt: z.number().optional(),
    /** How many requests the last complete read took. */
    requests: z.number().default(0),
    /** How it was read, for owners (`ScopeRead`). */
    readBy: z.string().optional(),
    lastFailure: z.object({ at: z.number(), code: z.string(), message: z.string() }).optional(),
    /** The reason why the forge hides the scope (`hiddenReason`), and since when; milliseconds since the epoch. The stored name is older. */
    notShown: z.object({ why: z.string(), since: z.number() }).optional(),
    /** Repositories of which the forge lists other readers than the facts add up to (`Comparison`), and since when. */
    differences: notedRepositories,
    /** Those of which it did not give that list, and since when. */
    uncompared: notedRepositories,
    /** `watched` of the last complete read. */
    watched: z.array(z.string().transform((id) => asId<ForgeRepositoryId>(id))).optional(),
    /** Failed reads in a row. */
    attempts: z.number().default(0),
    /** How many reads of single parts of the list there were: a list read that began before the latest one has to respect it. */
    partsRead: z.number().default(0),
    /** When to recheck; milliseconds since the epoch. */
    recheckAt: z.number().optional(),
    /** The part's handle, from an event. */
    handle: z.string().optional(),
    /** The handle, in items of an earlier version. */
    nodeId: z.string().optional(),
    /** For a list: when the next right that it grants expires; milliseconds since the epoch. */
    nextExpiryAt: z.number().optional(),
    /** An owner asked to restore what the run removed. */
    restore: z.object({ run: z.number(), at: z.number() }).optional(),
    /** The cause of the latest request. */
    cause: z.string().default('unknown'),
    /** The webhook delivery that made the latest request of a webhook. */
    delivery: z.string().optional(),
    /** The lease of a worker; without an id, no worker may take it before `leaseUntil`. */
    leaseId: z.string().optional(),
    leaseUntil: z.number().default(0),
    /** A read that continues in another step: its number and progress. */
    reading: z
      .object({
        number: z.number(),
        startedAt: z.number(),
        /** What was wanted when the read began, and is done when it ends. */
        wanted: z.number(),
        requests: z.number(),
        read: z.number(),
        total: z.number().optional(),
      })
      .optional(),
  })
  .transform(({ nodeId, handle = nodeId, delivery, ...state }) => ({
    ...state,
    handle,
    // A later request that no webhook made leaves it there.
    delivery: state.cause.startsWith(webhookCause('')) ? delivery : undefined,
  }));
export type ScopeState = z.infer<typeof ScopeItem>;
/** The run whose removals an owner asked to restore, and when; milliseconds since the epoch. */
export type Restore = NonNullable<ScopeState['restore']>;

/** Why the scope is read, for the record of the run. */
export const causeIn = ({ cause, delivery }: ScopeState): { cause: string; delivery?: string } => ({
  cause,
  ...(delivery !== undefined && { delivery }),
});

export const parseScope = (item: Item): ScopeState => ScopeItem.parse(item);

export async function scopeState(
  table: Table,
  id: SynchronizationId,
  scope: AnyScope,
): Promise<ScopeState | undefined> {
  const item = await table.get(keys.scope(id, scope));
  return item === undefined ? undefined : parseScope(item);
}

/** The states of all lists, consistent; one request, however many parts there are. */
export async function listStates(
  table: Table,
  id: SynchronizationId,
): Promise<ReadonlyMap<ScopeName, ScopeState>> {
  const items = await table.getMany(scopeNames.map((name) => keys.scope(id, name)));
  const states = new Map<ScopeName, ScopeState>();
  for (const [place, name] of scopeNames.entries()) {
    const item = items[place];
    if (item !== undefined) {
      states.set(name, parseScope(item));
    }
  }
  return states;
}

/** The states of all scopes and parts, consistent. */
export async function scopeStates(
  table: Table,
  id: SynchronizationId,
): Promise<ReadonlyMap<AnyScope, ScopeState>> {
  const prefix = keys.scope(id, '');
  const states = new Map<AnyScope, ScopeState>();
  for (const item of await table.query(prefix.pk, prefix.sk)) {
    const scope = String(item.sk).slice(prefix.sk.length);
    if (isScope(scope)) {
      states.set(scope, parseScope(item));
    }
  }
  return states;
}

/** Numbers of reads of parts that are newer than a list read, by part. */
export function newerParts(
  states: ReadonlyMap<AnyScope, ScopeState>,
  observedAt: number,
): ReadonlyMap<PartScope, number> {
  const newer = new Map<PartScope, number>();
  for (const [scope, { readAt = 0 }] of states) {
    if (isPart(scope) && readAt > observedAt) {
      newer.set(scope, readAt);
    }
  }
  return newer;
}

/** How long a part's number is kept, in seconds: longer than any list read takes. */
export const partSeconds = 24 * 3600;

const HeldItem = z.object({
  scope: z.string(),
  /** When the first of them was missing; milliseconds since the epoch. */
  since: z.number(),
  count: z.number(),
  /** Identifies exactly these removals, since an owner's decision is about them and no others. */
  digest: z.string(),
  /** The first removals. */
  changes: StoredChanges,
  decision: z.enum(['yes', 'no']).optional(),
  decidedAt: z.number().optional(),
});
export type Held = z.infer<typeof HeldItem>;

export async function findHeld(
  table: Table,
  id: SynchronizationId,
  scope: AnyScope,
): Promise<Held | undefined> {
  const item = await table.get(keys.held(id, scope));
  return item === undefined ? undefined : HeldItem.parse(item);
}

export async function listHeld(table: Table, id: SynchronizationId): Promise<readonly Held[]> {
  const prefix = keys.held(id, '');
  return (await table.query(prefix.pk, prefix.sk)).map((item) => HeldItem.parse(item));
}

/**
 * A page of what is held, in the order of the scopes' names. One read.
 *
 * @param after the last scope of the page before
 */
export async function heldPage(
  table: Table,
  id: SynchronizationId,
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
): Promise<readonly Held[]> {
  const { pk, sk } = keys.held(id, '');
  const items = await table.query(pk, sk, { limit, after: after === undefined ? undefined : sk + after });
  return items.map((item) => HeldItem.parse(item));
}

export function putHeld(id: SynchronizationId, held: Held): Operation {
  return { put: keys.held(id, held.scope), item: { ...held } };
}

/** Stores an owner's decision on what is held. Fails if something else is held by now. */
export function decideHeld(
  id: SynchronizationId,
  { scope, digest }: Pick<Held, 'scope' | 'digest'>,
  decision: 'yes' | 'no',
  at: number,
): Operation {
  return {
    update: { key: keys.held(id, scope), set: { decision, decidedAt: at } },
    when: equal('digest', digest),
  };
}

const ApplyingItem = z.object({ since: z.number(), number: z.number() });

/** When the write of the synchronization's current stored plan began; milliseconds since the epoch. */
export async function applyingSince(table: Table, id: SynchronizationId): Promise<number | undefined> {
  const prefix = keys.applying(id, '');
  const times = (await table.query(prefix.pk, prefix.sk)).map((item) => ApplyingItem.parse(item).since);
  return times.length === 0 ? undefined : Math.min(...times);
}

export async function findApplying(
  table: Table,
  id: SynchronizationId,
  scope: AnyScope,
): Promise<{ readonly number: number } | undefined> {
  const item = await table.get(keys.applying(id, scope));
  return item === undefined ? undefined : ApplyingItem.parse(item);
}
