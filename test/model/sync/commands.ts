/** What may happen in a sequence: plain data of small numbers, so that a failing sequence shrinks and can be read. */
import fc from 'fast-check';
import type { FaultOptions } from '../../../local/forges/github/faults.ts';
import { type BaseWorldName, baseWorldNames } from './base-worlds.ts';
import { type ChangeKey, changeKeys } from './forge-changes.ts';

/** A change by its name; the numbers choose among what there is at that moment. */
export interface ChangeCommand {
  readonly change: ChangeKey;
  readonly of: readonly [number, number, number];
}

export type Command =
  | { readonly do: 'change'; readonly change: ChangeCommand }
  /** While the next run reads, between two of its requests. */
  | { readonly do: 'change during a read'; readonly change: ChangeCommand; readonly request: number }
  /** Another worker handles the next message while one still reads. */
  | { readonly do: 'work during a read'; readonly request: number }
  | { readonly do: 'fault'; readonly fault: FaultOptions }
  | { readonly do: 'no more faults' }
  /** The forge's lists of people come short, with totals that fit, for so many requests. */
  | { readonly do: 'forget people'; readonly requests: number }
  /** The next worker dies at that call. */
  | { readonly do: 'kill'; readonly call: number }
  | { readonly do: 'lose messages' }
  | { readonly do: 'token'; readonly holder: 'member' | 'team'; readonly of: number }
  | { readonly do: 'revoke'; readonly of: number }
  | { readonly do: 'schedule'; readonly which: 'reconcile' | 'catch up' }
  /** A week and a day without any schedule. */
  | { readonly do: 'long silence' };

export interface Step {
  readonly command: Command;
  /** Seconds that pass after it, with all that is due in them; 0: what is due at once is done; undefined: nothing is. */
  readonly wait: number | undefined;
}

export interface Sequence {
  readonly world: BaseWorldName;
  readonly steps: readonly Step[];
}

const number = fc.nat(23);
const change: fc.Arbitrary<ChangeCommand> = fc.record({
  change: fc.constantFrom(...changeKeys),
  of: fc.tuple(number, number, number),
});

const strikes = { times: fc.integer({ min: 1, max: 4 }), after: fc.nat(4) };
const surface = fc.constantFrom({}, { match: { surface: 'graphql' } }, { match: { surface: 'rest' } });
const apiFault = (kind: FaultOptions['kind'], more: Record<string, fc.Arbitrary<number>> = {}) =>
  fc
    .tuple(fc.record({ ...strikes, ...more }), surface)
    .map(([fields, match]) => ({ kind, ...fields, ...match }));

const fault: fc.Arbitrary<FaultOptions> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('lagging-read' as const),
      seconds: fc.constantFrom(5, 30, 60, 120),
      times: fc.constantFrom(2, 10, 1000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'delivery-doubled' as const,
        'delivery-lost' as const,
        'delivery-lost' as const,
        'delivery-failed' as const,
        'delivery-reordered' as const,
      ),
      times: fc.constantFrom(1, 2, 1000),
      after: fc.nat(1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('delivery-delayed' as const),
      delayMs: fc.constantFrom(1_000, 40_000, 300_000, 1_000_000),
      times: fc.constantFrom(1, 2, 1000),
    }),
  },
  { weight: 2, arbitrary: apiFault('failing-page') },
  { weight: 2, arbitrary: apiFault('short-page', { drop: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: apiFault('server-error', { status: fc.constantFrom(500, 502, 503) }) },
  { weight: 2, arbitrary: apiFault('drop-connection') },
  { weight: 1, arbitrary: apiFault('rate-limit', { retryAfter: fc.constantFrom(20, 200) }) },
  {
    weight: 1,
    arbitrary: apiFault('secondary-limit', {
      status: fc.constantFrom(403, 429),
      retryAfter: fc.constantFrom(0, 30),
    }),
  },
  { weight: 1, arbitrary: apiFault('resource-limits') },
  { weight: 1, arbitrary: apiFault('bad-credential') },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('truncated-archive' as const, 'other-archive-bytes' as const),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 24, arbitrary: change.map((made) => ({ do: 'change', change: made }) as const) },
  {
    weight: 5,
    arbitrary: fc
      .record({ change, request: fc.nat(8) })
      .map((fields) => ({ do: 'change during a read', ...fields }) as const),
  },
  { weight: 4, arbitrary: fc.nat(8).map((request) => ({ do: 'work during a read', request }) as const) },
  { weight: 10, arbitrary: fault.map((made) => ({ do: 'fault', fault: made }) as const) },
  { weight: 2, arbitrary: fc.constant({ do: 'no more faults' } as const) },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 1, max: 30 })
      .map((requests) => ({ do: 'forget people', requests }) as const),
  },
  { weight: 4, arbitrary: fc.nat(60).map((call) => ({ do: 'kill', call }) as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose messages' } as const) },
  {
    weight: 2,
    arbitrary: fc
      .record({ holder: fc.constantFrom('member' as const, 'team' as const), of: number })
      .map((fields) => ({ do: 'token', ...fields }) as const),
  },
  { weight: 1, arbitrary: number.map((of) => ({ do: 'revoke', of }) as const) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('reconcile' as const, 'reconcile' as const, 'catch up' as const)
      .map((which) => ({ do: 'schedule', which }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'long silence' } as const) },
);

const seconds: fc.Arbitrary<number | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 6, arbitrary: fc.constantFrom(1, 6, 31) },
  { weight: 5, arbitrary: fc.constantFrom(100, 130, 200) },
  { weight: 2, arbitrary: fc.constantFrom(700) },
  { weight: 1, arbitrary: fc.constantFrom(4_000) },
);

export const sequences: fc.Arbitrary<Sequence> = fc.record({
  world: fc.constantFrom(...baseWorldNames),
  steps: fc.array(fc.record({ command, wait: seconds }), { minLength: 2, maxLength: 16 }),
});
