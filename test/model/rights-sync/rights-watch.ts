/**
 * What has to hold at every moment, by the naive rules:
 *
 * - nobody reads what the code host had not allowed any more when the last complete read began, nor what an event said is gone;
 * - faults alone take nothing away that the code host allows.
 */
import type { ForgeAccountId } from '../../../shared/domain/ids.ts';
import type { ScopeName } from '../../../shared/domain/scopes.ts';
import { loadClaims } from '../../../shared/store/claim-store.ts';
import { latestRuns } from '../../../shared/store/run-store.ts';
import { listHeld, scopeStates } from '../../../shared/store/scope-store.ts';
import { synchronizationId } from '../../support/synchronized.ts';
import type { ChangeableSimulator, ReceivedDelivery, RightsWorld } from './world.ts';

/** The code host as it is, in the terms of the naive rules. */
export interface Watched<Described> {
  readonly scopes: readonly ScopeName[];
  /** The longest that its answers lag behind; milliseconds. */
  readonly lagMs: number;
  /** As it is now, with the times that are left counted from a moment; milliseconds since the epoch. */
  describe(from: number): Described;
  accounts(): readonly { readonly name: string; readonly id: ForgeAccountId }[];
  /** Names of the repositories that an account may read there. */
  allowed(described: Described, account: string): readonly string[];
  /** Names of those that it may read here. */
  expected(described: Described, account: string): readonly string[];
  /** What of the past is gone by an event's word, given what is there now. */
  without(past: Described, event: Pick<ReceivedDelivery, 'headers' | 'body'>, now: Described): Described;
  /** After how many milliseconds rights end by themselves. */
  ends?(described: Described): readonly number[];
  /** The same, so many milliseconds later. */
  later?(described: Described, ms: number): Described;
  /** How much longer a right on the repository may stay than its last read says; milliseconds. */
  graceMs(repository: string): number;
}

/** Among which the latest read of a list is looked for. */
const runsMax = 20;
/** How long removals may wait for other reads; milliseconds. */
const deferredMs = 120_000;

/** The code host from one change to the next. */
interface Past<Described> {
  readonly from: number;
  until: number;
  /** As it was at the beginning. */
  described: Described;
}

export interface RightsWatch {
  /** To be called after each change on the code host. */
  note(): void;
  /** @returns what is wrong now */
  look(): Promise<readonly string[]>;
  /** What the product should decide now, and does not. */
  differences(): Promise<readonly string[]>;
}

export function createRightsWatch<Described>(
  world: RightsWorld<ChangeableSimulator>,
  watched: Watched<Described>,
): RightsWatch {
  const { clock, table } = world;
  const now = (): Described => watched.describe(clock.now());
  const lagMs = watched.lagMs + 1000;
  // The state before the first step is an old one.
  const past: Past<Described>[] = [{ from: 0, until: clock.now(), described: watched.describe(0) }];
  const bodies = new Set<string>();
  let heard = 0;
  /** Rights that were seen since the last change, after a read that must have shown them. */
  const confirmed = new Set<string>();

  /** Takes what an event says is gone out of everything before it. */
  function listen(): void {
    for (; heard < world.received.length; heard++) {
      const event = world.received[heard];
      if (event === undefined) {
        continue;
      }
      const { body, status, at } = event;
      if (!bodies.has(body) && status === 202) {
        for (const one of past.filter(({ until }) => until <= at)) {
          one.described = watched.without(one.described, event, now());
        }
      }
      bodies.add(body);
    }
  }

  /** When the code host last allowed it; -1 for never. */
  function lastAllowed(account: string, repository: string): number {
    let last = -1;
    const isAllowed = (described: Described, ms: number): boolean =>
      watched.allowed(watched.later?.(described, ms) ?? described, account).includes(repository);
    for (const { from, until, described } of past) {
      const ends = (watched.ends?.(described) ?? []).map((ms) => from + ms - 1);
      for (const at of [from, ...ends.filter((end) => end > from && end < until), until]) {
        if (at > last && isAllowed(described, at - from)) {
          last = at;
        }
      }
    }
    return last;
  }

  /** When the oldest of the lists' last complete reads began. */
  async function completeSince(): Promise<number> {
    const states = await scopeStates(table, synchronizationId);
    return Math.min(
      ...watched.scopes.map((list) => {
        const readAt = states.get(list)?.readAt;
        return readAt === undefined ? 0 : table.drawnAt(readAt);
      }),
    );
  }

  /**
   * Whether removals wait: for the owner where they are many, and a minute before that for the reads of members and repositories that were requested
   * at the same time, which may explain them.
   */
  async function hasWaiting(): Promise<boolean> {
    if ((await listHeld(table, synchronizationId)).length > 0) {
      return true;
    }
    const runs = await latestRuns(table, synchronizationId, runsMax);
    const latest = watched.scopes.map((list) =>
      runs
        .flatMap(({ scopes, finishedAt = 0 }) => scopes.map((one) => ({ ...one, finishedAt })))
        .find(({ scope, outcome }) => scope === list && outcome === 'whole'),
    );
    return latest.some(
      (one) => (one?.deferred ?? 0) > 0 && clock.now() < (one?.finishedAt ?? 0) + deferredMs,
    );
  }

  async function checkOf(
    { name, id }: ReturnType<Watched<Described>['accounts']>[number],
    readAt: number,
  ): Promise<readonly string[]> {
    const readable = await world.readableBy(id);
    if (readable === undefined) {
      return [];
    }
    const wrong: string[] = [];
    const isWaiting = await hasWaiting();
    for (const repository of readable) {
      const last = lastAllowed(name, repository);
      if (!isWaiting && last < Math.max(0, readAt - lagMs - watched.graceMs(repository))) {
        wrong.push(
          `${name} reads ${repository}, which the code host allowed last at ${new Date(last).toISOString()}; everything was read at ${new Date(readAt).toISOString()}`,
        );
      }
    }
    const claims = await loadClaims(table, synchronizationId);
    const mayLack = claims.length > 0 || (await world.isSuspended());
    const since = past.at(-1)?.from ?? 0;
    for (const repository of watched.expected(now(), name)) {
      const key = `${name} ${repository}`;
      if (readable.has(repository) && readAt >= since + lagMs) {
        confirmed.add(key);
      } else if (confirmed.has(key) && !readable.has(repository) && !mayLack) {
        wrong.push(`${name} no longer reads ${repository}, though nothing changed there`);
      }
    }
    return wrong;
  }

  const touch = (): void => {
    const last = past.at(-1);
    if (last !== undefined) {
      last.until = clock.now();
    }
  };

  return {
    note() {
      touch();
      past.push({ from: clock.now(), until: clock.now(), described: now() });
      confirmed.clear();
    },
    async look() {
      touch();
      listen();
      const readAt = await completeSince();
      const wrong: string[] = [];
      for (const account of watched.accounts()) {
        wrong.push(...(await checkOf(account, readAt)));
      }
      return wrong;
    },
    async differences() {
      const wrong: string[] = [];
      for (const { id, name } of watched.accounts()) {
        const readable = await world.readableBy(id);
        const expected = watched.expected(now(), name);
        const found = [...(readable ?? [])].sort();
        if (readable === undefined || found.join() !== expected.join()) {
          wrong.push(
            `${name} reads ${found.join() || 'nothing'} in place of ${expected.join() || 'nothing'}`,
          );
        }
      }
      return wrong;
    },
  };
}
