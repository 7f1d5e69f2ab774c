/** Previews as owners ask for them: the request, how far it is, and what a run would change. */
import { CallerError } from '../domain/caller-error.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { Clock } from '../runtime/clock.ts';
import { againOnConflict } from '../store/again-on-conflict.ts';
import { equal, missing } from '../store/condition.ts';
import {
  endedPreview,
  findPreview,
  type PreviewFailure,
  type PreviewItem,
  type PreviewResult,
  previewResult,
} from '../store/preview-store.ts';
import type { Table } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { previewWork } from '../store/work-items.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { refuseWithoutViewers } from './set-viewers.ts';

export interface RequestPreviewDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface PreviewJob {
  readonly number: number;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** While it is running: how many lists were read, and of how many. */
  readonly progress: PreviewItem['progress'];
  readonly failure: PreviewFailure | undefined;
  /** Once it is done. */
  readonly result: PreviewResult | undefined;
}

/** What a preview is made as if it were set. */
export type PreviewedSettings = Partial<Pick<Synchronization, 'viewersInstall'>>;

/**
 * Asks the worker for a preview. A request while another waits joins it.
 *
 * @throws CallerError while another one is made with other settings, and where the code host does not have what is set
 */
export async function requestPreview(
  dependencies: RequestPreviewDependencies,
  synchronization: Synchronization,
  accountable: Accountable,
  { viewersInstall }: PreviewedSettings = {},
): Promise<PreviewJob> {
  const { table, workQueue, clock } = dependencies;
  const { organization, id, login } = synchronization;
  if (viewersInstall !== undefined) {
    refuseWithoutViewers(synchronization);
  }
  const workItem = previewWork(organization, id);
  const number = await againOnConflict(async () => {
    const before = await findPreview(table, id);
    if (before !== undefined && before.wanted > before.done && before.viewersInstall !== viewersInstall) {
      throw new CallerError(
        'too-early',
        'a preview with other settings is being made; ask again once it has ended',
      );
    }
    const now = clock.now();
    await table.transact([
      {
        ...requestWork(workItem, now, { askedAt: now, viewersInstall }),
        // One set of settings is made at a time, and each request has its own number.
        when: before === undefined ? missing('wanted') : equal('wanted', before.wanted),
      },
      ownerAct(dependencies, organization, accountable, 'preview-run', login, {
        ...(viewersInstall !== undefined && { after: { viewersInstall } }),
      }),
    ]);
    return (before?.wanted ?? 0) + 1;
  });
  await workQueue.send([workItem.message]);
  return { number, state: 'waiting', progress: undefined, failure: undefined, result: undefined };
}

/**
 * Two reads, mostly. A request that a later one joined has the same result, and none has that of a preview that began after its own.
 *
 * @throws CallerError when there is no preview with the number, or its result is kept no more
 */
export async function previewJob(
  { table, clock }: Pick<RequestPreviewDependencies, 'table' | 'clock'>,
  { id }: Synchronization,
  number: number,
): Promise<PreviewJob> {
  const item = await findPreview(table, id);
  if (item === undefined || item.wanted < number) {
    throw new CallerError('not-found', `there is no preview ${number}`);
  }
  const job = { number, progress: undefined, failure: undefined, result: undefined };
  if (item.done < number) {
    const isRunning = item.leaseId !== undefined && item.leaseUntil > clock.now();
    return isRunning ? { ...job, state: 'running', progress: item.progress } : { ...job, state: 'waiting' };
  }
  const ended = endedPreview(item, number);
  if (ended?.failure !== undefined) {
    return { ...job, state: 'failed', failure: ended.failure };
  }
  const result = ended && (await previewResult(table, id, ended.number));
  if (result === undefined) {
    throw new CallerError('not-found', 'the result is kept for a day only; ask for another preview');
  }
  return { ...job, state: 'done', result };
}
