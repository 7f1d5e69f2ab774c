/** What may be done with a session, from what is stored of it. */
import { isSameSecret } from '../runtime/constant-time.ts';
import type { Session } from '../store/session-store.ts';
import { sessionTimes } from './session-times.ts';

/** When a session that is used now ends, if it is not used again. @param now milliseconds since the epoch */
export const endOf = (startedAt: number, now: number): number =>
  Math.min(now + sessionTimes.idle, startedAt + sessionTimes.longest);

/** @param now milliseconds since the epoch */
export const isOver = ({ endsAt }: Pick<Session, 'endsAt'>, now: number): boolean => endsAt <= now;

export type RefreshDecision =
  /** It is the one to be used next. */
  | 'current'
  /** It was replaced a moment ago, by another tab or in an answer that got lost. */
  | 'just-replaced'
  /** It was replaced: two hold the tokens of this session, and one of them is a thief. */
  | 'reused'
  /** It was never one of the session's. */
  | 'unknown';

/**
 * What a refresh token is to its session.
 *
 * https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2: a token that was rotated and is shown again ends all that came from it.
 *
 * @param shown hashes of the token's two parts
 * @param now milliseconds since the epoch
 */
export function decideRefresh(
  session: Pick<Session, 'familyHash' | 'refreshHash' | 'previousHash' | 'rotatedAt'>,
  shown: { readonly familyHash: string; readonly refreshHash: string },
  now: number,
): RefreshDecision {
  // Who merely knows the session's id cannot end it.
  if (!isSameSecret(shown.familyHash, session.familyHash)) {
    return 'unknown';
  }
  if (isSameSecret(shown.refreshHash, session.refreshHash)) {
    return 'current';
  }
  const isPrevious =
    session.previousHash !== undefined && isSameSecret(shown.refreshHash, session.previousHash);
  return isPrevious && now < session.rotatedAt + sessionTimes.grace ? 'just-replaced' : 'reused';
}
