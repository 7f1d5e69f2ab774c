import { deliveryFaultKinds, requestFaultKinds } from '../faults/faults.ts';

/**
 * Faults of the simulated GitLab: those of any forge, and one of its own.
 *
 * | kind | strikes | fields |
 * |---|---|---|
 * | `rate-limit` | any API request | `status` (default 429), `retryAfter` (left out, the header is, too) |
 * | `failing-page` | one page of a list: 500 | `status` |
 * | `archive-not-found` | one archive: an error of the storage, which GitLab calls 404 | |
 *
 * They can be aimed at `surface` (`rest`, `graphql`, `oauth`), `method`, `path`, `route` (REST pattern), `list` (REST pattern, or
 * `Group.projects`) and `page` (1, 2, …).
 */
export const gitLabFaultKinds = [...requestFaultKinds, 'archive-not-found', ...deliveryFaultKinds] as const;

export type GitLabFaultKind = (typeof gitLabFaultKinds)[number];
