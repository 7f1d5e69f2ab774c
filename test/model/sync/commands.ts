/** The commands of a sequence: plain data with small numbers, so that a failing sequence shrinks and is readable. */
import fc from 'fast-check';
import type { FaultOptions } from '../../../local/forges/faults/faults.ts';
import { type GitHubFaultKind, gitHubFaultKinds } from '../../../local/forges/github/fault-kinds.ts';
import { type BaseWorldName, baseWorldNames } from './base-worlds.ts';
import { type ChangeKey, changeKeys } from './forge-changes.ts';
import { forgettable } from './short-lists.ts';

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
  | { readonly do: 'fault'; readonly fault: FaultOptions<GitHubFaultKind> }
  | { readonly do: 'no more faults' }
  /** Everything is read, and the forge's answers are old. */
  | { readonly do: 'old read'; readonly seconds: number }
  /** The forge's lists are cut short, with totals that match, for so many requests. */
  | { readonly do: 'forget'; readonly what: 'people' | 'things'; readonly requests: number }
  /** Most people leave a team or a repository without a delivery. The schedule finds it. */
  | {
      readonly do: 'many leave';
      readonly what: 'a team' | 'a repository';
      /** The owner's decision. */
      readonly decision: 'yes' | 'no' | undefined;
    }
  /** Somebody leaves a team and returns; the delivery about the removal comes five minutes later. */
  | { readonly do: 'late event'; readonly of: readonly [number, number] }
  /** An earlier delivery is sent again under another id. */
  | { readonly do: 'repeat a delivery'; readonly of: number }
  /** The App is removed and installed again, and not every delivery about it is sent. */
  | { readonly do: 'reinstall'; readonly lost: 'the removal' | 'both' }
  /** The next worker dies at that call. */
  | { readonly do: 'kill'; readonly call: number }
  /** The worker that writes the next plan of several transactions dies after the first of them. */
  | {
      readonly do: 'kill in a plan';
      readonly gone: 'the largest team' | 'the largest repository' | 'nothing';
    }
  | { readonly do: 'lose messages' }
  | { readonly do: 'token'; readonly holder: 'member' | 'team'; readonly of: number }
  | { readonly do: 'revoke'; readonly of: number }
  | { readonly do: 'schedule'; readonly which: 'reconcile' | 'catch up' }
  /** A week and a day without any schedule. */
  | { readonly do: 'long silence' }
  /** An owner decides about held removals. */
  | { readonly do: 'decide'; readonly decision: 'yes' | 'no' }
  /** An owner undoes the last run that removed something. */
  | { readonly do: 'undo' }
  | { readonly do: 'synchronize now' }
  | { readonly do: 'preview' };

export interface Step {
  readonly command: Command;
  /** Seconds that pass after it, with all work due in them. 0: only work due now is done; undefined: none is. */
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

type Fields = Omit<FaultOptions, 'kind'>;
const strikes = { times: fc.integer({ min: 1, max: 4 }), after: fc.nat(4) };
const surface = fc.constantFrom({}, { match: { surface: 'graphql' } }, { match: { surface: 'rest' } });
const ofApi = (more: Record<string, fc.Arbitrary<number>> = {}): fc.Arbitrary<Fields> =>
  fc.tuple(fc.record({ ...strikes, ...more }), surface).map(([fields, match]) => ({ ...fields, ...match }));
const ofDeliveries = fc.record({ times: fc.constantFrom(1, 2, 1000), after: fc.nat(1) });
const ofArchives = fc.record({ times: fc.integer({ min: 1, max: 3 }) });

/** Every kind of fault that the simulator has, and how often it occurs. */
const faults: Readonly<
  Record<GitHubFaultKind, { readonly weight: number; readonly arbitrary: fc.Arbitrary<Fields> }>
> = {
  'lagging-read': {
    weight: 8,
    arbitrary: fc.record({
      seconds: fc.constantFrom(5, 30, 60, 120, 120),
      after: fc.constantFrom(0, 0, 4, 10, 20),
      times: fc.constantFrom(1, 2, 10, 1000),
    }),
  },
  'delivery-doubled': { weight: 1, arbitrary: ofDeliveries },
  'delivery-lost': { weight: 2, arbitrary: ofDeliveries },
  'delivery-failed': { weight: 1, arbitrary: ofDeliveries },
  'delivery-reordered': { weight: 1, arbitrary: ofDeliveries },
  'delivery-delayed': {
    weight: 2,
    arbitrary: fc.record({
      delayMs: fc.constantFrom(1_000, 40_000, 300_000, 1_000_000),
      times: fc.constantFrom(1, 2, 1000),
    }),
  },
  slow: { weight: 1, arbitrary: ofApi({ delayMs: fc.constantFrom(1_000, 20_000, 90_000) }) },
  'failing-page': { weight: 2, arbitrary: ofApi() },
  'short-page': { weight: 2, arbitrary: ofApi({ drop: fc.integer({ min: 1, max: 3 }) }) },
  'server-error': { weight: 2, arbitrary: ofApi({ status: fc.constantFrom(500, 502, 503) }) },
  'drop-connection': { weight: 2, arbitrary: ofApi() },
  'rate-limit': { weight: 1, arbitrary: ofApi({ retryAfter: fc.constantFrom(20, 200) }) },
  'secondary-limit': {
    weight: 1,
    arbitrary: ofApi({ status: fc.constantFrom(403, 429), retryAfter: fc.constantFrom(0, 30) }),
  },
  'resource-limits': { weight: 1, arbitrary: ofApi() },
  'bad-credential': { weight: 1, arbitrary: ofApi() },
  'truncated-archive': { weight: 1, arbitrary: ofArchives },
  'other-archive-bytes': { weight: 1, arbitrary: ofArchives },
};

const fault: fc.Arbitrary<FaultOptions<GitHubFaultKind>> = fc.oneof(
  ...gitHubFaultKinds.map((kind) => {
    const { weight, arbitrary } = faults[kind];
    return { weight, arbitrary: arbitrary.map((fields) => ({ kind, ...fields })) };
  }),
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
    weight: 4,
    arbitrary: fc.constantFrom(10, 60, 120, 120).map((seconds) => ({ do: 'old read', seconds }) as const),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ what: fc.constantFrom(...forgettable), requests: fc.integer({ min: 1, max: 30 }) })
      .map((fields) => ({ do: 'forget', ...fields }) as const),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        what: fc.constantFrom('a team' as const, 'a repository' as const),
        decision: fc.constantFrom('yes' as const, 'no' as const, undefined),
      })
      .map((fields) => ({ do: 'many leave', ...fields }) as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('the removal' as const, 'both' as const)
      .map((lost) => ({ do: 'reinstall', lost }) as const),
  },
  { weight: 2, arbitrary: fc.tuple(number, number).map((of) => ({ do: 'late event', of }) as const) },
  { weight: 2, arbitrary: number.map((of) => ({ do: 'repeat a delivery', of }) as const) },
  { weight: 4, arbitrary: fc.nat(60).map((call) => ({ do: 'kill', call }) as const) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('the largest team' as const, 'the largest repository' as const, 'nothing' as const)
      .map((gone) => ({ do: 'kill in a plan', gone }) as const),
  },
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
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('yes' as const, 'no' as const)
      .map((decision) => ({ do: 'decide', decision }) as const),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'undo' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'synchronize now' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'preview' } as const) },
);

const seconds: fc.Arbitrary<number | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 6, arbitrary: fc.constantFrom(1, 6, 31) },
  { weight: 5, arbitrary: fc.constantFrom(100, 130, 200) },
  { weight: 2, arbitrary: fc.constantFrom(700) },
  { weight: 1, arbitrary: fc.constantFrom(2_500) },
);

/** The crowded world takes longer. */
const worldWeights: Readonly<Record<BaseWorldName, number>> = { nested: 4, broad: 4, crowded: 2 };

export const sequences: fc.Arbitrary<Sequence> = fc.record({
  world: fc.oneof(
    ...baseWorldNames.map((name) => ({ weight: worldWeights[name], arbitrary: fc.constant(name) })),
  ),
  steps: fc.array(fc.record({ command, wait: seconds }), { minLength: 2, maxLength: 16 }),
});
