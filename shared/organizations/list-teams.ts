/** Teams of an organization: those of code hosts, over all its synchronizations, and those that owners made by hand. */
import { CallerError } from '../domain/caller-error.ts';
import type { DelegatedRight } from '../domain/delegated-right.ts';
import type { TeamFact, TeamMemberFact } from '../domain/facts.ts';
import {
  type ForgeAccountId,
  ownTeamPrincipal,
  type Principal,
  parsePrincipal,
  type SynchronizationId,
  teamPrincipal,
  type UserId,
} from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Reader } from '../publish/effective-rights.ts';
import { factPage, teamMemberRows } from '../store/fact-page.ts';
import { findFact } from '../store/fact-store.ts';
import { findOwnTeam, type OwnTeam, ownTeamMemberPage, ownTeamPage } from '../store/own-team-store.ts';
import { listSynchronizations } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { rightsOfTeams } from '../store/team-rights-store.ts';
import { readUsers } from '../store/user-store.ts';

export interface ListedTeam {
  readonly id: Principal;
  /** `here`: owners made it by hand. */
  readonly from: 'code-host' | 'here';
  readonly synchronization: SynchronizationId | undefined;
  readonly slug: string;
  readonly name: string;
  /** The team above it. */
  readonly parent: Principal | undefined;
  /** The code host's own term. */
  readonly privacy: string | undefined;
  /** What owners here left to it. */
  readonly rights: readonly DelegatedRight[];
}

interface PageAsked {
  readonly limit: number;
  readonly after?: string | undefined;
}

/** Where the teams by hand stand in the list: after those of every synchronization. */
const here = 'here';

/**
 * A page of teams, which may be short before the last. Three reads.
 *
 * @param after `next` of the page before
 */
export async function teamsPage(
  table: Table,
  { id: organization }: Pick<Organization, 'id'>,
  { limit, after }: PageAsked,
): Promise<{ readonly teams: readonly ListedTeam[]; readonly next: string | undefined }> {
  const listed = await listSynchronizations(table, organization);
  const parts = [...listed.map(({ synchronization }) => synchronization), here] as const;
  const [name = parts[0], place] = (after ?? '').split(' ').filter((part) => part !== '');
  const at = parts.indexOf(name as SynchronizationId);
  const part = parts[at];
  if (part === undefined) {
    return { teams: [], next: undefined };
  }
  const { teams, next } =
    part === here
      ? await pageByHand(table, organization, { limit, after: place })
      : await pageOfForge(table, part, { limit, after: place });
  const rights = await rightsOfTeams(
    table,
    organization,
    teams.map(({ id }) => id),
  );
  return {
    teams: teams.map((team, index) => ({ ...team, rights: rights[index]?.rights ?? [] })),
    next: next === undefined ? parts[at + 1] : `${part} ${next}`,
  };
}

async function pageOfForge(table: Table, synchronization: SynchronizationId, page: PageAsked) {
  const { facts, next } = await factPage(table, synchronization, 'team', page);
  return { teams: facts.map((fact) => shownForgeTeam(synchronization, fact)), next };
}

async function pageByHand(table: Table, organization: Organization['id'], page: PageAsked) {
  const teams = await ownTeamPage(table, organization, page);
  return { teams: teams.map(shownOwnTeam), next: teams.length < page.limit ? undefined : teams.at(-1)?.id };
}

export const shownForgeTeam = (
  synchronization: SynchronizationId,
  { team, slug, name, parent, privacy }: TeamFact,
): ListedTeam => ({
  id: teamPrincipal(synchronization, team),
  from: 'code-host',
  synchronization,
  slug,
  name,
  parent: parent && teamPrincipal(synchronization, parent),
  privacy,
  rights: [],
});

export const shownOwnTeam = ({ id, slug, name }: OwnTeam): ListedTeam => ({
  id: ownTeamPrincipal(id),
  from: here,
  synchronization: undefined,
  slug,
  name,
  parent: undefined,
  privacy: undefined,
  rights: [],
});

type TeamReader = Extract<Reader, { kind: 'team' | 'own-team' }>;

/** A team, and what its rights are decided for. */
export interface FoundTeam {
  readonly team: ListedTeam;
  readonly reader: TeamReader;
}

/** @throws CallerError when the organization has no such team */
export async function teamIn(table: Table, organization: Organization, id: string): Promise<FoundTeam> {
  const reader = readerOf(id);
  const team = reader && (await teamOf(table, organization, reader));
  if (reader === undefined || team === undefined) {
    throw new CallerError('not-found', 'the organization has no such team');
  }
  const [found] = await rightsOfTeams(table, organization.id, [team.id]);
  return { team: { ...team, rights: found?.rights ?? [] }, reader };
}

async function teamOf(
  table: Table,
  { id: organization }: Organization,
  reader: TeamReader,
): Promise<ListedTeam | undefined> {
  if (reader.kind === 'own-team') {
    const own = await findOwnTeam(table, organization, reader.team);
    return own && shownOwnTeam(own);
  }
  const listed = await listSynchronizations(table, organization);
  const isHere = listed.some(({ synchronization }) => synchronization === reader.synchronization);
  const fact = isHere ? await findFact(table, reader.synchronization, `team#${reader.team}`) : undefined;
  return fact?.kind === 'team' ? shownForgeTeam(reader.synchronization, fact) : undefined;
}

/** @throws CallerError when the organization has no such team, or a code host has it */
export async function ownTeamIn(table: Table, organization: Organization, id: string): Promise<OwnTeam> {
  const { reader } = await teamIn(table, organization, id);
  const own = reader.kind === 'own-team' ? await findOwnTeam(table, organization.id, reader.team) : undefined;
  if (own === undefined) {
    throw new CallerError('conflict', 'it is a team of the code host, and can be changed only there');
  }
  return own;
}

function readerOf(id: string): TeamReader | undefined {
  try {
    const parts = parsePrincipal(id);
    return parts.kind === 'team' || parts.kind === 'own-team' ? parts : undefined;
  } catch {
    return undefined;
  }
}

export interface ListedTeamMember {
  readonly account?: ForgeAccountId;
  readonly person?: UserId;
  readonly login: string;
  readonly level?: string | undefined;
  /** The team that the membership comes from. */
  readonly inheritedFrom?: Principal | undefined;
}

/**
 * Members of a team. One or two reads besides those for the team. Of a code host's team a page may be short or empty: the members of all its teams
 * stand together, by account.
 *
 * @throws CallerError when the organization has no such team
 */
export async function teamMembersPage(
  table: Table,
  organization: Organization,
  id: string,
  page: PageAsked,
): Promise<{ readonly members: readonly ListedTeamMember[]; readonly next: string | undefined }> {
  const { reader } = await teamIn(table, organization, id);
  if (reader.kind === 'team') {
    return membersOnForge(table, reader, page);
  }
  const users = await ownTeamMemberPage(table, organization.id, reader.team, page);
  const known = await readUsers(table, users);
  return {
    members: users.map((person, place) => ({ person, login: known[place]?.login ?? person })),
    next: users.length < page.limit ? undefined : users.at(-1),
  };
}

/** Rows of all teams in one read, which has less than 1 MB of them; and reads of a page. */
const memberRows = { max: 2000, reads: 2 } as const;

/** An inherited membership names the team that it comes from. */
async function membersOnForge(
  table: Table,
  { synchronization, team }: Extract<TeamReader, { kind: 'team' }>,
  { limit, after }: PageAsked,
) {
  const members: ListedTeamMember[] = [];
  let place = after;
  for (let reads = 0; reads < memberRows.reads; reads++) {
    const rows = await teamMemberRows(table, synchronization, team, { limit: memberRows.max, after: place });
    for (const { fact, place: here } of rows) {
      place = here;
      if (fact !== undefined) {
        members.push(shownMember(synchronization, fact));
      }
      if (members.length === limit) {
        return { members, next: here };
      }
    }
    if (rows.length < memberRows.max) {
      return { members, next: undefined };
    }
  }
  return { members, next: place };
}

const shownMember = (
  synchronization: SynchronizationId,
  { team, account, login, level, via }: TeamMemberFact,
): ListedTeamMember => ({
  account,
  login,
  level,
  inheritedFrom: via === undefined || via === team ? undefined : teamPrincipal(synchronization, via),
});
