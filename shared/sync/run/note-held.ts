/** Removals that the guard holds: kept for a person's word, with an alarm when they are new. */
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
/** A year: longer than anybody waits with an answer. In seconds. */
const heldSeconds = 365 * 24 * 3600;

async function forgetHeld(table: Table, id: SynchronizationId, scope: AnyScope): Promise<void> {
  await table.transact([{ delete: keys.held(id, scope) }]);
  await removeChunks(table, id, chunkNames.held(scope));
}

/** A read of the list says more than that of a part of it, which may never be read again; but a no to what is missing still stays. */
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
    // Another list of the part says more of these.
    if (![...known].every((key) => kinds.includes(key.split('#')[0] ?? ''))) {
      continue;
    }
    if (decision !== 'no' || ![...known].some((key) => missed.has(key))) {
      await forgetHeld(table, id, scope);
    }
  }
}

/** Keeps what is held now. A person's word stays as long as nothing else is missed than what it was about. */
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
  logger.error('much is missing from a list, and its removal waits for a person', {
    organization,
    synchronization: id,
    scope,
    count: missed.length,
  });
}
