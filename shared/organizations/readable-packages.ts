/** Which packages somebody sees here: those that he may install. Owners see all. */
import { CallerError } from '../domain/caller-error.ts';
import { type UserId, userPrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { PackageSource } from '../domain/package.ts';
import { effectiveRightsOf } from '../publish/effective-rights.ts';
import { type KeptViewDependencies, keptView } from '../store/kept-view-store.ts';
import { findPackageByName, isOfSource, type StoredPackage } from '../store/package-store.ts';
import type { Selection } from './list-packages.ts';
import type { Role } from './membership.ts';

/** Who looks: a user with his role; undefined for a machine's key and the operator, who see what owners see. */
export interface Viewer {
  readonly user: UserId | undefined;
  readonly role: Role;
}

/** A package as decisions about it need it. */
type PackageOf = Pick<StoredPackage, 'number'> & Pick<PackageSource, 'synchronization' | 'repository'>;

export interface Visibility {
  maySee(found: PackageOf): boolean;
  /** The same by the number alone; undefined where it takes the package's repository. */
  readonly maySeeNumber: ((packageNumber: number) => boolean) | undefined;
}

const all: Visibility = { maySee: () => true, maySeeNumber: () => true };

/**
 * Whether the viewer sees a package. No read for an owner, and one for others; while the view that is kept for somebody is decided again, and
 * before it is for the first time, as many as the synchronizations and teams need, however many packages there are.
 */
export async function visibleTo(
  dependencies: KeptViewDependencies,
  { id }: Organization,
  { user, role }: Viewer,
): Promise<Visibility> {
  if (user === undefined || role === 'owner') {
    return all;
  }
  const principal = userPrincipal(user);
  const isInView = await keptView(dependencies, id, principal);
  if (isInView !== undefined) {
    return { maySee: ({ number }) => isInView(number), maySeeNumber: isInView };
  }
  const { table, clock } = dependencies;
  const { mayRead } = await effectiveRightsOf(table, id, principal, clock.now());
  return {
    maySee: ({ synchronization, repository }) => mayRead(synchronization, repository),
    maySeeNumber: undefined,
  };
}

/** The names that the viewer sees in a list. Reads as `visibleTo`. */
export function namesVisibleTo(
  dependencies: KeptViewDependencies,
  organization: Organization,
  viewer: Viewer,
): Selection {
  const isOwner = viewer.user === undefined || viewer.role === 'owner';
  return {
    async select() {
      const { maySee } = await visibleTo(dependencies, organization, viewer);
      return ({ number, source }) => maySee({ number, ...source });
    },
    // One read takes 50 with their repositories; an owner has two.
    candidatesMax: isOwner ? 100 : 50,
  };
}

/**
 * The package of that name. One that the viewer may not install is answered like one that does not exist. Two reads besides those of
 * `visibleTo`.
 *
 * @param visibility as `visibleTo` says, where it was asked already
 * @throws CallerError when there is none
 */
export async function visiblePackage(
  dependencies: KeptViewDependencies,
  organization: Organization,
  name: string,
  viewer: Viewer,
  visibility?: Visibility,
): Promise<StoredPackage> {
  const found = await findPackageByName(dependencies.table, organization.id, name);
  if (found !== undefined && isOfSource(found)) {
    const { maySee } = visibility ?? (await visibleTo(dependencies, organization, viewer));
    if (maySee(found)) {
      return found;
    }
  }
  throw new CallerError('not-found', 'There is no such package here, or none that you may install.');
}
