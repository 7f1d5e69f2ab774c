/** Which packages somebody sees here: those that he may install. Owners see all. */
import { CallerError } from '../domain/caller-error.ts';
import { type UserId, userPrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { effectiveRightsOf, type MayRead } from '../publish/effective-rights.ts';
import { publishedView } from '../publish/published-view.ts';
import { findPackageByName, isOfSource, type StoredPackage } from '../store/package-store.ts';
import type { Table } from '../store/table.ts';
import type { Selection } from './list-packages.ts';
import type { Role } from './membership.ts';

/** Who looks: a user with his role; undefined for a machine's key and the operator, who see what owners see. */
export interface Viewer {
  readonly user: UserId | undefined;
  readonly role: Role;
}

/**
 * What the viewer may read. No read for an owner; for others as many as their synchronizations and teams need, however many packages
 * there are.
 *
 * @param now milliseconds since the epoch
 */
export async function readableBy(
  table: Table,
  { id }: Organization,
  { user, role }: Viewer,
  now: number,
): Promise<MayRead> {
  if (user === undefined || role === 'owner') {
    return () => true;
  }
  return (await effectiveRightsOf(table, id, userPrincipal(user), now)).mayRead;
}

/**
 * The names that the viewer sees in a list. No read for an owner, and one for somebody whose tokens have a published view; for others and while
 * a view is decided again, as many as `readableBy`.
 *
 * @param now milliseconds since the epoch
 */
export function namesVisibleTo(
  table: Table,
  organization: Organization,
  viewer: Viewer,
  now: number,
): Selection {
  const { user, role } = viewer;
  if (user === undefined || role === 'owner') {
    return { select: async () => () => true, candidatesMax: 100 };
  }
  return {
    async select(names) {
      const numbers = names.map(({ number }) => number);
      const isInView = await publishedView(table, organization, userPrincipal(user), numbers);
      if (isInView !== undefined) {
        return ({ number }) => isInView(number);
      }
      const mayRead = await readableBy(table, organization, viewer, now);
      return ({ source }) => mayRead(source.synchronization, source.repository);
    },
    // One read takes so many with their repositories.
    candidatesMax: 50,
  };
}

/**
 * The package of that name. One that the viewer may not install is answered like one that does not exist.
 *
 * @throws CallerError when there is none
 */
export async function visiblePackage(
  table: Table,
  organization: Organization,
  name: string,
  viewer: Viewer,
  now: number,
): Promise<StoredPackage> {
  const found = await findPackageByName(table, organization.id, name);
  if (found !== undefined && isOfSource(found)) {
    const mayRead = await readableBy(table, organization, viewer, now);
    if (mayRead(found.synchronization, found.repository)) {
      return found;
    }
  }
  throw new CallerError('not-found', 'There is no such package here, or none that you may install.');
}
