/** Reads a scope, or a step of it: large organizations take longer than one function may run. */

import { z } from 'zod';
import type { Handle } from '../../domain/facts.ts';
import { isPart, mainKeyOf, traitsIn } from '../../domain/scopes.ts';
import type { ScopeRead } from '../../forge/forge.ts';
import { loadChunks, putChunks } from '../../store/chunk-store.ts';
import { findFact } from '../../store/fact-store.ts';
import { chunkNames } from '../../store/keys.ts';
import type { Run } from './run.ts';
import { loadStoredFacts } from './stored-facts.ts';
import type { TakenScope } from './take-scopes.ts';

/** One read, and everything that it answers. */
export interface ScopeToRead {
  readonly taken: TakenScope;
  /** Parts that the read of their list serves too. */
  readonly served: readonly TakenScope[];
}

export interface ScopeReadStep {
  /** Undefined while there is more to read; what was read so far is stored. */
  readonly read: ScopeRead | undefined;
  /** The number drawn before the read's first request. */
  readonly observedAt: number;
  /** When the read began; milliseconds since the epoch. */
  readonly startedAt: number;
  /** The read does not continue before this time; milliseconds since the epoch. */
  readonly notBefore?: number | undefined;
  /** How many requests the whole read took so far. */
  readonly requests: number;
  readonly progress?: { readonly read: number; readonly total: number | undefined } | undefined;
}

/**
 * A read older than this starts over, unless the scope's traits say otherwise: its first pages are too old to be consistent with the last. It
 * allows for two rate limits of up to an hour each; with less, a read that meets one at its start could never finish.
 */
const usualReadingMs = 6 * 3600_000;

const StoredReading = z.object({ number: z.number(), startedAt: z.number(), state: z.unknown() });

/** @throws ForgeError */
export async function readScopeStep(
  run: Run,
  { taken, served }: ScopeToRead,
  deadline: number,
): Promise<ScopeReadStep> {
  const { dependencies, reader, synchronization } = run;
  const { table, clock } = dependencies;
  const { scope, state } = taken;
  const name = chunkNames.reading(scope);
  const { readingMs = usualReadingMs } = (!isPart(scope) && traitsIn(run.traits.scopes, scope)) || {};
  const before =
    state.reading === undefined
      ? undefined
      : StoredReading.safeParse(await loadChunks(table, synchronization.id, name)).data;
  const isFresh =
    before !== undefined &&
    clock.now() - before.startedAt < readingMs &&
    // What an owner asked to restore needs a read that began after that.
    before.startedAt >= (state.restore?.at ?? 0);
  const reading = isFresh ? before : { number: run.number, startedAt: clock.now(), state: undefined };
  const sentBefore = reader.requests?.() ?? 0;
  const answer = await reader.readScope(scope, {
    handle: await handleOf(run, taken),
    from: reading.state,
    mayContinue: () => clock.now() < deadline,
    isFirst: state.lastSuccessAt === undefined,
    // Parts that it serves too have to be read.
    ...(served.length === 0 && { stored: () => loadStoredFacts(run, taken) }),
  });
  const earlier = state.reading?.number === reading.number ? state.reading.requests : 0;
  const requests = earlier + (reader.requests?.() ?? 0) - sentBefore;
  const origin = { observedAt: reading.number, startedAt: reading.startedAt, requests };
  if ('done' in answer) {
    return { ...origin, read: answer.done };
  }
  const { unfinished } = answer;
  const stored = { number: reading.number, startedAt: reading.startedAt, state: unfinished.state };
  await putChunks(table, synchronization.id, name, stored, Math.ceil((clock.now() + readingMs) / 1000));
  const progress = { read: unfinished.read, total: unfinished.total };
  return { ...origin, read: undefined, progress, notBefore: unfinished.notBefore };
}

/** The part's handle: from a read if there was one, else from the event. */
async function handleOf(
  { dependencies, synchronization }: Run,
  { scope, state }: TakenScope,
): Promise<Handle | undefined> {
  const known = isPart(scope)
    ? await findFact(dependencies.table, synchronization.id, mainKeyOf(scope))
    : undefined;
  return known !== undefined && 'handle' in known ? (known.handle ?? state.handle) : state.handle;
}
