/**
 * Decides from facts and open claims who may read which repository, and through which grants. What the facts do not show is not
 * granted.
 *
 * GitHub's rules: https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories
 */
import { hasExpired, nextExpiry } from './breadth.ts';
import { type Claim, isWithdrawn } from './claim.ts';
import {
  type CollaboratorFact,
  type Fact,
  type FactKind,
  factKey,
  type MemberFact,
  type RepositoryFact,
  type RoleMemberFact,
  type RoleTeamFact,
  type SettingsFact,
  type TeamFact,
  type TeamMemberFact,
  type TeamRepositoryFact,
} from './facts.ts';
import type { ForgeAccountId, ForgeRepositoryId, ForgeTeamId, Principal } from './ids.ts';
import type { VcsGrant } from './vcs-repository.ts';

/** A grant by which somebody may read a repository. */
export type Via =
  | { readonly through: 'owner' }
  | { readonly through: 'base-permission'; readonly permission: string }
  | { readonly through: 'everyone' }
  | { readonly through: 'members' }
  | {
      readonly through: 'team';
      readonly team: ForgeTeamId;
      readonly inheritedFrom: ForgeTeamId | undefined;
      readonly permission: string;
      /** The member's levels in the team by which it reads, where teams have levels. */
      readonly levels?: readonly string[];
    }
  | {
      readonly through: 'role';
      readonly role: string;
      readonly permission: string;
      /** The team whose members have the role; undefined when the account holds it directly. */
      readonly team: ForgeTeamId | undefined;
      readonly inheritedFrom: ForgeTeamId | undefined;
    }
  | { readonly through: 'collaborator'; readonly permission: string }
  /** An owner here lets the team install what is in a repository at a URL. */
  | { readonly through: 'granted'; readonly granted: Principal };

/** The facts of one synchronization that decide: all of them, or those about the subject. */
export interface AccessFacts {
  readonly settings: SettingsFact | undefined;
  readonly members: readonly MemberFact[];
  readonly teams: readonly TeamFact[];
  readonly teamMembers: readonly TeamMemberFact[];
  readonly teamRepositories: readonly TeamRepositoryFact[];
  readonly roleMembers: readonly RoleMemberFact[];
  readonly roleTeams: readonly RoleTeamFact[];
  readonly collaborators: readonly CollaboratorFact[];
  readonly repositories: readonly RepositoryFact[];
  /** Claims of events that no read has answered yet. */
  readonly claims: readonly Claim[];
  /** The number of the read that last gave each right, by the fact's key; 0 if unknown. */
  readonly givenAt: ReadonlyMap<string, number>;
}

/** Sorts facts by kind. */
export function accessFactsOf(
  facts: readonly Fact[],
  { claims, givenAt }: Pick<AccessFacts, 'claims' | 'givenAt'> = { claims: [], givenAt: new Map() },
): AccessFacts {
  const ofKind = <Kind extends FactKind>(kind: Kind) =>
    facts.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
  return {
    settings: ofKind('settings')[0],
    members: ofKind('member'),
    teams: ofKind('team'),
    teamMembers: ofKind('team-member'),
    teamRepositories: ofKind('team-repository'),
    roleMembers: ofKind('role-member'),
    roleTeams: ofKind('role-team'),
    collaborators: ofKind('collaborator'),
    repositories: ofKind('repository'),
    claims,
    givenAt,
  };
}

/** The facts without expired rows. */
function unexpired(all: AccessFacts, now: number): AccessFacts {
  const isCurrent = (fact: Fact): boolean => !hasExpired(fact, now);
  return {
    ...all,
    members: all.members.filter(isCurrent),
    teamMembers: all.teamMembers.filter(isCurrent),
    teamRepositories: all.teamRepositories.filter(isCurrent),
    collaborators: all.collaborators.filter(isCurrent),
  };
}

/** When the next of the rights ends by itself; milliseconds since the epoch, undefined if none does. */
export const nextEnd = (facts: AccessFacts, now: number): number | undefined =>
  nextExpiry(
    [...facts.members, ...facts.teamMembers, ...facts.teamRepositories, ...facts.collaborators],
    now,
  );

/**
 * The facts without those that claims withdraw. A repository that is not public any more counts as private until a read shows its
 * visibility. So members without a grant of their own lose it too, even if it became internal.
 */
function withoutWithdrawn(all: AccessFacts): AccessFacts {
  const { claims, givenAt } = all;
  if (claims.length === 0) {
    return all;
  }
  const gone = claims.filter(({ expect }) => expect === 'gone');
  const hidden = claims.filter(({ expect }) => expect === 'not-public');
  const isGranted = (fact: Fact): boolean => !isWithdrawn(gone, fact, givenAt.get(factKey(fact)) ?? 0);
  return {
    settings: all.settings,
    members: all.members.filter(isGranted),
    teams: all.teams.filter(isGranted),
    teamMembers: all.teamMembers.filter(isGranted),
    teamRepositories: all.teamRepositories.filter(isGranted),
    roleMembers: all.roleMembers.filter(isGranted),
    roleTeams: all.roleTeams.filter(isGranted),
    collaborators: all.collaborators.filter(isGranted),
    repositories: all.repositories
      .filter(isGranted)
      .map((fact) =>
        isWithdrawn(hidden, fact, givenAt.get(factKey(fact)) ?? 0)
          ? { ...fact, visibility: 'private' }
          : fact,
      ),
    claims,
    givenAt,
  };
}

/** What owners of the organization say of a person, whatever the forge says: only somebody `active` reads. */
export type PersonState = 'active' | 'waiting' | 'off';

export type Subject =
  /** `state`: the person's whose account it is; active if left out. */
  | { readonly kind: 'account'; readonly account: ForgeAccountId; readonly state?: PersonState }
  | { readonly kind: 'team'; readonly team: ForgeTeamId }
  /** Everybody with a valid token of the organization. */
  | { readonly kind: 'anyone'; readonly state?: PersonState };

export type Readable = ReadonlyMap<ForgeRepositoryId, readonly Via[]>;

/**
 * The repositories that the subject may read, each with every grant that allows it.
 *
 * An account's team rows count only if the list of members has the account, even if only as `outside`. If that list and a team's
 * list disagree, the narrower one wins.
 *
 * @param now milliseconds since the epoch
 */
export function decideAccess(subject: Subject, all: AccessFacts, now: number): Readable {
  if (subject.kind !== 'team' && (subject.state ?? 'active') !== 'active') {
    return new Map();
  }
  const facts = withoutWithdrawn(unexpired(all, now));
  const listed =
    subject.kind === 'account'
      ? facts.members.find((candidate) => candidate.account === subject.account)
      : undefined;
  const member = listed?.role === 'outside' ? undefined : listed;
  const teams = teamsOf(subject, listed, facts);
  const grants = [
    ...facts.repositories.flatMap((repository) => grantsByVisibility(repository, member, facts)),
    ...throughTeams(subject, teams, facts),
    ...throughRoles(subject, member, teams, facts),
    ...onRepositories(subject, facts),
  ];
  // A disabled repository is served to nobody, not even to owners.
  const known = new Set(
    facts.repositories.filter(({ disabled }) => !disabled).map((repository) => repository.repository),
  );
  const readable = new Map<ForgeRepositoryId, Via[]>();
  for (const { repository, via } of grants) {
    if (!known.has(repository)) {
      continue;
    }
    readable.set(repository, [...(readable.get(repository) ?? []), via]);
  }
  return readable;
}

/** What somebody is in an organization, for what its owners grant to its people and teams themselves. */
export interface Standing {
  /** One of its people, or one of its teams. */
  readonly belongs: boolean;
  /** That somebody is in, or the team itself. */
  readonly teams: readonly Principal[];
  /** Of a person; a team is always active. */
  readonly state: PersonState;
}

/**
 * What the facts of one synchronization say of the subject: the teams that its list of members and theirs agree on, without what events
 * withdrew and without what has ended. A team counts while it is known.
 *
 * @param now milliseconds since the epoch
 */
export function standingIn(
  subject: Subject,
  all: AccessFacts,
  now: number,
): { readonly belongs: boolean; readonly teams: readonly ForgeTeamId[] } {
  const facts = withoutWithdrawn(unexpired(all, now));
  if (subject.kind === 'anyone') {
    return { belongs: false, teams: [] };
  }
  if (subject.kind === 'team') {
    const isKnown = facts.teams.some(({ team }) => team === subject.team);
    return { belongs: isKnown, teams: isKnown ? [subject.team] : [] };
  }
  const { account } = subject;
  const listed = facts.members.find((candidate) => candidate.account === account);
  return {
    belongs: listed !== undefined || facts.collaborators.some((row) => row.account === account),
    teams: [...teamsOf(subject, listed, facts).keys()],
  };
}

/**
 * The repositories at a URL that somebody may read, each with every grant that allows it. No forge knows who may: owners here say so, and
 * being an owner grants nothing.
 */
export function decideVcsAccess({ belongs, teams, state }: Standing, grants: readonly VcsGrant[]): Readable {
  const readable = new Map<ForgeRepositoryId, readonly Via[]>();
  for (const { repository, readers } of state === 'active' ? grants : []) {
    const vias: Via[] = [
      ...(readers.everyone && belongs ? [{ through: 'everyone' } as const] : []),
      ...readers.teams
        .filter((team) => teams.includes(team))
        .map((granted) => ({ through: 'granted', granted }) as const),
    ];
    if (vias.length > 0) {
      readable.set(repository, vias);
    }
  }
  return readable;
}

interface Grant {
  readonly repository: ForgeRepositoryId;
  readonly via: Via;
}

/** What the repository grants to everybody, to members and to owners. @param member undefined for a subject that is not a member */
function grantsByVisibility(
  { repository, visibility }: RepositoryFact,
  member: MemberFact | undefined,
  { settings }: AccessFacts,
): readonly Grant[] {
  const vias: Via[] = [];
  if (visibility === 'public') {
    vias.push({ through: 'everyone' });
  }
  if (member?.role === 'owner' && member.readsByTeams !== true) {
    vias.push({ through: 'owner' });
  }
  if (member !== undefined && settings?.membersRead) {
    vias.push({ through: 'base-permission', permission: settings.basePermission });
  }
  if (member !== undefined && visibility === 'internal') {
    vias.push({ through: 'members' });
  }
  return vias.map((via) => ({ repository, via }));
}

const throughTeams = (
  subject: Subject,
  teams: ReadonlyMap<ForgeTeamId, readonly string[]>,
  { teamRepositories }: AccessFacts,
): readonly Grant[] =>
  teamRepositories
    .filter((row) => countsFor(row, subject, teams))
    .map((row) => {
      const { team, via, repository, permission } = row;
      const levels = readingLevels(row, teams);
      return {
        repository,
        via: {
          ...{ through: 'team', team, inheritedFrom: via === team ? undefined : via, permission },
          ...(levels.length > 0 && { levels }),
        },
      };
    });

/** Roles are held by members and teams, never by outside collaborators. */
function throughRoles(
  subject: Subject,
  member: MemberFact | undefined,
  teams: ReadonlyMap<ForgeTeamId, unknown>,
  facts: AccessFacts,
): readonly Grant[] {
  const grants: Grant[] = [];
  const withRoles = subject.kind === 'team' || member !== undefined ? teams : new Map();
  for (const via of rolesOf(member, withRoles, facts)) {
    grants.push(...facts.repositories.map(({ repository }) => ({ repository, via })));
  }
  return grants;
}

/** The account's direct grants on repositories. */
const onRepositories = (subject: Subject, { collaborators }: AccessFacts): readonly Grant[] =>
  collaborators
    .filter(({ account }) => subject.kind === 'account' && account === subject.account)
    .map(({ repository, permission }) => ({ repository, via: { through: 'collaborator', permission } }));

/**
 * The subject's roles on all repositories: those it holds directly, if it is a member, and those of its teams and the teams above
 * them. A team that is missing from the list of teams grants none.
 */
function rolesOf(
  member: MemberFact | undefined,
  teams: ReadonlyMap<ForgeTeamId, unknown>,
  { roleMembers, roleTeams, teams: tree }: AccessFacts,
): Via[] {
  const own = roleMembers
    .filter(({ account }) => account === member?.account)
    .map(
      ({ name, permission }): Via => ({
        through: 'role',
        role: name,
        permission,
        team: undefined,
        inheritedFrom: undefined,
      }),
    );
  if (roleTeams.length === 0) {
    return own;
  }
  const parents = new Map(tree.map(({ team, parent }) => [team, parent]));
  const throughTeams = [...teams.keys()].flatMap((team) => {
    const line = lineOf(team, parents);
    return roleTeams
      .filter((row) => line.has(row.team) && parents.has(row.team))
      .map(
        ({ name, permission, team: holder }): Via => ({
          through: 'role',
          role: name,
          permission,
          team,
          inheritedFrom: holder === team ? undefined : holder,
        }),
      );
  });
  return [...own, ...throughTeams];
}

/** The team and all teams above it. Parts are read one by one, so for a moment a team may be its own ancestor. */
function lineOf(
  team: ForgeTeamId,
  parents: ReadonlyMap<ForgeTeamId, ForgeTeamId | undefined>,
): ReadonlySet<ForgeTeamId> {
  const line = new Set<ForgeTeamId>();
  for (let at: ForgeTeamId | undefined = team; at !== undefined && !line.has(at); at = parents.get(at)) {
    line.add(at);
  }
  return line;
}

/** The teams that the subject is or belongs to, each with its levels there: it may belong to one in several ways. */
function teamsOf(
  subject: Subject,
  listed: MemberFact | undefined,
  facts: AccessFacts,
): ReadonlyMap<ForgeTeamId, readonly string[]> {
  if (subject.kind === 'team') {
    return new Map([[subject.team, []]]);
  }
  const teams = new Map<ForgeTeamId, readonly string[]>();
  for (const { account, team, level } of facts.teamMembers) {
    if (account === listed?.account) {
      teams.set(team, [...(teams.get(team) ?? []), ...(level === undefined ? [] : [level])]);
    }
  }
  return teams;
}

/** Whether the subject reads through the team's right: a team always does, a member if one of its levels does. */
function countsFor(
  { team, readers }: TeamRepositoryFact,
  subject: Subject,
  teams: ReadonlyMap<ForgeTeamId, readonly string[]>,
): boolean {
  const isReader =
    subject.kind === 'team' || readers === undefined || readingLevels({ team, readers }, teams).length > 0;
  return teams.has(team) && isReader;
}

const readingLevels = (
  { team, readers = [] }: Pick<TeamRepositoryFact, 'team' | 'readers'>,
  teams: ReadonlyMap<ForgeTeamId, readonly string[]>,
): readonly string[] => (teams.get(team) ?? []).filter((level) => readers.includes(level));
