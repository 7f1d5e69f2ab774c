/**
 * Walks breadth-first over all distinct states of one right within eight steps, under the pure rules. The forge removes and gives it;
 * events come on time, late, out of order, twice, not at all, or from the log; reads are fresh, 40 or 120 seconds old, and in the long
 * version also slow.
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
/** Events pending at the same time. */
const pendingMax = 2;
/** The longest refusal of an account whose right the forge has had all the time; milliseconds. */
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
    add(`reported ${event}`, receive(rest, event, true));
    if (state.lost === undefined) {
      add(`lost ${event}`, { ...rest, lost: event });
    }
  }
  if (state.lost !== undefined) {
    add(`recovered ${state.lost}`, receive({ ...state, lost: undefined }, state.lost, false));
  }
  for (const event of ['taken', 'given'] as const) {
    if (state.bodies[event] !== undefined) {
      add(`reported ${event} once more`, receive(state, event, true));
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
  if (name.startsWith('reported taken') && isNew && mayRead(to)) {
    return 'a new verified removal has no effect before a read';
  }
  const isHint = name.startsWith('recovered') || (name.startsWith('reported taken') && !isNew);
  if (isHint && mayRead(before) !== mayRead(to)) {
    return 'a hint has an effect without a read';
  }
  if (name.startsWith('reported given') && !mayRead(before) && mayRead(to)) {
    return 'an event gives the right without a read';
  }
  // A claim or a read withdrew the right; the event has to be later.
  const withdrawnAt = Math.max(before.claim?.number ?? 0, before.removed?.observedAt ?? 0);
  const isGiven = (expectation?.number ?? 0) >= withdrawnAt && expectation?.number !== undefined;
  if (name.startsWith('read, 0 s') && truth[0] && isGiven && !mayRead(to)) {
    return 'a right that a new event gives and a read shows is missing';
  }
  if (to.mustBeRefused && mayRead(to)) {
    return 'a removed right is back, though neither the forge nor an event has given it';
  }
  if (to.outSince !== undefined && to.now - to.outSince > outMaxMs) {
    return 'an account whose right the forge has had all the time is refused for more than 150 s';
  }
  return undefined;
}

/** Delivers everything pending, with fresh reads, and ends with a scheduled read. */
function quiet(from: State): State {
  let state: State = endSlowRead({ ...from, lost: undefined });
  const readWhileDue = (): void => {
    while (isDue(state)) {
      state = read(state, 0);
    }
  };
  for (const event of from.pending) {
    state = receive({ ...state, pending: state.pending.slice(1) }, event, true);
    readWhileDue();
  }
  for (let steps = 0; steps < 5; steps++) {
    readWhileDue();
    state = pass(state);
  }
  return read(state, 0);
}

/** Idle states, long after any event. */
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

it(`a right follows the forge in every sequence of ${depth} steps`, () => {
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
            wrong.push(`once idle it differs from the forge: ${path}, ${step.name}`);
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
