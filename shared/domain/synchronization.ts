/** The tie between an organization and one forge organization. */
import type { Connection } from './connection.ts';
import type { ForgeOrganizationId, OrganizationId, SynchronizationId } from './ids.ts';
import type { ScopeName } from './scopes.ts';

/** The folder of a forge's adapter in shared/forge. */
export type ForgeId = string;

/** One host of a forge, whose ids are its own: part of the keys of what it tells us. */
export interface ForgeHost {
  readonly forge: ForgeId;
  /** Without a slash at its end. */
  readonly baseUrl: string;
}

/** What an owner is told about the credential; all but `working` freeze the rights as they are. */
export const credentialStates = [
  'working',
  'credential-rejected',
  'insufficient-scope',
  'sso-required',
  'gone',
] as const;
export type CredentialState = (typeof credentialStates)[number];

/** How careful a synchronization is, as an owner sets it. */
export interface Caution {
  /** Missing things are held for a person when they are more than this share of their list, from 0 to 1, … */
  readonly heldShare: number;
  /** … and more than so many. */
  readonly heldAbove: number;
  /** The rights of people and teams rest when nothing was read whole for so many days. */
  readonly suspendAfterDays: number;
}

export const defaultCaution: Caution = { heldShare: 0.25, heldAbove: 5, suspendAfterDays: 7 };

export interface Synchronization extends ForgeHost {
  readonly id: SynchronizationId;
  readonly organization: OrganizationId;
  /** When it was connected; milliseconds since the epoch, 0 for one that was stored before this was. */
  readonly createdAt: number;
  readonly forgeOrganization: ForgeOrganizationId;
  /** The forge organization's login when it was connected; for people. */
  readonly login: string;
  readonly connection: Connection;
  /** Which of the repositories that were there at the first read become packages: all, or those with a choice of their own. */
  readonly choice: 'all' | 'some';
  /** Number of the first whole read of the repositories; those first seen by a later one are new. */
  readonly importObservedAt: number | undefined;
  /** When that read was stored, and when every repository that it saw had been scanned; milliseconds since the epoch. */
  readonly importListedAt: number | undefined;
  readonly importEndedAt: number | undefined;
  readonly credentialState: CredentialState;
  /** The scope whose read showed that state, and when; milliseconds since the epoch. */
  readonly credentialScope: ScopeName | undefined;
  readonly credentialStateSince: number | undefined;
  /** Since when the rights of people and teams rest, because nothing was read whole for too long; milliseconds since the epoch. */
  readonly rightsSuspendedAt: number | undefined;
  readonly caution: Caution;
  /** When each scope was last read whole; milliseconds since the epoch. */
  readonly lastSuccessAt: Readonly<Partial<Record<ScopeName, number>>>;
}

/** Whether a repository first seen by this read appeared after the synchronization was connected. */
export function isNewRepository(
  synchronization: Pick<Synchronization, 'importObservedAt'>,
  firstObservedAt: number,
): boolean {
  const imported = synchronization.importObservedAt;
  // Until the first whole read is stored, everything belongs to it.
  return imported !== undefined && firstObservedAt > imported;
}

/** A repository that cannot be scanned holds up the end of an import for no longer, in milliseconds. */
const importMs = 24 * 3600 * 1000;

/**
 * Whether what was there when it was connected is still being scanned. Until that ends it is the fixed order among repositories that
 * decides who has a name, and not which of them was scanned first.
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
  // One that was stored before there were times has long ended.
  return importEndedAt === undefined && importListedAt !== undefined && now < importListedAt + importMs;
}
