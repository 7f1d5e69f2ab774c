/** What all parts of a run share. */
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import type { AnyScope } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { StructureReader } from '../../forge/forge.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ScopeRecord } from '../../store/run-store.ts';
import type { Table } from '../../store/table.ts';
import type { WorkQueue } from '../../store/work.ts';

/** A reader that knows how many requests it sent, if it does. */
export interface CountingReader extends StructureReader {
  requests?(): number;
}

export interface RunScopesDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly newLeaseId: () => string;
  /** The forge as the synchronization's credential shows it. */
  readonly openReader: (synchronization: Synchronization) => Promise<CountingReader>;
  /** Reading takes no new request after so long in one step; two minutes if left out. */
  readonly stepMs?: number;
}

/** What all parts of a run work with. */
export interface Run {
  readonly traits: ForgeTraits;
  readonly dependencies: RunScopesDependencies;
  readonly synchronization: Synchronization;
  readonly reader: CountingReader;
  /** The run's number, drawn before its first request. */
  readonly number: number;
  readonly startedAt: number;
  readonly log: RunLog;
}

/** What a run did, gathered on its way. */
export interface RunLog {
  /** The scopes that are done with, each with what came of it. */
  readonly scopes: ScopeRecord[];
  /** All scopes that the run took, with why they were asked for. */
  readonly taken: readonly { readonly scope: AnyScope; readonly cause: string }[];
  /** Transactions with changes that were tried. */
  tries: number;
}
