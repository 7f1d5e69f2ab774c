/** Loads the removals that earlier reads held (stored by run/note-held.ts), with the owner's decisions. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SynchronizationId } from '../../domain/ids.ts';
import type { AnyScope } from '../../domain/scopes.ts';
import { loadChunks } from '../../store/chunk-store.ts';
import { chunkNames } from '../../store/keys.ts';
import { findHeld, type Held } from '../../store/scope-store.ts';
import type { Table } from '../../store/table.ts';

const Keys = z.array(z.string());

/** Identifies exactly this set of removals, since an owner's decision is about them and no others. */
export const digestOf = (missed: readonly string[]): string =>
  createHash('sha256')
    .update([...missed].sort().join('\n'))
    .digest('hex')
    .slice(0, 12);

/** Keys of the facts whose removal is held; none if the stored list is that of another set, which a dead worker left. */
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
  /** Keys of the facts whose removal an owner allowed. */
  readonly allowed: ReadonlySet<string>;
  /** Keys of the facts whose removal an owner refused. */
  readonly refused: ReadonlySet<string>;
  /** Keys of the facts whose removal waits for a decision. */
  readonly waiting: ReadonlySet<string>;
}

/** What the last complete read of the scope held. */
export async function heldBefore(table: Table, id: SynchronizationId, scope: AnyScope): Promise<HeldBefore> {
  const held = await findHeld(table, id, scope);
  const known = await heldKeys(table, id, scope, held);
  const after = (decision: Held['decision']) => (held?.decision === decision ? known : new Set<string>());
  return { allowed: after('yes'), refused: after('no'), waiting: after(undefined) };
}
