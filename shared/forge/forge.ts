/**
 * What we ask of a forge, in capabilities of a few methods each. Every read is whole or throws a ForgeError: no method returns a
 * part of the truth, and what an answer does not have is never taken for absent because a request failed. Ids come from the forge's lasting ones
 * (`asId`), never from names; what an API wants instead is a fact's handle.
 */
import type { Readable } from 'node:stream';
import type { ManifestText } from '../composer/scanned-repository.ts';
import type { Fact, Handle, RepositoryFact } from '../domain/facts.ts';
import type { ForgeOrganizationId, ForgeRepositoryId, ForgeRoleId, InstallationId } from '../domain/ids.ts';
import type { RepositoryLinks } from '../domain/repository-links.ts';
import type { AnyScope, PartScope } from '../domain/scopes.ts';

export type { ForgeId } from '../domain/synchronization.ts';

export interface ForgeOrganization {
  readonly id: ForgeOrganizationId;
  readonly login: string;
  readonly suspended: boolean;
}

/**
 * Why the forge does not show a thing under its id. `gone`: it knows no such thing, and the credential sees all that the organization has.
 * `not-found`: it knows no such thing, but the credential sees a selection only. `elsewhere`: it is there, and not ours.
 */
export type Absence = 'gone' | 'not-found' | 'elsewhere';

/** A thing to be looked up. */
export interface LookedUp {
  readonly part: PartScope;
  /** As its fact has it. */
  readonly handle?: Handle | undefined;
}

/** What the forge says of one thing. */
export type LookUp =
  | { readonly is: 'absent'; readonly absence: Absence }
  | { readonly is: 'present' }
  /** It cannot be asked for this one: nothing is confirmed. */
  | { readonly is: 'unknown' };

/** What a whole read of a scope saw. */
export interface ScopeRead {
  /** Of the kinds of the scope (`kindsOf`), each key once; a part's facts are those that the whole scopes have of it. */
  readonly facts: readonly Fact[];
  /**
   * Of a part's read: every part that it is whole about, the asked one first (a team's read is whole about its descendants too, because
   * they inherit). Empty for a whole scope, whose read is whole about everything in it.
   */
  readonly covers: readonly PartScope[];
  /**
   * The forge says itself that what the read does not have is not there, or not ours to see: by the thing's own look-up. Otherwise an
   * absence is only an absence from a list.
   */
  readonly absenceIsAuthoritative: boolean;
  /** Of the read of a repository that is not there: why. */
  readonly absence?: Absence | undefined;
  /**
   * Why the forge shows nothing of the scope, in words for an owner: it has no such thing here, or does not let us see it. Then the read
   * says nothing of what is known.
   */
  readonly hiddenReason?: string | undefined;
  /**
   * Whether the list that would have the fact was held against the forge's total, so that a short one would have shown. Of all facts if
   * left out. What a list without a total does not have is looked for a second time.
   */
  readonly isCounted?: ((fact: Fact) => boolean) | undefined;
  /** Roles that are there and let nobody read, whoever holds them. */
  readonly powerless?: readonly ForgeRoleId[];
  /** Scopes that have to be read too, because of what this read saw (a team that is not known here, or has moved). */
  readonly followUps: readonly AnyScope[];
}

/** Where a reading stopped, to go on from there in another process; JSON, and the adapter's own. */
export interface ReadingProgress {
  readonly state: unknown;
  /** For people: of the things of the scope, how many are read and how many there are, where that is known. */
  readonly read: number;
  readonly total: number | undefined;
  /** A limit was met on the way: nobody goes on before; milliseconds since the epoch. */
  readonly notBefore?: number | undefined;
}

export type ScopeStep = { readonly done: ScopeRead } | { readonly unfinished: ReadingProgress };

export interface ReadingOptions {
  /** Of the part's thing, from its fact or from the event. Without it more requests are made. */
  readonly handle?: Handle | undefined;
  /**
   * What an earlier step of the same reading left. It went through JSON and the table, and may be of an earlier version: what an adapter does
   * not understand, it begins anew from.
   */
  readonly from?: unknown;
  /** Asked between requests: false ends the step, but each step gets somewhere. Always true if left out. */
  readonly mayContinue?: () => boolean;
}

/** Reads who may do what: the whole scopes of the forge's traits, and parts of them. */
export interface StructureReader {
  /**
   * The identity probe that opens and closes each run: which organization does the credential speak for? Asked of the forge each time.
   *
   * @throws ForgeError `credential-rejected` when the installation is gone, or the credential does not work any more
   */
  probe(): Promise<ForgeOrganization>;
  /**
   * The whole scope, every list paged to its end and counted against the forge's total (`isCounted` says where there is none); or a step of
   * it. A part that is not there is a whole read without facts and with `absenceIsAuthoritative`. A list that changes between two pages is read anew,
   * or `incomplete`.
   *
   * @param scope one of the traits' scopes, or a part
   * @throws ForgeError `incomplete` when anything does not add up; `credential-rejected`, `rate-limited` and so on as errors.ts has them
   */
  readScope(scope: AnyScope, options?: ReadingOptions): Promise<ScopeStep>;
  /**
   * What the forge says of these teams and repositories when it is asked for them by their ids. Every one has an answer; `unknown` where the
   * adapter cannot ask. `absent` has what is missing from a list taken away at any size, so a refusal, an outage or a hidden thing is none.
   *
   * @throws ForgeError when a look-up fails: then nothing is confirmed
   */
  lookUp(workItems: readonly LookedUp[]): Promise<ReadonlyMap<PartScope, LookUp>>;
}

/** One ref with the composer.json in the root at its commit. */
export interface ForgeRef extends ManifestText {
  readonly name: string;
  /** 40 hex digits; of an annotated tag, the commit that it leads to. */
  readonly commit: string;
  /** ISO 8601, the commit's date. */
  readonly date: string;
  /** As in ScannedRef: Composer's driver for the forge does not list it. */
  readonly leftOut?: string | undefined;
}

/** A ref that leads to no commit. */
export interface UnusableRef {
  readonly kind: 'tag' | 'branch';
  readonly name: string;
  /** A sentence for the repository's owner. */
  readonly reason: string;
}

export interface ForgeRepository {
  readonly tags: readonly ForgeRef[];
  readonly branches: readonly ForgeRef[];
  /** All other refs. */
  readonly unusable: readonly UnusableRef[];
  readonly defaultBranch: string | undefined;
  readonly archived: boolean;
  /** As Composer's own driver for the forge gives them. */
  readonly links: RepositoryLinks;
}

/** Which repository to read: what a RepositoryFact knows of its ids. Without the handle one request more may be made. */
export type RepositoryIds = Pick<RepositoryFact, 'repository' | 'handle'>;

/** Reads what is in a repository. */
export interface ContentReader {
  /**
   * All tags and branches, those that lead to a commit with their manifests. An empty repository has none. ManifestText says what becomes of
   * a manifest that is too large, or a link; the links are those that Composer's own driver for the forge would give.
   *
   * @throws ForgeError `not-found` when the forge knows no such repository
   */
  readRefs(repository: RepositoryIds): Promise<ForgeRepository>;
  /**
   * The zip archive of one commit, as the forge builds it. Credentials are not sent on to another host. An archive that breaks off
   * is an error of the stream, a ForgeError too.
   *
   * @throws ForgeError `not-found` when the forge has no such commit (or says so: a forge's 404 proves nothing)
   * @throws the signal's reason when the caller aborted
   */
  readArchive(repository: RepositoryIds, commit: string, signal: AbortSignal): Promise<Readable>;
}

/** Where a webhook delivery says to look. The smallest part that settles it costs least; a whole scope is right too. */
export type Hint =
  | {
      readonly look: 'installation';
      readonly action: 'created' | 'changed' | 'removed';
      readonly organization: ForgeOrganization;
    }
  | { readonly look: 'scope'; readonly scope: AnyScope; readonly handle?: Handle | undefined }
  | { readonly look: 'repository-content'; readonly repository: ForgeRepositoryId };

/** A fact of which an event says that it has come, or grants more: a repository that is public by now. */
export interface Arrival {
  /** As factKey names it. */
  readonly key: string;
  readonly expect: 'there' | 'public';
}

/** A fact of which an event says that it is gone, or grants less: a repository that is public no more. */
export interface Removal {
  /** As factKey names it. */
  readonly key: string;
  readonly expect: 'gone' | 'not-public';
}

export interface ParsedDelivery {
  /** The forge's id of the event; the same when it is delivered again. */
  readonly deliveryId: string;
  readonly event: string;
  readonly installation: InstallationId | undefined;
  /** When it happened, if the forge signs that with the body; milliseconds since the epoch. */
  readonly happenedAt?: number | undefined;
  /** What was taken away. It is withdrawn at once, before any read, so only what the event itself states: a read that still has it comes too early. */
  readonly removals: readonly Removal[];
  /** What came: a read that does not have it yet comes too early. */
  readonly arrivals: readonly Arrival[];
  /** Repositories of which the event says that they were deleted, and not only taken out of our sight. */
  readonly deleted?: readonly ForgeRepositoryId[];
  readonly hints: readonly Hint[];
}

/** Verifies and reads deliveries. */
export interface WebhookReader {
  /**
   * Whether it was made with this secret: in constant time, over the raw bytes that came; or, where the forge signs nothing, whether it brings
   * the secret itself. A delivery without either is false, never an error. Nothing of the body is believed before.
   */
  verify(
    body: Uint8Array,
    headers: Readonly<Record<string, string | undefined>>,
    secret: string,
  ): Promise<boolean>;
  /**
   * Says where to look. An event that we do not know gives no hints and no error.
   *
   * @throws WebhookFormatError when the body cannot be read, or a known event lacks what identifies its object; no other error
   */
  parse(body: Uint8Array, headers: Readonly<Record<string, string | undefined>>): ParsedDelivery;
}

export class WebhookFormatError extends Error {
  override readonly name = 'WebhookFormatError';
}

/** One attempt to deliver an event, as the forge keeps it for some days. */
export interface LoggedAttempt {
  /** Of the attempt; to ask for what was in it. */
  readonly id: string;
  /** Of the event; all its attempts share it. */
  readonly deliveryId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether we answered in time that we took it. */
  readonly arrived: boolean;
  /** Whether it is about the installation itself: what it told no reading of an organization finds. */
  readonly aboutInstallation: boolean;
}

/** Reads the forge's own log of what it tried to tell us. */
export interface DeliveryLog {
  /**
   * The attempts since then, newest first, page by page.
   *
   * @param since milliseconds since the epoch
   * @throws ForgeError
   */
  attempts(since: number): AsyncIterable<readonly LoggedAttempt[]>;
  /**
   * What was to be delivered. It comes from the forge's API over our own credential, so it has no signature to be checked.
   *
   * @throws ForgeError `not-found` when the forge does not keep it any more
   * @throws WebhookFormatError as the reader of webhooks does
   */
  delivery(id: string): Promise<ParsedDelivery>;
}
