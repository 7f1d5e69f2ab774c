/** What code hosts change is asked for again while a page shows it: what that costs is in docs/console.md. */
import { ApiProblem, isProblem } from './problem.ts';

/** Of a list with few pages, or of one thing. */
const intervalMs = 10_000;
/** A list of more pages is asked for less often, so that a minute has at most 60 requests. */
const pagesPerInterval = 10;

interface Asked {
  readonly state: { readonly data: unknown; readonly error: Error | null };
}

/**
 * For `refetchInterval`, which counts only while the page is seen. Nothing is asked for without a session.
 *
 * https://tanstack.com/query/latest/docs/framework/react/guides/polling
 */
export const whileSeen = ({ state: { data, error } }: Asked): number | false =>
  isProblem(error, 'unauthenticated') ? false : intervalMs * Math.ceil(pagesOf(data) / pagesPerInterval);

/** In milliseconds: asked so often at first, then less and less often. */
const pause = { first: 700, factor: 1.3, most: 5_000 } as const;

interface Going<State> {
  readonly state: {
    readonly data: State | undefined;
    readonly error: Error | null;
    readonly dataUpdateCount: number;
  };
}

/** Whether the API refused it: it refuses it again, so that asking by itself is of no use. */
export const isRefusal = (error: unknown): error is ApiProblem =>
  error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.code !== 'rate-limited';

/** For `refetchInterval` of what takes time: it is asked for until it is done, or refused. */
export const untilDone =
  <State>(isDone: (state: State) => boolean) =>
  ({ state: { data, error, dataUpdateCount } }: Going<State>): number | false => {
    if (isRefusal(error) || (data !== undefined && isDone(data))) {
      return false;
    }
    const wanted = error === null ? pause.first * pause.factor ** dataUpdateCount : pause.most;
    const asked = error instanceof ApiProblem ? (error.retryAfter ?? 0) * 1000 : 0;
    return Math.max(asked, Math.min(pause.most, wanted));
  };

const pagesOf = (data: unknown): number =>
  typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages)
    ? Math.max(1, data.pages.length)
    : 1;
