/** Finishes a stored plan after its worker died, without asking the forge. */
import { z } from 'zod';
import { evidenceIn } from '../../domain/evidence.ts';
import { factKey } from '../../domain/facts.ts';
import { isScope, type PartScope, partOf } from '../../domain/scopes.ts';
import { EvidenceField, FactField } from '../../store/change-schema.ts';
import { loadChunks, removeChunks } from '../../store/chunk-store.ts';
import { loadScope, type StoredScope } from '../../store/fact-store.ts';
import { chunkNames, keys } from '../../store/keys.ts';
import { findApplying, newerParts, scopeStates } from '../../store/scope-store.ts';
import { ConflictError } from '../../store/table.ts';
import { leaseHeld, type WorkMessage } from '../../store/work.ts';
import { affectingEverybody } from '../plan/affected-principals.ts';
import type { PlannedChange } from '../plan/plan.ts';
import { applyPlan } from './apply.ts';
import { nextExpiryAfter } from './expiry.ts';
import type { Run } from './run.ts';
import { record } from './run-log.ts';
import type { TakenScope } from './take-scopes.ts';

const fact = FactField;
const base = {
  fact,
  narrows: z.boolean(),
  widens: z.boolean(),
  evidence: EvidenceField.optional(),
  inDoubt: z.boolean().optional(),
  /** What an earlier version stored instead of evidence. */
  reason: z.string().default(''),
};
const StoredChange = z
  .discriminatedUnion('kind', [
    z.object({ ...base, kind: z.literal('add') }),
    z.object({ ...base, kind: z.literal('update'), before: fact }),
    z.object({ ...base, kind: z.literal('return') }),
    z.object({ ...base, kind: z.literal('remove') }),
  ])
  .transform(
    ({ reason, ...change }): PlannedChange => ({
      ...change,
      evidence: change.evidence ?? (change.kind === 'remove' ? evidenceIn(reason) : ['read']),
    }),
  );
const StoredPlan = z.object({
  observedAt: z.number(),
  startedAt: z.number().optional(),
  covers: z.array(z.string().refine((text): text is PartScope => isScope(text) && text.includes(':'))),
  changes: z.array(StoredChange),
});

/**
 * Finishes the scope's stored plan, if there is one. Results of later reads are kept.
 *
 * @throws ConflictError when the lease is lost
 */
export async function resumePlan(run: Run, { scope, lease, state }: TakenScope): Promise<void> {
  const { dependencies, synchronization, traits } = run;
  const { scopes: layout } = traits;
  const { table, workQueue, clock } = dependencies;
  const { id } = synchronization;
  if ((await findApplying(table, id, scope)) === undefined) {
    return;
  }
  const plan = StoredPlan.safeParse(await loadChunks(table, id, chunkNames.plan(scope))).data;
  const messages: WorkMessage[] = [];
  try {
    if (plan !== undefined && (state.readAt ?? 0) < plan.observedAt) {
      const { observedAt, startedAt, covers, changes } = plan;
      const states = await scopeStates(table, id);
      const stored = await loadScope(table, id, layout, scope, covers);
      const given = changes.filter(({ kind }) => kind !== 'remove').map(({ fact }) => fact);
      await applyPlan(table, {
        layout,
        synchronization,
        scope,
        lease,
        observedAt,
        startedAt,
        nextExpiryOf: (list) => nextExpiryAfter(layout, list, states, given, startedAt),
        covers,
        changes: stillToDo(changes, stored, newerParts(states, observedAt), observedAt),
        states,
        now: clock.now(),
        record: (recorded) => record(run, recorded),
        applied: (requested) => messages.push(...requested),
      });
    }
  } catch (error) {
    // A later read wrote meanwhile; the next read plans what is left.
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  } finally {
    await workQueue.send(messages);
  }
  const { operations, requested } = affectingEverybody(synchronization, clock.now());
  // A worker that took the lease meanwhile may be writing a plan of its own under the same mark.
  await table.transact([leaseHeld(lease), { delete: keys.applying(id, scope) }, ...operations]);
  await workQueue.send(requested.map((workItem) => workItem.message));
  await removeChunks(table, id, chunkNames.plan(scope));
}

/**
 * Drops changes whose facts are stored under the plan's number or a higher one: they were written already, or a later
 * read decides.
 */
function stillToDo(
  changes: readonly PlannedChange[],
  stored: StoredScope,
  newer: ReadonlyMap<PartScope, number>,
  observedAt: number,
): readonly PlannedChange[] {
  const numbers = new Map(stored.facts.map(({ fact, observedAt: number }) => [factKey(fact), number]));
  return changes.filter(({ fact }) => {
    const key = factKey(fact);
    const part = partOf(fact);
    const number = numbers.get(key) ?? stored.removed.get(key)?.observedAt ?? 0;
    return number < observedAt && !(part !== undefined && newer.has(part));
  });
}
