import { createWindows } from '../../limits/windows.ts';
import type { Refusal } from './http.ts';

const MINUTE_MS = 60_000;
/** Points of one installation per minute; CONCURRENT counts requests over both surfaces. */
const POINTS = { rest: 900, graphql: 2000 } as const;
const CONCURRENT = 100;

export interface SecondaryLimits {
  /**
   * Counts a request that begins.
   *
   * @returns the refusal, or a function to call when it was answered
   */
  enter(holder: string, surface: keyof typeof POINTS, method: string): Refusal | (() => void);
}

/** The answer of a secondary limit. GraphQL may send it with 200, too. */
export function secondaryRefusal(retryAfter: number, status = 403): Refusal {
  return {
    status,
    message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    headers: retryAfter > 0 ? { 'retry-after': `${retryAfter}` } : {},
  };
}

/**
 * The limits against bursts: a request that reads costs one point, one that writes five, a GraphQL query one
 * (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits). Limits on processor time
 * and on created content are not simulated.
 *
 * @param now milliseconds
 */
export function createSecondaryLimits(now: () => number): SecondaryLimits {
  const minutes = createWindows(now, MINUTE_MS);
  const underWay = new Map<string, number>();

  return {
    enter(holder, surface, method) {
      const points = surface === 'graphql' || method === 'GET' ? 1 : 5;
      const { granted, resetAt } = minutes.charge(`${holder} ${surface}`, POINTS[surface], points);
      if (!granted) return secondaryRefusal(Math.max(1, Math.ceil((resetAt - now()) / 1000)));
      const others = underWay.get(holder) ?? 0;
      if (others >= CONCURRENT) return secondaryRefusal(MINUTE_MS / 1000);
      underWay.set(holder, others + 1);
      return () => void underWay.set(holder, (underWay.get(holder) ?? 1) - 1);
    },
  };
}
