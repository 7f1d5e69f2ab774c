/** What a request says of where it comes from. */
import type { HttpRequest } from '../runtime/http-message.ts';
import type { Page } from '../runtime/page.ts';
import { viewerAddress } from '../runtime/viewer.ts';
import type { RequestOrigin } from '../store/session-store.ts';
import { messagePage } from './pages.ts';

export const originOf = ({ headers }: Pick<HttpRequest, 'headers'>): RequestOrigin => ({
  address: viewerAddress(headers) ?? 'unknown',
  userAgent: headers['user-agent'] ?? 'unknown',
});

/**
 * Whether a page of ours sent the form. Browsers say so by themselves, and no page can have them say otherwise.
 *
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#verifying-origin-with-standard-headers
 */
export function sentByOurPage({ headers }: Pick<HttpRequest, 'headers'>, consoleBaseUrl: string): boolean {
  return headers.origin === undefined
    ? headers['sec-fetch-site'] === 'same-origin'
    : headers.origin === new URL(consoleBaseUrl).origin;
}

/**
 * Why a request that a page of another site has a browser send is not answered, or one that no page of ours sends. A link that leads here is
 * answered. Browsers that say nothing of it are believed, except about forms.
 *
 * https://www.w3.org/TR/fetch-metadata/ and https://web.dev/articles/fetch-metadata
 */
export function refusalOfForeign(
  { method, path, headers }: Pick<HttpRequest, 'method' | 'path' | 'headers'>,
  consoleBaseUrl: string,
): Page | undefined {
  if (method === 'POST') {
    return sentByOurPage({ headers }, consoleBaseUrl) ? undefined : foreignForm;
  }
  const site = headers['sec-fetch-site'];
  // A browser says all of it or nothing; Node's fetch sends a mode alone.
  const isOfOthers = site === 'cross-site' || site === 'same-site';
  const isAnswer = site !== undefined && /^\/sign-in\/(callback|registered)\//.test(path);
  return (isOfOthers || isAnswer) && !opensWindow(headers) ? notOpened : undefined;
}

/** Whether the person sees the answer in a window of its own. Browsers that do not say are believed. */
function opensWindow(headers: HttpRequest['headers']): boolean {
  const { 'sec-fetch-mode': mode = 'navigate', 'sec-fetch-dest': destination = 'document' } = headers;
  return mode === 'navigate' && destination === 'document' && headers['sec-purpose'] === undefined;
}

const foreignForm = messagePage(
  'That did not work',
  'This form was not sent by a page of this registry. Nothing has changed.',
  403,
);
const notOpened = messagePage(
  'That did not work',
  'Pages of this registry are shown in a window of their own.',
  403,
);
