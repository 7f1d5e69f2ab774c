/** A package that a person can install, for the lines that they are shown. */
import type { UserId } from '../../../shared/domain/ids.ts';
import { listPackages } from '../../../shared/organizations/list-packages.ts';
import type { Membership } from '../../../shared/organizations/membership.ts';
import { namesVisibleTo } from '../../../shared/organizations/readable-packages.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';

/** Organizations that are looked through. */
const organizationsMax = 3;

/** The package that is installed most, of the first organization that has one for the person; undefined if none has. */
export async function exampleFor(
  dependencies: Pick<ApiDependencies, 'table' | 'workQueue' | 'clock'>,
  user: UserId,
  memberships: readonly Membership[],
): Promise<string | undefined> {
  for (const { organization, role } of memberships.slice(0, organizationsMax)) {
    const selection = namesVisibleTo(dependencies, organization, { user, role });
    const page = { limit: 1, order: 'downloads' } as const;
    const { packages } = await listPackages(
      dependencies.table,
      organization,
      { state: 'available' },
      page,
      selection,
    );
    const [first] = packages;
    if (first !== undefined) {
      return first.found.name;
    }
  }
  return undefined;
}
