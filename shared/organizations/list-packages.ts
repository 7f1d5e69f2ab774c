/** The packages of an organization in pages, as far as the viewer may install them. */
import type { SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { repositoryKey } from '../domain/repository-key.ts';
import type { MayRead } from '../publish/effective-rights.ts';
import { findRepositories } from '../store/fact-store.ts';
import { namesOf } from '../store/name-store.ts';
import { findPackages, isOfSource, type StoredPackage } from '../store/package-store.ts';
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

export interface ListedPackage {
  readonly found: StoredPackage;
  /** Full name of its repository; its id where no name is known. */
  readonly repositoryName: string;
}

export interface PackagePage {
  readonly packages: readonly ListedPackage[];
  /** The name after which the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** So many packages are read for a page at the most: what one read takes. A page of which few fit the filter is short. */
const candidatesMax = 100;

/** A page by name. Three reads: names, packages, and what their repositories are called. */
export async function listPackages(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  filter: PackageFilter,
  { limit, after = '' }: { readonly limit: number; readonly after?: string | undefined },
  mayRead: MayRead,
): Promise<PackagePage> {
  const names = (await namesOf(table, id)).filter(
    ({ name, source: { synchronization, repository } }) =>
      name > after &&
      name.includes(filter.name ?? '') &&
      (filter.synchronization ?? synchronization) === synchronization &&
      mayRead(synchronization, repository),
  );
  const candidates = names.slice(0, filter.state === undefined ? limit : candidatesMax);
  const read = await findPackages(
    table,
    id,
    candidates.map(({ number }) => number),
  );
  const packages: StoredPackage[] = [];
  let next: string | undefined;
  for (const [place, { name }] of candidates.entries()) {
    if (packages.length === limit) {
      break;
    }
    next = name;
    const found = read[place];
    if (found !== undefined && isOfSource(found) && (filter.state ?? found.state) === found.state) {
      packages.push(found);
    }
  }
  return {
    packages: await withRepositoryNames(table, packages),
    next: next === names.at(-1)?.name ? undefined : next,
  };
}

async function withRepositoryNames(
  table: Table,
  packages: readonly StoredPackage[],
): Promise<readonly ListedPackage[]> {
  const facts = await findRepositories(table, packages);
  const names = new Map(
    facts.flatMap((fact, place) => {
      const found = packages[place];
      return fact === undefined || found === undefined
        ? []
        : [[repositoryKey(found), fact.fullName] as const];
    }),
  );
  return packages.map((found) => ({
    found,
    repositoryName: names.get(repositoryKey(found)) ?? found.repository,
  }));
}
