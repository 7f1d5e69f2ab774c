/** Random sequences of changes on a code host, of its simulator's faults and of lost messages, and what has to hold in each step. */
import fc from 'fast-check';
import type { FaultOptions, FaultRegistry } from '../../../local/forges/faults/faults.ts';
import { listHeld } from '../../../shared/store/scope-store.ts';
import { synchronizationId } from '../../support/synchronized.ts';
import type { RightsWatch } from './rights-watch.ts';
import type { ChangeableSimulator, RightsWorld } from './world.ts';

const dayMs = 24 * 3600 * 1000;

/** What a change is made with: they choose among what exists. */
export type Numbers = readonly [number, number, number];

interface Change<Key> {
  readonly change: Key;
  readonly of: Numbers;
}
type Command<Key, Kind extends string> =
  | ({ readonly do: 'change' } & Change<Key>)
  /** While the next run reads, between two of its requests. */
  | ({ readonly do: 'change during a read'; readonly request: number } & Change<Key>)
  /** Another worker handles the next message while one still reads. */
  | { readonly do: 'work during a read'; readonly request: number }
  | { readonly do: 'fault'; readonly fault: FaultOptions<FaultKind | Kind> }
  /** Everything is read, and the answers are old. */
  | { readonly do: 'old read'; readonly seconds: number }
  | { readonly do: 'reconcile' | 'lose messages' | 'no more faults' | 'long silence' };

export interface Step<Key, Kind extends string> {
  readonly command: Command<Key, Kind>;
  /** Seconds that pass afterwards, with all work due in them; undefined: none. */
  readonly wait: number | undefined;
}

const strikes = { times: fc.integer({ min: 1, max: 6 }), after: fc.nat(8) };
const kinds = [
  ...(['failing-page', 'short-page', 'server-error', 'drop-connection', 'rate-limit'] as const),
  ...(['bad-credential', 'slow', 'lagging-read'] as const),
];
const deliveryKinds = [
  ...(['delivery-lost', 'delivery-doubled', 'delivery-reordered', 'delivery-delayed'] as const),
];
/** Those that every simulator has. */
export type FaultKind = (typeof kinds)[number] | (typeof deliveryKinds)[number];
const faultOf = <Kind extends string>(more: readonly Kind[]): fc.Arbitrary<FaultOptions<FaultKind | Kind>> =>
  fc.oneof(
    fc.record({
      kind: fc.constantFrom<(FaultKind | Kind)[]>(...kinds, ...more),
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

/**
 * @param changeKeys what may change; a key that stands there more often is drawn more often
 * @param moreFaults of requests, besides those that every simulator has
 */
export function stepsOf<Key, Kind extends string>(
  changeKeys: readonly Key[],
  moreFaults: readonly Kind[],
): fc.Arbitrary<readonly Step<Key, Kind>[]> {
  const number = fc.nat(23);
  const change = fc.record({
    change: fc.constantFrom(...changeKeys),
    of: fc.tuple(number, number, number),
  });
  const command: fc.Arbitrary<Command<Key, Kind>> = fc.oneof(
    { weight: 12, arbitrary: change.map((made) => ({ do: 'change', ...made }) as const) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(change, fc.nat(12))
        .map(([made, request]) => ({ do: 'change during a read', request, ...made }) as const),
    },
    { weight: 2, arbitrary: fc.nat(12).map((request) => ({ do: 'work during a read', request }) as const) },
    { weight: 6, arbitrary: faultOf(moreFaults).map((made) => ({ do: 'fault', fault: made }) as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(60, 120).map((seconds) => ({ do: 'old read', seconds }) as const),
    },
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(
          ...(['reconcile', 'reconcile', 'lose messages', 'no more faults', 'long silence'] as const),
        )
        .map((name) => ({ do: name }) as const),
    },
  );
  const wait = fc.constantFrom(undefined, undefined, 0, 0, 6, 31, 130, 200, 700);
  return fc.array(fc.record({ command, wait }), { minLength: 2, maxLength: 14 });
}

/** A world in which steps are performed. */
export interface Stage<Key, Kind extends string> {
  readonly world: RightsWorld<
    ChangeableSimulator & { readonly faults: Pick<FaultRegistry<FaultKind | Kind>, 'add' | 'remove'> }
  >;
  readonly watch: RightsWatch;
  /** The change to make now; undefined if there is nothing to change. */
  choose(key: Key, numbers: Numbers): { readonly name: string; readonly input: unknown } | undefined;
  /** How many reconciles it takes until all that was missed is found. */
  readonly calmAfter: number;
}

/** @returns what is wrong */
export async function performed<Key, Kind extends string>(
  stage: Stage<Key, Kind>,
  steps: readonly Step<Key, Kind>[],
): Promise<readonly string[]> {
  const { world, watch } = stage;
  const wrong: string[] = [...(await watch.differences()).map((text) => `at the beginning: ${text}`)];
  for (const [place, { command, wait }] of steps.entries()) {
    world.onWork = async () => {
      wrong.push(...(await watch.look()).map((text) => `in step ${place}: ${text}`));
    };
    await perform(stage, command);
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
  await calm(stage);
  if ((await world.allowHeld()) > 0) {
    await calm(stage);
  }
  wrong.push(...(await watch.differences()).map((text) => `at the end: ${text}`));
  const held = await listHeld(world.table, synchronizationId);
  wrong.push(...held.map(({ scope }) => `removals of ${scope} are still held`));
  wrong.push(
    ...world.errors.map((error) => `an error: ${error instanceof Error ? error.stack : String(error)}`),
  );
  return [...new Set(wrong)];
}

type AnyStage = Pick<Stage<never, never>, 'calmAfter'> & { readonly world: RightsWorld<ChangeableSimulator> };

/** Lets the world become idle: the lag passes, and the schedule finds what was missed. */
async function calm({ world, calmAfter }: AnyStage): Promise<void> {
  await world.pass(130_000);
  for (let rounds = 0; rounds < calmAfter; rounds++) {
    await world.reconcile();
    await world.pass(350_000);
  }
}

async function make<Key, Kind extends string>(
  { world, watch, choose }: Stage<Key, Kind>,
  { change, of }: Change<Key>,
): Promise<void> {
  const made = choose(change, of);
  if (made !== undefined) {
    await world.change(made.name, made.input);
    watch.note();
    // What an event ends has ended before any read.
    await world.onWork();
  }
}

async function perform<Key, Kind extends string>(
  stage: Stage<Key, Kind>,
  command: Command<Key, Kind>,
): Promise<void> {
  const { world } = stage;
  switch (command.do) {
    case 'change':
      return make(stage, command);
    case 'change during a read':
      return afterRequests(world, command.request, () => make(stage, command));
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

function afterRequests(world: AnyStage['world'], requests: number, act: () => Promise<void>): void {
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
