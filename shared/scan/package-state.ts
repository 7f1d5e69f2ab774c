/** Reads the stored packages of one repository. */
import type { OrganizationId } from '../domain/ids.ts';
import type { PackageSource } from '../domain/package.ts';
import { ranges } from '../store/keys.ts';
import {
  findPackages,
  isOfSource,
  type StoredPackage,
  type StoredVersion,
  versionsOfPackage,
} from '../store/package-store.ts';
import type { Table } from '../store/table.ts';

export interface PackageState {
  /** The package of this source with the name that the scan found, or the source's living package if it found none. */
  readonly current: StoredPackage | undefined;
  readonly versions: readonly StoredVersion[];
  /** Packages of this source with other names. */
  readonly others: readonly StoredPackage[];
}

/**
 * @param packages of the repository, as `packagesOfRepository` returns them
 * @param name the name that the scan found, if it found one
 */
export async function loadPackageState(
  table: Table,
  organization: OrganizationId,
  packages: readonly StoredPackage[],
  { directory }: Pick<PackageSource, 'directory'>,
  name: string | undefined,
): Promise<PackageState> {
  const own = packages.filter((one) => isOfSource(one) && one.directory === directory);
  const current = name === undefined ? livingPackage(own) : own.find((one) => one.name === name);
  return {
    current,
    versions: current ? await versionsOfPackage(table, organization, current.number) : [],
    others: own.filter((one) => one !== current),
  };
}

/** The package that receives a source's versions: the one that has not been replaced. */
export function livingPackage(packages: readonly StoredPackage[]): StoredPackage | undefined {
  return packages.findLast((one) => one.replacement === undefined) ?? packages.at(-1);
}

/** Every package that the repository ever had in any of its folders, ordered by number. */
export async function packagesOfRepository(
  table: Table,
  organization: OrganizationId,
  { synchronization, repository }: Pick<PackageSource, 'synchronization' | 'repository'>,
): Promise<readonly StoredPackage[]> {
  const { pk, sk } = ranges.packageSources(organization, synchronization, repository);
  const pointers = await table.query(pk, sk);
  const numbers = pointers.map((pointer) => Number(pointer.number));
  const found = await findPackages(table, organization, numbers);
  return found.filter((one) => one !== undefined).sort((one, other) => one.number - other.number);
}
