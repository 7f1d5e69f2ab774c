/** Addresses of hosts, as they stand in keys. */
import { z } from 'zod';

/**
 * The one way to write the address: host in lower case, no default port, no slash at its end.
 *
 * @throws TypeError when it is no URL
 */
export function normalizeBaseUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/** An address that an operator writes down. */
export const BaseUrl = z.url({ protocol: /^https?$/ }).transform(normalizeBaseUrl);
