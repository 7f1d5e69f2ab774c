/**
 * What a whole read of a scope changes: pure, so that a dry run shows what a run would do, and the history keeps why.
 */
import {
  type Fact,
  factKey,
  type RepositoryFact,
  type StoredFact,
  scopeKinds,
  type Tombstone,
} from '../domain/facts.ts';
import {
  type AnyScope,
  isPart,
  mainKeyOf,
  memberPart,
  type PartScope,
  partOf,
  wholeOf,
} from '../domain/scopes.ts';
import { ForgeError } from '../forge/errors.ts';
import type { ScopeRead } from '../forge/forge.ts';

export type PlannedChange = {
  /** Somebody may read less after it. */
  readonly narrows: boolean;
  /** Somebody may read more after it. */
  readonly widens: boolean;
  readonly reason: string;
} & (
  | { readonly kind: 'add'; readonly fact: Fact }
  | { readonly kind: 'update'; readonly fact: Fact; readonly before: Fact }
  /** `fact` is the one that goes. */
  | {
      readonly kind: 'remove';
      readonly fact: Fact;
      /** The forge says so: by an event too, by the thing's own look-up, or by the list that it gave us. Else it is only missing in a list. */
      readonly stated: boolean;
    }
);

export interface PlanInput {
  readonly scope: AnyScope;
  readonly current: readonly StoredFact[];
  /** What was removed within a day, by the fact's key. */
  readonly removed?: ReadonlyMap<string, Tombstone>;
  /** All that the read saw. */
  readonly read: Pick<ScopeRead, 'facts'> & Partial<ScopeRead>;
  /** The read's number. */
  readonly observedAt: number;
  /** When the read began, in milliseconds since the epoch: what it shows may be older by the forge's lag, and no more. */
  readonly startedAt: number;
  /** Numbers of later reads of parts, by part: for a read of a whole list. */
  readonly newer?: ReadonlyMap<PartScope, number>;
  /** What events said is gone. */
  readonly told?: ReadonlySet<string>;
  /** What events said is public no more. */
  readonly toldHidden?: ReadonlySet<string>;
  /** Keys of removed facts that a person asked back: no lag is feared for them. */
  readonly putBack?: ReadonlySet<string>;
  /** Parts that the forge did not show when it was asked for them by their ids. */
  readonly confirmedAbsent?: Pick<ReadonlySet<PartScope>, 'has'>;
}

/** A change that has to wait: what it changes back changed too little time ago for this read to know. */
export interface Deferred {
  readonly key: string;
  /** A read that begins after it knows; milliseconds since the epoch. */
  readonly until: number;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  readonly deferred: readonly Deferred[];
  /** What came back on a person's word, and has to be read once more: this read may show what is gone. */
  readonly doubtful: readonly Deferred[];
}

/**
 * How long a forge's API may show what has changed since. A fact that has just changed changes back by a read that began later than
 * this after it, or by an event and a read that agree.
 */
export const lagMs = 120_000;

/**
 * The changes that make the stored scope equal to the read, narrowings first: then whoever reads between two of them sees rights
 * that are no wider than those before or those after. What a later read wrote stays.
 *
 * @throws ForgeError `incomplete` when the read contradicts itself
 * @throws RangeError when the read has facts of another scope
 */
export function planScope(input: PlanInput): Plan {
  const { scope, current, removed, read, observedAt, newer, told } = input;
  const seen = indexRead(scope, read.facts, read.covers ?? []);
  const changes: PlannedChange[] = [];
  const deferred: Deferred[] = [];
  const doubtful: Deferred[] = [];
  const known = new Set<string>();
  const isNewer = (fact: Fact, number: number): boolean => {
    const part = partOf(fact);
    return Math.max(number, (part && newer?.get(part)) ?? 0) >= observedAt;
  };
  /** Whether the read can know that what changed then has changed again. */
  const knows = (changedAt: number): boolean => input.startedAt >= changedAt + lagMs;
  for (const stored of current) {
    const key = factKey(stored.fact);
    known.add(key);
    if (isNewer(stored.fact, stored.observedAt)) {
      continue;
    }
    const fact = seen.get(key);
    if (fact !== undefined && sameFact(fact, stored.fact)) {
      continue;
    }
    const change = fact === undefined ? removalOf(stored.fact, input) : updateOf(stored.fact, fact);
    const isRight = change.kind === 'remove' || change.narrows || change.widens;
    const agreed =
      (isTold(stored.fact, told) && (change.kind === 'remove' || change.narrows)) ||
      (input.toldHidden?.has(key) === true && change.kind === 'update' && change.narrows);
    if (isRight && !agreed && !knows(stored.changedAt)) {
      deferred.push({ key, until: stored.changedAt + lagMs });
    } else {
      changes.push(change);
    }
  }
  for (const [key, fact] of seen) {
    if (known.has(key)) {
      continue;
    }
    const tombstone = removed?.get(key);
    if (isNewer(fact, tombstone?.observedAt ?? 0)) {
      continue;
    }
    const isAskedBack = input.putBack?.has(key) === true;
    const isDoubtful = tombstone !== undefined && !knows(tombstone.changedAt);
    if (isDoubtful && !isAskedBack) {
      deferred.push({ key, until: tombstone.changedAt + lagMs });
    } else {
      if (isDoubtful) {
        doubtful.push({ key, until: input.startedAt + lagMs });
      }
      changes.push({
        kind: 'add',
        fact,
        narrows: false,
        widens: presenceGrants(fact),
        reason: isAskedBack ? 'asked back, and in the read' : 'new in the read',
      });
    }
  }
  return {
    changes: [...changes.filter((change) => change.narrows), ...changes.filter((change) => !change.narrows)],
    deferred,
    doubtful,
  };
}

/** Whether an event said that the fact is gone, or that what it hangs on is: a team, a repository, or the account's membership. */
function isTold(fact: Fact, told: ReadonlySet<string> | undefined): boolean {
  if (told === undefined || told.size === 0) {
    return false;
  }
  const part = partOf(fact);
  return (
    told.has(factKey(fact)) ||
    (part !== undefined && told.has(mainKeyOf(part))) ||
    ('account' in fact && told.has(mainKeyOf(memberPart(fact.account)))) ||
    // A right taken from a team is taken from those that inherit it.
    (fact.kind === 'team-repository' && told.has(factKey({ ...fact, team: fact.via })))
  );
}

function removalOf(fact: Fact, { read, told, confirmedAbsent }: PlanInput): PlannedChange {
  const part = partOf(fact);
  const statements = [
    isTold(fact, told) ? 'an event says so too' : undefined,
    read.absenceIsStated ? 'the forge says so itself' : undefined,
    part !== undefined && confirmedAbsent?.has(part) ? 'not found by its id' : undefined,
    (fact.kind === 'role-member' || fact.kind === 'role-team') && read.powerless?.includes(fact.role)
      ? 'the role reads no repositories any more'
      : undefined,
  ].filter((text) => text !== undefined);
  return {
    kind: 'remove',
    fact,
    narrows: presenceGrants(fact),
    widens: false,
    stated: statements.length > 0,
    reason: [
      read.notShown === undefined ? 'not in the whole read' : 'not shown by the forge',
      ...statements,
    ].join('; '),
  };
}

/** The change as one that is stated, for one more reason. */
export function statedToo(change: PlannedChange, reason: string): PlannedChange {
  return change.kind === 'remove'
    ? { ...change, stated: true, reason: `${change.reason}; ${reason}` }
    : change;
}

function indexRead(
  scope: AnyScope,
  read: readonly Fact[],
  covers: readonly PartScope[],
): ReadonlyMap<string, Fact> {
  const kinds: readonly string[] = scopeKinds[wholeOf(scope)];
  const seen = new Map<string, Fact>();
  for (const fact of read) {
    const part = partOf(fact);
    if (isPart(scope) && (part === undefined || !covers.includes(part))) {
      throw new RangeError(`a fact of ${part ?? fact.kind} in a read of ${scope}`);
    }
    if (!kinds.includes(fact.kind)) {
      throw new RangeError(`a fact of the kind ${fact.kind} in a read of ${scope}`);
    }
    const key = factKey(fact);
    const twin = seen.get(key);
    // A list that moves under its reader shows one thing twice; shown twice with a difference, one of the two is old.
    if (twin !== undefined && !sameFact(twin, fact)) {
      throw new ForgeError('incomplete', `the read of ${scope} shows ${key} twice, with a difference`);
    }
    seen.set(key, fact);
  }
  if (scope === 'settings' && seen.size === 0) {
    throw new ForgeError('incomplete', 'the read of the settings is empty');
  }
  return seen;
}

/** Whether a right hangs on the fact being there. A team's own fact gives none but by its parent's roles, and a token may speak for it. */
function presenceGrants(fact: Fact): boolean {
  return fact.kind !== 'settings' || fact.membersRead;
}

function updateOf(before: Fact, fact: Fact): PlannedChange {
  const now = breadth(fact);
  const then = breadth(before);
  // It may have lost the roles of one team and got those of another.
  const isMoved = fact.kind === 'team' && before.kind === 'team' && fact.parent !== before.parent;
  return {
    kind: 'update',
    fact,
    before,
    narrows: isMoved || now < then,
    widens: isMoved || now > then,
    reason: differences(before, fact),
  };
}

/** How many may read because of the fact, as a rank among the values that it can have. */
function breadth(fact: Fact): number {
  switch (fact.kind) {
    case 'settings':
      return fact.membersRead ? 1 : 0;
    case 'member':
      return fact.role === 'owner' ? 1 : 0;
    case 'repository':
      return fact.disabled ? -1 : visibilityBreadth[fact.visibility];
    default:
      return 0;
  }
}

const visibilityBreadth = { private: 0, internal: 1, public: 2 } as const satisfies Record<
  RepositoryFact['visibility'],
  number
>;

function attributesOf(fact: Fact): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(fact).filter(([, value]) => value !== undefined));
}

function differing(one: Fact, other: Fact): readonly string[] {
  const [left, right] = [attributesOf(one), attributesOf(other)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((name) => left.get(name) !== right.get(name));
}

function sameFact(one: Fact, other: Fact): boolean {
  return differing(one, other).length === 0;
}

function differences(before: Fact, after: Fact): string {
  const [left, right] = [attributesOf(before), attributesOf(after)];
  return differing(before, after)
    .map((name) => `${name}: ${String(left.get(name) ?? 'none')} → ${String(right.get(name) ?? 'none')}`)
    .join(', ');
}

/** Attributes of a repository whose change may change its versions, or where they are found. */
const scanned = [
  'name',
  'fullName',
  'visibility',
  'defaultBranch',
  'archived',
  'pushedAt',
  'tagCount',
  'branchCount',
  'fork',
] as const satisfies readonly (keyof RepositoryFact)[];

/** The repository that has to be scanned because of the change: its packages come, go or may have new versions. */
export function repositoryToScan(change: PlannedChange): RepositoryFact['repository'] | undefined {
  const { fact } = change;
  if (fact.kind !== 'repository') {
    return undefined;
  }
  const before = change.kind === 'update' && change.before.kind === 'repository' ? change.before : undefined;
  const nothingNew = before !== undefined && scanned.every((name) => before[name] === fact[name]);
  return nothingNew ? undefined : fact.repository;
}

/** The change in one line, for the history. */
export function changeText(change: PlannedChange): string {
  const words = { add: 'added', update: 'changed', remove: 'removed' } as const;
  return `${factText(change.fact)} ${words[change.kind]}: ${change.reason}`;
}

/** The fact in words, with its id: names change. */
export function factText(fact: Fact): string {
  switch (fact.kind) {
    case 'settings':
      return 'settings';
    case 'member':
      return `member ${fact.login} (${fact.account})`;
    case 'team':
      return `team ${fact.slug} (${fact.team})`;
    case 'team-member':
      return `${fact.login} (${fact.account}) in team ${fact.team}`;
    case 'team-repository':
      return `team ${fact.team} on repository ${fact.repository}`;
    case 'role-member':
      return `${fact.login} (${fact.account}) with the role ${fact.name} (${fact.role})`;
    case 'role-team':
      return `team ${fact.team} with the role ${fact.name} (${fact.role})`;
    case 'repository':
      return `repository ${fact.fullName} (${fact.repository})`;
    case 'collaborator':
      return `${fact.login} (${fact.account}) on repository ${fact.repository}`;
  }
}
