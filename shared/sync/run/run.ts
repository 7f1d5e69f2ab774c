/** Types that all modules of a run share. */
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { StructureReader } from '../../forge/forge.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ScopeRecord } from '../../store/run-store.ts';
import type { Table } from '../../store/table.ts';
import type { WorkQueue } from '../../store/work.ts';

/** A reader that may count the requests it sent. */
export interface CountingReader extends StructureReader {
  requests?(): number;
}

export interface RunScopesDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly newLeaseId: () => string;
  /** Opens the forge with the synchronization's credential. */
  readonly openReader: (synchronization: Synchronization) => Promise<CountingReader>;
  /** Time after which a step starts no new request, in milliseconds; two minutes by default. */
  readonly stepMs?: number;
}

/** What all modules of a run work with. */
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

/** What a run did, collected as it goes. */
export interface RunLog {
  /** The finished scopes, each with its outcome. */
  readonly scopes: ScopeRecord[];
  /** All scopes that the run took, with the cause of each request. */
  readonly taken: readonly Pick<ScopeRecord, 'scope' | 'cause' | 'delivery'>[];
  /** Attempted transactions with changes. */
  tries: number;
  /** When the first of them was attempted; milliseconds since the epoch. */
  writesSince?: number;
}
