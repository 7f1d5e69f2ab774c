/**
 * What has to hold at every moment, whatever happens on the forge and on the way:
 *
 * - nothing is taken away that the forge has had all the time, in what holders of tokens get, in its versions, and in our facts;
 * - no right stands on a fact whose revocation we have read, unless the forge granted it again since: what a whole reading must have seen
 *   gone is gone, and does not come back by a reading that shows what was before.
 */

import { type Fact, factKey, type StoredFact } from '../../../shared/domain/facts.ts';
import { type AnyScope, partOf, type ScopeName, scopeOfKind } from '../../../shared/domain/scopes.ts';
import { loadClaims, type StoredClaim } from '../../../shared/store/claim-store.ts';
import { loadScope, type StoredScope } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { loadRemoved } from '../../../shared/store/run-store.ts';
import { applyingSince, listHeld, type ScopeState, scopeStates } from '../../../shared/store/scope-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { type QueueName, queueNames } from '../../../shared/store/work.ts';
import { synchronizationId } from '../../support/synchronized.ts';
import { gitHubScopes, layout } from '../../support/traits.ts';
import type { Met } from './coverage.ts';
import { entitlementsOfFact } from './entitlements.ts';
import { describeFacts, mayRead } from './expected-rights.ts';
import { withoutClaimed } from './facts-without-claimed.ts';
import type { ForgeHistory } from './forge-history.ts';
import type { Holder } from './holders.ts';
import type { ModelWorld } from './model-world.ts';
import { createRemovedByEvents } from './removed-by-events.ts';
import { nameOf, type View, viewOf } from './view.ts';

/** How long the forge's reads lag behind at most, and a second. */
export const lagMs = 121_000;
/** Nobody is without what is his for longer, once the forge is read. */
const outMs = 150_000;
const weekMs = 7 * 24 * 3600 * 1000;

/** What persons said, which excuses what a reading alone would not. */
export interface Words {
  /** Lists whose missing things somebody allowed to be taken away. */
  readonly allowed: Set<string>;
  /** When somebody last asked back what a run had removed; milliseconds since the epoch. */
  askedBackAt: number;
}

export interface Watch {
  /** Looks at what has changed since the last time. @returns what is wrong */
  look(): Promise<readonly string[]>;
}

interface Known {
  readonly stored: readonly StoredFact[];
  readonly removed: StoredScope['removed'];
  readonly entitlements: ReadonlyMap<string, StoredFact>;
}

export function createWatch(
  world: ModelWorld,
  history: ForgeHistory,
  lookAtVersions: (view: View) => Promise<readonly string[]>,
  words: Words,
  met: Met,
): Watch {
  const { table, clock, registry } = world;
  /** When we last saw it go; milliseconds since the epoch. */
  const goneAt = new Map<string, number>();
  const toldGone = createRemovedByEvents(world, history);
  let known: Known | undefined;
  let knownAt = -1;
  let view: View | undefined;
  let viewedAt = '';
  let judgedAt = '';
  let wasApplying = false;
  let wasResting = false;
  let wasClaimed = false;

  async function lookAtFacts(): Promise<readonly string[]> {
    if (knownAt === table.factWrites()) {
      return [];
    }
    knownAt = table.factWrites();
    const before = known;
    known = await loadKnown(world);
    if (before === undefined) {
      return [];
    }
    const wrong: string[] = [];
    for (const [entitlement, { fact, observedAt }] of known.entitlements) {
      if (before.entitlements.has(entitlement)) {
        continue;
      }
      const seenGoneAt = goneAt.get(entitlement) ?? 0;
      // A person's word needs no second read.
      const isPutBack = words.askedBackAt >= seenGoneAt;
      const from = Math.max(isPutBack ? 0 : seenGoneAt, table.drawnAt(observedAt) - lagMs);
      if (!history.grantedSince(entitlement, from)) {
        wrong.push(
          `${factKey(fact)} gives "${entitlement}", which the forge has not granted since ${seenGoneAt > 0 ? 'we saw it go' : 'long before the reading'}`,
        );
      }
    }
    for (const [entitlement, { fact }] of before.entitlements) {
      if (known.entitlements.has(entitlement)) {
        continue;
      }
      goneAt.set(entitlement, clock.now());
      const by = numberOf(known, fact);
      if (
        by !== undefined &&
        !words.allowed.has(listOf(fact)) &&
        history.grantedAllTimeSince(entitlement, table.drawnAt(by) - lagMs)
      ) {
        if (await isSaidTwice(world, by, fact)) {
          history.doubt();
          continue;
        }
        wrong.push(
          `${factKey(fact)} gives "${entitlement}" no more by reading ${by}, and the forge has had it all the time`,
        );
      }
    }
    return wrong;
  }

  /** What a whole reading must have seen gone. */
  async function lookAtReadings(facts: Known): Promise<readonly string[]> {
    const states = await scopeStates(table, synchronizationId);
    const held = new Set((await listHeld(table, synchronizationId)).map(({ scope }) => scope));
    const wrong: string[] = [];
    for (const [entitlement, { fact, observedAt, changedAt }] of facts.entitlements) {
      const part = partOf(fact);
      const list: AnyScope = listOf(fact);
      const scopes = part === undefined ? [list] : [part, list];
      if (scopes.some((scope) => held.has(scope))) {
        continue;
      }
      for (const scope of scopes) {
        const readAt = states.get(scope)?.readAt ?? 0;
        const began = table.drawnAt(readAt);
        // What a list leaves out altogether is looked up, and nothing of it changes if it is there.
        const sawAll = world.forgotAt.things < began;
        const isLookedAtAgain = states.get(scope)?.recheckAt !== undefined;
        const hadToKnow = sawAll && !isLookedAtAgain && readAt > observedAt && began >= changedAt + lagMs;
        if (hadToKnow && !history.grantedSince(entitlement, began - lagMs)) {
          wrong.push(
            `${factKey(fact)} gives "${entitlement}", which reading ${readAt} of ${scope} did not see`,
          );
        }
      }
    }
    return wrong;
  }

  async function lookAtView(facts: Known, isPublished: boolean): Promise<readonly string[]> {
    const wrong: string[] = [];
    const version = `${registry.written.length} ${world.holders.map(({ token }) => token).join()}`;
    if (view === undefined || viewedAt !== version) {
      viewedAt = version;
      view = await viewOf(world);
      wrong.push(...(await lookAtVersions(view)));
    }
    const synchronization = await findSynchronization(table, synchronizationId);
    const isResting = synchronization?.rightsSuspendedAt !== undefined;
    const whole = await wholeSince(world);
    if (isResting && !wasResting) {
      met.suspended += 1;
      if (clock.now() - whole < weekMs) {
        wrong.push('rights rest, though everything was read whole less than a week before');
      }
    }
    // What has rested is back when all is published.
    wasResting = isResting || (wasResting && !isPublished);
    const claims = await loadClaims(table, synchronizationId);
    met.claims += claims.length > 0 ? 1 : 0;
    const standing = withoutClaimed(facts.stored, claims);
    const told = isPublished ? describeFacts(standing, world.holders) : undefined;
    /** What facts alone would give: whoever is refused it nevertheless is so because of a claim. */
    const unclaimed =
      claims.length > 0 || wasClaimed ? describeFacts(factsOf(facts), world.holders) : undefined;
    const mayBeOut = claims.length === 0 || isClaimed(claims, whole);
    // What was claimed is back when all is published.
    wasClaimed = claims.length > 0 || (wasClaimed && !isPublished);
    const isScanned = isPublished && (await isNothingPending(world, ['scan']));
    /** What the holder may read by our facts; undefined while it is being carried out. */
    const toldTo = (holder: Holder): ReadonlyMap<number, unknown> | undefined => {
      if (holder.kind === 'organization') {
        // A scan takes the names of a repository that is gone, when a read has shown it: a token for everything has them as long.
        return isScanned ? mayRead(describeFacts(factsOf(facts), world.holders), holder) : undefined;
      }
      return isResting ? told && new Map() : told && mayRead(told, holder);
    };
    for (const holder of world.holders) {
      const isOwn = holder.kind !== 'organization';
      const seen = repositoriesSeen(view, holder);
      for (const right of history.effectiveRightsOf(holder)) {
        const { repository, since } = right;
        const isSeen = seen.has(repository);
        // What the list left out is read by itself a moment later.
        right.isConfirmed ||= isSeen && whole >= since + lagMs && world.forgotAt.things < whole;
        if (!isSeen && right.isConfirmed && !(wasResting && isOwn)) {
          if (unclaimed !== undefined && mayBeOut && mayRead(unclaimed, holder).has(repository)) {
            met.lateWords += 1;
            continue;
          }
          wrong.push(
            `${nameOf(world, holder)} lost repository ${repository}, which the forge has granted all the time`,
          );
        }
      }
      const may = toldTo(holder);
      for (const id of seen) {
        if (may?.has(id) === false) {
          wrong.push(
            `${nameOf(world, holder)} still reads repository ${id}, whose grounds we have read as gone`,
          );
        }
      }
    }
    return wrong;
  }

  /** What a new event took gives nothing from then on, in what is decided from facts and claims. */
  async function lookAtClaims({ stored }: Known): Promise<readonly string[]> {
    const claims = await loadClaims(table, synchronizationId);
    return toldGone.look(new Set(withoutClaimed(stored, claims).flatMap(entitlementsOfFact)));
  }

  /**
   * A claim may be wrong until everything was read whole by reads that know; what such a read overlooked is decided by its own read, whose message
   * may be lost. @param whole since when it was
   */
  const isClaimed = (claims: readonly StoredClaim[], whole: number): boolean =>
    claims.some(
      ({ at }) =>
        whole < at + lagMs || clock.now() < at + outMs || whole <= Math.max(...Object.values(world.forgotAt)),
    );

  return {
    async look() {
      // Somebody may have a token since.
      history.note();
      const isApplying = (await applyingSince(table, synchronizationId)) !== undefined;
      met.resumedPlans += wasApplying && !isApplying ? 1 : 0;
      wasApplying = isApplying;
      const synchronization = await table.get(keys.synchronization(synchronizationId));
      const rests = synchronization?.rightsSuspendedAt;
      const claimed = (await loadClaims(table, synchronizationId)).map(
        ({ key, number }) => `${key} ${number}`,
      );
      const state = `${table.factWrites()} ${registry.written.length} ${world.holders.length} ${rests} ${claimed.join()}`;
      if (state === judgedAt) {
        return [];
      }
      const wrong = [...(await lookAtFacts())];
      if (known === undefined) {
        return wrong;
      }
      const isPublished = !isApplying && (await isNothingPending(world, publishing));
      wrong.push(...(await lookAtClaims(known)), ...(await lookAtView(known, isPublished)));
      if (isPublished) {
        wrong.push(...(await lookAtReadings(known)));
        judgedAt = (await isNothingPending(world, ['scan'])) ? state : '';
      }
      return wrong;
    },
  };
}

async function loadKnown({ table }: ModelWorld): Promise<Known> {
  const scopes = await Promise.all(
    gitHubScopes.map((scope) => loadScope(table, synchronizationId, layout, scope)),
  );
  const stored = scopes.flatMap(({ facts }) => facts);
  return {
    stored,
    removed: new Map(scopes.flatMap(({ removed }) => [...removed])),
    entitlements: new Map(
      stored.flatMap((one) => entitlementsOfFact(one.fact).map((entitlement) => [entitlement, one] as const)),
    ),
  };
}

const factsOf = ({ stored }: Known): readonly Fact[] => stored.map(({ fact }) => fact);

/** The number of the reading that wrote or removed the fact last. */
function numberOf({ stored, removed }: Known, fact: Fact): number | undefined {
  const key = factKey(fact);
  return (stored.find((one) => factKey(one.fact) === key) ?? removed.get(key))?.observedAt;
}

/**
 * A late event, or the end of a membership, and a list that came short agree: together they are believed until the next reading, though
 * somebody may have stayed as an outside collaborator.
 */
async function isSaidTwice(world: ModelWorld, number: number, fact: Fact): Promise<boolean> {
  const isForgetful = world.forgotAt.people >= world.table.drawnAt(number);
  const removed = isForgetful ? await loadRemoved(world.table, synchronizationId, number) : undefined;
  const one = removed?.find(({ before }) => factKey(before) === factKey(fact));
  return (['event', 'orphaned'] as const).some((said) => one?.evidence.includes(said));
}

/** The list that the fact is read with. */
const listOf = ({ kind }: Fact): ScopeName => scopeOfKind(layout, kind);

/** When the reading began after which each list was whole; what it shows may be older by the lag. */
async function wholeSince({ table }: ModelWorld): Promise<number> {
  const states = await scopeStates(table, synchronizationId);
  const begun = (state: ScopeState | undefined): number =>
    state?.readAt === undefined ? 0 : table.drawnAt(state.readAt);
  return Math.min(...gitHubScopes.map((scope) => begun(states.get(scope))));
}

const publishing = queueNames.filter((name) => name.startsWith('publish-'));

async function isNothingPending(
  { table, clock }: ModelWorld,
  queues: readonly QueueName[],
): Promise<boolean> {
  for (const name of queues) {
    if ((await table.pending(name, { before: clock.now() + 3_600_000, limit: 1 })).length > 0) {
      return false;
    }
  }
  return true;
}

function repositoriesSeen(view: View, holder: Holder): ReadonlySet<number> {
  const numbers = view.of(holder);
  return new Set(
    view.packages.filter(({ number }) => numbers.has(number)).map(({ repository }) => Number(repository)),
  );
}
