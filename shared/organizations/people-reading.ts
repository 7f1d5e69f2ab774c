/** Who may install a package, and through what: from the function that decides, for every account that has a fact about it. */
import { type AccessFacts, decideAccess, type Readable, type Subject } from '../domain/access.ts';
import type { CollaboratorFact, MemberFact } from '../domain/facts.ts';
import type { ForgeRepositoryId, OrganizationId, SynchronizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { isVcsSynchronization, nobody } from '../domain/vcs-repository.ts';
import { loadAccessFacts } from '../store/access-fact-store.ts';
import { loadClaims } from '../store/claim-store.ts';
import type { WaitingRule } from '../store/new-member-store.ts';
import { isLiving, type StoredPackage } from '../store/package-store.ts';
import { holdersOfRows, type RowHolder } from '../store/person-row-store.ts';
import type { Table } from '../store/table.ts';
import { findVcsRepository } from '../store/vcs-store.ts';
import { type AccessPath, packageNamed, pathOf } from './explain-access.ts';
import { type PersonId, personIdOf } from './people.ts';
import { type NamedTeam, teamNames, teamNamesOf } from './team-names.ts';

export interface PersonWithAccess {
  readonly id: PersonId;
  readonly login: string;
  readonly paths: readonly AccessPath[];
}

export interface PackageAccess {
  /** By login and account. */
  readonly people: readonly PersonWithAccess[];
  /** Where the next page begins. */
  readonly next: string | undefined;
  /** Teams whose tokens read it, which are few. */
  readonly teams: readonly NamedTeam[];
  /** Whether any valid token of the organization reads it. */
  readonly isPublic: boolean;
}

/**
 * Everyone who may install the package now, and through what. The facts of the synchronization are read whole, as many reads as they have MB
 * and a few more; who the people on the page are takes two. Users with several accounts are named once, and those who are switched off or wait
 * not at all, so a page may be short.
 *
 * @param after `next` of the page before
 * @throws CallerError when the organization has no such package
 */

export async function peopleReading(
  table: Table,
  organization: WaitingRule,
  synchronizations: readonly Synchronization[],
  name: string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  now: number,
): Promise<PackageAccess> {
  const found = await packageNamed(table, organization.id, name);
  if (isVcsSynchronization(found.synchronization)) {
    return readingVcs(table, organization.id, found);
  }
  const synchronization = synchronizations.find(({ id }) => id === found.synchronization);
  if (synchronization === undefined || synchronization.rightsSuspendedAt !== undefined || !isLiving(found)) {
    return { people: [], next: undefined, teams: [], isPublic: false };
  }
  const { id } = synchronization;
  const claims = await loadClaims(table, id);
  const facts = await loadAccessFacts(table, id, undefined, claims);
  const names = teamNamesOf(id, facts.teams);
  const about = aboutRepository(facts, found.repository);
  const readableBy = decider(about, now);
  const pathsOf = (subject: Subject): readonly AccessPath[] =>
    (readableBy(subject).get(found.repository) ?? []).map((via) =>
      pathOf(via, subject, synchronization, names),
    );
  const rows = new Map([...about.collaborators, ...about.members].map((fact) => [fact.account, fact]));
  const everybody = [...rows.values()]
    .map((fact) => ({ fact, place: `${fact.login.toLowerCase()} ${fact.account}` }))
    .map((one) => ({ ...one, paths: pathsOf({ kind: 'account', account: one.fact.account }) }))
    .filter(({ paths }) => paths.length > 0)
    .sort((one, other) => (one.place < other.place ? -1 : 1));
  const all = everybody.filter(({ place }) => after === undefined || place > after);
  const where = { organization, synchronizations, synchronization, now };
  const holders = await holdersOfRows(table, where, all.slice(0, limit).map(asRow));
  const page = all.slice(0, holders.length);
  return {
    people: peopleOf(id, page, holders, everybody),
    next: all.length > page.length ? page.at(-1)?.place : undefined,
    teams: about.teams
      .filter(({ team }) => pathsOf({ kind: 'team', team }).some(({ through }) => through !== 'everyone'))
      .map(({ team }) => names.of(id, team)),
    isPublic: pathsOf({ kind: 'anyone' }).length > 0,
  };
}

/** Of a repository at a URL: owners say which teams, or everybody. Their people are named with the teams. */
async function readingVcs(
  table: Table,
  organization: OrganizationId,
  found: StoredPackage,
): Promise<PackageAccess> {
  const repository = await findVcsRepository(table, organization, found.repository);
  const names = await teamNames(table, organization, [found.synchronization]);
  const { everyone, teams } = repository !== undefined && isLiving(found) ? repository.readers : nobody;
  return { people: [], next: undefined, teams: teams.map(names.named), isPublic: everyone };
}

interface Row {
  readonly fact: MemberFact | CollaboratorFact;
  readonly place: string;
  readonly paths: readonly AccessPath[];
}

const asRow = ({ fact }: Row) => ({
  account: fact.account,
  role: fact.kind === 'member' ? fact.role : ('outside' as const),
  isCollaborator: fact.kind === 'collaborator',
});

/** Users under the first of their accounts, with the paths of all. */
function peopleOf(
  synchronization: SynchronizationId,
  page: readonly Row[],
  holders: readonly RowHolder[],
  everybody: readonly Row[],
): readonly PersonWithAccess[] {
  const places = new Map(everybody.map(({ fact }, place) => [fact.account, place]));
  return page.flatMap(({ fact: { account, login } }, place) => {
    const { user, state = 'active', others = [] } = holders[place] ?? {};
    const own = [account, ...others.map((one) => one.account)]
      .flatMap((one) => places.get(one) ?? [])
      .sort((one, other) => one - other)
      .flatMap((at) => everybody[at] ?? []);
    const isFirst = own[0]?.fact.account === account;
    const paths = own.flatMap((row) => row.paths);
    return isFirst && state === 'active'
      ? [{ id: personIdOf(user, synchronization, account), login, paths }]
      : [];
  });
}

const aboutRepository = (facts: AccessFacts, repository: ForgeRepositoryId): AccessFacts => ({
  ...facts,
  repositories: facts.repositories.filter((one) => one.repository === repository),
  teamRepositories: facts.teamRepositories.filter((one) => one.repository === repository),
  collaborators: facts.collaborators.filter((one) => one.repository === repository),
});

/** Decides for one subject after the other, each from the facts about it: thousands would look through the rows of all otherwise. */
function decider(facts: AccessFacts, now: number): (subject: Subject) => Readable {
  const members = Map.groupBy(facts.members, ({ account }) => account);
  const teamMembers = Map.groupBy(facts.teamMembers, ({ account }) => account);
  const roleMembers = Map.groupBy(facts.roleMembers, ({ account }) => account);
  const collaborators = Map.groupBy(facts.collaborators, ({ account }) => account);
  return (subject) => {
    if (subject.kind !== 'account') {
      return decideAccess(subject, facts, now);
    }
    const { account } = subject;
    return decideAccess(
      subject,
      {
        ...facts,
        members: members.get(account) ?? [],
        teamMembers: teamMembers.get(account) ?? [],
        roleMembers: roleMembers.get(account) ?? [],
        collaborators: collaborators.get(account) ?? [],
      },
      now,
    );
  };
}
