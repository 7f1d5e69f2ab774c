/**
 * Facts: what a synchronization knows of its forge organization. Each belongs to exactly one scope.
 *
 * A scope (scopes.ts) is read completely, or the read is incomplete. Adapters return facts; the store keeps them with the number
 * of the read that saw them; access.ts decides from them.
 */
import type { ForgeAccountId, ForgeRepositoryId, ForgeRoleId, ForgeTeamId } from './ids.ts';

/**
 * What an adapter needs besides the id to request an object from one of its forge's APIs (GraphQL's node id on GitHub); stored so
 * that it need not be looked up. Only the adapter interprets it, and it may be missing. Never a key.
 */
export type Handle = string;

/** What every member may do with the organization's private repositories; `unknown` grants nothing. */
export interface SettingsFact {
  readonly kind: 'settings';
  /** The forge's own term, for display: GitHub's `none`, `read`, `write`, `admin`. */
  readonly basePermission: string;
  /** Whether that lets members read. */
  readonly membersRead: boolean;
  readonly login: string;
  readonly name: string;
}

/** A row whose right may have an expiry on the forge. */
interface EndingRow {
  /** When the right expires; milliseconds since the epoch, undefined for never. */
  readonly expiresAt?: number | undefined;
}

/**
 * An active member of the forge organization. Invited accounts are not emitted, nor suspended ones where the forge shows that
 * (GitHub's lists do not).
 */
export interface MemberFact extends EndingRow {
  readonly kind: 'member';
  readonly account: ForgeAccountId;
  readonly login: string;
  /**
   * `outside`: in a team or on a repository without being a member of the organization (GitLab, Bitbucket). Such an account has
   * the rights of these rows, and nothing that members have: no base permission, no internal repositories, no roles.
   */
  readonly role: 'owner' | 'member' | 'outside';
  /** The forge's own term: GitHub's `ADMIN`, `MEMBER`. */
  readonly forgeRole?: string | undefined;
  /**
   * Of an owner: he reads what the rows of his teams say, and nothing as an owner. So an event that ends his place in a team ends
   * what he reads by it. Left out, owners read everything.
   */
  readonly readsByTeams?: true | undefined;
}

/** A team. Its rights are in rows of their own; the parent matters for roles only, which teams inherit from those above. */
export interface TeamFact {
  readonly kind: 'team';
  readonly team: ForgeTeamId;
  readonly slug: string;
  readonly name: string;
  readonly parent: ForgeTeamId | undefined;
  /** The forge's own term for who sees the team: GitHub's `VISIBLE`, `SECRET`. Its members have its rights in any case. */
  readonly privacy?: string | undefined;
  readonly handle?: Handle | undefined;
}

/** An account's membership in a team. An inherited one is emitted for each team that inherits it. Of several, each counts. */
export interface TeamMemberFact extends EndingRow {
  readonly kind: 'team-member';
  readonly team: ForgeTeamId;
  readonly account: ForgeAccountId;
  readonly login: string;
  /** The forge's own term for what the account may do in the team, where that decides what it reads: GitLab's access level. */
  readonly level?: string | undefined;
  /**
   * The team that the membership is inherited from; the team itself, or left out, if it is direct. Part of the key if it is
   * another team.
   */
  readonly via?: ForgeTeamId | undefined;
}

/** A team's right to read a repository; inherited ones are emitted for each team that inherits. */
export interface TeamRepositoryFact extends EndingRow {
  readonly kind: 'team-repository';
  readonly team: ForgeTeamId;
  readonly repository: ForgeRepositoryId;
  /** The forge's own term for the level. */
  readonly permission: string;
  /** The team that the right was given to; the team itself if it is direct. */
  readonly via: ForgeTeamId;
  /**
   * The adapter emits a row for each way to the repository, so `via` is part of the key if it is another team. Left out where one
   * row stands for all ways, as on GitHub: those keys were stored without it.
   */
  readonly keyedByVia?: true | undefined;
  /**
   * The levels of the team's members to whom the right applies; all members if left out. A set, which the adapter derives from
   * the forge's rules: a link limits what a member may do, and the higher of two levels need not include reading. A token of the
   * team itself reads through it.
   */
  readonly readers?: readonly string[] | undefined;
}

/** A role that lets its holders read every repository of the organization. Roles that do not are not emitted. */
interface RoleRow {
  readonly role: ForgeRoleId;
  /** The role's name, for display: GitHub's `all_repo_read`, or the name that an owner chose. */
  readonly name: string;
  /** The forge's own term for what it allows on each repository. */
  readonly permission: string;
}

/** The account holds the role directly. Through a team it has the role by its row in the team. */
export interface RoleMemberFact extends RoleRow {
  readonly kind: 'role-member';
  readonly account: ForgeAccountId;
  readonly login: string;
}

/**
 * The team holds the role directly; the teams below inherit it. Also used for a team that reads every repository, now and later,
 * where a forge has such teams: it needs no row for each repository.
 */
export interface RoleTeamFact extends RoleRow {
  readonly kind: 'role-team';
  readonly team: ForgeTeamId;
}

export interface RepositoryFact {
  readonly kind: 'repository';
  readonly repository: ForgeRepositoryId;
  readonly name: string;
  /** Includes the forge organization's login; for display and addresses, never a key. */
  readonly fullName: string;
  readonly visibility: 'public' | 'internal' | 'private';
  readonly fork: boolean;
  readonly archived: boolean;
  readonly disabled: boolean;
  readonly defaultBranch: string | undefined;
  /**
   * When it was created according to the forge, ISO 8601; missing in facts stored before this was read, until the next complete
   * read.
   */
  readonly createdAt?: string | undefined;
  /** ISO 8601; when it changes, the repository is scanned. */
  readonly pushedAt: string | undefined;
  /** The numbers of tags and branches: nothing else shows that one was deleted. */
  readonly tagCount?: number | undefined;
  readonly branchCount?: number | undefined;
  readonly handle?: Handle | undefined;
}

/**
 * An account with a direct grant on the repository. The row is enough by itself: an account that is not a member needs no
 * MemberFact for it, unless it is in a team (then one with the role `outside`).
 */
export interface CollaboratorFact extends EndingRow {
  readonly kind: 'collaborator';
  readonly repository: ForgeRepositoryId;
  readonly account: ForgeAccountId;
  readonly login: string;
  readonly permission: string;
}

export type Fact =
  | SettingsFact
  | MemberFact
  | TeamFact
  | TeamMemberFact
  | TeamRepositoryFact
  | RoleMemberFact
  | RoleTeamFact
  | RepositoryFact
  | CollaboratorFact;

export type FactKind = Fact['kind'];

export const factKinds = [
  'settings',
  'member',
  'team',
  'team-member',
  'team-repository',
  'role-member',
  'role-team',
  'repository',
  'collaborator',
] as const satisfies readonly FactKind[];

/**
 * Identifies a fact within one synchronization. Keys of an account's rows begin with the account, so that one consistent query
 * finds them.
 */
export function factKey(fact: Fact): string {
  switch (fact.kind) {
    case 'settings':
      return 'settings';
    case 'member':
      return `member#${fact.account}`;
    case 'team':
      return `team#${fact.team}`;
    case 'team-member':
      return `team-member#${fact.account}#${fact.team}${viaInKey(fact)}`;
    case 'team-repository':
      return `team-repository#${fact.team}#${fact.repository}${fact.keyedByVia ? viaInKey(fact) : ''}`;
    case 'role-member':
      return `role-member#${fact.account}#${fact.role}`;
    case 'role-team':
      return `role-team#${fact.team}#${fact.role}`;
    case 'repository':
      return `repository#${fact.repository}`;
    case 'collaborator':
      return `collaborator#${fact.account}#${fact.repository}`;
  }
}

type InheritableFact = TeamMemberFact | TeamRepositoryFact;

const viaInKey = ({ team, via = team }: InheritableFact): string => (via === team ? '' : `#${via}`);

/** Whether the row is inherited from another team. */
export const isInherited = (fact: Fact): fact is InheritableFact & { readonly via: ForgeTeamId } =>
  (fact.kind === 'team-member' || fact.kind === 'team-repository') && (fact.via ?? fact.team) !== fact.team;

/** The key of the row that is inherited, in the team that it comes from. */
export const inheritedKey = (fact: InheritableFact & { readonly via: ForgeTeamId }): string =>
  factKey({ ...fact, team: fact.via });

/** A fact as stored, with the number of the read that saw it, drawn before that read's first request. */
export interface StoredFact {
  readonly fact: Fact;
  readonly observedAt: number;
  /** The number of the read that first saw it: repositories of later reads are new. */
  readonly firstObservedAt: number;
  /** When it last changed rights: it was added, narrowed or widened; milliseconds since the epoch. */
  readonly changedAt: number;
  /** The number of the read that last gave its right, which answers events that withdrew it before. */
  readonly givenAt: number;
  /** Whether only a read narrowed it, which may have lagged behind an addition. */
  readonly inDoubt: boolean;
}

/** A removed fact, kept for a day. */
export interface Tombstone {
  /** The number of the read that did not see it. */
  readonly observedAt: number;
  /** When it was removed; milliseconds since the epoch. */
  readonly changedAt: number;
  /** The fact, if absence from a list was the only evidence. */
  readonly missed?: Fact | undefined;
  /** Whether only a read removed it, which may have lagged behind an addition. */
  readonly inDoubt?: boolean | undefined;
}
