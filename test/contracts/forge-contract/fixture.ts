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
import type { HookPlace } from '../../../shared/forge/hooks.ts';
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
  /** Long lists that the forge gives in one answer, however long they are. */
  readonly unpaged?: readonly LongList[];
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
  /** Left out if no hooks are installed for a connection. */
  readonly hooks?: HooksFixture;
  /** Left out if a connection has no credential that expires. */
  readonly credential?: CredentialFixture;
  /** Left out if people cannot sign in with accounts of the forge. */
  readonly signIn?: SignInFixture;
  close(): Promise<void>;
}

export type Role = 'owner' | 'member';

export interface SignInFixture {
  readonly signIn: SignIn;
  readonly integration: Integration;
  /** The same with a wrong client secret. */
  readonly withWrongSecret: Integration;
  readonly services: ForgeServices;
  /** The registered redirect address. */
  readonly redirectUri: string;
  /** Whether the forge checks code verifiers. */
  readonly hasPkce: boolean;
  /** Lifetime of a code in milliseconds. */
  readonly codeLifeMs: number;
  /** The connected organization. */
  readonly organization: ForgeOrganizationId;
  /** An organization that is not connected, with its owner; left out if the forge does not list such organizations. */
  readonly notConnected?: { readonly id: ForgeOrganizationId; readonly owner: ForgeAccountId };
  /** Creates an account with that role in `organization`. */
  addPerson(role: Role): Promise<ForgeAccountId>;
  setRole(account: ForgeAccountId, role: Role): Promise<void>;
  /**
   * Opens the sign-in page and consents as the account, or declines if it is undefined.
   *
   * @returns the query of the callback
   */
  visit(address: string, account: ForgeAccountId | undefined): Promise<URLSearchParams>;
  /** Revokes the person's grant at the forge. */
  revoke(account: ForgeAccountId): Promise<void>;
  /** The parameters of the redirect after access to `organization` was granted, and made-up ones. Left out without such a page. */
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

/** What people and failures do to a hook. */
export const spoiled = [
  ...(['another address', 'no events', 'no secret', 'no check of certificates'] as const),
  ...(['a pause after failures', 'too many failures'] as const),
] as const;
export type Spoiled = (typeof spoiled)[number];

export interface HooksFixture {
  /** Deliveries are taken at all addresses that begin like this. */
  readonly url: string;
  spoil(hook: string, how: Spoiled): Promise<void>;
  /** Installs a hook that is not ours. @returns its id */
  addForeign(place: HookPlace): Promise<string>;
  /** Pushes to the repository, or any. @returns what was delivered to the address */
  pushed(place: HookPlace, url: string): Promise<readonly Delivery[]>;
}

/** Asserts that an optional part of the fixture is there; the contract only runs a part that is. */
export function given<Part>(part: Part | undefined): Part {
  if (part === undefined) {
    throw new Error('the fixture lacks a part that the contract is about');
  }
  return part;
}
