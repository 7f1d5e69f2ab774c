/** What the address of the page says besides the path, so that a filtered list can be shared. */
import type { Schemas } from '../../api/client.ts';
import { oneOf, textOf } from '../../routes/search.ts';

/** In the order of the filter: what somebody can decide first. */
export const reasons = [
  'not-chosen',
  'fork',
  'vendor-not-owned',
  'name-taken',
  'invalid-name',
  'no-manifest',
  'scan-failed',
] as const satisfies readonly Schemas['NoPackageReason'][];

/** Those that are no packages if there is none. */
export const shownKinds = ['packages', 'all'] as const;

export interface RepositoriesSearch {
  readonly name?: string | undefined;
  readonly show?: (typeof shownKinds)[number] | undefined;
  readonly reason?: (typeof reasons)[number] | undefined;
  readonly synchronization?: string | undefined;
}

export const repositoriesSearch = (search: Record<string, unknown>): RepositoriesSearch => ({
  name: textOf(search.name),
  show: oneOf(shownKinds, search.show),
  reason: oneOf(reasons, search.reason),
  synchronization: textOf(search.synchronization),
});
