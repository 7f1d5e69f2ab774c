/**
 * Keeps the hooks of a synchronization installed: one on its organization where the forge has that, else one on each repository with a package.
 * Most are only checked now and then; those that are missing, or did not work, each time.
 */
import type { ForgeRepositoryId, SynchronizationId } from '../../domain/ids.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { HookPlace, Hooks, InstalledHook } from '../../forge/hooks.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { RecordOutcome } from '../../runtime/queue-handler.ts';
import { leaseMsOf } from '../../runtime/time-limits.ts';
import { loadFacts } from '../../store/fact-store.ts';
import { type HookCare, parseHookCare } from '../../store/hook-care-store.ts';
import { hooksOf, noteHidden, noteUnwanted, type StoredHook } from '../../store/hook-store.ts';
import { isLiving, packagesOf } from '../../store/package-store.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import {
  completeWork,
  type Lease,
  releaseLease,
  takeLease,
  underLease,
  type WorkQueue,
} from '../../store/work.ts';
import { hooksWork } from '../../store/work-items.ts';
import {
  type EnsureHookDependencies,
  ensureHook,
  final,
  type HookContext,
  isKnownToWork,
  removeInstalled,
} from './ensure-hook.ts';
import { rotation } from './rotation.ts';

export interface MaintainHooksDependencies extends EnsureHookDependencies {
  readonly workQueue: WorkQueue;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly newLeaseId: () => string;
  /** @returns undefined for a connection without hooks of its own @throws ForgeError */
  readonly openHooks: (synchronization: Synchronization) => Promise<Hooks | undefined>;
}

/** A turn starts nothing new after this time; milliseconds. */
const turnMs = 200_000;
/** When a hook that the credential may not remove is tried again; milliseconds. */
const unwantedMs = 24 * 3600_000;
/** Hooks that do not work, of which so many are tried in a turn. */
const brokenMax = 50;
/** So many hooks that the forge refuses end a turn: others would probably be refused too. */
const refusedMax = 3;
/** About the time between two turns; milliseconds. */
const scheduleMs = 600_000;

/** The use case of the message `hooks`. A message that finds nothing to do, or another worker, is done. */
export async function maintainHooks(
  dependencies: MaintainHooksDependencies,
  id: SynchronizationId,
): Promise<RecordOutcome> {
  const { table, clock, newLeaseId } = dependencies;
  const synchronization = await findSynchronization(table, id);
  if (synchronization === undefined) {
    return 'done';
  }
  const workItem = hooksWork(synchronization.organization, id);
  const lease = await takeLease(table, workItem, {
    ...{ leaseId: newLeaseId(), now: clock.now(), leaseMs: leaseMsOf('sync-organization') },
  });
  if (lease === 'idle' || lease === 'busy') {
    return 'done';
  }
  await underLease(table, lease, async () => {
    const care = await turnOf(dependencies, synchronization, parseHookCare(lease.item));
    await settle(dependencies, lease, care);
  });
  return 'done';
}

/** What a turn found. */
interface Turn extends HookCare {
  /** There was no time for everything. */
  readonly isMore: boolean;
}

async function settle(
  { table, workQueue }: MaintainHooksDependencies,
  lease: Lease,
  { isMore, ...care }: Turn,
): Promise<void> {
  const attributes = { ...noCare, ...care };
  if (isMore) {
    await releaseLease(table, lease, undefined, attributes);
    await workQueue.send([lease.workItem.message]);
    return;
  }
  const outcome = await completeWork(table, lease, attributes);
  await workQueue.send(outcome === 'more' ? [lease.workItem.message] : []);
}

/** An attribute set to undefined is removed. */
const noCare = { problem: undefined, on: undefined };

async function turnOf(
  dependencies: MaintainHooksDependencies,
  synchronization: Synchronization,
  before: HookCare,
): Promise<Turn> {
  const { consoleBaseUrl, clock, logger } = dependencies;
  const turn = createTurn(clock.now, before);
  if (new URL(consoleBaseUrl).hostname.endsWith('.invalid')) {
    turn.hasProblem('no-address', 'The installation has no public address yet.');
    return turn.end();
  }
  try {
    const hooks = await dependencies.openHooks(synchronization);
    if (hooks !== undefined) {
      await maintain({ dependencies, hooks, synchronization }, synchronization, turn);
    }
  } catch (error) {
    if (!(error instanceof ForgeError)) {
      throw error;
    }
    // The next reconcile goes on from here. A credential that does not work is shown with the reads.
    const { id } = synchronization;
    logger.info('the hooks could not be looked after', { synchronization: id, code: error.code });
    return turn.end(true);
  }
  const ended = turn.end();
  warn(dependencies, synchronization, before, ended);
  return ended;
}

/** Once for each problem, and not with each turn. */
function warn(
  { logger }: Pick<MaintainHooksDependencies, 'logger'>,
  { id, forge }: Synchronization,
  before: HookCare,
  { problem, missing }: Turn,
): void {
  if (problem !== undefined && before.problem?.code !== problem.code) {
    logger.warn('hooks cannot be installed', { synchronization: id, forge, code: problem.code, missing });
  }
}

type TurnNotes = ReturnType<typeof createTurn>;

function createTurn(now: () => number, before: HookCare) {
  const startedAt = now();
  let found: HookCare = { ...before, problem: undefined };
  let isMore = false;
  return {
    startedAt,
    before,
    note(more: Partial<HookCare>): void {
      found = { ...found, ...more };
    },
    hasProblem(code: NonNullable<HookCare['problem']>['code'], message: string): void {
      const since = before.problem?.code === code ? before.problem.since : startedAt;
      found = { ...found, problem: { code, message, since } };
    },
    /** Whether there is time for another hook; if not, the turn is continued. */
    mayContinue(): boolean {
      isMore ||= now() >= startedAt + turnMs;
      return !isMore;
    },
    /** @param failed the turn could not be ended: what was wrong before may still be */
    end: (failed = false): Turn => ({
      ...found,
      problem: found.problem ?? (failed ? before.problem : undefined),
      isMore,
    }),
  };
}

async function maintain(
  context: HookContext,
  synchronization: Synchronization,
  turn: TurnNotes,
): Promise<void> {
  const { dependencies, hooks } = context;
  const stored = await hooksOf(dependencies.table, synchronization.id);
  const organization: HookPlace = { on: 'organization' };
  const own = stored.find(({ repository }) => repository === undefined);
  const listed = await listOf(context, organization, turn);
  if (listed === 'forbidden') {
    return;
  }
  if (listed === undefined) {
    await keepHidden(context, own);
    await maintainEach(context, synchronization, stored, turn);
    return;
  }
  const outcome = await attempt(turn, hooks, () => ensureHook(context, organization, own, listed));
  turn.note({ on: 'organization', missing: outcome === 'ensured' ? 0 : 1 });
  if (outcome === 'ensured') {
    // Only now: until then they deliver what the other one will.
    await removeAll(
      context,
      stored.filter((one) => one.repository !== undefined),
      turn,
    );
  }
}

/** @throws ForgeError for another reason than that the credential may not see them, of which owners are told */
async function listOf(
  { hooks }: HookContext,
  place: HookPlace,
  turn: TurnNotes,
): Promise<readonly InstalledHook[] | 'forbidden' | undefined> {
  try {
    return await hooks.list(place);
  } catch (error) {
    if (!(error instanceof ForgeError && error.code === 'insufficient-scope')) {
      throw error;
    }
    turn.hasProblem('insufficient-scope', hooks.needs);
    return 'forbidden';
  }
}

/**
 * The hook of the organization where the forge shows none: the plan has ended, or the credential may not look. It stays there, and delivers
 * again when the plan does, or all the time. So its record stays: a forge disables a hook whose deliveries we refuse.
 */
async function keepHidden(
  { dependencies, synchronization }: HookContext,
  hook: StoredHook | undefined,
): Promise<void> {
  if (hook?.state !== undefined) {
    await noteHidden(dependencies.table, synchronization.id, hook);
  }
}

/** A hook on each repository with a package. */
async function maintainEach(
  context: HookContext,
  synchronization: Synchronization,
  stored: readonly StoredHook[],
  turn: TurnNotes,
): Promise<void> {
  const { dependencies, hooks } = context;
  const wanted = await wantedRepositories(dependencies, synchronization);
  const byRepository = new Map(stored.map((hook) => [hook.repository, hook]));
  const isKept = ({ repository, source }: StoredHook): boolean =>
    repository === undefined || (wanted.has(repository) && byRepository.get(repository)?.source === source);
  await removeAll(
    context,
    stored.filter((hook) => !isKept(hook)),
    turn,
  );

  const all = [...wanted].map(([repository, activeAt]) => ({
    ...{ repository, activeAt, hook: byRepository.get(repository) },
    source: byRepository.get(repository)?.source ?? '',
  }));
  const isDone = ({ hook }: (typeof all)[number]): boolean => isKnownToWork(context, hook);
  const unfinished = all.filter((one) => !isDone(one));
  const broken = unfinished.filter(({ hook }) => hook?.state === 'paused' || hook?.state === 'disabled');
  const { due, next } = rotation(all.filter(isDone), turn.before, dependencies.clock.now());
  let missing = unfinished.length;
  turn.note({ on: 'repositories', missing });
  const absent = unfinished.filter((one) => !broken.includes(one));
  let refused = 0;
  const lacking = fromAnotherPlace([...absent, ...broken.slice(0, brokenMax)], turn);
  for (const one of [...due, ...lacking]) {
    if (refused >= refusedMax || !turn.mayContinue()) {
      break;
    }
    const { repository, hook } = one;
    const place: HookPlace = { on: 'repository', repository };
    const outcome = await attempt(turn, hooks, () => ensureAt(context, place, hook));
    missing -= outcome === 'ensured' && !isDone(one) ? 1 : 0;
    refused += outcome === 'ensured' ? 0 : 1;
    turn.note({ missing });
  }
  turn.note(next);
}

/** After refusals a turn begins elsewhere: the credential may administer some of the repositories only. */
function fromAnotherPlace<Hook>(
  hooks: readonly Hook[],
  { before, startedAt }: Pick<TurnNotes, 'before' | 'startedAt'>,
): readonly Hook[] {
  const place =
    before.problem === undefined ? 0 : (Math.floor(startedAt / scheduleMs) * refusedMax) % hooks.length;
  return [...hooks.slice(place), ...hooks.slice(0, place)];
}

async function ensureAt(context: HookContext, place: HookPlace, hook: StoredHook | undefined): Promise<void> {
  const listed: readonly InstalledHook[] | undefined = await context.hooks.list(place);
  if (listed !== undefined) {
    await ensureHook(context, place, hook, listed);
  }
  // Else it is gone, as the next read of the repositories will say.
}

/**
 * Notes why a hook cannot be installed, for owners.
 *
 * @throws ForgeError what may be different later, or is not about hooks
 */
async function attempt(
  turn: TurnNotes,
  { needs }: Hooks,
  ensure: () => Promise<void>,
): Promise<'ensured' | 'forbidden' | 'refused'> {
  try {
    await ensure();
    return 'ensured';
  } catch (error) {
    if (!(error instanceof ForgeError)) {
      throw error;
    }
    switch (error.code) {
      case 'insufficient-scope':
        turn.hasProblem('insufficient-scope', needs);
        return 'forbidden';
      case 'not-found':
      case 'unexpected':
      case 'gone':
      case 'incomplete':
        turn.hasProblem('refused', error.message);
        return 'refused';
      default:
        throw error;
    }
  }
}

async function removeAll(context: HookContext, hooks: readonly StoredHook[], turn: TurnNotes): Promise<void> {
  for (const hook of hooks) {
    if (!turn.mayContinue()) {
      return;
    }
    await removeUnwanted(context, hook);
  }
}

/**
 * One that the credential may not remove is tried again a day later, when there may be another one, and then left to the forge: its repository
 * may have moved to where we may do nothing. Until then its deliveries are accepted.
 */
async function removeUnwanted(context: HookContext, hook: StoredHook): Promise<void> {
  const { dependencies, synchronization } = context;
  const { unwantedSince: since } = hook;
  const now = dependencies.clock.now();
  if (since !== undefined && now < since + unwantedMs) {
    return;
  }
  try {
    await removeInstalled(context, hook, since === undefined ? final : [...final, 'insufficient-scope']);
  } catch (error) {
    if (!(error instanceof ForgeError && error.code === 'insufficient-scope')) {
      throw error;
    }
    await noteUnwanted(dependencies.table, synchronization.id, hook, now);
  }
}

/** The repositories with a package, and when something happened in each. What is archived changes no more. */
async function wantedRepositories(
  { table }: EnsureHookDependencies,
  { organization, id }: Synchronization,
): Promise<ReadonlyMap<ForgeRepositoryId, string | undefined>> {
  const [packages, repositories] = await Promise.all([
    packagesOf(table, organization),
    loadFacts(table, id, 'repository'),
  ]);
  const withPackages = new Set(
    packages
      .filter(({ synchronization, ...one }) => synchronization === id && isLiving(one))
      .map(({ repository }) => repository),
  );
  return new Map(
    repositories
      .filter(({ repository, archived }) => withPackages.has(repository) && !archived)
      .map(({ repository, pushedAt }) => [repository, pushedAt]),
  );
}
