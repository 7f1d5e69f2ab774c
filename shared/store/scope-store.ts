/** The state of a synchronization's scopes and of the parts of them. */
import { z } from 'zod';
import type { SynchronizationId } from '../domain/ids.ts';
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

const ScopeItem = z
  .object({
    wanted: z.number().default(0),
    done: z.number().default(0),
    /** Number of the last whole read. */
    readAt: z.number().optional(),
    /** When that read began; milliseconds since the epoch. */
    readBegunAt: z.number().optional(),
    /** Milliseconds since the epoch. */
    lastSuccessAt: z.number().optional(),
    lastFailure: z.object({ at: z.number(), code: z.string(), message: z.string() }).optional(),
    /** The reason why the forge hides the scope (`hiddenReason`), and since when; milliseconds since the epoch. The stored name is older. */
    notShown: z.object({ why: z.string(), since: z.number() }).optional(),
    /** Failed reads in a row. */
    attempts: z.number().default(0),
    /** How often parts of the list were read by themselves: a whole read that began before one of them has to look at it. */
    partsRead: z.number().default(0),
    /** When to look again; milliseconds since the epoch. */
    recheckAt: z.number().optional(),
    /** Of a part's thing, as an event told it, … */
    handle: z.string().optional(),
    /** … and as an earlier version stored it. */
    nodeId: z.string().optional(),
    /** Of a whole scope: when the next right that it gives ends by itself; milliseconds since the epoch. */
    nextExpiryAt: z.number().optional(),
    /** A person asked back what the run removed. */
    restore: z.object({ run: z.number(), at: z.number() }).optional(),
    /** Why it was asked for last. */
    cause: z.string().default('unknown'),
    /** A worker is at it, or none is to be until then. */
    leaseId: z.string().optional(),
    leaseUntil: z.number().default(0),
    /** A reading that goes on in another step: its number, and how far it is. */
    reading: z
      .object({
        number: z.number(),
        startedAt: z.number(),
        /** What was wanted when it began: all that it answers. */
        wanted: z.number(),
        requests: z.number(),
        read: z.number(),
        total: z.number().optional(),
      })
      .optional(),
  })
  .transform(({ nodeId, handle = nodeId, ...state }) => ({ ...state, handle }));
export type ScopeState = z.infer<typeof ScopeItem>;
/** Which run's removals a person asked back, and when; milliseconds since the epoch. */
export type Restore = NonNullable<ScopeState['restore']>;

export const parseScope = (item: Item): ScopeState => ScopeItem.parse(item);

export async function scopeState(
  table: Table,
  id: SynchronizationId,
  scope: AnyScope,
): Promise<ScopeState | undefined> {
  const item = await table.get(keys.scope(id, scope));
  return item === undefined ? undefined : parseScope(item);
}

/** The states of the whole scopes that there are, consistent; one request, however many parts there are. */
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

/** The states of all scopes and parts that there are, consistent. */
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

/** Numbers of the reads of parts that are newer than a whole read, by part. */
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

/** How long a part's number is needed, in seconds: longer than any whole read takes. */
export const partSeconds = 24 * 3600;

const HeldItem = z.object({
  scope: z.string(),
  /** When the first of them was missed; milliseconds since the epoch. */
  since: z.number(),
  count: z.number(),
  /** Names exactly these removals: a person's word is about them. */
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

export function putHeld(id: SynchronizationId, held: Held): Operation {
  return { put: keys.held(id, held.scope), item: { ...held } };
}

/** A person's word on what is held. Not taken when something else is held by now. */
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

/** Since when a stored plan of the synchronization is being written; milliseconds since the epoch. */
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
