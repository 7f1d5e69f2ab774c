/**
 * What has to hold at every moment, whatever happens on the forge and on the way:
 *
 * - nothing is taken away that the forge has had all the time: not from holders of tokens, not from versions, not from our facts;
 * - no right remains after a complete read must have shown that it was revoked, and no read that shows an older state brings it back,
 *   unless the forge has granted it again.
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

/** The longest that the forge's reads lag behind, plus a second. */
export const lagMs = 121_000;
/** The longest that anybody may lack a right that the forge grants, once the forge has been read. */
const outMs = 150_000;
const weekMs = 7 * 24 * 3600 * 1000;

/** What owners decided, which permits changes that a read alone would not. */
export interface OwnerDecisions {
  /** Lists whose missing rows an owner allowed to be removed. */
  readonly allowed: Set<string>;
  /** When an owner last undid a run that had removed something; milliseconds since the epoch. */
  askedBackAt: number;
}

export interface Watch {
  /** Checks what has changed since the last call. @returns what is wrong */
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
  checkVersions: (view: View) => Promise<readonly string[]>,
  decisions: OwnerDecisions,
  met: Met,
): Watch {
  const { table, clock, registry } = world;
  /** When a read last removed each entitlement; milliseconds since the epoch. */
  const goneAt = new Map<string, number>();
  const removedByEvents = createRemovedByEvents(world, history);
  let known: Known | undefined;
  let knownAt = -1;
  let view: View | undefined;
  let viewedAt = '';
  let judgedAt = '';
  let wasApplying = false;
  let wasSuspended = false;
  let wasClaimed = false;

  async function checkFacts(): Promise<readonly string[]> {
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
      // An owner's decision needs no second read.
      const isPutBack = decisions.askedBackAt >= seenGoneAt;
      const from = Math.max(isPutBack ? 0 : seenGoneAt, table.drawnAt(observedAt) - lagMs);
      if (!history.grantedSince(entitlement, from)) {
        wrong.push(
          `${factKey(fact)} gives "${entitlement}", which the forge has not granted since ${seenGoneAt > 0 ? 'a read removed it' : 'long before the read'}`,
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
        !decisions.allowed.has(listOf(fact)) &&
        history.grantedAllTimeSince(entitlement, table.drawnAt(by) - lagMs)
      ) {
        if (await isReportedTwice(world, by, fact)) {
          history.doubt();
          continue;
        }
        wrong.push(
          `${factKey(fact)} no longer gives "${entitlement}" after read ${by}, though the forge has had it all the time`,
        );
      }
    }
    return wrong;
  }

  /** Checks that nothing remains which a complete read must have shown to be gone. */
  async function checkReads(facts: Known): Promise<readonly string[]> {
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
        // A team or repository that is missing from a list is looked up; if it exists, nothing of it changes.
        const sawAll = world.forgotAt.things < began;
        const isRechecked = states.get(scope)?.recheckAt !== undefined;
        const hadToKnow = sawAll && !isRechecked && readAt > observedAt && began >= changedAt + lagMs;
        if (hadToKnow && !history.grantedSince(entitlement, began - lagMs)) {
          wrong.push(
            `${factKey(fact)} gives "${entitlement}", which read ${readAt} of ${scope} did not show`,
          );
        }
      }
    }
    return wrong;
  }

  async function checkView(facts: Known, isPublished: boolean): Promise<readonly string[]> {
    const wrong: string[] = [];
    const version = `${registry.written.length} ${world.holders.map(({ token }) => token).join()}`;
    if (view === undefined || viewedAt !== version) {
      viewedAt = version;
      view = await viewOf(world);
      wrong.push(...(await checkVersions(view)));
    }
    const synchronization = await findSynchronization(table, synchronizationId);
    const isSuspended = synchronization?.rightsSuspendedAt !== undefined;
    const completeSince = await completeReadsSince(world);
    if (isSuspended && !wasSuspended) {
      met.suspended += 1;
      if (clock.now() - completeSince < weekMs) {
        wrong.push('access is suspended, though everything was read completely less than a week before');
      }
    }
    // Suspended access is back when everything is published.
    wasSuspended = isSuspended || (wasSuspended && !isPublished);
    const claims = await loadClaims(table, synchronizationId);
    met.claims += claims.length > 0 ? 1 : 0;
    const standing = withoutClaimed(facts.stored, claims);
    const reported = isPublished ? describeFacts(standing, world.holders) : undefined;
    /** What the facts would grant without claims. A holder who lacks some of it lacks it because of a claim. */
    const unclaimed =
      claims.length > 0 || wasClaimed ? describeFacts(factsOf(facts), world.holders) : undefined;
    const mayBeOut = claims.length === 0 || mayBeWrong(claims, completeSince);
    // Claimed rights are back when everything is published.
    wasClaimed = claims.length > 0 || (wasClaimed && !isPublished);
    const isScanned = isPublished && (await isNothingPending(world, ['scan']));
    /** What the holder may read by our facts; undefined until everything is published. */
    const reportedTo = (holder: Holder): ReadonlyMap<number, unknown> | undefined => {
      if (holder.kind === 'organization') {
        // When a read shows that a repository is gone, the scan after it withdraws the packages. Until then an organization's token still
        // reads them.
        return isScanned ? mayRead(describeFacts(factsOf(facts), world.holders), holder) : undefined;
      }
      return isSuspended ? reported && new Map() : reported && mayRead(reported, holder);
    };
    for (const holder of world.holders) {
      const isOwn = holder.kind !== 'organization';
      const seen = repositoriesSeen(view, holder);
      for (const right of history.effectiveRightsOf(holder)) {
        const { repository, since } = right;
        const isSeen = seen.has(repository);
        // A part that the list left out is read by itself a moment later.
        right.isConfirmed ||=
          isSeen && completeSince >= since + lagMs && world.forgotAt.things < completeSince;
        if (!isSeen && right.isConfirmed && !(wasSuspended && isOwn)) {
          if (unclaimed !== undefined && mayBeOut && mayRead(unclaimed, holder).has(repository)) {
            met.lateEvents += 1;
            continue;
          }
          wrong.push(
            `${nameOf(world, holder)} lost repository ${repository}, which the forge has granted all the time`,
          );
        }
      }
      const may = reportedTo(holder);
      for (const id of seen) {
        if (may?.has(id) === false) {
          wrong.push(
            `${nameOf(world, holder)} still reads repository ${id}, though reads have shown that its grants are gone`,
          );
        }
      }
    }
    return wrong;
  }

  /** Checks that what a new event removed gives nothing from then on, in what is decided from facts and claims. */
  async function checkClaims({ stored }: Known): Promise<readonly string[]> {
    const claims = await loadClaims(table, synchronizationId);
    return removedByEvents.look(new Set(withoutClaimed(stored, claims).flatMap(entitlementsOfFact)));
  }

  /**
   * Whether an open claim may still be wrong without being a defect: until `outMs` after it, and until every list was read completely
   * by a read that began `lagMs` after it. What such a read missed is decided by a read of its part, whose message may be lost.
   *
   * @param completeSince when the oldest of the lists' last complete reads began
   */
  const mayBeWrong = (claims: readonly StoredClaim[], completeSince: number): boolean =>
    claims.some(
      ({ at }) =>
        completeSince < at + lagMs ||
        clock.now() < at + outMs ||
        completeSince <= Math.max(...Object.values(world.forgotAt)),
    );

  return {
    async look() {
      // Somebody may have got a token since the last call.
      history.note();
      const isApplying = (await applyingSince(table, synchronizationId)) !== undefined;
      met.resumedPlans += wasApplying && !isApplying ? 1 : 0;
      wasApplying = isApplying;
      const synchronization = await table.get(keys.synchronization(synchronizationId));
      const suspendedAt = synchronization?.rightsSuspendedAt;
      const claimed = (await loadClaims(table, synchronizationId)).map(
        ({ key, number }) => `${key} ${number}`,
      );
      const state = `${table.factWrites()} ${registry.written.length} ${world.holders.length} ${suspendedAt} ${claimed.join()}`;
      if (state === judgedAt) {
        return [];
      }
      const wrong = [...(await checkFacts())];
      if (known === undefined) {
        return wrong;
      }
      const isPublished = !isApplying && (await isNothingPending(world, publishing));
      wrong.push(...(await checkClaims(known)), ...(await checkView(known, isPublished)));
      if (isPublished) {
        wrong.push(...(await checkReads(known)));
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

/** The number of the read that last wrote or removed the fact. */
function numberOf({ stored, removed }: Known, fact: Fact): number | undefined {
  const key = factKey(fact);
  return (stored.find((one) => factKey(one.fact) === key) ?? removed.get(key))?.observedAt;
}

/**
 * Whether the removal rests on two wrong reports that agree: a list that was cut short, and a late event or an ended membership. The
 * registry rightly believes them until the next read, though the account may have stayed as an outside collaborator.
 */
async function isReportedTwice(world: ModelWorld, number: number, fact: Fact): Promise<boolean> {
  const wasCutShort = world.forgotAt.people >= world.table.drawnAt(number);
  const removed = wasCutShort ? await loadRemoved(world.table, synchronizationId, number) : undefined;
  const one = removed?.find(({ before }) => factKey(before) === factKey(fact));
  return (['event', 'orphaned'] as const).some((evidence) => one?.evidence.includes(evidence));
}

/** The list that the fact is read with. */
const listOf = ({ kind }: Fact): ScopeName => scopeOfKind(layout, kind);

/** When the oldest of the lists' last complete reads began. What that read shows may be older still, by the forge's lag. */
async function completeReadsSince({ table }: ModelWorld): Promise<number> {
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
