import { deliveryFaultKinds, requestFaultKinds } from '../faults/faults.ts';

/**
 * Faults of the simulated GitHub: those of any forge, and two of its own.
 *
 * | kind | strikes | fields |
 * |---|---|---|
 * | `rate-limit` | any API request: the primary budget is spent | `status` (403 or 429, default 403), `retryAfter` |
 * | `secondary-limit` | any API request | `status` (403, 429 or, in GraphQL, 200; default 403), `retryAfter` (default 60; 0 leaves the header out) |
 * | `failing-page` | one page of a list: 502 in REST, an error on the field in GraphQL | `status` |
 * | `resource-limits` | one GraphQL connection: partial data with RESOURCE_LIMITS_EXCEEDED | |
 *
 * They can be aimed at `surface` (`rest`, `graphql`, `codeload`, `web`), `method`, `path`, `route` (REST pattern), `operation` (GraphQL
 * operation name), `installation` (id), `list` (REST pattern or `Organization.teams`), `owner` (database id of the list's owner,
 * GraphQL only) and `page` (1, 2, …).
 */
export const gitHubFaultKinds = [
  ...requestFaultKinds,
  'secondary-limit',
  'resource-limits',
  ...deliveryFaultKinds,
] as const;

export type GitHubFaultKind = (typeof gitHubFaultKinds)[number];
