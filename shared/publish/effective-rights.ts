/** The effective rights of a principal: those of all accounts of a user, of a team, or of the whole organization. */
import {
  decideAccess,
  decideVcsAccess,
  nextEnd,
  type PersonState,
  type Readable,
  type Standing,
  type Subject,
  standingIn,
} from '../domain/access.ts';
import {
  type ForgeAccountId,
  type ForgeRepositoryId,
  type OrganizationId,
  ownTeamPrincipal,
  type Principal,
  type PrincipalParts,
  parsePrincipal,
  type SynchronizationId,
  teamPrincipal,
} from '../domain/ids.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { type VcsGrant, vcsSynchronization } from '../domain/vcs-repository.ts';
import { loadAccessFacts, loadRepositoryRows } from '../store/access-fact-store.ts';
import { loadClaims } from '../store/claim-store.ts';
import {
  belongsByHand,
  findPerson,
  mayBeNew,
  nothingSaid,
  type Person,
  stateOf,
} from '../store/member-store.ts';
import { areNewMembers } from '../store/new-member-store.ts';
import { findOrganization } from '../store/organization-store.ts';
import { ownTeamMembershipsOf } from '../store/own-team-store.ts';
import { applyingSince } from '../store/scope-store.ts';
import { findSynchronization, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { type Account, accountIn, accountsOf } from '../store/user-store.ts';
import { vcsGrantsOf } from '../store/vcs-store.ts';

export type MayRead = (synchronization: SynchronizationId, repository: ForgeRepositoryId) => boolean;

export interface EffectiveRights {
  readonly mayRead: MayRead;
  /** A plan that changes the underlying facts is being applied in several transactions. */
  readonly isApplying: boolean;
  /** When one of the rights ends by itself; milliseconds since the epoch, undefined if none does. */
  readonly endsAt: number | undefined;
}

/**
 * Reads the facts, and returns a function that decides whether the principal may read a repository of the organization.
 *
 * @param now milliseconds since the epoch
 */
export async function effectiveRightsOf(
  table: Table,
  organization: OrganizationId,
  principal: Principal,
  now: number,
): Promise<EffectiveRights> {
  const parts = parsePrincipal(principal);
  if (parts.kind === 'organization') {
    // Of this organization, or of another whose token reads this one too: without such a token nobody asks.
    return { mayRead: () => true, isApplying: false, endsAt: undefined };
  }
  const readable = new Set<string>();
  let isApplying = false;
  const ends: number[] = [];
  for (const decision of await decisionsFor(table, organization, parts, now)) {
    isApplying ||= decision.isApplying;
    ends.push(...(decision.endsAt === undefined ? [] : [decision.endsAt]));
    for (const repository of decision.readable.keys()) {
      readable.add(`${decision.synchronization.id} ${repository}`);
    }
  }
  return {
    mayRead: (synchronization, repository) => readable.has(`${synchronization} ${repository}`),
    isApplying,
    endsAt: ends.length === 0 ? undefined : Math.min(...ends),
  };
}

/** What one subject may read in one synchronization, and through what. */
export interface Decision {
  readonly synchronization: Synchronization;
  readonly subject: Subject;
  readonly readable: Readable;
  readonly isApplying: boolean;
  /** When one of the rights ends by itself; milliseconds since the epoch. */
  readonly endsAt: number | undefined;
}

/** Of an account whose person never signed in, too. */
export type Reader =
  | Exclude<PrincipalParts, { kind: 'organization' }>
  | {
      readonly kind: 'account';
      readonly synchronization: SynchronizationId;
      readonly account: ForgeAccountId;
    };

/**
 * Decides what the reader may read in each synchronization of the organization; where rights are suspended, nothing.
 *
 * @param now milliseconds since the epoch
 */
export async function decisionsFor(
  table: Table,
  organization: OrganizationId,
  reader: Reader,
  now: number,
): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  const synchronizations = await synchronizationsOf(table, organization);
  const grants = await vcsGrantsOf(table, organization);
  const person = await personOf(table, organization, reader, synchronizations, now);
  const { accounts, state } = person;
  const standings: Standing[] = [];
  for (const synchronization of synchronizations) {
    if (synchronization.rightsSuspendedAt !== undefined) {
      continue;
    }
    // Read before the facts: a plan that begins later requests this work again.
    const isApplying = (await applyingSince(table, synchronization.id)) !== undefined;
    // Also read before the facts: if a read restores a fact meanwhile, access is withdrawn once more, rather than given while it is
    // withdrawn.
    const claims = await loadClaims(table, synchronization.id);
    const repositories = await loadRepositoryRows(table, synchronization.id);
    for (const subject of subjectsOf(reader, synchronization, accounts, state)) {
      const facts = await loadAccessFacts(table, synchronization.id, subject, claims, repositories);
      const readable = decideAccess(subject, facts, now);
      decisions.push({ synchronization, subject, readable, isApplying, endsAt: nextEnd(facts, now) });
      const { belongs, teams } = standingIn(subject, facts, now);
      standings.push({ belongs, teams: teams.map((team) => teamPrincipal(synchronization.id, team)), state });
    }
  }
  if (grants.length > 0) {
    standings.push(await standingHere(table, organization, reader, person, synchronizations));
    decisions.push(...(await decideGranted(table, organization, standings, grants)));
  }
  return decisions;
}

/** What somebody is in the organization, whatever code hosts say. */
async function standingHere(
  table: Table,
  organization: OrganizationId,
  reader: Reader,
  { said, state }: ReadingPerson,
  synchronizations: readonly Synchronization[],
): Promise<Standing> {
  if (reader.kind === 'own-team') {
    return { belongs: true, teams: [ownTeamPrincipal(reader.team)], state };
  }
  if (reader.kind !== 'user') {
    return { belongs: false, teams: [], state };
  }
  const teams = await ownTeamMembershipsOf(table, organization, reader.user);
  const known = belongsByHand(said) ? await findOrganization(table, organization) : undefined;
  const isByHand = known !== undefined && ownersByHandCount(primaryOf(known, synchronizations));
  return { belongs: isByHand || teams.length > 0, teams: teams.map(ownTeamPrincipal), state };
}

/** What may be read of repositories at a URL, by all that somebody is. */
async function decideGranted(
  table: Table,
  organization: OrganizationId,
  standings: readonly Standing[],
  grants: readonly VcsGrant[],
): Promise<readonly Decision[]> {
  const synchronization = await findSynchronization(table, vcsSynchronization(organization));
  if (synchronization === undefined) {
    return [];
  }
  const standing: Standing = {
    belongs: standings.some(({ belongs }) => belongs),
    teams: standings.flatMap(({ teams }) => teams),
    state: standings.every(({ state }) => state === 'active') ? 'active' : 'off',
  };
  const readable = decideVcsAccess(standing, grants);
  return [
    {
      ...{ synchronization, readable, isApplying: false, endsAt: undefined },
      subject: { kind: 'anyone', state: standing.state },
    },
  ];
}

/**
 * Whether the reader may use what he has the right to; a team always may.
 *
 * @param now milliseconds since the epoch
 */
export async function stateOfReader(
  table: Table,
  organization: OrganizationId,
  reader: Reader,
  now: number,
): Promise<PersonState> {
  return (await personOf(table, organization, reader, await synchronizationsOf(table, organization), now))
    .state;
}

/** The reader's accounts, and what owners here say of the person. */
interface ReadingPerson {
  readonly accounts: readonly Account[];
  readonly state: PersonState;
  readonly said: Person;
}

async function personOf(
  table: Table,
  organization: OrganizationId,
  reader: Reader,
  synchronizations: readonly Synchronization[],
  now: number,
): Promise<ReadingPerson> {
  if (reader.kind === 'team' || reader.kind === 'own-team') {
    return { accounts: [], state: 'active', said: nothingSaid };
  }
  const user = reader.kind === 'user' ? reader.user : undefined;
  const person = user === undefined ? nothingSaid : await findPerson(table, organization, user);
  const accounts =
    reader.kind === 'user'
      ? await accountsOf(table, reader.user)
      : synchronizations
          .filter(({ id }) => id === reader.synchronization)
          .map((synchronization) => accountIn(synchronization, reader.account));
  const rule = mayBeNew(person) ? await findOrganization(table, organization) : undefined;
  const [isNew] =
    rule === undefined ? [] : await areNewMembers(table, rule, synchronizations, [accounts], now);
  return { accounts, state: stateOf(person, isNew), said: person };
}

function subjectsOf(
  reader: Reader,
  synchronization: Synchronization,
  accounts: readonly Account[],
  state: PersonState,
): readonly Subject[] {
  if (reader.kind === 'own-team') {
    // A team by hand reads no repository of a forge but what everybody does.
    return [{ kind: 'anyone' }];
  }
  const isHere = reader.kind === 'user' || reader.synchronization === synchronization.id;
  if (reader.kind === 'team') {
    return [isHere ? { kind: 'team', team: reader.team } : { kind: 'anyone' }];
  }
  const own = accounts
    .filter(
      (account) => account.forge === synchronization.forge && account.baseUrl === synchronization.baseUrl,
    )
    .map(({ account }): Subject => ({ kind: 'account', account, state }));
  const anyone: Subject = { kind: 'anyone', state };
  return reader.kind === 'account' ? [own[0] && isHere ? own[0] : anyone] : [anyone, ...own];
}
