import { describe, it } from 'vitest';

/** What a check asks of the service it runs on, beyond answering. */
export interface CheckNeeds {
  /** Seconds of the service's time that it lets pass. */
  readonly seconds?: number;
  /** Whether callers race. */
  readonly race?: true;
}

/** Registers one check of a contract; names are unique in it. */
export type RegisterCheck = (name: string, run: () => Promise<void>, needs?: CheckNeeds) => void;

/** A contract for one kind of service, on any implementation that its target leads to. */
export type Contract<Target> = (target: Target, check: RegisterCheck) => void;

/** A check that another implementation is known to fail, with the reason: by the name of the check. */
export type Differences = Readonly<Record<string, string>>;

/**
 * Runs a contract on the service that we rely on: all of it. What a program of others does wrong is known, and must still
 * be so: else its entry is to be removed.
 */
export function describeContract<Target>(
  name: string,
  contract: Contract<Target>,
  target: Target,
  differences: Differences = {},
): void {
  const register = registrar(differences, () => {});
  describe(name, () => {
    contract(target, (check, run) => register.check(check, run));
    register.end();
  });
}

/** How many checks of a second opinion run, are known to fail, and are not run. */
export interface SecondOpinion {
  run: number;
  differences: number;
  skipped: number;
}

/** Longer than this no check waits in real time. */
const LONGEST_WAIT_SECONDS = 3;

/**
 * Runs a contract on another implementation, but for races and long waits, which are skipped.
 *
 * @returns counts, final when the file has been collected
 */
export function describeSecondOpinion<Target>(
  name: string,
  contract: Contract<Target>,
  target: Target,
  differences: Differences,
): SecondOpinion {
  const counts = { run: 0, differences: 0, skipped: 0 };
  const register = registrar(differences, (kind) => {
    counts[kind] += 1;
  });
  describe(name, () => {
    contract(target, (check, run, { seconds = 0, race = false } = {}) => {
      if (race || seconds > LONGEST_WAIT_SECONDS) {
        // Runs against our own services in their tests; moto has no clock to step, and loses races that it is known to lose. The
        // counts that are printed at the end name the number.
        counts.skipped += 1;
        it.skip(`${check} (${race ? 'a race' : `takes ${seconds} s`})`, run);
      } else register.check(check, run, seconds > 0 ? { isConcurrent: true } : {});
    });
    register.end();
  });
  return counts;
}

function registrar(differences: Differences, count: (kind: 'run' | 'differences') => void) {
  const unused = new Set(Object.keys(differences));
  const check = (name: string, run: () => Promise<void>, { isConcurrent = false } = {}) => {
    const difference = differences[name];
    unused.delete(name);
    count(difference === undefined ? 'run' : 'differences');
    // Those that wait do so together.
    const register = isConcurrent ? it.concurrent : it;
    if (difference === undefined) register(name, run);
    else register.fails(`${name} (known difference: ${difference})`, run);
  };
  return {
    check,
    end: () =>
      it('no known difference is without a check', () => {
        if (unused.size > 0) throw new Error(`No check is called ${[...unused].join(', ')}`);
      }),
  };
}
