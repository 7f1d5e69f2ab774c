/** When a new token expires, by what its maker says and what the organization's owners set. */
import { CallerError } from '../domain/caller-error.ts';
import type { TokenLife } from '../store/token-life.ts';

const dayMs = 24 * 3600_000;

/**
 * @param asked milliseconds since the epoch; `never`, or undefined for the organization's default
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch; undefined for never
 * @throws CallerError when it has passed, or is later than the organization allows
 */
export function expiryOf(
  asked: number | 'never' | undefined,
  { defaultDays, longestDays }: TokenLife,
  now: number,
): number | undefined {
  const latest = longestDays === null ? Number.POSITIVE_INFINITY : now + longestDays * dayMs;
  const usual = defaultDays === null ? Number.POSITIVE_INFINITY : now + defaultDays * dayMs;
  const expiresAt =
    asked === undefined ? Math.min(usual, latest) : asked === 'never' ? Number.POSITIVE_INFINITY : asked;
  if (expiresAt <= now) {
    throw new CallerError('invalid', 'the expiry has already passed');
  }
  if (expiresAt > latest) {
    throw new CallerError('invalid', `a token of this organization lives ${longestDays} days at most`);
  }
  return expiresAt === Number.POSITIVE_INFINITY ? undefined : expiresAt;
}
