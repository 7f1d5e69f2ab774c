/**
 * Everything that can happen to one right in eight steps: the forge takes and gives it; events come on time, late, in the other order, twice, not at
 * all, or from the log; reads are fresh, 40 or 120 seconds old, and in the long version slow ones too. A breadth-first walk over all distinct states of the pure rules.
 */
import { expect, it } from 'vitest';
import { isLong } from '../../support/long.ts';
import {
  atRest,
  beginSlowRead,
  endSlowRead,
  isDue,
  judged,
  lags,
  mayRead,
  nameOf,
  pass,
  read,
  receive,
  type State,
  toggle,
} from './one-right.ts';

const depth = 8;
/** Events under way at the same time. */
const pendingMax = 2;
/** A person whom the forge has had all the time is refused for no longer; milliseconds. */
const outMaxMs = 150_000;

interface Step {
  readonly name: string;
  readonly to: State;
}

function stepsFrom(state: State): readonly Step[] {
  const steps: Step[] = [];
  const add = (name: string, to: State): void => {
    steps.push({ name, to: judged(to) });
  };
  if (state.pending.length < pendingMax) {
    add(state.truth[0] ? 'taken' : 'granted', toggle(state));
  }
  for (const [place, event] of state.pending.entries()) {
    const rest = { ...state, pending: state.pending.filter((_, other) => other !== place) };
    add(`told ${event}`, receive(rest, event, true));
    if (state.lost === undefined) {
      add(`lost ${event}`, { ...rest, lost: event });
    }
  }
  if (state.lost !== undefined) {
    add(`recovered ${state.lost}`, receive({ ...state, lost: undefined }, state.lost, false));
  }
  for (const event of ['taken', 'given'] as const) {
    if (state.bodies[event] !== undefined) {
      add(`told ${event} once more`, receive(state, event, true));
    }
  }
  for (const lag of lags) {
    add(`read, ${lag * 40} s old`, read(state, lag));
  }
  if (state.slow === undefined && isLong) {
    add('a slow read begins', beginSlowRead(state));
  } else if (state.slow !== undefined) {
    add('the slow read ends', endSlowRead(state));
  }
  if (!isDue(state)) {
    add('40 s pass', pass(state));
  }
  return steps;
}

/** What is wrong with the step. */
function wrongIn(before: State, { name, to }: Step): string | undefined {
  const { stored, bodies, expectation, truth } = before;
  const isGivenBack = (stored?.givenAt ?? 0) > (bodies.taken?.number ?? 0) && !bodies.taken?.contradicted;
  const isNew = bodies.taken === undefined || isGivenBack;
  if (name.startsWith('told taken') && isNew && mayRead(to)) {
    return 'a new verified removal is not followed before a read';
  }
  const isHint = name.startsWith('recovered') || (name.startsWith('told taken') && !isNew);
  if (isHint && mayRead(before) !== mayRead(to)) {
    return 'a hint is believed without a read';
  }
  if (name.startsWith('told given') && !mayRead(before) && mayRead(to)) {
    return 'an event gives without a read';
  }
  // A claim withdrew the right, or a read; the event has to be later.
  const withdrawnAt = Math.max(before.claim?.number ?? 0, before.removed?.observedAt ?? 0);
  const isGiven = (expectation?.number ?? 0) >= withdrawnAt && expectation?.number !== undefined;
  if (name.startsWith('read, 0 s') && truth[0] && isGiven && !mayRead(to)) {
    return 'what a new event gives and a read shows is not there at once';
  }
  if (to.mustBeRefused && mayRead(to)) {
    return 'what a verified event took is read again, though the forge has not given it and no event said so';
  }
  if (to.outSince !== undefined && to.now - to.outSince > outMaxMs) {
    return 'somebody whom the forge has had all the time is refused for more than 150 s';
  }
  return undefined;
}

/** Everything that is under way comes, reads are fresh, and the schedule reads once more. */
function quiet(from: State): State {
  let state: State = endSlowRead({ ...from, lost: undefined });
  const looks = (): void => {
    while (isDue(state)) {
      state = read(state, 0);
    }
  };
  for (const event of from.pending) {
    state = receive({ ...state, pending: state.pending.slice(1) }, event, true);
    looks();
  }
  for (let steps = 0; steps < 5; steps++) {
    looks();
    state = pass(state);
  }
  return read(state, 0);
}

/** At rest, long after anything happened. */
const beginnings: Readonly<Record<string, State>> = {
  granted: atRest(true),
  'not granted': atRest(false),
  'taken and given back once': atRest(true, {
    taken: { number: 1, contradicted: false },
    given: { number: 2, contradicted: false },
  }),
  'granted all the time, though an event said it was taken': atRest(true, {
    taken: { number: 1, contradicted: true },
  }),
};

it(`a right follows the forge through all that can happen to it in ${depth} steps`, () => {
  const cameFrom = new Map<string, string>();
  const pathTo = (name: string): string => cameFrom.get(name) ?? '';
  let frontier: State[] = [];
  for (const [name, state] of Object.entries(beginnings)) {
    cameFrom.set(nameOf(state), name);
    frontier.push(state);
  }
  const wrong: string[] = [];
  for (let steps = 0; steps < depth; steps++) {
    const next: State[] = [];
    for (const state of frontier) {
      const path = pathTo(nameOf(state));
      for (const step of stepsFrom(state)) {
        const problem = wrongIn(state, step);
        if (problem !== undefined) {
          wrong.push(`${problem}: ${path}, ${step.name}`);
        }
        const name = nameOf(step.to);
        if (!cameFrom.has(name)) {
          cameFrom.set(name, `${path}, ${step.name}`);
          next.push(step.to);
          const end = quiet(step.to);
          if (mayRead(end) !== end.truth[0]) {
            wrong.push(`at rest it differs from the forge: ${path}, ${step.name}`);
          }
        }
      }
    }
    if (wrong.length > 0) {
      break;
    }
    frontier = next;
  }
  console.info(`${cameFrom.size} distinct states within ${depth} steps`);
  expect(wrong.slice(0, 10)).toEqual([]);
}, 600_000);
