/**
 * What a whole read of a scope changes: pure, so that a dry run shows what a run would do, and the history keeps why.
 */
import {
  type Fact,
  factKey,
  type RepositoryFact,
  type ScopeName,
  type StoredFact,
  scopeKinds,
} from '../domain/facts.ts';
import { ForgeError } from '../forge/errors.ts';

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
  | { readonly kind: 'remove'; readonly fact: Fact }
);

export interface PlanInput {
  readonly scope: ScopeName;
  readonly current: readonly StoredFact[];
  /** Numbers of the reads that removed facts, by the fact's key. */
  readonly removed?: ReadonlyMap<string, number>;
  /** All that the read saw. */
  readonly read: readonly Fact[];
  /** The read's number. */
  readonly observedAt: number;
}

/**
 * The changes that make the stored scope equal to the read, narrowings first: then whoever reads between two of them sees rights
 * that are no wider than those before or those after. What a later read wrote stays.
 *
 * @throws ForgeError `incomplete` when the read contradicts itself
 * @throws RangeError when the read has facts of another scope
 */
export function planScope({
  scope,
  current,
  removed,
  read,
  observedAt,
}: PlanInput): readonly PlannedChange[] {
  const seen = indexRead(scope, read);
  const changes: PlannedChange[] = [];
  const known = new Set<string>();
  for (const stored of current) {
    const key = factKey(stored.fact);
    known.add(key);
    if (stored.observedAt >= observedAt) {
      continue;
    }
    const fact = seen.get(key);
    if (fact === undefined) {
      changes.push({
        kind: 'remove',
        fact: stored.fact,
        narrows: presenceGrants(stored.fact),
        widens: false,
        reason: 'not in the whole read',
      });
    } else if (!sameFact(fact, stored.fact)) {
      changes.push(updateOf(stored.fact, fact));
    }
  }
  for (const [key, fact] of seen) {
    if (!known.has(key) && (removed?.get(key) ?? 0) < observedAt) {
      changes.push({
        kind: 'add',
        fact,
        narrows: false,
        widens: presenceGrants(fact),
        reason: 'new in the read',
      });
    }
  }
  return [...changes.filter((change) => change.narrows), ...changes.filter((change) => !change.narrows)];
}

function indexRead(scope: ScopeName, read: readonly Fact[]): ReadonlyMap<string, Fact> {
  const kinds: readonly string[] = scopeKinds[scope];
  const seen = new Map<string, Fact>();
  for (const fact of read) {
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

/** Whether a right hangs on the fact being there. A team is for display, but a token may speak for it. */
function presenceGrants(fact: Fact): boolean {
  return fact.kind !== 'settings' || fact.membersRead;
}

function updateOf(before: Fact, fact: Fact): PlannedChange {
  const now = breadth(fact);
  const then = breadth(before);
  return {
    kind: 'update',
    fact,
    before,
    narrows: now < then,
    widens: now > then,
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
      return visibilityBreadth[fact.visibility];
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

/** Attributes of a repository whose change may change its versions. */
const scanned = [
  'name',
  'defaultBranch',
  'archived',
  'pushedAt',
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

function factText(fact: Fact): string {
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
    case 'repository':
      return `repository ${fact.fullName} (${fact.repository})`;
    case 'collaborator':
      return `${fact.login} (${fact.account}) on repository ${fact.repository}`;
  }
}
