/** One registry organization. */
import type { OrganizationId, SynchronizationId } from './ids.ts';

export interface Organization {
  readonly id: OrganizationId;
  /** Never changes and is never reused: lock files hold it. */
  readonly slug: string;
  readonly name: string;
  /** Vendors whose packages may be added without an owner's choice; lower case. */
  readonly ownedVendors: readonly string[];
  /** When an owner stopped all access; milliseconds since the epoch. */
  readonly accessStoppedAt?: number | undefined;
  /** Its owners are the owners here; undefined: of the synchronization that was connected first. */
  readonly primarySynchronization?: SynchronizationId | undefined;
  /** Whether repositories that appear later become packages by themselves; undefined: they do. */
  readonly newRepositories?: 'automatic' | 'by-hand' | undefined;
  /** Patterns of branches that become no versions; undefined: all do. */
  readonly branchesLeftOut?: readonly string[] | undefined;
  /** Whether people whom a synchronization brings wait until an owner activates them; undefined: they do not. */
  readonly newMembers?: 'active' | 'waiting' | undefined;
  /** Whether it has had repositories at a URL; undefined: never. */
  readonly hasVcsRepositories?: true | undefined;
  /** Counts what owners change of who owns it; undefined: nothing yet. */
  readonly ownersVersion?: number | undefined;
}

/** What an organization lets into the metadata of its packages. */
export interface PublishingSettings {
  /** `source`: the version's location in version control, visible to all who may read the package. */
  readonly source: boolean;
  /** Versions whose manifests name a location of their code outside their repository. */
  readonly outsideCode: boolean;
}

/** First path segments with another meaning on one of the two hosts, now or soon. */
const reservedSlugs: ReadonlySet<string> = new Set([
  'api',
  'assets',
  'console',
  'dists',
  'downloads',
  'health',
  'p2',
  'packages',
  'roots',
  'sign-in',
  'sign-out',
  'static',
  'webhooks',
]);

/** Why the text cannot be a slug, for the person who chose it; undefined if it can. */
export function slugProblem(text: string): string | undefined {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(text)) {
    return 'a slug has 1 to 40 lower-case letters, digits and inner dashes';
  }
  return reservedSlugs.has(text) ? `the slug ${text} is reserved` : undefined;
}

/**
 * Whether the text can be the vendor in a package's name.
 *
 * Source: composer/composer src/Composer/Package/Loader/ValidatingArrayLoader.php@2.8.0, `hasPackageNamingError`
 */
export function isVendor(text: string): boolean {
  return /^[a-z0-9]+(?:[_.-][a-z0-9]+)*$/.test(text);
}
