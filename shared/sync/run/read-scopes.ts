/** The first half of a run: reads scopes between two probes. apply-scopes.ts applies the results. */
import { endsRun, probe } from './probe.ts';
import { readScopeStep, type ScopeReadStep, type ScopeToRead } from './read-scope.ts';
import { resumePlan } from './resume-plan.ts';
import type { Run } from './run.ts';

/** Well inside the function's 300 s, however long the last request takes. */
const stepDefaultMs = 120_000;

/** What was read of a scope: all of it, or one step. */
export interface ScopeReading extends ScopeToRead {
  readonly step: ScopeReadStep;
}

export interface FailedScopes {
  readonly scopes: readonly ScopeToRead[];
  readonly error: unknown;
}

export interface ScopesRead {
  /** Complete and incomplete reads, in order. They count, because the closing probe succeeded. */
  readonly steps: readonly ScopeReading[];
  /** Not started for lack of time. */
  readonly later: readonly ScopeToRead[];
  readonly failed: readonly FailedScopes[];
  /** Whether the last request was a successful probe, which then also opens the next group of reads. */
  readonly isProbed: boolean;
}

/**
 * Reads the scopes one after the other, at least one of them. First finishes plans that a dead worker left.
 *
 * @param isProbed whether a probe succeeded just before
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
      const step = await orError(() => readScopeStep(run, one, deadline));
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
    // A credential error applies to every scope, and nothing that was read counts without the closing probe.
    const rest = { scopes: [...steps, ...waiting], error };
    return { steps: [], later, failed: [...failed, rest], isProbed: false };
  }
  return { steps, later, failed, isProbed: steps.length > 0 };
}

/** @throws errors that end the run */
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
