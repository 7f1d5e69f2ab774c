/** What a process may send of a limit that all workers share: it reserves some requests at a time. */
import type { CredentialBudget } from './budget.ts';
import type { ForgeServices } from './module.ts';
import type { WindowLimit } from './request-window.ts';

export interface Allowance {
  /**
   * Counts a request that is about to be sent.
   *
   * @returns undefined, or when it may be sent if not now; milliseconds since the epoch
   */
  take(): Promise<number | undefined>;
  /** When the next may be sent if not now. Counts none. */
  wait(): Promise<number | undefined>;
  /** The forge stated the whole limit. */
  noteLimit(requests: number): void;
}

/** What a process may send of the limit with that budget. @param share of the limit, as in `createAllowance` */
export type Allowances = (budget: string, limit: WindowLimit, share: number) => Allowance;

/** What this process has reserved, whichever run sends it. */
const reserved = new WeakMap<ForgeServices, Map<string, Allowance>>();

/** The allowances of this process. */
export function allowancesOf(services: ForgeServices): Allowances {
  const known = reserved.get(services) ?? new Map<string, Allowance>();
  reserved.set(services, known);
  return (budget, limit, share) => {
    const name = `${budget} ${share}`;
    const allowance =
      known.get(name) ?? createAllowance(services.budgets(budget), limit, share, services.clock.now);
    known.set(name, allowance);
    return allowance;
  };
}

const reservedMax = 25;

/**
 * @param share of the limit: requests that can wait leave the rest to more urgent ones
 * @param now milliseconds since the epoch
 */
export function createAllowance(
  budget: CredentialBudget,
  limit: WindowLimit,
  share: number,
  now: () => number,
): Allowance {
  let stated: number | undefined;
  let held = { slot: 0, left: 0, until: 0 };
  let size = 1;
  /** Answers of one budget come one after the other, so that none is counted twice. */
  let last: Promise<unknown> = Promise.resolve();

  async function hold(): Promise<number | undefined> {
    if (held.left > 0 && now() < held.until) {
      return undefined;
    }
    // As many as were needed within one slot of time, and more each time.
    size = now() < held.until ? Math.min(reservedMax, size * 2) : Math.max(1, Math.floor(size / 2));
    const requests = Math.floor((stated ?? limit.requests) * share);
    const unused = held.left > 0 ? { slot: held.slot, count: held.left } : undefined;
    const answer = await budget.reserve({ ...limit, requests, now: now(), wanted: size, unused });
    if ('notBefore' in answer) {
      held = { slot: 0, left: 0, until: 0 };
      return answer.notBefore;
    }
    held = { slot: answer.slot, left: answer.granted, until: answer.until };
    return undefined;
  }

  const inTurn = <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    const answer = last.then(ask);
    last = answer.catch(() => {});
    return answer;
  };

  return {
    take: () =>
      inTurn(async () => {
        const notBefore = await hold();
        if (notBefore === undefined) {
          held = { ...held, left: held.left - 1 };
        }
        return notBefore;
      }),
    wait: () => inTurn(hold),
    noteLimit(requests) {
      stated = requests;
    },
  };
}
