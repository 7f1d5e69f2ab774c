/** The local cloud in the same state as often as wanted, and what happens from there. */
import { z } from 'zod';
import { createCloudClock } from '../../../local/cloud/runtime/clock.ts';
import { startWebhookReceiver } from '../../../local/forges/github/simulator-fixture.ts';
import type { Item } from '../../../shared/store/table.ts';
import { historyProblems } from '../../support/history.ts';
import { type System, startSystem } from '../../support/started.ts';
import { type CallName, watchCalls } from './calls.ts';
import { comparable } from './compare.ts';
import type { End } from './outcome.ts';
import { openStorage, type Stored } from './stored.ts';
import { type Chapter, chapters, forgeChanges, oldDist, packageNames, smallWorld } from './world.ts';

export interface Life extends End {
  /** The calls of functions, in the order in which they came. */
  readonly calls: readonly CallName[];
}

export interface Bench {
  readonly system: System;
  /** How each chapter went when it was first lived. */
  readonly undisturbed: ReadonlyMap<Chapter, Life>;
  /** Goes back to the beginning of the chapter. @param cold no function has run yet */
  reset(chapter: Chapter, options?: { readonly cold?: boolean }): Promise<void>;
  /** Has happen what the chapter says, and lets time pass until all is at rest. */
  live(chapter: Chapter): Promise<End>;
  /** How a life ends in which nothing is disturbed, under circumstances that a disturbance makes. */
  reference(chapter: Chapter, circumstances: Circumstances): Promise<End>;
  /** Has the reconcile come after a chapter that was just lived. */
  reconcileAfter(chapter: Chapter): Promise<End>;
  /** The parts of lives, for those that go another way. */
  readonly parts: {
    /** Sends what the forge has to say in the chapter. @returns what was not taken */
    deliver(chapter: Chapter): Promise<readonly Delivery[]>;
    install(): Promise<readonly string[]>;
    reconcile(): Promise<void>;
    /** Whether a read of the forge was given up, so that only the next reconcile goes on. */
    gaveUp(): Promise<boolean>;
    /** Lets time pass until nothing is left to do. */
    settle(): Promise<Settled>;
    end(chapter: Chapter, settled: Settled): Promise<End>;
  };
  /** Whether each message of a standard queue is handed to two workers at once. */
  doubleMessages(on: boolean): void;
  close(): Promise<void>;
}

export interface Circumstances {
  /** Numbers of packages that were drawn and never used: a number drawn by who died is given to nobody else. */
  readonly numbersLost: number;
  /** A reconcile comes after the chapter. */
  readonly reconciled: boolean;
}

export type Settled = Pick<End, 'minutes' | 'leftovers'>;

export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const minuteMs = 60_000;
/** Shorter than any visibility time-out or lease. */
const stepMs = 10_000;
const dayMinutes = 24 * 60;
/** The longest wait is for the message of a dead worker, after six times its function's 300 s. */
const minutesMax = 120;

/** @param options in which chapters the functions are cold when they are first lived */
export async function startBench(options: { readonly cold: readonly Chapter[] }): Promise<Bench> {
  const clock = createCloudClock();
  const offset = new Float64Array(clock.shared);
  let isDoubling = false;
  const doubled = new Set<string>();
  const handsOutTwice = (_: string, { messageId }: { readonly messageId: string }): boolean =>
    isDoubling && doubled.size < doubled.add(messageId).size;
  const system = await startSystem(smallWorld, { clock, schedules: false, services: { handsOutTwice } });
  const { cloud, gitHub } = system;
  const storage = await openStorage(cloud.engines);
  const receiver = await startWebhookReceiver();
  const deliveries = new Map<Chapter, readonly Delivery[]>();
  const undisturbed = new Map<Chapter, Life>();
  const beginnings = new Map<Chapter, { readonly stored: Stored; readonly time: number }>();

  const quiet = (): Promise<void> => cloud.idle({ inFlightToo: false, timeoutMs: 60_000 });
  /** A function runs in real time: what a step starts has to end before the clock goes past its visibility time-out or its lease. */
  const pass = async (minutes: number): Promise<void> => {
    for (let left = minutes * minuteMs; left > 0; ) {
      const step = messages().length === 0 ? left : Math.min(left, stepMs);
      left -= step;
      await clock.advance(step);
      await quiet();
    }
  };
  /** What the template's schedules start. One that dies is not started again before its time. */
  const scheduled = async (name: string): Promise<void> => {
    await cloud.invoke(name, {}).catch(() => {});
    await quiet();
  };
  const messages = (): string[] =>
    Object.entries(cloud.queueCounts()).flatMap(([name, { visible, delayed, inFlight }]) =>
      visible + delayed + inFlight > 0 ? [`${name}: ${visible}, ${delayed}, ${inFlight}`] : [],
    );
  const unfinishedWork = async (): Promise<string[]> =>
    [...(await storage.items())].flatMap(([key, item]) =>
      item.pending !== undefined || item.wanted !== item.done ? [key] : [],
    );

  async function settle(): Promise<Settled> {
    for (let minutes = 0; ; ) {
      await quiet();
      const work = await unfinishedWork();
      const waiting = messages();
      const isOver = work.length === 0 && waiting.every((name) => name.includes('dead-letters'));
      if (isOver || minutes > minutesMax) {
        return { minutes, leftovers: [...work, ...waiting] };
      }
      // The sweep has nothing to find where there is no work: time may pass faster.
      const step = work.length === 0 ? 5 : 1;
      minutes += step;
      await pass(step);
      if (work.length > 0) {
        await scheduled('sweep-work');
      }
    }
  }

  async function deliver(which: readonly Delivery[]): Promise<readonly Delivery[]> {
    const refused: Delivery[] = [];
    for (const { headers, body } of which) {
      const kept = Object.entries(headers).filter(([name]) => /^(x-|content-type$)/.test(name));
      const request = { method: 'POST', headers: Object.fromEntries(kept), body };
      const answer = await fetch(`${system.console}/webhooks/github`, request);
      await answer.arrayBuffer();
      if (!answer.ok) {
        refused.push({ headers, body });
      }
    }
    return refused;
  }

  async function get(
    login: string,
    path: string,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const answer = await fetch(`${system.registry}/acme${path}`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${system.token(login)}` },
    });
    const body = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    return { status: answer.status, body };
  }

  /** As Composer installs from an old lock, and a person who tries again after a minute. */
  async function install(): Promise<readonly string[]> {
    for (let attempt = 1; attempt <= 5; attempt++) {
      const first = await get('ann', distPath);
      const last = first.status === 307 ? await get('ann', distPath) : first;
      await quiet();
      if (last.status === 200) {
        return [];
      }
      await pass(1);
      await scheduled('sweep-work');
    }
    return ['the archive could not be had'];
  }

  async function readAll(): Promise<readonly [string, string][]> {
    cloud.clearCaches();
    const files = packageNames.flatMap((name) => [`/p2/${name}.json`, `/p2/${name}~dev.json`]);
    const paths = ['/packages.json', ...files];
    const asked = ['alice', 'ann'].flatMap((login) => paths.map((path) => ({ login, path })));
    return Promise.all(
      asked.map(async ({ login, path }): Promise<[string, string]> => {
        const { status, body } = await get(login, path);
        return [`read ${login} ${path}`, `${status} ${body}`];
      }),
    );
  }

  async function end(chapter: Chapter, settled: Settled): Promise<End> {
    const reads = await readAll();
    const stored = await storage.read();
    const beginning = beginnings.get(chapter)?.stored ?? stored;
    const state = comparable(stored, beginning);
    return {
      ...settled,
      leftovers: [...settled.leftovers, ...historyProblems(beginning.items, stored.items)],
      state: new Map([...state, ...reads]),
      lastPackageNumber: counterOf(stored),
    };
  }

  async function live(chapter: Chapter): Promise<End> {
    const refused = await deliver(deliveries.get(chapter) ?? []);
    const trouble: string[] = [];
    if (chapter === 'an archive') {
      trouble.push(...(await install()));
    }
    if (chapter === 'a reconcile') {
      await scheduled('start-reconcile');
    }
    let settled = await settle();
    await scheduled('sweep-work');
    if (refused.length > 0) {
      // GitHub does not try again by itself: a person does, or whoever reads its log of deliveries.
      trouble.push(...(await deliver(refused)).map(() => 'a delivery is refused again'));
      settled = await settle();
    }
    if (chapter === 'a reconcile') {
      // One that died asks again at its next turn.
      await pass(10);
      await scheduled('start-reconcile');
      settled = await settle();
    }
    return end(chapter, { ...settled, leftovers: [...settled.leftovers, ...trouble] });
  }

  async function gaveUp(): Promise<boolean> {
    return [...(await storage.items()).values()].some(
      ({ unfinished, lastFailure, lastSuccessAt }) =>
        unfinished === true || failedAt(lastFailure) > Number(lastSuccessAt ?? 0),
    );
  }

  async function reset(chapter: Chapter, { cold = false, numbersLost = 0 } = {}): Promise<void> {
    const beginning = beginnings.get(chapter);
    if (!beginning) {
      throw new Error(`there is no ${chapter}`);
    }
    for (const name of Object.keys(cloud.queueCounts())) {
      cloud.engines.queues.purge(name);
    }
    await storage.restore(withNumbersLost(beginning.stored, numbersLost));
    gitHub.renewBudgets();
    cloud.clearCaches();
    if (cold) {
      await cloud.coolDown();
    }
    offset[0] = beginning.time - Date.now();
  }

  const references = new Map<string, Promise<End>>();
  async function liveReference(chapter: Chapter, { numbersLost, reconciled }: Circumstances): Promise<End> {
    await reset(chapter, { numbersLost });
    const ended = await live(chapter);
    return reconciled ? reconcileAfter(chapter) : ended;
  }

  async function reconcileAfter(chapter: Chapter): Promise<End> {
    await pass(10);
    await scheduled('start-reconcile');
    return end(chapter, await settle());
  }

  async function prepare(): Promise<void> {
    // What is new now is old then: no rule about recent changes is at work.
    await settle();
    await pass(dayMinutes);
    await scheduled('start-reconcile');
    await settle();
    await gitHub.changes.run('set-webhook', { url: receiver.url });
    for (const chapter of chapters) {
      await forgeChanges[chapter]?.(gitHub.changes);
      await gitHub.idle();
      const said = receiver.received.splice(0);
      deliveries.set(
        chapter,
        chapter === 'a reconcile' ? [] : said.map(({ headers, body }) => ({ headers, body })),
      );
    }
    await gitHub.changes.run('set-webhook', { url: null });
    for (const chapter of chapters) {
      await pass(chapter === 'a reconcile' ? dayMinutes : 60);
      beginnings.set(chapter, { stored: await storage.read(), time: clock.now() });
      if (options.cold.includes(chapter)) {
        await cloud.coolDown();
      }
      const watch = watchCalls(system);
      undisturbed.set(chapter, { ...(await live(chapter)), calls: watch.calls });
      watch.stop();
    }
  }

  const { body } = await get('ann', `/p2/${oldDist.name}.json`);
  const oldReference = /"reference":"([0-9a-f]{40})"/.exec(body)?.[1] ?? '';
  const distPath = `/dists/${oldDist.name}/${oldReference}.zip`;
  await prepare();

  return {
    system,
    undisturbed,
    reset,
    live,
    reference(chapter, circumstances) {
      const name = JSON.stringify([chapter, circumstances.numbersLost, circumstances.reconciled]);
      const known = references.get(name) ?? liveReference(chapter, circumstances);
      references.set(name, known);
      return known;
    },
    reconcileAfter,
    parts: {
      deliver: (chapter) => deliver(deliveries.get(chapter) ?? []),
      install,
      reconcile: () => scheduled('start-reconcile'),
      gaveUp,
      settle,
      end,
    },
    doubleMessages(on) {
      isDoubling = on;
    },
    async close() {
      storage.close();
      await receiver.close();
      await system.close();
    },
  };
}

const failedAt = (failure: unknown): number => z.object({ at: z.number() }).safeParse(failure).data?.at ?? 0;

const counterOf = ({ items }: Stored): number =>
  Math.max(...[...items.values()].map(({ lastPackageNumber }) => Number(lastPackageNumber ?? 0)));

function withNumbersLost({ items, ...others }: Stored, count: number): Stored {
  const changed = [...items].map(([key, item]): [string, Item] =>
    item.lastPackageNumber === undefined
      ? [key, item]
      : [key, { ...item, lastPackageNumber: Number(item.lastPackageNumber) + count }],
  );
  return { ...others, items: new Map(changed) };
}
