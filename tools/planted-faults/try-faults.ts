import type { Copy } from './copy.ts';
import { PlantError, type PlantedFault } from './plant.ts';
import { type Outcome, runTests } from './run-tests.ts';

export interface Verdict {
  /** `survived`: the proof is too weak. `broken`: the fault or its tests are no good, so nothing is known. */
  readonly kind: 'caught' | 'survived' | 'broken';
  /** The test that failed, or what is wrong. */
  readonly detail: string;
}

/** Plants one fault and runs its tests. */
export async function tryFault(copy: Copy, fault: PlantedFault): Promise<Verdict> {
  try {
    const outcome = await copy.withFault(fault, () => runTests(copy.directory, fault.tests, fault.only));
    switch (outcome.kind) {
      case 'failed':
        return { kind: 'caught', detail: outcome.by };
      case 'passed':
        return { kind: 'survived', detail: `${outcome.tests} tests pass` };
      case 'broken':
        return { kind: 'broken', detail: outcome.why };
    }
  } catch (error) {
    if (error instanceof PlantError) return { kind: 'broken', detail: error.message };
    throw error;
  }
}

/** Runs all tests of the faults without any: what fails then proves nothing about a fault. */
export async function runUnchanged(copy: Copy, faults: readonly PlantedFault[]): Promise<Outcome> {
  const whole = faults.filter(({ only }) => only === undefined).flatMap(({ tests }) => tests);
  const parts = new Map(
    faults.flatMap(({ tests, only }) => (only === undefined ? [] : [[`${only} ${tests}`, { tests, only }]])),
  );
  const runs = [
    ...(whole.length === 0 ? [] : [{ tests: [...new Set(whole)], only: undefined }]),
    ...parts.values(),
  ];
  let tests = 0;
  for (const one of runs) {
    const outcome = await runTests(copy.directory, one.tests, one.only);
    if (outcome.kind !== 'passed') return outcome;
    tests += outcome.tests;
  }
  return { kind: 'passed', tests };
}
