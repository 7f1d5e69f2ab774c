import { deliveryFaultKinds, requestFaultKinds } from '../faults/faults.ts';

/**
 * Faults of the simulated Bitbucket: those of any forge, and some of its own.
 *
 * | kind | strikes | fields |
 * |---|---|---|
 * | `rate-limit` | any API request, or an archive | `status` (default 429), `retryAfter` (left out, the header is, too) |
 * | `failing-page` | one page of a list: 500 | `status` |
 * | `timed-out` | any API request: 555 | |
 * | `removed-api` | any API request: 410, with the address of an announcement | |
 * | `taken-for-spam` | any API request: 410 of an account that was taken for spam | |
 * | `false-not-found` | any API request: 404 for what exists, as in February 2025 for 45 minutes | |
 * | `archive-page` | one archive: a page of the web site with status 200 | |
 *
 * They can be aimed at `surface` (`rest`, `web`, `archive`), `method`, `path`, `route` (pattern), `group` (of limits), `list` (pattern) and
 * `page` (1, 2, …).
 */
export const bitbucketFaultKinds = [
  ...requestFaultKinds,
  ...(['timed-out', 'removed-api', 'taken-for-spam', 'false-not-found', 'archive-page'] as const),
  ...deliveryFaultKinds,
] as const;

export type BitbucketFaultKind = (typeof bitbucketFaultKinds)[number];
