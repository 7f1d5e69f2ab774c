/** Keeps what is published of a repository that suddenly has nothing. */
import type { OrganizationId } from '../domain/ids.ts';
import { ForgeError } from '../forge/errors.ts';
import { type StoredPackage, versionsOfPackage } from '../store/package-store.ts';
import type { Table } from '../store/table.ts';

/**
 * A server that lost its disk, or serves a new repository at the address of the old one, says the same as somebody who deleted every branch and
 * tag. The first is likelier, and the second has another way to say so: so nothing is withdrawn.
 *
 * @param packages of the repository
 * @throws ForgeError `incomplete` when versions of them are published
 */
export async function refuseEmptied(
  table: Table,
  organization: OrganizationId,
  packages: readonly StoredPackage[],
): Promise<void> {
  for (const { name, number, state } of packages) {
    if (state !== 'accepted' && state !== 'available') continue;
    const versions = await versionsOfPackage(table, organization, number);
    if (versions.some((version) => version.state === 'published')) {
      throw new ForgeError(
        'incomplete',
        `the repository has no branches and no tags any more, and versions of ${name} are published; nothing is withdrawn for that. If it is meant, delete the package here`,
      );
    }
  }
}
