/** What code hosts change is asked for again while a page shows it: what that costs is in docs/console.md. */
import { isProblem } from './problem.ts';

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

const pagesOf = (data: unknown): number =>
  typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages)
    ? Math.max(1, data.pages.length)
    : 1;
