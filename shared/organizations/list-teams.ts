/** Teams of an organization, over all its synchronizations. */
import { CallerError } from '../domain/caller-error.ts';
import type { DelegatedRight } from '../domain/delegated-right.ts';
import type { TeamFact, TeamMemberFact } from '../domain/facts.ts';
import { type Principal, parsePrincipal, type SynchronizationId, teamPrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Reader } from '../publish/effective-rights.ts';
import { factPage } from '../store/fact-page.ts';
import { findFact, loadFacts } from '../store/fact-store.ts';
import { listSynchronizations } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { rightsOfTeams } from '../store/team-rights-store.ts';

export interface ListedTeam {
  readonly id: Principal;
  readonly synchronization: SynchronizationId;
  readonly slug: string;
  readonly name: string;
  /** The team above it. */
  readonly parent: Principal | undefined;
  /** The code host's own term. */
  readonly privacy: string | undefined;
  /** What owners here left to it. */
  readonly rights: readonly DelegatedRight[];
}

/**
 * A page of teams, which may be short before the last. Three reads.
 *
 * @param after `next` of the page before
 */
export async function teamsPage(
  table: Table,
  { id: organization }: Pick<Organization, 'id'>,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly teams: readonly ListedTeam[]; readonly next: string | undefined }> {
  const listed = await listSynchronizations(table, organization);
  const [name, place] = (after ?? '').split(' ');
  const at = name === '' ? 0 : listed.findIndex(({ synchronization }) => synchronization === name);
  const synchronization = listed[at]?.synchronization;
  if (synchronization === undefined) {
    return { teams: [], next: undefined };
  }
  const { facts, next } = await factPage(table, synchronization, 'team', { limit, after: place });
  const rights = await rightsOfTeams(
    table,
    organization,
    facts.map(({ team }) => teamPrincipal(synchronization, team)),
  );
  return {
    teams: facts.map((fact, place) => shown(synchronization, fact, rights[place]?.rights)),
    next: next === undefined ? listed[at + 1]?.synchronization : `${synchronization} ${next}`,
  };
}

const shown = (
  synchronization: SynchronizationId,
  { team, slug, name, parent, privacy }: TeamFact,
  rights: readonly DelegatedRight[] = [],
): ListedTeam => ({
  id: teamPrincipal(synchronization, team),
  synchronization,
  slug,
  name,
  parent: parent && teamPrincipal(synchronization, parent),
  privacy,
  rights,
});

/** A team, and what its rights are decided for. */
export interface FoundTeam {
  readonly team: ListedTeam;
  readonly reader: Extract<Reader, { kind: 'team' }>;
}

/** @throws CallerError when the organization has no such team */
export async function teamIn(
  table: Table,
  { id: organization }: Organization,
  id: string,
): Promise<FoundTeam> {
  const reader = teamOf(id);
  const listed = await listSynchronizations(table, organization);
  const isHere = listed.some(({ synchronization }) => synchronization === reader?.synchronization);
  const fact =
    reader && isHere ? await findFact(table, reader.synchronization, `team#${reader.team}`) : undefined;
  if (reader === undefined || fact?.kind !== 'team') {
    throw new CallerError('not-found', 'the organization has no such team');
  }
  const [found] = await rightsOfTeams(table, organization, [
    teamPrincipal(reader.synchronization, reader.team),
  ]);
  return { team: shown(reader.synchronization, fact, found?.rights), reader };
}

function teamOf(id: string): FoundTeam['reader'] | undefined {
  try {
    const parts = parsePrincipal(id);
    return parts.kind === 'team' ? parts : undefined;
  } catch {
    return undefined;
  }
}

/** The team's members, by login; an inherited membership names the team that it comes from. One read. */
export async function membersOfTeam(
  table: Table,
  { reader: { synchronization, team } }: FoundTeam,
): Promise<readonly TeamMemberFact[]> {
  const rows = await loadFacts(table, synchronization, 'team-member');
  return rows
    .filter((row) => row.team === team)
    .sort((one, other) => (one.login.toLowerCase() < other.login.toLowerCase() ? -1 : 1));
}
