/**
 * Random groups, random changes on GitLab, faults of the simulator and of workers: once GitLab is quiet, whoever may read what is whoever may
 * read it on GitLab, by the naive rules. Until then faults take nothing away, and no right remains after a read that must have shown its end.
 *
 * `SYNC_SEED` repeats a seed, `SYNC_RUNS` sets how many sequences; `SYNC_PATH` (with the seed) goes straight to the one that failed.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultOptions } from '../../../local/forges/faults/faults.ts';
import type { GitLabFaultKind } from '../../../local/forges/gitlab/fault-kinds.ts';
import { listHeld } from '../../../shared/store/scope-store.ts';
import { extent, isLong } from '../../support/long.ts';
import { synchronizationId } from '../../support/synchronized.ts';
import { instances } from '../gitlab-rights/random-instances.ts';
import { type ChangeKey, changeKeys, gitLabChange, type Numbers } from './gitlab-changes.ts';
import { type GitLabModel, type GitLabWorld, startGitLabModel } from './gitlab-model.ts';
import { createRightsWatch, type RightsWatch } from './rights-watch.ts';

const seed = Number(process.env.SYNC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20_261_128));
const runs = Number(process.env.SYNC_RUNS ?? extent({ short: 8, long: 1_000 }));
const path = process.env.SYNC_PATH;
const dayMs = 24 * 3600 * 1000;

interface Change {
  readonly change: ChangeKey;
  readonly of: Numbers;
}
type Command =
  | ({ readonly do: 'change' } & Change)
  /** While the next run reads, between two of its requests. */
  | ({ readonly do: 'change during a read'; readonly request: number } & Change)
  /** Another worker handles the next message while one still reads. */
  | { readonly do: 'work during a read'; readonly request: number }
  | { readonly do: 'fault'; readonly fault: FaultOptions<GitLabFaultKind> }
  /** Everything is read, and GitLab's answers are old. */
  | { readonly do: 'old read'; readonly seconds: number }
  | { readonly do: 'reconcile' | 'lose messages' | 'no more faults' | 'long silence' };

const number = fc.nat(23);
const change = fc.record({
  change: fc.constantFrom(...changeKeys, 'remove a member' as const, 'remove a member' as const),
  of: fc.tuple(number, number, number),
});
const strikes = { times: fc.integer({ min: 1, max: 6 }), after: fc.nat(8) };
const kinds = [
  ...(['failing-page', 'short-page', 'server-error', 'drop-connection', 'rate-limit'] as const),
  ...(['bad-credential', 'slow', 'lagging-read'] as const),
] satisfies readonly GitLabFaultKind[];
const deliveryKinds = [
  ...(['delivery-lost', 'delivery-doubled', 'delivery-reordered', 'delivery-delayed'] as const),
] satisfies readonly GitLabFaultKind[];
const fault: fc.Arbitrary<FaultOptions<GitLabFaultKind>> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(...kinds),
    ...strikes,
    retryAfter: fc.constantFrom(0, 30),
    delayMs: fc.constantFrom(1_000, 20_000),
    seconds: fc.constantFrom(30, 120),
  }),
  fc.record({
    kind: fc.constantFrom(...deliveryKinds),
    times: fc.integer({ min: 1, max: 3 }),
    delayMs: fc.constantFrom(1_000, 300_000),
  }),
);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: change.map((made) => ({ do: 'change', ...made }) as const) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(change, fc.nat(12))
      .map(([made, request]) => ({ do: 'change during a read', request, ...made }) as const),
  },
  { weight: 2, arbitrary: fc.nat(12).map((request) => ({ do: 'work during a read', request }) as const) },
  { weight: 6, arbitrary: fault.map((made) => ({ do: 'fault', fault: made }) as const) },
  { weight: 2, arbitrary: fc.constantFrom(60, 120).map((seconds) => ({ do: 'old read', seconds }) as const) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(
        ...(['reconcile', 'reconcile', 'lose messages', 'no more faults', 'long silence'] as const),
      )
      .map((name) => ({ do: name }) as const),
  },
);
/** Seconds that pass after a command, with all work due in them; undefined: none. */
const wait = fc.constantFrom(undefined, undefined, 0, 0, 6, 31, 130, 200, 700);
const sequences = fc.record({
  instance: instances,
  hasGraphql: fc.constantFrom(true, false, true),
  steps: fc.array(fc.record({ command, wait }), { minLength: 2, maxLength: 14 }),
});
type Sequence = typeof sequences extends fc.Arbitrary<infer Value> ? Value : never;

let model: GitLabModel;
beforeAll(async () => {
  model = await startGitLabModel();
});
afterAll(() => model.close());

test(
  `R1, R12, R18, R21, R23, R24: who reads follows GitLab through ${runs} sequences of changes and faults (SYNC_SEED=${seed})`,
  async () => {
    const property = fc.asyncProperty(sequences, async (sequence) => {
      expect(await performed(sequence)).toEqual([]);
    });
    await fc.assert(property, {
      ...{ seed, numRuns: runs, interruptAfterTimeLimit: extent({ short: 250_000, long: 3_500_000 }) },
      ...(path !== undefined && { path, endOnFailure: true }),
    });
  },
  extent({ short: 300_000, long: 3_600_000 }),
);

/** @returns what is wrong */
async function performed({ instance, hasGraphql, steps }: Sequence): Promise<readonly string[]> {
  const world = await model.begin({ ...instance, plan: 'premium', hasExternalUsers: true }, hasGraphql);
  const watch = createRightsWatch(world);
  const wrong: string[] = [...(await watch.differences()).map((text) => `at the beginning: ${text}`)];
  for (const [place, { command, wait }] of steps.entries()) {
    world.onWork = async () => {
      wrong.push(...(await watch.look()).map((text) => `in step ${place}: ${text}`));
    };
    await perform(world, watch, command);
    if (wait === 0) {
      await world.work();
    } else if (wait !== undefined) {
      await world.pass(wait * 1000);
    }
    await world.onWork();
    if (wrong.length > 0) {
      return [...new Set(wrong)];
    }
  }
  world.onRequest = async () => {};
  await world.repair();
  await calm(world);
  if ((await world.allowHeld()) > 0) {
    await calm(world);
  }
  wrong.push(...(await watch.differences()).map((text) => `at the end: ${text}`));
  const held = await listHeld(world.table, synchronizationId);
  wrong.push(...held.map(({ scope }) => `removals of ${scope} are still held`));
  wrong.push(
    ...world.errors.map((error) => `an error: ${error instanceof Error ? error.stack : String(error)}`),
  );
  return [...new Set(wrong)];
}

/** Lets the world become idle: the lag passes, and the schedule finds what was missed, within an hour where projects have their turns. */
async function calm(world: GitLabWorld): Promise<void> {
  await world.pass(130_000);
  for (let rounds = 0; rounds < (world.hasGraphql ? 4 : 14); rounds++) {
    await world.reconcile();
    await world.pass(350_000);
  }
}

async function make(world: GitLabWorld, watch: RightsWatch, { change: key, of }: Change): Promise<void> {
  const { simulator, topId, clock } = world;
  const made = gitLabChange({ state: simulator.state, topId, now: clock.now() }, key, of);
  if (made !== undefined) {
    await world.change(made.name, made.input);
    watch.note();
    // What an event ends has ended before any read.
    await world.onWork();
  }
}

async function perform(world: GitLabWorld, watch: RightsWatch, command: Command): Promise<void> {
  switch (command.do) {
    case 'change':
      return make(world, watch, command);
    case 'change during a read':
      return afterRequests(world, command.request, () => make(world, watch, command));
    case 'work during a read':
      return afterRequests(world, command.request, async () => {
        await world.deliver();
      });
    case 'fault':
      world.simulator.faults.add(command.fault);
      return;
    case 'old read': {
      const { id } = world.simulator.faults.add({ kind: 'lagging-read', seconds: command.seconds });
      await world.reconcile();
      await world.work();
      world.simulator.faults.remove(id);
      return;
    }
    case 'reconcile':
      return world.reconcile();
    case 'lose messages':
      return world.loseMessages();
    case 'no more faults':
      return world.quiet();
    case 'long silence':
      await world.clock.advance(8 * dayMs);
      return world.reconcile();
  }
}

function afterRequests(world: GitLabWorld, requests: number, act: () => Promise<void>): void {
  let left = requests;
  const before = world.onRequest;
  const hook = async (): Promise<void> => {
    await before();
    if (left-- === 0) {
      if (world.onRequest === hook) {
        world.onRequest = before;
      }
      await act();
    }
  };
  world.onRequest = hook;
}
