/** Keeps to a credential's budget: nobody asks before its time, and what can wait leaves a reserve for rights. */
import type { Clock } from '../../runtime/clock.ts';
import {
  type BudgetNote,
  type BudgetState,
  type CredentialBudget,
  freshBudget,
  reservedUntil,
} from '../budget.ts';
import { ForgeError } from '../errors.ts';
import { type Failure, longestWaitMs } from './http.ts';
import type { gitHubTraits } from './traits.ts';

/**
 * `rights`: who may read what. `contents`: refs, which wait while little of the budget is left. `archives`: somebody waits for one, so they
 * may take half of what is left then.
 */
export type Purpose = (typeof gitHubTraits.budgets)[number];

export interface Limits {
  /** @throws ForgeError `rate-limited` when it is too early for this */
  expectTime(purpose: Purpose, what: string): Promise<void>;
  /** Takes what an answer's headers say about the budget. */
  noteAnswer(headers: Failure['headers']): Promise<void>;
  /** The limit is met. @returns until when to wait; milliseconds since the epoch */
  noteLimit(note: BudgetNote): Promise<number>;
}

/** How long what another worker noted may go unseen. */
const freshMs = 10_000;
/** Of the whole: with less left contents wait, and with less than that archives. */
const reserveShares = { contents: 0.1, archives: 0.05 } as const satisfies Partial<Record<Purpose, number>>;
/** All who wait for the reserve do not come back at the same moment. */
const spreadMs = 30_000;

/**
 * The limits of one credential in this process.
 *
 * @param random from 0 up to 1
 */
export function createLimits(
  budget: CredentialBudget,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
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
    async expectTime(purpose, what) {
      const now = clock.now();
      if (readAt === undefined || now >= readAt + freshMs) {
        known = await budget.read();
        readAt = now;
      }
      if (known.notBefore > now) {
        const notBefore = purpose === 'rights' ? known.notBefore : spread(known.notBefore);
        throw new ForgeError('rate-limited', `${what} must wait: GitHub's rate limit is reached`, {
          notBefore,
        });
      }
      const reserved = reservedUntil(known, purpose);
      if (reserved > now) {
        const notBefore = spread(reserved);
        throw new ForgeError(
          'rate-limited',
          `${what} must wait: the remaining request budget is reserved for reading access rights`,
          {
            notBefore,
          },
        );
      }
    },
    async noteAnswer(headers) {
      const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
        Number(headers[`x-ratelimit-${name}`] ?? Number.NaN),
      );
      if (limit === undefined || remaining === undefined || reset === undefined) {
        return;
      }
      const until = reset * 1000;
      // Comparisons with what is no number are false.
      const isNear = until > clock.now() && until <= clock.now() + longestWaitMs;
      if (remaining < limit * reserveShares.contents && isNear && until > reservedUntil(known, 'contents')) {
        await note({ met: 'reserve', budget: 'contents', until });
      }
      if (
        remaining < limit * reserveShares.archives &&
        until > clock.now() &&
        until > reservedUntil(known, 'archives')
      ) {
        await note({ met: 'reserve', budget: 'archives', until });
      }
    },
    noteLimit: async (one) => (await note(one)).notBefore,
  };

  function spread(time: number): number {
    return time + Math.floor(random() * spreadMs);
  }
}
