/** Who may use a route. */
import type { ApiKeyScope } from '../../../shared/domain/api-key.ts';
import type { DelegatedRight } from '../../../shared/domain/delegated-right.ts';
import type { OrganizationId, SessionId, UserId } from '../../../shared/domain/ids.ts';
import type { Role } from '../../../shared/organizations/membership.ts';
import type { ApiKey } from '../../../shared/store/api-key-store.ts';

/** Who a route is for, from the widest. */
export const accesses = [
  /** Anybody; whoever asks is not looked at. */
  'public',
  /** Whoever is signed in. Of machines nobody: a key is nobody in particular. */
  'user',
  /** Whoever may read something of the organization in the path, outside collaborators too. */
  'reader',
  /** Members and owners of the organization in the path. */
  'member',
  /** Owners of the organization in the path. */
  'owner',
  /** Administrators of the installation. */
  'administrator',
] as const;
export type Access = (typeof accesses)[number];
export type OrganizationAccess = Extract<Access, 'reader' | 'member' | 'owner'>;

export const isOfOrganization = (access: Access): access is OrganizationAccess =>
  access === 'reader' || access === 'member' || access === 'owner';

/** A person with a session. */
export interface UserCaller {
  readonly kind: 'user';
  readonly user: UserId;
  readonly session: SessionId;
  /** When the person last proved at a code host who he is; milliseconds since the epoch. */
  readonly authenticatedAt: number;
}

/** A machine with a key of one organization. */
export interface KeyCaller {
  readonly kind: 'key';
  readonly key: ApiKey;
}

/** Whoever holds the key that was made when the installation was deployed. */
export interface OperatorCaller {
  readonly kind: 'operator';
}

export type Caller = UserCaller | KeyCaller | OperatorCaller;

/** Whether answers may name people to the caller: not to a machine that is only to read packages. */
export const mayReadPeople = (caller: Caller): boolean =>
  caller.kind !== 'key' || caller.key.scopes.includes('members');

export type Refusal =
  | 'unauthenticated'
  /** Answered like what does not exist. */
  | 'hidden'
  /** Will belong to the organization once an owner activates him. */
  | 'waiting'
  | 'forbidden'
  | 'missing-scope'
  | 'reauthentication-required';

/**
 * What is enough without the role: one of the rights that owners can leave to a team, on everything that the request is about
 * (frame/delegated.ts). It counts for people alone: a key does what its scopes and its maker's ownership allow.
 */
export interface OrRight {
  readonly rights: readonly DelegatedRight[];
  /**
   * What the request names: a package in the path; that and the repository in the body; a repository in the path; repositories in the body. Of
   * a `list` the handler shows what the right counts on.
   */
  readonly on: 'package' | 'package-and-repository' | 'repository' | 'repositories' | 'list';
}

/** A route, as far as access goes. */
export interface AccessRule {
  readonly access: Access;
  readonly orRight?: OrRight;
  /** What a machine's key needs; `none`: no key may. */
  readonly scope: ApiKeyScope | 'none';
  /** Scopes that are enough without that one. */
  readonly orScopes?: readonly ApiKeyScope[];
  /** A person has to have proved who he is within `freshMs`. */
  readonly isDangerous: boolean;
}

/** What is known of the caller where the route is. */
export interface Standing {
  /** Of the organization in the path, if there is one. */
  readonly organization: OrganizationId | undefined;
  /** There, the person's, or that of the person who made the key. */
  readonly role: Role | undefined;
  /** Whether the person waits there for an owner. */
  readonly isWaiting?: boolean;
  readonly isAdministrator: boolean;
  /** Whether a right that the route takes instead of the role counts for the person on anything. */
  readonly isDelegate?: boolean;
}

/** Fifteen minutes, in milliseconds. */
export const freshMs = 15 * 60_000;

const rolesFor: Readonly<Record<OrganizationAccess, readonly Role[]>> = {
  reader: ['owner', 'member', 'outside'],
  member: ['owner', 'member'],
  owner: ['owner'],
};

/**
 * Why the caller may not use the route; undefined if he may.
 *
 * @param now milliseconds since the epoch
 */
export function refusalOf(
  rule: AccessRule,
  caller: Caller | undefined,
  standing: Standing,
  now: number,
): Refusal | undefined {
  if (rule.access === 'public') {
    return undefined;
  }
  if (caller === undefined) {
    return 'unauthenticated';
  }
  // Whether it exists is decided first: nobody learns of another's organization by what is answered about rights.
  if (isOfOrganization(rule.access) && !belongs(caller, standing)) {
    return caller.kind === 'user' && standing.isWaiting ? 'waiting' : 'hidden';
  }
  switch (caller.kind) {
    case 'operator':
      return rule.access === 'user' ? 'forbidden' : undefined;
    case 'key':
      // Answered like a revoked key: it does not outlive its maker's ownership.
      if (isOfOrganization(rule.access) && caller.key.makerId !== undefined && standing.role !== 'owner') {
        return 'unauthenticated';
      }
      return hasScope(rule, caller) ? undefined : 'missing-scope';
    case 'user':
      return refusalOfUser(rule, caller, standing, now);
  }
}

const hasScope = ({ scope, orScopes = [] }: AccessRule, { key: { scopes } }: KeyCaller): boolean =>
  scope !== 'none' && [scope, ...orScopes].some((one) => scopes.includes(one));

function belongs(caller: Caller, { organization, role }: Standing): boolean {
  if (organization === undefined) {
    return false;
  }
  switch (caller.kind) {
    case 'operator':
      return true;
    case 'key':
      return caller.key.organization === organization;
    case 'user':
      return role !== undefined;
  }
}

function refusalOfUser(
  { access, orRight, isDangerous }: AccessRule,
  { authenticatedAt }: UserCaller,
  { role, isAdministrator, isDelegate = false }: Standing,
  now: number,
): Refusal | undefined {
  const hasRight = isOfOrganization(access)
    ? role !== undefined && (rolesFor[access].includes(role) || (orRight !== undefined && isDelegate))
    : access !== 'administrator' || isAdministrator;
  if (!hasRight) {
    return 'forbidden';
  }
  return isDangerous && now >= authenticatedAt + freshMs ? 'reauthentication-required' : undefined;
}
