/** A dry run: reads the forge as a run does, and shows what it would change. Writes nothing. */

import type { FactChange } from '../domain/change.ts';
import { factKey } from '../domain/facts.ts';
import { byPlanning, namesIn, type PartScope, type ScopeName } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import type { LookUp, StructureReader } from '../forge/forge.ts';
import { traitsOf } from '../forge/modules.ts';
import { type ReadingLimit, readToEnd } from '../forge/read-to-end.ts';
import type { Clock } from '../runtime/clock.ts';
import { lastNumber } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { FinishedReading } from '../sync/plan/decide.ts';
import { loadEventReports } from '../sync/plan/load.ts';
import { recordOf } from '../sync/plan/plan.ts';
import { createPlanner, type PlanReadDependencies } from '../sync/plan/plan-read.ts';
import { endsRun, probe } from '../sync/run/probe.ts';
import type { CountingReader } from '../sync/run/run.ts';
import { countsOf } from '../sync/run/run-log.ts';
import { forgeFailure } from './forge-failure.ts';

export interface PreviewRunDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly openReader: (synchronization: Synchronization) => Promise<CountingReader>;
}

/** Reading stops after this time, well within the function's 300 s; milliseconds. */
const readingMs = 200_000;
/** What is missing is asked for again until this time from the start; milliseconds. */
const confirmingMs = 250_000;
/** Look-ups between two looks at the clock. */
const lookUpsAtOnce = 50;
/**
 * How many changes of one scope are described.
 */
const changesMax = 5000;

export interface PreviewedScope {
  readonly scope: ScopeName;
  /** `whole`, or the code of the error. */
  readonly outcome: string;
  readonly message?: string | undefined;
  readonly counts?: ReturnType<typeof countsOf>;
  readonly changes: readonly FactChange[];
  readonly held: readonly FactChange[];
  /** As lines of text. */
  readonly deferred: readonly string[];
}

/**
 * @param onProgress told after each list of the forge
 * @throws CallerError when the forge cannot be read at all
 */
export async function previewRun(
  dependencies: PreviewRunDependencies,
  synchronization: Synchronization,
  onProgress: (progress: { readonly read: number; readonly of: number }) => Promise<void> = async () => {},
): Promise<{ readonly requests: number | undefined; readonly scopes: readonly PreviewedScope[] }> {
  const { table, clock } = dependencies;
  const { id } = synchronization;
  const traits = traitsOf(synchronization.forge);
  const names = namesIn(traits.scopes);
  const compare = byPlanning(traits.scopes);
  // The number that a run would draw now; whatever is written meanwhile has a higher one.
  const observedAt = (await lastNumber(table, id)) + 1;
  const scopes: PreviewedScope[] = [];
  try {
    const reader = await dependencies.openReader(synchronization);
    const limit = limitFrom(clock, readingMs);
    const confirming = limitedReader(reader, limitFrom(clock, confirmingMs));
    const readings: (FinishedReading & { readonly scope: ScopeName })[] = [];
    await probe({ reader, synchronization, traits, dependencies });
    for (const [place, scope] of names.entries()) {
      await onProgress({ read: place, of: names.length });
      const startedAt = clock.now();
      const read = await orFailure(scope, () => readToEnd(reader, scope, limit));
      if ('outcome' in read) {
        scopes.push(read);
      } else {
        readings.push({ scope, read, observedAt, startedAt });
      }
    }
    await probe({ reader, synchronization, traits, dependencies });
    const gone = new Set<string>();
    for (const reading of readings.toSorted((one, other) => compare(one.scope, other.scope))) {
      const { scope } = reading;
      scopes.push(
        await orFailure(scope, () =>
          previewScope(
            { table, reader: confirming, traits },
            synchronization,
            scope,
            reading,
            gone,
            clock.now(),
          ),
        ),
      );
    }
    const place = ({ scope }: PreviewedScope): number => names.indexOf(scope);
    return {
      requests: reader.requests?.(),
      scopes: scopes.toSorted((one, other) => place(one) - place(other)),
    };
  } catch (error) {
    if (error instanceof ForgeError) {
      throw forgeFailure('the forge', error);
    }
    throw error;
  }
}

function limitFrom(clock: Clock, lengthMs: number): ReadingLimit {
  const deadline = clock.now() + lengthMs;
  return {
    mayContinue: () => clock.now() < deadline,
    limitMessage: 'too large for a preview',
  };
}

/** The reader with a limit on all that it is asked. Its look-ups throw ForgeError `incomplete` at the limit. */
function limitedReader(
  reader: StructureReader,
  { mayContinue, limitMessage }: ReadingLimit,
): StructureReader {
  return {
    probe: () => reader.probe(),
    readScope: (scope, options) => reader.readScope(scope, { mayContinue, ...options }),
    async lookUp(parts) {
      const found = new Map<PartScope, LookUp>();
      for (let from = 0; from < parts.length; from += lookUpsAtOnce) {
        if (!mayContinue()) {
          throw new ForgeError('incomplete', `${limitMessage}: ${from} of ${parts.length} were looked up`);
        }
        for (const [part, answer] of await reader.lookUp(parts.slice(from, from + lookUpsAtOnce))) {
          found.set(part, answer);
        }
      }
      return found;
    },
  };
}

/** @param gone keys of facts that the plans of previous scopes remove; this plan's are added */
async function previewScope(
  { table, reader, traits }: PlanReadDependencies,
  synchronization: Synchronization,
  scope: ScopeName,
  reading: FinishedReading,
  gone: Set<string>,
  now: number,
): Promise<PreviewedScope> {
  const { id } = synchronization;
  const reports = await loadEventReports(table, id, traits.scopes, scope, reading.read);
  const { changes, held, deferred } = await createPlanner(
    { table, reader, traits },
    synchronization,
    scope,
    reading,
    reports,
    gone,
  )(now);
  for (const { kind, fact } of changes) {
    if (kind === 'remove') {
      gone.add(factKey(fact));
    }
  }
  return {
    scope,
    outcome: 'whole',
    counts: countsOf(changes),
    changes: changes.slice(0, changesMax).map(recordOf),
    held: held.slice(0, changesMax).map(recordOf),
    deferred: deferred.map(
      ({ key, until }) =>
        `${key}: withdrawn a short time ago, so deferred until ${new Date(until).toISOString()}`,
    ),
  };
}

/** Returns the failure of one scope instead of throwing it, so that the others are still shown. */
async function orFailure<Answer>(
  scope: ScopeName,
  ask: () => Promise<Answer>,
): Promise<Answer | PreviewedScope> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ForgeError) || endsRun(error)) {
      throw error;
    }
    const nothing = { changes: [], held: [], deferred: [] };
    return { scope, outcome: error.code, message: error.message, ...nothing };
  }
}
