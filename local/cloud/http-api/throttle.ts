import type { CloudClock } from '../runtime/service.ts';

/** How many requests a stage takes, for all callers together. */
export interface ThrottleLimits {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/**
 * A token bucket: a request takes a token, and tokens come back at the rate until the bucket has as many as a burst may.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 *
 * @returns whether a request is within the limits; each that is takes a token
 */
export function createThrottle({ ratePerSecond, burst }: ThrottleLimits, clock: CloudClock): () => boolean {
  let tokens = burst;
  let countedAt = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(burst, tokens + ((now - countedAt) / 1000) * ratePerSecond);
    countedAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
