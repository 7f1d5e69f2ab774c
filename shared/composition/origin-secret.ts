/** The secret that proves that a request came through the CDN. */
import { originSecretHeader } from '../runtime/environment.ts';
import type { HttpRequest } from '../runtime/http-message.ts';
import { secretCheck } from './clients.ts';

/**
 * Checks that a request came through the CDN. The HTTP API has a public address of its own: a request that bypasses the CDN could
 * claim any viewer's address and skip the edge function.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
 */
export function cdnRequestCheck(): (request: Pick<HttpRequest, 'headers'>) => Promise<boolean> {
  const isOriginSecret = secretCheck('originSecretArn');
  return async ({ headers }) => isOriginSecret(headers[originSecretHeader] ?? '');
}
