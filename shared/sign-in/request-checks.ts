/** What a request says of where it comes from. */
import type { HttpRequest } from '../runtime/http-message.ts';
import { viewerAddress } from '../runtime/viewer.ts';
import type { RequestOrigin } from '../store/session-store.ts';

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
