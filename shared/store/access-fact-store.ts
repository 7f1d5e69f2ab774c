/** Reads the facts that decide access: of a whole synchronization, or of one account or team. */
import { type AccessFacts, accessFactsOf, type Subject } from '../domain/access.ts';
import type { Claim } from '../domain/claim.ts';
import { type Fact, type FactKind, factKinds, type StoredFact } from '../domain/facts.ts';
import type { ForgeAccountId, ForgeTeamId, SynchronizationId } from '../domain/ids.ts';
import {
  type FactOf,
  isKind,
  live,
  loadMember,
  loadTeam,
  parseStored,
  prefixOf,
  queryFacts,
} from './fact-store.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** The repositories of a synchronization, for the decisions about several subjects: the largest part of what each takes. */
export interface RepositoryRows {
  readonly facts: readonly FactOf<'repository'>[];
  readonly givenAt: ReadonlyMap<string, number>;
}

export async function loadRepositoryRows(
  table: Table,
  synchronization: SynchronizationId,
): Promise<RepositoryRows> {
  const givenAt = new Map<string, number>();
  const items = await queryFacts(table, synchronization, prefixOf('repository'));
  return { facts: live(items, 'repository', givenAt), givenAt };
}

/**
 * The facts that decide what the subject may read; without a subject, those for everybody.
 *
 * @param claims loaded before: a later claim requests the grants
 * @param repositories loaded before, where several subjects are decided about
 *
 * Each query is consistent, but not all of them together. Whoever changes a fact requests the grants after it, so a decision from
 * facts that changed between two queries is made again.
 */

export async function loadAccessFacts(
  table: Table,
  synchronization: SynchronizationId,
  subject?: Subject,
  claims: readonly Claim[] = [],
  repositories?: RepositoryRows,
): Promise<AccessFacts> {
  const givenAt = new Map<string, number>(repositories?.givenAt);
  const rows = async <Kind extends FactKind>(
    kind: Kind,
    ...rest: readonly string[]
  ): Promise<readonly FactOf<Kind>[]> =>
    live(await queryFacts(table, synchronization, prefixOf(kind, ...rest)), kind, givenAt);
  const together = async (...lists: readonly Promise<readonly Fact[]>[]): Promise<AccessFacts> =>
    accessFactsOf((await Promise.all(lists)).flat(), { claims, givenAt });
  const ofRepositories = async (): Promise<readonly Fact[]> => repositories?.facts ?? rows('repository');
  /** Few teams hold a role on all repositories, usually none. Only then is the tree of teams needed. */
  const roleTeams = async (): Promise<readonly Fact[]> => {
    const held = await rows('role-team');
    return held.length === 0 ? [] : [...held, ...(await rows('team'))];
  };

  if (subject === undefined) {
    return together(...factKinds.map((kind) => rows(kind)));
  }
  if (subject.kind === 'anyone') {
    return together(ofRepositories());
  }
  if (subject.kind === 'team') {
    return together(
      loadTeam(table, synchronization, subject.team, givenAt),
      ...[rows('team-repository', subject.team), roleTeams(), ofRepositories()],
    );
  }
  const ofTeams = async (): Promise<readonly Fact[]> => {
    const teamMembers = await rows('team-member', subject.account);
    const teams = new Set<ForgeTeamId>(teamMembers.map((row) => row.team));
    const byTeam = await Promise.all([...teams].map((team) => rows('team-repository', team)));
    return [...teamMembers, ...byTeam.flat(), ...(teams.size === 0 ? [] : await roleTeams())];
  };
  return together(
    rows('settings'),
    loadMember(table, synchronization, subject.account, givenAt),
    ofTeams(),
    rows('role-member', subject.account),
    rows('collaborator', subject.account),
    ofRepositories(),
  );
}

/** What makes the account one of the forge organization's people: its membership, and the repositories that it is a collaborator on. */

export async function factsOfAccount(
  table: Table,
  synchronization: SynchronizationId,
  account: ForgeAccountId,
): Promise<readonly (StoredFact & { readonly fact: FactOf<'member' | 'collaborator'> })[]> {
  const [member, collaborations] = await Promise.all([
    table.get(keys.fact(synchronization, `member#${account}`)),
    queryFacts(table, synchronization, prefixOf('collaborator', account)),
  ]);
  return [...(member === undefined ? [] : [member]), ...collaborations].flatMap((item) => {
    const { removed, fact, ...stored } = parseStored(item);
    return removed || !(isKind(fact, 'member') || isKind(fact, 'collaborator')) ? [] : [{ ...stored, fact }];
  });
}

/** The team memberships, role memberships and collaborator rows of the account; consistent. */

export async function loadRowsOfAccount(
  table: Table,
  synchronization: SynchronizationId,
  account: string,
): Promise<readonly Fact[]> {
  const rows = await Promise.all(
    (['team-member', 'role-member', 'collaborator'] as const).map((kind) =>
      queryFacts(table, synchronization, prefixOf(kind, account)),
    ),
  );
  return rows
    .flat()
    .map(parseStored)
    .flatMap(({ fact, removed }) => (removed ? [] : [fact]));
}
