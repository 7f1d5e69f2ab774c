/** Normalizes the base URLs of forges, which are part of keys. */
import { z } from 'zod';

/**
 * The canonical form of the URL: host in lower case, no default port, no trailing slash.
 *
 * @throws TypeError when the text is not a URL
 */
export function normalizeBaseUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/** A base URL in an operator's settings. */
export const BaseUrl = z.url({ protocol: /^https?$/ }).transform(normalizeBaseUrl);
