/**
 * The ports of a forge, each a capability with a few methods. Every read is complete or throws a ForgeError: no method returns a partial
 * result, and a failed request never makes anything absent. Ids are the forge's permanent ones (`asId`), never names; if an API needs
 * another identifier, that is the fact's handle.
 */
import type { Readable } from 'node:stream';
import type { ManifestText } from '../composer/scanned-repository.ts';
import type { Fact, FactKind, Handle } from '../domain/facts.ts';
import type { ForgeOrganizationId, ForgeRepositoryId, ForgeRoleId, InstallationId } from '../domain/ids.ts';
import type { RepositoryLinks } from '../domain/repository-links.ts';
import type { AnyScope, PartScope } from '../domain/scopes.ts';
import type { FolderReader } from './folders.ts';
import type { Readme, ReadmePlace } from './readme.ts';
import type { RepositoryIds } from './repository-ids.ts';

export type { ForgeId } from '../domain/synchronization.ts';
export type { RepositoryIds } from './repository-ids.ts';

export interface ForgeOrganization {
  readonly id: ForgeOrganizationId;
  readonly login: string;
  readonly suspended: boolean;
}

/**
 * Why a look-up by id finds nothing of ours. `gone`: the forge does not find it, and the credential sees everything of the organization.
 * `not-found`: the forge does not find it, but the credential sees only a selection. `elsewhere`: it exists, but belongs to another owner.
 */
export type Absence = 'gone' | 'not-found' | 'elsewhere';

/** A part to look up by its id. */
export interface LookedUp {
  readonly part: PartScope;
  /** As its fact has it. */
  readonly handle?: Handle | undefined;
}

/** The result of looking up one part. */
export type LookUp =
  | { readonly is: 'absent'; readonly absence: Absence }
  | { readonly is: 'present' }
  /** The adapter cannot look this one up: nothing is confirmed. */
  | { readonly is: 'unknown' };

/** The result of a complete read of a scope. */
export interface ScopeRead {
  /** Facts of the scope's kinds (`kindsOf`), each key once. A part's facts are the same as those that whole scopes have of it. */
  readonly facts: readonly Fact[];
  /**
   * For a part's read: every part that it is complete for, the requested one first (a team's read includes its descendants, because they
   * inherit). Empty for a whole scope, whose read is complete for everything in it.
   */
  readonly covers: readonly PartScope[];
  /**
   * Whether the forge was asked for the part by id and confirmed that what is missing here is gone or hidden from us. If false, it is
   * merely missing from a list.
   */
  readonly absenceIsAuthoritative: boolean;
  /** For a repository that was not found: why. */
  readonly absence?: Absence | undefined;
  /**
   * Why the forge hides the scope, as text for an owner: it lacks the feature, or we lack the permission. The read then says nothing about
   * known facts that it lacks.
   */
  readonly hiddenReason?: string | undefined;
  /**
   * Whether the list with this fact was checked against the forge's total, so that a short list would have been noticed. Default: all
   * lists. What is missing from a list without a total is read a second time.
   */
  readonly isCounted?: ((fact: Fact) => boolean) | undefined;
  /** Of some repositories: whether the forge's own list of readers is what the facts add up to. Only shown; no right depends on it. */
  readonly compared?: readonly Comparison[];
  /**
   * Of a list: repositories with members of their own whose memberships grant nothing, and so are no facts. Kept for the next read of the
   * list (`StoredFacts`); left out by a forge that does without.
   */
  readonly watched?: readonly ForgeRepositoryId[];
  /** How it was read, as text for an owner, where there is more than one way. */
  readonly readBy?: string | undefined;
  /** Roles that exist but give their holders no read access. */
  readonly powerless?: readonly ForgeRoleId[];
  /** Scopes that have to be read as a consequence of this read (for an unknown team, or one that has moved). */
  readonly followUps: readonly AnyScope[];
}

export type Comparison = { readonly repository: ForgeRepositoryId } & (
  | {
      /** How they differ, as text for an owner; undefined if they agree. */
      readonly difference: string | undefined;
    }
  | {
      /** Which list the forge did not give, and the error's code, as text for an owner. */
      readonly failure: string;
    }
);

/**
 * What is stored of the scope. A forge that gives some rows only at a request for each part takes them from here where nothing that it shows has
 * changed, and reads them again from time to time.
 */
export interface StoredFacts {
  /** When the last complete read of the list began; milliseconds since the epoch. */
  readonly since: number;
  /** Of that read: see `ScopeRead`. */
  readonly watched: ReadonlySet<ForgeRepositoryId>;
  /** Whether the part is stored, or was until lately, also where something of it is left open. */
  isStored(part: PartScope): boolean;
  /**
   * The facts of one kind that are stored of the part. Taking them is no read of them, so there are none where a read has to decide something.
   *
   * @returns undefined when the part is not stored, or an event, an owner or an earlier read left facts of that kind open
   */
  of<Kind extends FactKind>(
    part: PartScope,
    kind: Kind,
  ): readonly Extract<Fact, { kind: Kind }>[] | undefined;
}

/** Where a read stopped, for another process to continue from. The state is JSON in the adapter's own form. */
export interface ReadingProgress {
  readonly state: unknown;
  /** For display: how many entries of the scope are read, and how many there are, if known. */
  readonly read: number;
  readonly total: number | undefined;
  /** If a limit was met: the read may not continue before this time; milliseconds since the epoch. */
  readonly notBefore?: number | undefined;
}

export type ScopeStep = { readonly done: ScopeRead } | { readonly unfinished: ReadingProgress };

export interface ReadingOptions {
  /** The part's handle, from its fact or from the event. Without it more requests are made. */
  readonly handle?: Handle | undefined;
  /**
   * The state that an earlier step of the same read returned. It was stored as JSON, perhaps by an earlier version: an adapter that does
   * not understand it starts over.
   */
  readonly from?: unknown;
  /** Called between requests: false ends the step, but each step makes progress. Default: always true. */
  readonly mayContinue?: () => boolean;
  /** Whether the scope was never read whole, so that people wait for it. */
  readonly isFirst?: boolean;
  /** Loads what is stored; undefined when everything has to be read. Left out, it has to be. */
  readonly stored?: () => Promise<StoredFacts | undefined>;
}

/** Reads who may do what: the scopes of the forge's traits, and parts of them. */
export interface StructureReader {
  /**
   * The identity probe at the start and end of each run: which organization does the credential belong to? Asks the forge, unless the last answer
   * to this reader was one that says it.
   *
   * @throws ForgeError `credential-rejected` when the installation is gone, or the credential does not work any more; `not-found` where the
   * organization is not found and that proves nothing until it has lasted (`ForgeTraits.notFoundMs`)
   */
  probe(): Promise<ForgeOrganization>;
  /**
   * Reads the complete scope, or a step of it: every list is paged to its end and checked against the forge's total (`isCounted` says where
   * there is none). A part that does not exist is a complete read without facts and with `absenceIsAuthoritative`. A list that changes
   * between two pages is read again, or `incomplete`.
   *
   * @param scope one of the traits' scopes, or a part
   * @throws ForgeError `incomplete` when lists and totals do not match; `credential-rejected`, `rate-limited` and so on as in errors.ts
   */
  readScope(scope: AnyScope, options?: ReadingOptions): Promise<ScopeStep>;
  /**
   * Looks up teams and repositories by their ids. Each gets a result; `unknown` where the adapter cannot look it up. `absent` confirms a
   * removal, so the guard never holds it, however many there are. Return it only if the forge answered that it does not find the object,
   * or has it under another owner, never for a refusal or an outage.
   *
   * @throws ForgeError when a look-up fails: then nothing is confirmed
   */
  lookUp(parts: readonly LookedUp[]): Promise<ReadonlyMap<PartScope, LookUp>>;
}

/** One ref with the composer.json in the root at its commit. */
export interface ForgeRef extends ManifestText {
  readonly name: string;
  /**
   * 40 hex digits (64 in a git repository of SHA-256); of an annotated tag, the commit that it leads to. Of Subversion, the reference that Composer writes: a path
   * and the revision of its last change, as `/trunk/@123`.
   */
  readonly commit: string;
  /** ISO 8601, the commit's date. */
  readonly date: string;
  /** As in ScannedRef: why Composer's driver for the forge does not list it. */
  readonly leftOut?: string | undefined;
  /** Its manifest was not read yet, so that nothing is known of a version of it. */
  readonly isUnread?: boolean | undefined;
}

/** A ref that does not lead to a commit. */
export interface UnusableRef {
  readonly kind: 'tag' | 'branch';
  readonly name: string;
  /** A sentence for the repository's owner. */
  readonly reason: string;
}

export interface ForgeRepository {
  /** In the order of the list that Composer's own driver for the forge reads. */
  readonly tags: readonly ForgeRef[];
  readonly branches: readonly ForgeRef[];
  /** All other refs. */
  readonly unusable: readonly UnusableRef[];
  readonly defaultBranch: string | undefined;
  readonly archived: boolean;
  /** The links that Composer's own driver for the forge gives. */
  readonly links: RepositoryLinks;
  /** The manifests of all commits of refs that were read, by the commit, where the reader reads them one by one. */
  readonly manifests?: ReadonlyMap<string, KnownManifest> | undefined;
  /** When the reading of manifests may go on, if some were not read; milliseconds since the epoch. */
  readonly goOnAt?: number | undefined;
}

/** What a reading found at a commit. */
export interface KnownManifest extends ManifestText {
  /** The commit's date as in ForgeRef, where the list of refs does not have it. */
  readonly date?: string | undefined;
}

export interface RefsOptions {
  /** What earlier readings found, by the commit. It is not read again. */
  readonly known?: ReadonlyMap<string, KnownManifest>;
}

export interface ArchiveOptions {
  /** Nobody waits for it, so where the forge gives only a few archives, some of them are left for those who do. */
  readonly isBackground?: boolean;
  /** Nobody will miss it for days: it takes only what everything else leaves of the forge's budget. */
  readonly isSpare?: boolean;
}

/** Reads what is in a repository. */
export interface ContentReader {
  /**
   * All tags and branches; those that lead to a commit with their manifests. An empty repository has none. For manifests that are too large
   * or links, see ManifestText.
   *
   * @throws ForgeError `not-found` when the forge knows no such repository
   */
  readRefs(repository: RepositoryIds, options?: RefsOptions): Promise<ForgeRepository>;
  /**
   * Left out where manifests are read many at a time. Where each takes a request, what was read is kept for the next reading, and one reading may
   * leave some unread: the default branch and the newest tags come first, and without the default branch's it fails.
   */
  readonly oneByOne?: {
    /** When reading may go on, if not now; milliseconds since the epoch. Sends no request. */
    notBefore(): Promise<number | undefined>;
  };
  /**
   * The zip archive of one commit, as the forge builds it. Credentials are not sent to another host. A truncated archive is an error of the
   * stream, also a ForgeError.
   *
   * @throws ForgeError `not-found` when the forge says that it has no such commit, which proves nothing
   * @throws the signal's reason when the caller aborted
   */
  readArchive(
    repository: RepositoryIds,
    commit: string,
    signal: AbortSignal,
    options?: ArchiveOptions,
  ): Promise<Readable>;
  /**
   * The readme in a folder at the commit of a branch. One request; left out where the forge has no way to read it at that cost.
   *
   * @returns undefined where there is none, or none that is text of at most `readmeBytesMax`
   */
  readReadme?(repository: RepositoryIds, place: ReadmePlace): Promise<Readme | undefined>;
  /** Left out where folders below the root cannot be read. */
  readonly folders?: FolderReader;
}

/** What to read because of a webhook delivery. The smallest sufficient part costs least; a whole scope is correct too. */
export type Hint =
  | {
      readonly look: 'installation';
      readonly action: 'created' | 'changed' | 'removed';
      readonly organization: ForgeOrganization;
    }
  | { readonly look: 'scope'; readonly scope: AnyScope; readonly handle?: Handle | undefined }
  | { readonly look: 'repository-content'; readonly repository: ForgeRepositoryId };

/** A fact that, according to an event, was added or grants more, such as a repository that became public. */
export interface Arrival {
  /** As factKey names it. */
  readonly key: string;
  readonly expect: 'there' | 'public';
}

/** A fact that, according to an event, was removed or grants less, such as a repository that is no longer public. */
export interface Removal {
  /** As factKey names it. */
  readonly key: string;
  readonly expect: 'gone' | 'not-public';
}

export interface ParsedDelivery {
  /** The forge's id of the event; the same for each redelivery. */
  readonly deliveryId: string;
  readonly event: string;
  readonly installation: InstallationId | undefined;
  /** When the event happened, if the forge signs that with the body; milliseconds since the epoch. */
  readonly happenedAt?: number | undefined;
  /**
   * What was removed. It is withdrawn at once, before any read, so only what the event itself states. A read that still has it came too
   * early.
   */
  readonly removals: readonly Removal[];
  /** What was added. A read that does not have it yet came too early. */
  readonly arrivals: readonly Arrival[];
  /** Repositories that, according to the event, were deleted and not only hidden from us. */
  readonly deleted?: readonly ForgeRepositoryId[];
  readonly hints: readonly Hint[];
}

/** Verifies and parses deliveries. */
export interface WebhookReader {
  /**
   * Whether the delivery was signed with this secret: compared in constant time, over the raw bytes; or, if the forge does not sign,
   * whether it carries the secret itself. A delivery with neither gives false, never an error. Nothing in the body is trusted before this.
   */
  verify(
    body: Uint8Array,
    headers: Readonly<Record<string, string | undefined>>,
    secret: string,
  ): Promise<boolean>;
  /**
   * Parses a verified delivery. An unknown event gives no hints and no error.
   *
   * @throws WebhookFormatError when the body cannot be read, or a known event lacks what identifies its object; no other error
   */
  parse(body: Uint8Array, headers: Readonly<Record<string, string | undefined>>): ParsedDelivery;
}

export class WebhookFormatError extends Error {
  override readonly name = 'WebhookFormatError';
}

/** One attempt to deliver an event, from the log that the forge keeps for some days. */
export interface LoggedAttempt {
  /** The id of the attempt, for fetching its payload. */
  readonly id: string;
  /** The id of the event, which all its attempts share. */
  readonly deliveryId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether we acknowledged it in time. */
  readonly arrived: boolean;
  /** Whether the event is about the installation itself, which no read of an organization covers. */
  readonly aboutInstallation: boolean;
}

/** Reads the forge's own log of deliveries. */
export interface DeliveryLog {
  /**
   * The attempts since that time, newest first, page by page.
   *
   * @param since milliseconds since the epoch
   * @throws ForgeError
   */
  attempts(since: number): AsyncIterable<readonly LoggedAttempt[]>;
  /**
   * The payload of the attempt. It comes from the forge's API with our own credential, so there is no signature to check.
   *
   * @throws ForgeError `not-found` when the forge no longer keeps it
   * @throws WebhookFormatError as the reader of webhooks does
   */
  delivery(id: string): Promise<ParsedDelivery>;
}

/** One attempt to deliver an event, as people are shown it. */
export interface DeliveryAttempt extends Pick<LoggedAttempt, 'id' | 'deliveryId' | 'arrived'> {
  /** Milliseconds since the epoch; undefined where the forge does not say. */
  readonly at: number | undefined;
  readonly event: string;
  /** Whose event it is; undefined for one of the integration itself. */
  readonly installation: InstallationId | undefined;
  /** Our answer's status; undefined if there was none in time. */
  readonly status: number | undefined;
  readonly isRedelivery: boolean;
}

/** The same log for people: a page at a time, without payloads. Each method throws ForgeError. */
export interface AttemptLog {
  /** Newest first. One request. @param cursor `next` of the page before */
  page(
    cursor: string | undefined,
  ): Promise<{ readonly attempts: readonly DeliveryAttempt[]; readonly next: string | undefined }>;
  /** One request. @throws ForgeError `not-found` when the forge does not keep it */
  attempt(id: string): Promise<DeliveryAttempt>;
  /** Has the forge deliver the event again. One request. */
  redeliver(id: string): Promise<void>;
}
