/** Enforces a credential's budget: no request is sent before its time, and what can wait leaves a reserve for rights. */
import type { Clock } from '../runtime/clock.ts';
import {
  type BudgetNote,
  type BudgetState,
  type CredentialBudget,
  freshBudget,
  reservedUntil,
} from './budget.ts';
import { ForgeError } from './errors.ts';
import { type AnswerHeaders, longestWaitMs } from './http.ts';

/**
 * What a request is for. `rights`: who may read what. `contents`: refs, which wait while little of the budget is left. `archives`: a client
 * waits for one, so they may use half of that reserve. `spare`: archives that nobody asked for, which leave half of the budget to all others. `log`:
 * an owner looks at the log of deliveries, on a budget of all organizations.
 */
export type Purpose = 'rights' | 'contents' | 'archives' | 'spare' | 'log';

export interface Limits {
  /** Checks whether a request may be sent now. @throws ForgeError `rate-limited` when it has to wait */
  checkBudget(purpose: Purpose, what: string): Promise<void>;
  /** Records what a response's headers `<prefix>-limit`, `-remaining` and `-reset` say about the budget. */
  noteAnswer(headers: AnswerHeaders): Promise<void>;
  /** Records that a limit was met. @returns until when to wait; milliseconds since the epoch */
  noteLimit(note: BudgetNote): Promise<number>;
}

/** How long the budget is cached, so that another worker's note may be missed; milliseconds. */
const freshMs = 10_000;
/** Shares of the whole budget, by purpose: with less left, requests for it have to wait. */
export type ReserveShares = Readonly<Partial<Record<Purpose, number>>>;
const ofConnection: ReserveShares = { contents: 0.1, archives: 0.05, spare: 0.5 };
/** Spreads the retries of workers that wait for the same moment; milliseconds. */
const spreadMs = 30_000;

/**
 * The limits of one credential in this process.
 *
 * @param random from 0 up to 1
 * @param reserveShares default: those of a connection's credential
 */
export function createLimits(
  budget: CredentialBudget,
  {
    clock,
    random,
    headerPrefix,
    reserveShares = ofConnection,
  }: {
    readonly clock: Clock;
    readonly random: () => number;
    readonly headerPrefix: string;
    readonly reserveShares?: ReserveShares | undefined;
  },
): Limits & { refresh(): void } {
  let known: BudgetState = freshBudget;
  let readAt: number | undefined;

  const note = async (one: BudgetNote): Promise<BudgetState> => {
    known = await budget.note(one);
    return known;
  };

  return {
    refresh() {
      readAt = undefined;
    },
    async checkBudget(purpose, what) {
      const now = clock.now();
      if (readAt === undefined || now >= readAt + freshMs) {
        known = await budget.read();
        readAt = now;
      }
      if (known.notBefore > now) {
        const notBefore = purpose === 'rights' ? known.notBefore : spread(known.notBefore);
        throw new ForgeError('rate-limited', `${what} must wait: the forge's rate limit is reached`, {
          notBefore,
        });
      }
      const reserved = reservedUntil(known, purpose);
      if (reserved > now) {
        const notBefore = spread(reserved);
        throw new ForgeError(
          'rate-limited',
          `${what} must wait: the remaining request budget is reserved for more urgent reads`,
          {
            notBefore,
          },
        );
      }
    },
    async noteAnswer(headers) {
      const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
        Number(headers[`${headerPrefix}-${name}`] ?? Number.NaN),
      );
      if (limit === undefined || remaining === undefined || reset === undefined) {
        return;
      }
      const until = reset * 1000;
      // False if `until` is NaN.
      const isNear = until > clock.now() && until <= clock.now() + longestWaitMs;
      for (const [purpose, share] of Object.entries(reserveShares)) {
        if (remaining < limit * share && isNear && until > reservedUntil(known, purpose)) {
          await note({ met: 'reserve', budget: purpose, until });
        }
      }
    },
    noteLimit: async (one) => (await note(one)).notBefore,
  };

  function spread(time: number): number {
    return time + Math.floor(random() * spreadMs);
  }
}
