/**
 * What we ask of a forge, in capabilities of a few methods each. Every read is whole or throws a ForgeError: no method returns a
 * part of the truth.
 */
import type { Readable } from 'node:stream';
import type { Fact, RepositoryFact, ScopeName } from '../domain/facts.ts';
import type { ForgeOrganizationId, ForgeRepositoryId, InstallationId } from '../domain/ids.ts';

export type { ForgeId } from '../domain/synchronization.ts';

export interface ForgeOrganization {
  readonly id: ForgeOrganizationId;
  readonly login: string;
  readonly suspended: boolean;
}

/** Reads who may do what: one method per scope of a snapshot. */
export interface StructureReader {
  /**
   * The identity probe that opens and closes each run: which organization does the credential speak for?
   *
   * @throws ForgeError `credential-rejected` when the installation is gone
   */
  probe(): Promise<ForgeOrganization>;
  /**
   * The whole scope, every list paged to its end and counted against the forge's total.
   *
   * @throws ForgeError `incomplete` when anything does not add up
   */
  readScope(scope: ScopeName): Promise<readonly Fact[]>;
}

/** One ref with the manifest at its commit. */
export interface ForgeRef {
  readonly name: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** ISO 8601, the commit's date. */
  readonly date: string;
  /** The text of composer.json in the root; undefined if there is none. */
  readonly manifest: string | undefined;
}

export interface ForgeRepository {
  readonly tags: readonly ForgeRef[];
  readonly branches: readonly ForgeRef[];
  readonly defaultBranch: string | undefined;
  readonly archived: boolean;
}

/** Which repository to read: what a RepositoryFact knows of its ids. Without `nodeId` one request more is made. */
export type RepositoryIds = Pick<RepositoryFact, 'repository' | 'nodeId'>;

/** Reads what is in a repository. */
export interface ContentReader {
  /**
   * All tags and branches that lead to a commit, with their manifests. An empty repository has none.
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

/** Where a webhook delivery says to look. */
export type Hint =
  | {
      readonly look: 'installation';
      readonly action: 'created' | 'changed' | 'removed';
      readonly organization: ForgeOrganization;
    }
  | { readonly look: 'scope'; readonly scope: ScopeName }
  | { readonly look: 'repository-content'; readonly repository: ForgeRepositoryId };

export interface ParsedDelivery {
  /** The forge's id of the event; the same when it is delivered again. */
  readonly deliveryId: string;
  readonly event: string;
  readonly installation: InstallationId | undefined;
  /** Something was taken away: a read that does not show it comes too early. */
  readonly removal?: boolean;
  readonly hints: readonly Hint[];
}

/** Verifies and reads deliveries. */
export interface WebhookReader {
  /** Constant-time, over the raw bytes. */
  verify(body: Uint8Array, headers: Readonly<Record<string, string | undefined>>): Promise<boolean>;
  /**
   * Says where to look. An event that we do not know gives no hints and no error.
   *
   * @throws WebhookFormatError when a known event lacks what identifies its object
   */
  parse(body: Uint8Array, headers: Readonly<Record<string, string | undefined>>): ParsedDelivery;
}

export class WebhookFormatError extends Error {
  override readonly name = 'WebhookFormatError';
}

/** Counts and budgets of one reader, for the run's record. */
export interface RequestCount {
  readonly requests: number;
}
