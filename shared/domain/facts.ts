/**
 * What a synchronization knows of its forge organization: facts, each belonging to exactly one scope.
 *
 * A scope (scopes.ts) is read whole or it is unfinished. Adapters emit facts; the store keeps them with the number of the read that
 * saw them; access.ts decides from them.
 */
import type { ForgeAccountId, ForgeRepositoryId, ForgeRoleId, ForgeTeamId } from './ids.ts';

/**
 * By what an adapter asks one of its forge's APIs for the thing, where that is not the id (GraphQL's node id on GitHub); kept so that nobody
 * has to look for it. Only the adapter reads it, and that there is none says nothing. Never a key.
 */
export type Handle = string;

/** What everyone in the organization may do with its private repositories; `unknown` grants nothing. */
export interface SettingsFact {
  readonly kind: 'settings';
  /** The forge's own word, kept for display: GitHub's `none`, `read`, `write`, `admin`. */
  readonly basePermission: string;
  /** Our reading of it. */
  readonly membersRead: boolean;
  readonly login: string;
  readonly name: string;
}

/** A place or a right of which the forge may say when its right ends. */
interface EndingRow {
  /** From then on it gives nothing; milliseconds since the epoch. Undefined: the right does not end by itself. */
  readonly expiresAt?: number | undefined;
}

/**
 * An active member of the forge organization. Invited ones are no members and are not emitted, nor suspended ones where the forge says
 * so (GitHub's lists do not).
 */
export interface MemberFact extends EndingRow {
  readonly kind: 'member';
  readonly account: ForgeAccountId;
  readonly login: string;
  /**
   * `outside`: in a team or on a repository of an organization whose member one is not (GitLab, Bitbucket). One has what these give, and
   * nothing that members have: no base permission, nothing internal, no roles.
   */
  readonly role: 'owner' | 'member' | 'outside';
  /** The forge's own word for it: GitHub's `ADMIN`, `MEMBER`. */
  readonly forgeRole?: string | undefined;
}

/** Rights come from the rows; the parent counts for roles only, which the teams below the one that holds them have too. */
export interface TeamFact {
  readonly kind: 'team';
  readonly team: ForgeTeamId;
  readonly slug: string;
  readonly name: string;
  readonly parent: ForgeTeamId | undefined;
  /** The forge's own word for who sees the team: GitHub's `VISIBLE`, `SECRET`. Everybody in it has its rights in any case. */
  readonly privacy?: string | undefined;
  readonly handle?: Handle | undefined;
}

/** A place in a team; a place that is inherited is emitted for each team that inherits it. Of several, each counts. */
export interface TeamMemberFact extends EndingRow {
  readonly kind: 'team-member';
  readonly team: ForgeTeamId;
  readonly account: ForgeAccountId;
  readonly login: string;
  /** The forge's own word for what the account may do in the team, where that decides what it reads: GitLab's access level. */
  readonly level?: string | undefined;
  /** The team whose place is inherited; the team itself, or left out, when it is its own. Part of the key where it is another team. */
  readonly via?: ForgeTeamId | undefined;
}

/** The team may read the repository; inherited rows are emitted for each team that inherits. */
export interface TeamRepositoryFact extends EndingRow {
  readonly kind: 'team-repository';
  readonly team: ForgeTeamId;
  readonly repository: ForgeRepositoryId;
  /** The forge's own word for the level. */
  readonly permission: string;
  /** The team that the right was given to; the team itself when it is its own. */
  readonly via: ForgeTeamId;
  /**
   * The adapter emits a row for each way to the repository, so that `via` is part of the key where it is another team. Left out where one row stands for all
   * ways, as GitHub's: their keys were stored without it.
   */
  readonly keyedByVia?: true | undefined;
  /**
   * The levels of the team's members for whom it counts; all members if left out. A set, which the adapter makes of the forge's rules: a
   * link caps what a member may do, and of two levels the higher one need not read. A token of the team itself reads through it.
   */
  readonly readers?: readonly string[] | undefined;
}

/** A role by which whoever holds it may read every repository of the organization. Roles that read none are no facts. */
interface RoleRow {
  readonly role: ForgeRoleId;
  /** The role's own name, for display: GitHub's `all_repo_read`, or what an owner called it. */
  readonly name: string;
  /** The forge's own word for what it may do with each repository. */
  readonly permission: string;
}

/** The account was given the role itself. Through a team it has it by its row in the team. */
export interface RoleMemberFact extends RoleRow {
  readonly kind: 'role-member';
  readonly account: ForgeAccountId;
  readonly login: string;
}

/**
 * The team was given the role itself; the teams below it have it by their parents. Also for a team that reads every repository, now and
 * later, where a forge has such teams: no row for each repository is needed.
 */
export interface RoleTeamFact extends RoleRow {
  readonly kind: 'role-team';
  readonly team: ForgeTeamId;
}

export interface RepositoryFact {
  readonly kind: 'repository';
  readonly repository: ForgeRepositoryId;
  readonly name: string;
  /** With the forge organization's login; an attribute for people and for addresses, never a key. */
  readonly fullName: string;
  readonly visibility: 'public' | 'internal' | 'private';
  readonly fork: boolean;
  readonly archived: boolean;
  readonly disabled: boolean;
  readonly defaultBranch: string | undefined;
  /** When the forge says that it was made, ISO 8601; facts stored before we asked have none until the next whole read. */
  readonly createdAt?: string | undefined;
  /** ISO 8601; a change of it means that there is something to scan. */
  readonly pushedAt: string | undefined;
  /** How many tags and branches there are: one that was deleted is told by nothing else. */
  readonly tagCount?: number | undefined;
  readonly branchCount?: number | undefined;
  readonly handle?: Handle | undefined;
}

/**
 * Somebody named on the repository itself. The row counts by itself: who is no member needs no MemberFact for it. Who is in a team does, with
 * the role `outside`.
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
 * What tells a fact from the others of its kind within one synchronization. Rows of an account begin with the account, so that
 * one consistent query finds them.
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

/** Whether the team has the place or the right from another one. */
export const isInherited = (fact: Fact): fact is InheritableFact & { readonly via: ForgeTeamId } =>
  (fact.kind === 'team-member' || fact.kind === 'team-repository') && (fact.via ?? fact.team) !== fact.team;

/** The key of the place or right that is inherited, as the team has it that gives it. */
export const inheritedKey = (fact: InheritableFact & { readonly via: ForgeTeamId }): string =>
  factKey({ ...fact, team: fact.via });

/** A fact as stored: with the number of the read that saw it, drawn before that read's first request. */
export interface StoredFact {
  readonly fact: Fact;
  readonly observedAt: number;
  /** The number of the read that saw it first: repositories of later reads are new ones. */
  readonly firstObservedAt: number;
  /** When rights last changed by it: it came, or grew wider or narrower; milliseconds since the epoch. */
  readonly changedAt: number;
  /** The number of the read that gave its right last: events that withdrew it before are answered. */
  readonly givenAt: number;
  /** It was narrowed by a read alone, which may have lagged behind what gave it. */
  readonly inDoubt: boolean;
}

/** A removed fact, kept for a day. */
export interface Tombstone {
  /** The number of the read that did not see it. */
  readonly observedAt: number;
  /** When it was removed; milliseconds since the epoch. */
  readonly changedAt: number;
  /** The fact, if it was removed because a list did not have it, and nothing else said so. */
  readonly missed?: Fact | undefined;
  /** It was removed by a read alone, which may have lagged behind what gave it. */
  readonly inDoubt?: boolean | undefined;
}
