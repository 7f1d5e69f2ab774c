/** Limits how often one address asks for pages: each costs reads of the table, and a sign-in costs requests to the code host. */

import type { HttpAnswer, HttpRequest } from '../runtime/http-message.ts';
import { pageAnswer } from '../runtime/page.ts';
import type { SessionDependencies } from '../sessions/session-keys.ts';
import { countForAddress } from '../store/rate-store.ts';
import { beginAgain } from './context.ts';
import { problemPage } from './pages.ts';
import { pendingSignIn } from './pending-sign-in.ts';
import { originOf, refusalOfForeign } from './request-checks.ts';

/**
 * Requests in a minute, of all who share the address. A whole company may: a sign-in is a form and a callback, and three pages around them.
 * A callback asks the code host with the client that everybody signs in with.
 */
const quotas = { page: 300, 'sign-in': 120 } as const;

const isCallback = ({ path }: HttpRequest): boolean => path.startsWith('/sign-in/callback/');

const kindOf = (request: HttpRequest): keyof typeof quotas =>
  request.method === 'POST' || isCallback(request) || request.path.startsWith('/sign-in/registered/')
    ? 'sign-in'
    : 'page';

/**
 * Counts the request: one write, and no read. What pages of other sites send is refused and not counted, or they could use up the requests of
 * a visitor's whole network; neither is an answer of a code host that this browser has not asked for. Both cost the table nothing.
 *
 * @returns the refusal, if there is one
 */
export async function refusalIfTooOften(
  dependencies: SessionDependencies & { readonly consoleBaseUrl: string },
  request: HttpRequest,
): Promise<HttpAnswer | undefined> {
  const { table, clock, consoleBaseUrl } = dependencies;
  const foreign = refusalOfForeign(request, consoleBaseUrl);
  if (foreign !== undefined) {
    return pageAnswer(foreign);
  }
  if (isCallback(request) && (await pendingSignIn.opened(dependencies, request.cookies)) === undefined) {
    return pageAnswer(beginAgain);
  }
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
