/** The first half of a run: reading, between two probes. What was read is applied by apply-scopes.ts. */
import { endsRun, probe } from './probe.ts';
import { readScopeStep, type ScopeReadStep } from './read-scope.ts';
import { resumePlan } from './resume-plan.ts';
import type { Run } from './run.ts';
import type { TakenScope } from './take-scopes.ts';

/** Well inside the function's 300 s, whatever the last answer takes. */
const stepDefaultMs = 120_000;

/** One read, and all that it answers. */
export interface ScopeToRead {
  readonly taken: TakenScope;
  /** Parts that the read of their list serves too. */
  readonly served: readonly TakenScope[];
}

/** What was read of a scope: all of it, or a step of it. */
export interface ScopeReading extends ScopeToRead {
  readonly step: ScopeReadStep;
}

export interface FailedScopes {
  readonly scopes: readonly ScopeToRead[];
  readonly error: unknown;
}

export interface ScopesRead {
  /** Whole reads and unfinished ones, in the order of reading. They count: the probe behind them was good. */
  readonly steps: readonly ScopeReading[];
  /** Not begun: the time was up. */
  readonly later: readonly ScopeToRead[];
  readonly failed: readonly FailedScopes[];
  /** Whether the last thing that was asked was the probe, and it was good: it opens the next reading too. */
  readonly isProbed: boolean;
}

/**
 * Reads the scopes one after the other, at least one of them. Plans of theirs whose writer died are finished before.
 *
 * @param isProbed whether a good probe was asked a moment ago
 */
export async function readScopes(
  run: Run,
  scopes: readonly ScopeToRead[],
  isProbed: boolean,
): Promise<ScopesRead> {
  const { clock, stepMs = stepDefaultMs } = run.dependencies;
  const deadline = run.startedAt + stepMs;
  const waiting = [...scopes];
  const steps: ScopeReading[] = [];
  const failed: FailedScopes[] = [];
  let later: readonly ScopeToRead[] = [];
  try {
    for (const { taken } of scopes) {
      await resumePlan(run, taken);
    }
    if (!isProbed) {
      await probe(run);
    }
    while (waiting[0] !== undefined) {
      if (steps.length > 0 && clock.now() >= deadline) {
        later = waiting.splice(0);
        break;
      }
      const one = waiting[0];
      const step = await orError(() => readScopeStep(run, one.taken, deadline));
      if ('error' in step) {
        failed.push({ scopes: [one], error: step.error });
      } else {
        steps.push({ ...one, step });
      }
      waiting.shift();
    }
    if (steps.length > 0) {
      await probe(run);
    }
  } catch (error) {
    // What is wrong with the credential is wrong with every scope; and nothing that was read counts without the closing probe.
    const rest = { scopes: [...steps, ...waiting], error };
    return { steps: [], later, failed: [...failed, rest], isProbed: false };
  }
  return { steps, later, failed, isProbed: steps.length > 0 };
}

/** @throws what ends the run */
async function orError<Answer extends object>(
  ask: () => Promise<Answer>,
): Promise<Answer | { readonly error: unknown }> {
  try {
    return await ask();
  } catch (error) {
    if (endsRun(error)) {
      throw error;
    }
    return { error };
  }
}
