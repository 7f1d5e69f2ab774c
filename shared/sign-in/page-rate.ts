/** Limits how often one address asks for pages: each costs reads of the table, and a sign-in costs requests to the code host. */

import type { Clock } from '../runtime/clock.ts';
import type { HttpAnswer, HttpRequest } from '../runtime/http-message.ts';
import { pageAnswer } from '../runtime/page.ts';
import { countForAddress } from '../store/rate-store.ts';
import type { Table } from '../store/table.ts';
import { problemPage } from './pages.ts';
import { originOf } from './request-checks.ts';

/** Requests in a minute, of all who share the address. A callback asks the code host with the client that everybody signs in with. */
const quotas = { page: 120, 'sign-in': 30 } as const;

const kindOf = ({ method, path }: HttpRequest): keyof typeof quotas =>
  method === 'POST' || /^\/sign-in\/(callback|registered)\//.test(path) ? 'sign-in' : 'page';

/**
 * Counts the request. One write, and no read.
 *
 * @returns the refusal, if the address has asked too often
 */
export async function refusalIfTooOften(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  request: HttpRequest,
): Promise<HttpAnswer | undefined> {
  const kind = kindOf(request);
  const { address } = originOf(request);
  const retryAfter = await countForAddress(table, kind, address, quotas[kind], clock.now());
  if (retryAfter === undefined) {
    return undefined;
  }
  return pageAnswer(
    problemPage({
      status: 429,
      code: 'rate-limited',
      detail: 'Too many requests came from your network in this minute. Try again in the next one.',
      retryAfter,
    }),
  );
}
