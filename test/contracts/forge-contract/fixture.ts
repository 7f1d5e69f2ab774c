/** What a forge's suite provides to the contract. */
import type { FactKind } from '../../../shared/domain/facts.ts';
import type { ForgeTraits } from '../../../shared/domain/forge-traits.ts';
import type {
  ForgeAccountId,
  ForgeOrganizationId,
  ForgeRepositoryId,
  ForgeTeamId,
} from '../../../shared/domain/ids.ts';
import type { ScopeName } from '../../../shared/domain/scopes.ts';
import type { ForgeErrorCode } from '../../../shared/forge/errors.ts';
import type { WebhookReader } from '../../../shared/forge/forge.ts';
import type { ForgeClient, ForgeServices, Integration } from '../../../shared/forge/module.ts';
import type { SignIn } from '../../../shared/forge/sign-in.ts';

/**
 * Changes an organization that at first has at least one owner. Methods for kinds of facts that the forge's layout lacks are never called.
 */
export interface WorldChanges {
  addMember(): Promise<ForgeAccountId>;
  removeMember(account: ForgeAccountId): Promise<void>;
  addTeam(): Promise<ForgeTeamId>;
  removeTeam(team: ForgeTeamId): Promise<void>;
  addTeamMember(team: ForgeTeamId, account: ForgeAccountId): Promise<void>;
  removeTeamMember(team: ForgeTeamId, account: ForgeAccountId): Promise<void>;
  /** Gives the team the right to read the repository. */
  grant(team: ForgeTeamId, repository: ForgeRepositoryId): Promise<void>;
  revoke(team: ForgeTeamId, repository: ForgeRepositoryId): Promise<void>;
  /** Creates a private repository without refs. */
  addRepository(name: string): Promise<ForgeRepositoryId>;
  removeRepository(repository: ForgeRepositoryId): Promise<void>;
  renameRepository(repository: ForgeRepositoryId, name: string): Promise<void>;
  addCollaborator(repository: ForgeRepositoryId, account: ForgeAccountId): Promise<void>;
  removeCollaborator(repository: ForgeRepositoryId, account: ForgeAccountId): Promise<void>;
  /** Commits a manifest on top of the ref, or as its first commit. @returns the commit */
  push(repository: ForgeRepositoryId, kind: 'tag' | 'branch', ref: string, manifest: string): Promise<string>;
  removeRef(repository: ForgeRepositoryId, kind: 'tag' | 'branch', ref: string): Promise<void>;
}

/** The scopes whose lists are longer than a page; a forge has those of its layout. */
export const longLists = ['members', 'teams', 'repositories', 'permissions'] as const satisfies ScopeName[];
export type LongList = (typeof longLists)[number];

/** The kinds of facts that the contract makes and removes; a forge has those of its layout. */
export type MadeKind = Exclude<FactKind, 'settings' | 'role-member' | 'role-team'>;

export type Answer = 'unavailable' | 'gone' | 'unauthorized' | 'forbidden' | 'too-many-requests';

/** The error code that each answer leads to. */
export const codeOfAnswer: Readonly<Record<Answer, ForgeErrorCode>> = {
  unavailable: 'unavailable',
  gone: 'gone',
  unauthorized: 'credential-rejected',
  forbidden: 'insufficient-scope',
  'too-many-requests': 'rate-limited',
};

/** What the forge does wrong until it is reset. */
export type Fault =
  /** Every request gets an error: 503, 410, 401, 403, or 429 with a wait of one minute. */
  | { readonly answers: Answer }
  /** Every page of the list but the first lacks an item that exists. */
  | { readonly shortPagesOf: LongList };

export interface ForgeFixture {
  readonly traits: ForgeTraits;
  readonly changes: WorldChanges;
  readonly fault: (fault: Fault | undefined) => void;
  /** Faults that the forge does not have. */
  readonly cannot?: readonly (Answer | 'short-pages')[];
  /** Opens the forge as a new process does. Processes share what is stored: budgets and the credential. */
  open(): Promise<ForgeClient>;
  /**
   * Fills each long list (members, teams, repositories, collaborators) with more than two pages, and links some of the entries.
   *
   * @returns how many of each
   */
  fill(): Promise<number>;
  /** How many requests the forge has received from all processes. */
  requests(): number;
  readonly clock: { now(): number; advance(ms: number): void };
  /** Left out if the forge sends no deliveries. */
  readonly deliveries?: DeliveriesFixture;
  /** Left out if a connection has no credential that expires. */
  readonly credential?: CredentialFixture;
  /** Left out where people cannot sign in with their account. */
  readonly signIn?: SignInFixture;
  close(): Promise<void>;
}

export type Role = 'owner' | 'member';

export interface SignInFixture {
  readonly signIn: SignIn;
  readonly integration: Integration;
  /** The same, with a client secret that is not the forge's. */
  readonly withWrongSecret: Integration;
  readonly services: ForgeServices;
  /** Registered at the forge. */
  readonly redirectUri: string;
  /** Whether a code is tied to the verifier of who asked for it. */
  readonly hasPkce: boolean;
  /** How long a code may be exchanged, in milliseconds. */
  readonly codeLifeMs: number;
  /** Connected, so that it can be read. */
  readonly organization: ForgeOrganizationId;
  /** Another one, to which nobody gave us access and whose only owner is this account; if the forge shows such ones. */
  readonly notConnected?: { readonly id: ForgeOrganizationId; readonly owner: ForgeAccountId };
  /** Gives a new account that role in `organization`. */
  addPerson(role: Role): Promise<ForgeAccountId>;
  setRole(account: ForgeAccountId, role: Role): Promise<void>;
  /**
   * What happens in a browser: the person who comes to that address agrees, or declines without an account.
   *
   * @returns the query with which the browser comes back
   */
  visit(address: string, account: ForgeAccountId | undefined): Promise<URLSearchParams>;
  /** The person takes back, at the forge, what was granted. */
  revoke(account: ForgeAccountId): Promise<void>;
  /** With what the forge sends a person back who gave access to the organization, and with what it would for one that is not there. */
  readonly installed?: { readonly real: URLSearchParams; readonly madeUp: URLSearchParams };
}

export interface CredentialFixture {
  /** How often the forge has exchanged a refresh token. */
  exchanges(): number;
  /** How long an access token lasts, in milliseconds. */
  readonly lifeMs: number;
  /** Revokes the owner's grant. */
  revoke(): void;
}

export interface Delivery {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface DeliveriesFixture {
  readonly webhooks: WebhookReader;
  /**
   * Which kinds of facts have events when they come and go: `where`, the event names what to read; `what`, it also names the removed fact.
   * Kinds left out have no events. Every forge reports pushes.
   */
  readonly reports: Readonly<Partial<Record<MadeKind, 'where' | 'what'>>>;
  /** Deliveries since the last call, made with the secret. */
  take(): Promise<readonly Delivery[]>;
  readonly secret: string;
  /** Whether the body is signed; otherwise the secret itself is sent. */
  readonly signsBody: boolean;
  /** The same delivery made with another secret. */
  madeWith(secret: string, delivery: Delivery): Delivery;
  /** An event that the adapter knows but without its object, and an event that no adapter knows. */
  readonly withoutObject: Delivery;
  readonly unknown: Delivery;
}

/** Asserts that an optional part of the fixture is there; the contract only runs a part that is. */
export function given<Part>(part: Part | undefined): Part {
  if (part === undefined) {
    throw new Error('the fixture lacks a part that the contract is about');
  }
  return part;
}
