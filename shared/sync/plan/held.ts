/** Removals that the guard held before, and what a person said to them. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SynchronizationId } from '../../domain/ids.ts';
import type { AnyScope } from '../../domain/scopes.ts';
import { loadChunks } from '../../store/chunk-store.ts';
import { chunkNames } from '../../store/keys.ts';
import { findHeld, type Held } from '../../store/scope-store.ts';
import type { Table } from '../../store/table.ts';

const Keys = z.array(z.string());

/** Names exactly these removals: a person's word is about them. */
export const digestOf = (missed: readonly string[]): string =>
  createHash('sha256')
    .update([...missed].sort().join('\n'))
    .digest('hex')
    .slice(0, 12);

/** Keys of the facts whose removal is held; none when a worker that died left those of something else. */
export async function heldKeys(
  table: Table,
  id: SynchronizationId,
  scope: AnyScope,
  held: Held | undefined,
): Promise<ReadonlySet<string>> {
  const known = Keys.safeParse(held && (await loadChunks(table, id, chunkNames.held(scope)))).data ?? [];
  return new Set(digestOf(known) === held?.digest ? known : []);
}

export interface HeldBefore {
  /** Keys of the facts whose removal a person allowed. */
  readonly allowed: ReadonlySet<string>;
  /** Keys of those that got a no. */
  readonly refused: ReadonlySet<string>;
  /** Keys of those that wait for a word. */
  readonly waiting: ReadonlySet<string>;
}

/** What was held by the last whole read of the scope. */
export async function heldBefore(table: Table, id: SynchronizationId, scope: AnyScope): Promise<HeldBefore> {
  const held = await findHeld(table, id, scope);
  const known = await heldKeys(table, id, scope, held);
  const after = (decision: Held['decision']) => (held?.decision === decision ? known : new Set<string>());
  return { allowed: after('yes'), refused: after('no'), waiting: after(undefined) };
}
