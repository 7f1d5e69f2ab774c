/** The link between an organization and one forge organization. */
import type { Connection, OfRepositories } from './connection.ts';
import type { ForgeOrganizationId, OrganizationId, SynchronizationId } from './ids.ts';
import type { ScopeName } from './scopes.ts';

/** The folder of a forge's adapter in shared/forge. */
export type ForgeId = string;

/** One host of a forge, with ids of its own: part of the keys of everything that comes from it. */
export interface ForgeHost {
  readonly forge: ForgeId;
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

/** The state of a credential, as shown to owners; all but `working` freeze rights as they are. */
export const credentialStates = [
  'working',
  'credential-rejected',
  'insufficient-scope',
  'sso-required',
  'gone',
  'organization-not-found',
] as const;
export type CredentialState = (typeof credentialStates)[number];

/** An owner's settings of the removal guard and of suspension. */
export interface Caution {
  /** Removals are held when more than this share of a list is missing, from 0 to 1, … */
  readonly heldShare: number;
  /** … and more than this number. */
  readonly heldAbove: number;
  /** Access of people and teams is suspended after this many days without a complete read. */
  readonly suspendAfterDays: number;
}

export const defaultCaution: Caution = { heldShare: 0.25, heldAbove: 5, suspendAfterDays: 7 };

export interface Synchronization extends ForgeHost {
  readonly id: SynchronizationId;
  readonly organization: OrganizationId;
  /** When it was connected; milliseconds since the epoch, 0 if it was stored before this was. */
  readonly createdAt: number;
  readonly forgeOrganization: ForgeOrganizationId;
  /** What the forge organization was called at the last read; for display. */
  readonly login: string;
  readonly connection: Connection | OfRepositories;
  /** Which repositories of the first read become packages: all, or those that an owner chose. */
  readonly choice: 'all' | 'some';
  /** Number of the first complete read of the repositories; those first seen by a later one are new. */
  readonly importObservedAt: number | undefined;
  /** When that read was stored, and when all of its repositories had been scanned; milliseconds since the epoch. */
  readonly importListedAt: number | undefined;
  readonly importEndedAt: number | undefined;
  readonly credentialState: CredentialState;
  /** The scope whose read showed that state, and when; milliseconds since the epoch. */
  readonly credentialScope: ScopeName | undefined;
  readonly credentialStateSince: number | undefined;
  /** Since when the access of people and teams is suspended; milliseconds since the epoch. */
  readonly rightsSuspendedAt: number | undefined;
  readonly caution: Caution;
  /** An owner's setting: whether people who may view code on the forge, but not download it, install packages. */
  readonly viewersInstall: boolean;
  /** An owner's setting: whether the archives of all stable versions are stored before anybody asks for them. */
  readonly storesArchives: boolean;
  /** When each scope was last read completely; milliseconds since the epoch. */
  readonly lastSuccessAt: Readonly<Partial<Record<ScopeName, number>>>;
}

/** Whether a repository first seen by this read appeared after the synchronization was connected. */
export function isNewRepository(
  synchronization: Pick<Synchronization, 'importObservedAt'>,
  firstObservedAt: number,
): boolean {
  const imported = synchronization.importObservedAt;
  // Until the first complete read is stored, every repository belongs to it.
  return imported !== undefined && firstObservedAt > imported;
}

/** How long a repository that cannot be scanned may delay the end of an import, in milliseconds. */
const importMs = 24 * 3600 * 1000;

/**
 * Whether the repositories of the first read are still being scanned. Until all are, names go by the fixed order among
 * repositories, and not by which was scanned first.
 *
 * @param now milliseconds since the epoch
 */
export function isImporting(
  {
    importObservedAt,
    importListedAt,
    importEndedAt,
  }: Pick<Synchronization, 'importObservedAt' | 'importListedAt' | 'importEndedAt'>,
  now: number,
): boolean {
  if (importObservedAt === undefined) {
    return true;
  }
  // Without stored times the import is from an earlier version and has ended.
  return importEndedAt === undefined && importListedAt !== undefined && now < importListedAt + importMs;
}
