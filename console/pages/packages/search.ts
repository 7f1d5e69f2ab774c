/** What the addresses of these pages say besides the path, so that a filtered list can be shared. Whatever is unknown is left out. */
import { oneOf, textOf } from '../../routes/search.ts';

export const packageStates = ['available', 'accepted', 'unreadable'] as const;
/** By name if there is none. */
export const packageOrders = ['changed', 'downloads'] as const;
export const packageTabs = [
  'versions',
  'readme',
  'dependents',
  'downloads',
  'access',
  'scans',
  'name',
] as const;
/** Of the chart; 30 if there is none. */
export const dayCounts = ['30', '90', '365'] as const;

export interface PackagesSearch {
  readonly name?: string | undefined;
  readonly state?: (typeof packageStates)[number] | undefined;
  readonly sort?: (typeof packageOrders)[number] | undefined;
  readonly synchronization?: string | undefined;
}

export const packagesSearch = (search: Record<string, unknown>): PackagesSearch => ({
  name: textOf(search.name),
  state: oneOf(packageStates, search.state),
  sort: oneOf(packageOrders, search.sort),
  synchronization: textOf(search.synchronization),
});

export interface PackageSearch {
  readonly tab?: (typeof packageTabs)[number] | undefined;
  readonly days?: (typeof dayCounts)[number] | undefined;
}

export const packageSearch = (search: Record<string, unknown>): PackageSearch => ({
  tab: oneOf(packageTabs, search.tab),
  days: oneOf(dayCounts, String(search.days)),
});
