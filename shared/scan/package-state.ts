/** Reads the stored packages of one repository. */
import type { OrganizationId } from '../domain/ids.ts';
import type { PackageSource } from '../domain/package.ts';
import { keys } from '../store/keys.ts';
import {
  findPackage,
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

/** @param name the name that the scan found, if it found one */
export async function loadPackageState(
  table: Table,
  organization: OrganizationId,
  source: PackageSource,
  name: string | undefined,
): Promise<PackageState> {
  const packages = (await packagesOfSource(table, organization, source)).filter(isOfSource);
  const current = name === undefined ? livingPackage(packages) : packages.find((one) => one.name === name);
  return {
    current,
    versions: current ? await versionsOfPackage(table, organization, current.number) : [],
    others: packages.filter((one) => one !== current),
  };
}

/** The package that receives a source's versions: the one that has not been replaced. */
export function livingPackage(packages: readonly StoredPackage[]): StoredPackage | undefined {
  return packages.findLast((one) => one.replacement === undefined) ?? packages.at(-1);
}

/** Every package that the source ever had, ordered by number. */
export async function packagesOfSource(
  table: Table,
  organization: OrganizationId,
  { synchronization, repository, directory }: PackageSource,
): Promise<readonly StoredPackage[]> {
  const { pk, sk } = keys.packageSource(organization, synchronization, repository, directory, '');
  const pointers = await table.query(pk, sk);
  const found = await Promise.all(
    pointers.map((pointer) => findPackage(table, organization, Number(pointer.number))),
  );
  return found.filter((one) => one !== undefined).sort((one, other) => one.number - other.number);
}
