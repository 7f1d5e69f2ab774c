/** The packages of an organization in pages, as far as the viewer may install them. */
import type { SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { repositoryIn } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { type ListedName, namesOf } from '../store/name-store.ts';
import { isOfSource, parsePackage, type StoredPackage } from '../store/package-store.ts';
import type { Table } from '../store/table.ts';

/** States that a package in a list can have. */
export const listedStates = ['accepted', 'available', 'unreadable'] as const;
export type ListedState = (typeof listedStates)[number];

export interface PackageFilter {
  /** Part of the name, in lower case. */
  readonly name?: string | undefined;
  readonly state?: ListedState | undefined;
  readonly synchronization?: SynchronizationId | undefined;
}

/** `changed`: those whose files changed last come first; `downloads`: those that were installed most. */
export const packageOrders = ['name', 'changed', 'downloads'] as const;
export type PackageOrder = (typeof packageOrders)[number];

export interface ListedPackage {
  readonly found: StoredPackage;
  /** When its files last changed, in milliseconds since the epoch; 0 where that is not known. */
  readonly changedAt: number;
  /** How often it was installed. */
  readonly downloads: number;
  /** Full name of its repository; its id where no name is known. */
  readonly repositoryName: string;
}

export interface PackagePage {
  readonly packages: readonly ListedPackage[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** Which names somebody sees. */
export interface Selection {
  select(): Promise<(name: ListedName) => boolean>;
  /** So many packages are read for a page at the most: two reads take 100 with their repositories. A page of which few fit the filter is short. */
  readonly candidatesMax: number;
}

/** Where a package is in a list of that order, as a text that is less than those of the packages after it. */
function placeIn(order: PackageOrder, { name, changedAt, downloads }: ListedName): string {
  if (order === 'name') {
    return name;
  }
  const highestFirst = Number.MAX_SAFE_INTEGER - (order === 'changed' ? changedAt : downloads);
  return `${String(highestFirst).padStart(16, '0')} ${name}`;
}

/** A page. Besides what the selection reads two or three: names, and packages with their repositories. */
export async function listPackages(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  filter: PackageFilter,
  {
    limit,
    after = '',
    order = 'name',
  }: {
    readonly limit: number;
    readonly after?: string | undefined;
    readonly order?: PackageOrder | undefined;
  },
  { select, candidatesMax }: Selection,
): Promise<PackagePage> {
  const names = await namesOf(table, id);
  const isVisible = await select();
  const placed = names
    .filter((name) => fits(name, filter) && isVisible(name))
    .map((name) => ({ ...name, place: placeIn(order, name) }))
    .filter(({ place }) => place > after)
    .sort((one, other) => (one.place < other.place ? -1 : 1));
  const candidates = placed.slice(
    0,
    filter.state === undefined ? Math.min(limit, candidatesMax) : candidatesMax,
  );
  const items = await table.getMany([
    ...candidates.map(({ number }) => keys.package(id, number)),
    ...candidates.map(({ source }) => keys.fact(source.synchronization, `repository#${source.repository}`)),
  ]);
  const packages: ListedPackage[] = [];
  let next: string | undefined;
  for (const [index, { place, changedAt, downloads }] of candidates.entries()) {
    if (packages.length === limit) {
      break;
    }
    next = place;
    const item = items[index];
    const found = item && parsePackage(item);
    if (found !== undefined && isOfSource(found) && (filter.state ?? found.state) === found.state) {
      const repositoryName = repositoryIn(items[candidates.length + index])?.fullName ?? found.repository;
      packages.push({ found, changedAt, downloads, repositoryName });
    }
  }
  return {
    packages,
    next: next === placed.at(-1)?.place ? undefined : next,
  };
}

const fits = ({ name, source: { synchronization } }: ListedName, filter: PackageFilter): boolean =>
  name.includes(filter.name ?? '') && (filter.synchronization ?? synchronization) === synchronization;
