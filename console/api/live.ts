/** What code hosts change is asked for again while a page shows it: what that costs is in docs/console.md. */
import { isProblem } from './problem.ts';

/** Of a list with one page, or of one thing. A list of more pages is asked for less often, so that the requests per minute stay. */
const intervalMs = 10_000;

interface Asked {
  readonly state: { readonly data: unknown; readonly error: Error | null };
}

/**
 * For `refetchInterval`, which counts only while the page is seen. Nothing is asked for without a session.
 *
 * https://tanstack.com/query/latest/docs/framework/react/guides/polling
 */
export const whileSeen = ({ state: { data, error } }: Asked): number | false =>
  isProblem(error, 'unauthenticated') ? false : intervalMs * Math.max(1, pagesOf(data));

const pagesOf = (data: unknown): number =>
  typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages)
    ? data.pages.length
    : 1;
