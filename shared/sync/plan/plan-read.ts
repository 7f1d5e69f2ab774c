/** From a whole read to what it would change: load, confirm, decide. Writes nothing, so that a dry run shows what a run would do. */
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import type { AnyScope } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { StructureReader } from '../../forge/forge.ts';
import type { Table } from '../../store/table.ts';
import { type Confirmed, confirm } from './confirm.ts';
import { candidates, decide, type FinishedReading, type PlannedRead } from './decide.ts';
import { type EventReports, loadKnown, loadReferences } from './load.ts';

export interface PlanReadDependencies {
  readonly table: Table;
  readonly reader: StructureReader;
  readonly traits: ForgeTraits;
}

/**
 * A planner of one read: each call plans anew from what is stored by then, and the forge is asked only once. It is called with the time, in
 * milliseconds since the epoch.
 *
 * @param gone keys of facts that are stored, but go by another plan of the run
 * @throws ForgeError when what has to be confirmed cannot be, by the planner
 */
export function createPlanner(
  { table, reader, traits }: PlanReadDependencies,
  { id, caution }: Pick<Synchronization, 'id' | 'caution'>,
  scope: AnyScope,
  reading: FinishedReading,
  reports: EventReports,
  gone: ReadonlySet<string> = new Set(),
): (now: number) => Promise<PlannedRead> {
  let confirmed: Confirmed | undefined;
  return async (now) => {
    const known = await loadKnown(table, id, traits, scope, reading, reports);
    const input = { traits, scope, reading, reports, known, now };
    confirmed ??= await confirm(reader, scope, reading.read, candidates(input));
    const all = { ...input, caution, confirmed, gone };
    const planned = decide(all);
    if (planned.held.length === 0) {
      return planned;
    }
    // Little is held as a rule, so only then is it asked what that refers to.
    const rows = planned.held.map(({ fact }) => fact);
    return decide({ ...all, references: await loadReferences(table, id, traits.scopes, reading.read, rows) });
  };
}
