/** Plans a complete read: load, confirm, decide. Writes nothing, so that a preview shows what a run would do. */
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import type { AnyScope } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { StructureReader } from '../../forge/forge.ts';
import { missingParts } from '../../store/missing-store.ts';
import type { Table } from '../../store/table.ts';
import { type Confirmed, confirm } from './confirm.ts';
import { candidates, decide, type FinishedReading, type PlannedRead } from './decide.ts';
import { type EventReports, loadKnown, loadReferences } from './load.ts';
import { missingOf, nothingMissing } from './missing.ts';

export interface PlanReadDependencies {
  readonly table: Table;
  readonly reader: StructureReader;
  readonly traits: ForgeTraits;
}

/**
 * Creates a planner for one read. Each call, with the time in milliseconds since the epoch, plans again from what is stored by
 * then; the forge is asked only once.
 *
 * @param gone keys of stored facts that another plan of the run removes
 * @throws ForgeError by the planner, when the forge cannot confirm what has to be confirmed
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
    const missing =
      traits.notFoundMs === undefined
        ? nothingMissing
        : missingOf({ ...input, confirmed, since: await missingParts(table, id) });
    const all = { ...input, caution, confirmed, missing, gone };
    const planned = decide(all);
    if (planned.held.length === 0) {
      return planned;
    }
    // Few rows are held as a rule, so their parents are loaded only then.
    const rows = planned.held.map(({ fact }) => fact);
    return decide({ ...all, references: await loadReferences(table, id, traits.scopes, reading.read, rows) });
  };
}
