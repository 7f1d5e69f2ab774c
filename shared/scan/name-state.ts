/** Reads what decides who has a package's name. */
import type { RepositoryFact } from '../domain/facts.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Claimant, HolderStanding, NameHolder } from '../domain/name-holder.ts';
import { type PackageSource, sameSource } from '../domain/package.ts';
import { isImporting, isNewRepository, type Synchronization } from '../domain/synchronization.ts';
import { findRepository } from '../store/fact-store.ts';
import { isDeletedOnForge } from '../store/forge-deletion-store.ts';
import { nameClaims, type StoredName } from '../store/name-store.ts';
import { findPackage, type StoredPackage } from '../store/package-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';

/** The attributes of a repository that order claimants. */
export function claimantOf(
  source: PackageSource,
  { fork, createdAt }: Pick<RepositoryFact, 'fork' | 'createdAt'>,
  synchronization: Pick<Synchronization, 'createdAt'>,
): Claimant {
  return { source, fork, createdAt, synchronizationCreatedAt: synchronization.createdAt };
}

/** Whether the repository already existed when the synchronization was connected, and that import has not ended. */
export const isOfImport = (synchronization: Synchronization, firstObservedAt: number, now: number): boolean =>
  isImporting(synchronization, now) && !isNewRepository(synchronization, firstObservedAt);

/** Whether an owner deleted the package. One deleted after 90 days of being unreadable still has `unreadableAt`. */
const isDeletedHere = ({ state, unreadableAt }: StoredPackage): boolean =>
  state === 'deleted' && unreadableAt === undefined;

/** @param now milliseconds since the epoch */
export async function holderOf(
  table: Table,
  organization: OrganizationId,
  name: StoredName,
  now: number,
): Promise<NameHolder> {
  const { source, isGiven } = name;
  const [found, synchronization, repository] = await Promise.all([
    findPackage(table, organization, name.number),
    findSynchronization(table, source.synchronization),
    findRepository(table, source.synchronization, source.repository),
  ]);
  const absent = async (standing: HolderStanding): Promise<NameHolder> => ({
    source,
    standing,
    claimant: undefined,
    isImport: false,
    isGiven,
  });
  if (found === undefined || isDeletedHere(found)) {
    return absent('deleted-here');
  }
  if (await isDeletedOnForge(table, source.synchronization, source.repository)) {
    return absent('deleted-on-forge');
  }
  if (found.state === 'deleted' || repository === undefined || synchronization === undefined) {
    return absent('unreadable');
  }
  return {
    source,
    standing: 'readable',
    claimant: claimantOf(source, repository.fact, synchronization),
    isImport: isOfImport(synchronization, repository.firstObservedAt, now),
    isGiven,
  };
}

/** The other repositories that claim the name and can be read. */
export async function rivalsOf(
  table: Table,
  organization: OrganizationId,
  name: string,
  source: PackageSource,
): Promise<readonly PackageSource[]> {
  const others = (await nameClaims(table, organization, name)).filter((one) => !sameSource(one, source));
  const found = await Promise.all(
    others.map((one) => findRepository(table, one.synchronization, one.repository)),
  );
  return others.filter((_, place) => found[place] !== undefined);
}
