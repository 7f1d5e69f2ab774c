import { describe, it } from 'vitest';

/** What a check requires of the service under test. */
export interface CheckNeeds {
  /** Seconds of the service's time that pass during the check. */
  readonly seconds?: number;
  /** Whether it makes concurrent calls that race. */
  readonly race?: true;
}

/** Registers one check of a contract; names are unique in it. */
export type RegisterCheck = (name: string, run: () => Promise<void>, needs?: CheckNeeds) => void;

/** A contract for one kind of service, which any implementation can be checked against. */
export type Contract<Target> = (target: Target, check: RegisterCheck) => void;

/** Checks that another implementation is known to fail: the reason by the check's name. */
export type Differences = Readonly<Record<string, string>>;

/**
 * Runs a contract on a service of ours, which must pass all of it. Another implementation's failures must be known and must still occur;
 * otherwise the entry has to be removed.
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

/** How many checks of a second opinion ran, are known to fail, and were skipped. */
export interface SecondOpinion {
  run: number;
  differences: number;
  skipped: number;
}

/** Checks that wait longer than this in real time are skipped. */
const LONGEST_WAIT_SECONDS = 3;

/**
 * Runs a contract on another implementation, without races and long waits.
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
        // Skipped here, and run on our own services in their tests: moto has no clock to step, and is known to lose races. The counts
        // printed at the end include the number.
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
    // Checks that wait run concurrently.
    const register = isConcurrent ? it.concurrent : it;
    if (difference === undefined) register(name, run);
    else register.fails(`${name} (known difference: ${difference})`, run);
  };
  return {
    check,
    end: () =>
      it('every known difference has a check', () => {
        if (unused.size > 0) throw new Error(`No check is called ${[...unused].join(', ')}`);
      }),
  };
}
