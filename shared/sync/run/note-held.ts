/**
 * Stores the removals that the removal guard holds until an owner decides, and logs an error, which raises an alarm,
 * when there are new ones. plan/held.ts loads them.
 */
import { factKey } from '../../domain/facts.ts';
import type { SynchronizationId } from '../../domain/ids.ts';
import {
  type AnyScope,
  isPart,
  isScope,
  kindsOf,
  listsOf,
  type ScopeLayout,
  type ScopeName,
} from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { putChunks, removeChunks } from '../../store/chunk-store.ts';
import { chunkNames, keys } from '../../store/keys.ts';
import { findHeld, type Held, listHeld, putHeld } from '../../store/scope-store.ts';
import type { Table } from '../../store/table.ts';
import { digestOf, heldKeys } from '../plan/held.ts';
import { type PlannedChange, recordOf } from '../plan/plan.ts';

const shownMax = 50;
/** A year, which is longer than an owner takes to answer. In seconds. */
const heldSeconds = 365 * 24 * 3600;

async function forgetHeld(table: Table, id: SynchronizationId, scope: AnyScope): Promise<void> {
  await table.transact([{ delete: keys.held(id, scope) }]);
  await removeChunks(table, id, chunkNames.held(scope));
}

/**
 * A list read supersedes the held removals of its parts, which may never be read again. A rejection stays as long as
 * what it is about is still missing.
 */
async function forgetParts(
  table: Table,
  id: SynchronizationId,
  layout: ScopeLayout,
  list: ScopeName,
  missed: ReadonlySet<string>,
): Promise<void> {
  const kinds: readonly string[] = kindsOf(layout, list);
  for (const held of await listHeld(table, id)) {
    const { scope, decision } = held;
    if (!isScope(scope) || !isPart(scope) || !listsOf(layout, scope).includes(list)) {
      continue;
    }
    const known = await heldKeys(table, id, scope, held);
    // These belong to another list of the part.
    if (![...known].every((key) => kinds.includes(key.split('#')[0] ?? ''))) {
      continue;
    }
    if (decision !== 'no' || ![...known].some((key) => missed.has(key))) {
      await forgetHeld(table, id, scope);
    }
  }
}

/**
 * Stores the removals held now. An owner's decision stays valid as long as nothing else is missing than what it was
 * about.
 */
export async function noteHeld(
  { table, clock, logger }: { table: Table; clock: Clock; logger: Pick<Logger, 'error'> },
  { organization, id }: Synchronization,
  layout: ScopeLayout,
  scope: AnyScope,
  removals: readonly PlannedChange[],
): Promise<void> {
  const missed = removals.map(({ fact }) => factKey(fact));
  if (!isPart(scope)) {
    await forgetParts(table, id, layout, scope, new Set(missed));
  }
  const before = await findHeld(table, id, scope);
  if (removals.length === 0) {
    if (before !== undefined) {
      await forgetHeld(table, id, scope);
    }
    return;
  }
  if (before !== undefined) {
    const known = await heldKeys(table, id, scope, before);
    if (known.size >= missed.length && missed.every((key) => known.has(key))) {
      return;
    }
  }
  const expiresAt = Math.ceil(clock.now() / 1000) + heldSeconds;
  await putChunks(table, id, chunkNames.held(scope), missed, expiresAt);
  const held: Held = {
    scope,
    since: before?.since ?? clock.now(),
    count: missed.length,
    digest: digestOf(missed),
    changes: removals.slice(0, shownMax).map(recordOf),
  };
  await table.transact([putHeld(id, held)]);
  logger.error('removals above the limit are held until an owner decides', {
    organization,
    synchronization: id,
    scope,
    count: missed.length,
  });
}
