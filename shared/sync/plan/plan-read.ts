/** From a whole read to what it would change: plan, confirm, brake. Writes nothing, so that a dry run shows what a run would do. */
import { type Claim, covers, lagMs } from '../../domain/claim.ts';
import { type Fact, factKey, type TeamRepositoryFact } from '../../domain/facts.ts';
import type { ForgeTeamId, SynchronizationId } from '../../domain/ids.ts';
import {
  type AnyScope,
  isPart,
  mainKeyOf,
  memberPart,
  type PartScope,
  partOf,
  repositoryPart,
  teamPart,
  wholeOf,
} from '../../domain/scopes.ts';
import type { Caution, Synchronization } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { Absence, ScopeRead, StructureReader } from '../../forge/forge.ts';
import { loadClaims, loadTold, type StoredClaim, type Told } from '../../store/claim-store.ts';
import { loadFacts, loadScope, type StoredScope, standingOf } from '../../store/fact-store.ts';
import { loadRemoved } from '../../store/run-store.ts';
import { newerParts, type Restore, type ScopeState, scopeStates } from '../../store/scope-store.ts';
import type { Table } from '../../store/table.ts';
import { brake } from './brake.ts';
import { heldBefore } from './held.ts';
import { type Deferred, type PlannedChange, planScope, statedToo } from './plan.ts';
import { isWithin } from './told.ts';

/** A finished reading of a scope. */
export interface FinishedReading {
  readonly read: ScopeRead;
  readonly observedAt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface PlannedRead {
  readonly changes: readonly PlannedChange[];
  /** Removals that wait for a person's word. */
  readonly held: readonly PlannedChange[];
  readonly deferred: readonly Deferred[];
  readonly doubtful: readonly Deferred[];
  /** What its list did not show and is there after all, with its second id: the list says nothing of it. */
  readonly overlooked: ReadonlyMap<PartScope, string>;
  /** What its list did not show and is not there when asked for by its id, with the reason. */
  readonly absent: ReadonlyMap<PartScope, Absence>;
  /** Claims that the read showed to be wrong. */
  readonly contradicted: readonly Claim[];
  /** The states of scopes and parts that the plan was made with. */
  readonly states: ReadonlyMap<AnyScope, ScopeState>;
}

const dayMs = 24 * 3600_000;

export interface PlanReadDependencies {
  readonly table: Table;
  readonly reader: StructureReader;
}

/** What events said before a read was planned. */
export interface Said {
  /** About what the read is about. */
  readonly told: readonly Told[];
  /** All there are: what hangs on something else is withdrawn with it. */
  readonly claims: readonly StoredClaim[];
}

export async function loadSaid(
  table: Table,
  id: SynchronizationId,
  scope: AnyScope,
  { covers }: ScopeRead,
): Promise<Said> {
  const [told, claims] = await Promise.all([loadTold(table, id), loadClaims(table, id)]);
  return { told: told.filter(({ key }) => isWithin(key, scope, covers)), claims };
}

/** What new events gave, with their numbers. */
const arrivalsIn = (told: readonly Told[]): ReadonlyMap<string, number> =>
  new Map(
    told.flatMap(({ key, expect, number }) =>
      number !== undefined && (expect === 'there' || expect === 'public') ? [[key, number] as const] : [],
    ),
  );

/** Until what rows hang on has been read, if it was asked for at the same time. */
const groundMs = 60_000;

/** The order of plans: those of teams and then roles come last, since their rows hang on members and repositories, and on teams. */
export const byPlanning = (one: AnyScope, other: AnyScope): number =>
  planningPlace(one) - planningPlace(other);

const planningPlace = (scope: AnyScope): number => (scope === 'roles' ? 2 : scope === 'teams' ? 1 : 0);

/**
 * A planner of one read: each call plans anew from what is stored by then, and the forge is asked only once. It is called with the time, in
 * milliseconds since the epoch.
 *
 * @param gone keys of facts that are stored, but go by another plan of the run
 * @throws ForgeError when what has to be confirmed cannot be, by the planner
 */
export function createPlanner(
  { table, reader }: PlanReadDependencies,
  { id, caution }: Pick<Synchronization, 'id' | 'caution'>,
  scope: AnyScope,
  { read, observedAt, startedAt }: FinishedReading,
  { told, claims }: Said,
  gone: ReadonlySet<string> = new Set(),
): (now: number) => Promise<PlannedRead> {
  let checked: Checked | undefined;
  // What the read shows itself is no reason for what hangs on it to be missing.
  const shown = new Set(read.facts.map(factKey));
  const goneByEvents = new Set(
    [...told, ...claims]
      .filter(({ key, expect }) => expect === 'gone' && !shown.has(key))
      .map(({ key }) => key),
  );
  return async (now) => {
    const states = await scopeStates(table, id);
    const stored = await loadScope(table, id, scope, read.covers);
    const input = {
      scope,
      current: stored.facts,
      removed: stored.removed,
      read,
      observedAt,
      startedAt,
      newer: isPart(scope) ? new Map<PartScope, number>() : newerParts(states, observedAt),
      now,
      told: goneByEvents,
      claims,
      arrivals: arrivalsIn(told),
      putBack: await putBackNow(table, id, states.get(scope)?.restore, { stored, startedAt, claims }),
    };
    checked ??= await check(reader, scope, read, planScope(input).changes);
    const { present, seenAgain } = checked;
    const plan = planScope({ ...input, confirmedAbsent: checked.absent });
    const { allowed, ...before } = await heldBefore(table, id, scope);
    const isOver = isShownNoLonger(caution, read, startedAt, states.get(scope));
    const changes = plan.changes
      .filter(({ fact }) => {
        const part = partOf(fact);
        return !seenAgain.has(factKey(fact)) && (part === undefined || !present.has(part));
      })
      .map((change) => {
        const key = factKey(change.fact);
        if (allowed.has(key)) {
          return statedToo(change, 'a person allowed it');
        }
        return isOver && !before.refused.has(key) ? statedToo(change, 'nobody said a word') : change;
      });
    const missed = missedWithinADay(stored, startedAt);
    // What the forge does not show may be there as it was: then everything waits for a person.
    const setting = read.notShown === undefined ? caution : { heldShare: 0, heldAbove: 0 };
    const brakeAll = (all: readonly PlannedChange[]) =>
      brake(all, stored.facts, setting, { ...before, missed });
    let braked = brakeAll(changes);
    const numbers = new Map(stored.facts.map((one) => [factKey(one.fact), one.observedAt]));
    const shownBy = (fact: Fact): number =>
      Math.max(
        numbers.get(factKey(fact)) ?? 0,
        ...[scope, partOf(fact) ?? scope].map((one) => states.get(one)?.readAt ?? 0),
      );
    const groundless = await withoutGround(table, id, read, braked.held, gone, shownBy);
    if (groundless.size > 0) {
      braked = brakeAll(changes.map((change) => groundless.get(change) ?? change));
    }
    // What waits for a person already, or was refused, stays so with the word that was said.
    const isKnown = (key: string): boolean => before.waiting.has(key) || before.refused.has(key);
    const tooEarly = braked.held.filter(
      ({ fact }) => !isKnown(factKey(fact)) && isGroundAskedFor(fact, states),
    );
    const until = startedAt + groundMs;
    return {
      changes: braked.changes,
      held: braked.held.filter((change) => !tooEarly.includes(change)),
      deferred: [...plan.deferred, ...tooEarly.map(({ fact }) => ({ key: factKey(fact), until }))],
      doubtful: plan.doubtful,
      contradicted: plan.contradicted,
      overlooked: present,
      absent: checked.absent,
      states,
    };
  };
}

/** Tombstones stay for longer than a day until the table cleans up. */
const missedWithinADay = ({ removed }: StoredScope, now: number): readonly Fact[] =>
  [...removed.values()].flatMap(({ missed, changedAt }) =>
    missed !== undefined && changedAt > now - dayMs ? [missed] : [],
  );

/**
 * Removals of rows that give nobody anything any more, because what they hang on is gone: they are as good as stated. A narrowed
 * selection takes the rows about what is outside of it, another parent those that a team had from the old one, however many.
 *
 * @param shownBy the number of the last read that showed the row
 */
async function withoutGround(
  table: Table,
  id: SynchronizationId,
  read: ScopeRead,
  held: readonly PlannedChange[],
  gone: ReadonlySet<string>,
  shownBy: (fact: Fact) => number,
): Promise<ReadonlyMap<PlannedChange, PlannedChange>> {
  const grounds = held.map(({ fact }) => groundOf(fact)).filter((ground) => ground !== undefined);
  const standing = await standingOf(table, id, [...new Set(grounds)]);
  const inherited = held.map(({ fact }) => fact).filter(isInherited);
  const parents = inherited.length === 0 ? new Map() : await parentsOf(table, id, read);
  const isGroundless = ({ fact }: PlannedChange): boolean => {
    const ground = groundOf(fact) ?? '';
    const stands = standing.get(ground);
    const isGone =
      gone.has(ground) ||
      (fact.kind === 'collaborator'
        ? // Who is named on a repository need not be a member. Who was one loses that with his membership, or stays as an outside
          // collaborator: then a read that knew of the end showed the row.
          stands?.isRemoved === true && shownBy(fact) < stands.observedAt
        : stands?.isRemoved !== false);
    return (ground !== '' && isGone) || (isInherited(fact) && !isBelow(parents, fact));
  };
  return new Map(
    held.filter(isGroundless).map((change) => [change, statedToo(change, 'what it hangs on is gone')]),
  );
}

/** The key of the fact without which the row means nothing. */
function groundOf(fact: Fact): string | undefined {
  const part = groundPartOf(fact);
  return part === undefined ? undefined : mainKeyOf(part);
}

function groundPartOf(fact: Fact): PartScope | undefined {
  switch (fact.kind) {
    case 'team-member':
    case 'collaborator':
    case 'role-member':
      return memberPart(fact.account);
    case 'role-team':
      return teamPart(fact.team);
    case 'team-repository':
      return repositoryPart(fact.repository);
    default:
      return undefined;
  }
}

/** Whether the row's ground is asked for: another worker may be just about to say that it is gone. */
function isGroundAskedFor(fact: Fact, states: ReadonlyMap<AnyScope, ScopeState>): boolean {
  const part = groundPartOf(fact);
  return (
    part !== undefined &&
    [part, wholeOf(part)].some((scope) => {
      const state = states.get(scope);
      return state !== undefined && state.wanted !== state.done;
    })
  );
}

const isInherited = (fact: Fact): fact is TeamRepositoryFact =>
  fact.kind === 'team-repository' && fact.via !== fact.team;

type Parents = ReadonlyMap<ForgeTeamId, ForgeTeamId | undefined>;

/** As the read says, else as they were: a part's read does not tell what is above it. */
async function parentsOf(table: Table, id: SynchronizationId, { facts }: ScopeRead): Promise<Parents> {
  const teams = [...(await loadFacts(table, id, 'team')), ...facts.filter(({ kind }) => kind === 'team')];
  return new Map(teams.flatMap((fact) => (fact.kind === 'team' ? [[fact.team, fact.parent] as const] : [])));
}

/** Whether the team of the row still has above it the one that it has the right from. */
function isBelow(parents: Parents, { team, via }: TeamRepositoryFact): boolean {
  const line = new Set<ForgeTeamId>();
  for (let above = parents.get(team); above !== undefined && !line.has(above); above = parents.get(above)) {
    line.add(above);
  }
  return line.has(via);
}

/** As long as the rights of people last where nothing can be read at all. */
function isShownNoLonger(
  { restAfterDays }: Caution,
  { notShown }: ScopeRead,
  startedAt: number,
  state: ScopeState | undefined,
): boolean {
  return notShown !== undefined && startedAt - (state?.notShown?.since ?? startedAt) >= restAfterDays * dayMs;
}

/** What a person asked back and no later read removed again: a person's word needs no second read. */
async function putBackNow(
  table: Table,
  id: SynchronizationId,
  restore: Restore | undefined,
  { stored, startedAt, claims }: { stored: StoredScope; startedAt: number; claims: readonly Claim[] },
): Promise<ReadonlySet<string>> {
  if (restore === undefined || startedAt < restore.at || startedAt >= restore.at + lagMs) {
    return new Set();
  }
  const asked = (await loadRemoved(table, id, restore.run)) ?? [];
  // A new event that came after the person's word says more than it.
  const later = claims.filter(({ at }) => at > restore.at);
  const keys = asked
    .filter(({ fact }) => !later.some((claim) => covers(claim, fact)))
    .map(({ fact }) => factKey(fact));
  return new Set(keys.filter((key) => (stored.removed.get(key)?.changedAt ?? Infinity) <= restore.at));
}

/** What the forge says of things that a list does not have, when it is asked for them by their ids. */
interface Checked {
  readonly absent: ReadonlyMap<PartScope, Absence>;
  /** There after all, with their second ids: the list was wrong about them, so nothing of theirs changes. */
  readonly present: ReadonlyMap<PartScope, string>;
  /** Keys of facts that a second read of the list has. */
  readonly seenAgain: ReadonlySet<string>;
}

async function check(
  reader: StructureReader,
  scope: AnyScope,
  read: ScopeRead,
  changes: readonly PlannedChange[],
): Promise<Checked> {
  if (changes.some(({ fact, narrows }) => fact.kind === 'settings' && narrows)) {
    await readTwice(reader, read);
  }
  const isCounted = countedIn([...read.facts, ...changes.map(({ fact }) => fact)]);
  const seenAgain =
    !isPart(scope) &&
    read.notShown === undefined &&
    changes.some((change) => isUnstated(change) && !isCounted(change.fact))
      ? await keysReadAgain(reader, scope)
      : new Set<string>();
  const nodes = new Map<PartScope, string>();
  // An event said so too; whether they were deleted or only taken out of sight is asked all the same.
  const stated = new Map<PartScope, string>();
  for (const change of changes) {
    const { fact } = change;
    const isMain = fact.kind === 'team' || fact.kind === 'repository';
    const part = partOf(fact);
    if (change.kind === 'remove' && isMain && part && fact.nodeId !== undefined) {
      if (isUnstated(change)) {
        nodes.set(part, fact.nodeId);
      } else if (fact.kind === 'repository') {
        stated.set(part, fact.nodeId);
      }
    }
  }
  const asked = [...nodes, ...stated];
  if (isPart(scope) || asked.length === 0) {
    return { absent: new Map(), present: new Map(), seenAgain };
  }
  const absent = await reader.confirmAbsent(asked.map(([part, nodeId]) => ({ part, nodeId })));
  return { absent, present: new Map([...nodes].filter(([part]) => !absent.has(part))), seenAgain };
}

const isUnstated = (change: PlannedChange): boolean => change.kind === 'remove' && !change.stated;

/** Whether the fact's list has a total that it is held against: that of a role's holders has none, nor those of a team without a second id. */
function countedIn(facts: readonly Fact[]): (fact: Fact) => boolean {
  const uncounted = new Set(
    facts.flatMap((fact) => (fact.kind === 'team' && fact.nodeId === undefined ? [fact.team] : [])),
  );
  return (fact) =>
    fact.kind !== 'role-member' && fact.kind !== 'role-team' && !('team' in fact && uncounted.has(fact.team));
}

/**
 * Of the holders of a role there is no total and no look-up by which a short list would show: who is missing has to be so twice.
 *
 * @throws ForgeError `incomplete` when there is no second answer
 */
async function keysReadAgain(reader: StructureReader, scope: AnyScope): Promise<ReadonlySet<string>> {
  const again = await reader.readScope(scope);
  if (!('done' in again) || again.done.notShown !== undefined) {
    throw new ForgeError('incomplete', `the list of ${scope} could not be read a second time`);
  }
  return new Set(again.done.facts.map(factKey));
}

/**
 * Everybody's right may hang on this one setting, so it is read twice before it takes any away.
 *
 * @throws ForgeError `incomplete` when the second read says something else
 */
async function readTwice(reader: StructureReader, first: ScopeRead): Promise<void> {
  const again = await reader.readScope('settings');
  const narrow = (read: ScopeRead): boolean =>
    read.facts.some((fact) => fact.kind === 'settings' && !fact.membersRead);
  if (!('done' in again) || narrow(again.done) !== narrow(first)) {
    throw new ForgeError('incomplete', 'the base permission was read twice with different answers');
  }
}
