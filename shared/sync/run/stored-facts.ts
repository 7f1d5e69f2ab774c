/**
 * Gives a read what is stored of its scope, so that a forge that gives some rows only at a request for each part need not be asked for all of them
 * each time.
 *
 * A fact that a read takes from here counts as seen by it. So it is loaded after the read's number was drawn: whatever changes later has a higher
 * number. And a part is left out while a read has to decide something about it: what an event claims or expects, a removal that waits for an
 * owner, a change so recent that the last complete read may have missed what followed.
 */
import { covers, scopeOfKey } from '../../domain/claim.ts';
import { factKey } from '../../domain/facts.ts';
import { asId, type ForgeRepositoryId } from '../../domain/ids.ts';
import {
  type AnyScope,
  idOfPart,
  isPart,
  kindOfPart,
  listsOf,
  mainKeyOf,
  type PartScope,
  partOf,
} from '../../domain/scopes.ts';
import type { StoredFacts } from '../../forge/forge.ts';
import { loadClaims, loadExpectations } from '../../store/claim-store.ts';
import { isKind, loadScope, type StoredScope } from '../../store/fact-store.ts';
import { listStates, type ScopeState, webhookCause } from '../../store/scope-store.ts';
import { heldBefore } from '../plan/held.ts';
import type { Run } from './run.ts';
import type { TakenScope } from './take-scopes.ts';

/** Requests that a read of what may have changed answers. All others want everything to be read, or say that something is missing. */
const isEnough = (cause: string): boolean =>
  cause === 'schedule' || cause === 'read too early' || cause.startsWith(webhookCause(''));

/** @returns undefined when everything has to be read */
export async function loadStoredFacts(run: Run, taken: TakenScope): Promise<StoredFacts | undefined> {
  const { scope } = taken;
  const { table } = run.dependencies;
  const { id } = run.synchronization;
  const layout = run.traits.scopes;
  const states = await listStates(table, id);
  const lists = listsOf(layout, scope).map((list) => states.get(list));
  if (!isEnoughFor(taken) || lists.some((state) => !isComplete(state, isPart(scope)))) {
    return undefined;
  }
  const since = Math.min(...lists.map((state) => state?.readBegunAt ?? 0));
  const stored = await loadScope(table, id, layout, scope);
  const open = await openFacts(run, scope, stored, since);
  const byPart = Map.groupBy(
    stored.facts.map(({ fact }) => fact),
    partOf,
  );
  const isMain = (part: PartScope): boolean =>
    (byPart.get(part) ?? []).some((fact) => factKey(fact) === mainKeyOf(part));
  const watched = lists.flatMap((state) => state?.watched ?? []);
  return {
    since,
    watched: new Set([...watched, ...repositoriesIn(stored.removed.keys())]),
    isStored: (part) => isMain(part) || stored.removed.has(mainKeyOf(part)),
    of(part, kind) {
      const facts = byPart.get(part) ?? [];
      const isKnown = isMain(part) && !open.has(mainKeyOf(part));
      return isKnown && !open.has(rowsOf(part, kind))
        ? facts.filter((fact) => isKind(fact, kind))
        : undefined;
    },
  };
}

/** A list that was requested more than once may have been requested for another reason before. */
function isEnoughFor({ scope, state, lease }: TakenScope): boolean {
  const requests = (state.reading?.wanted ?? lease.wanted) - state.done;
  return isEnough(state.cause) && (isPart(scope) || requests <= 1);
}

/**
 * Whether a complete read of the list is stored, and nothing was restored since.
 *
 * @param isOfPart a read of the list that is under way may have seen more: its rows of the part are left alone once the part was read
 */
function isComplete(state: ScopeState | undefined, isOfPart: boolean): boolean {
  if (state?.readBegunAt === undefined || (state.restore?.at ?? 0) >= state.readBegunAt) {
    return false;
  }
  return isOfPart ? state.leaseId === undefined && state.reading === undefined : state.watched !== undefined;
}

/** Names the rows of one kind in a part. */
const rowsOf = (part: AnyScope, kind: string): string => `${part} ${kind}`;

/** What a read has to decide something about: main keys of parts, and names of rows. */
async function openFacts(
  { dependencies: { table }, synchronization: { id }, traits: { lagMs } }: Run,
  scope: AnyScope,
  { facts, removed }: StoredScope,
  since: number,
): Promise<ReadonlySet<string>> {
  const [claims, expectations, held] = await Promise.all([
    loadClaims(table, id),
    loadExpectations(table, id),
    heldBefore(table, id, scope),
  ]);
  const isRecent = ({ changedAt }: { readonly changedAt: number }): boolean => changedAt + lagMs > since;
  const ofFacts = facts
    .filter((one) => isRecent(one) || claims.some((claim) => covers(claim, one.fact)))
    .map(({ fact }) => factKey(fact));
  const keys = [
    ...ofFacts,
    ...[...removed].filter(([, tombstone]) => isRecent(tombstone)).map(([key]) => key),
    ...[...claims, ...expectations].map(({ key }) => key),
    ...[...held.waiting, ...held.refused, ...held.allowed],
  ];
  return new Set(
    keys.flatMap((key) =>
      partsOfKey(key).map((part) => (key === mainKeyOf(part) ? key : rowsOf(part, key.split('#')[0] ?? ''))),
    ),
  );
}

/** The part of the fact with that key; settings and rows of roles belong to none. */
const partsOfKey = (key: string): readonly PartScope[] =>
  /^(?:role|settings)/.test(key) ? [] : [scopeOfKey(key)].filter(isPart);

/** The repositories of removed rows: who was there may come back. */
const repositoriesIn = (keys: Iterable<string>): readonly ForgeRepositoryId[] =>
  [...keys]
    .flatMap(partsOfKey)
    .filter((part) => kindOfPart(part) === 'repository')
    .map((part) => asId<ForgeRepositoryId>(idOfPart(part)));
