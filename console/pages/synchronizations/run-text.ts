/** What a run says of itself, for people. */
import type { Schemas } from '../../api/client.ts';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';

type Run = Pick<Schemas['Run'], 'scopes'>;

/** As in the filter of the API for runs that failed. */
const goodOutcomes: ReadonlySet<string> = new Set(['whole', 'unfinished', 'begun', 'name passed']);

export const isGood = (outcome: string): boolean => goodOutcomes.has(outcome);

export const hasFailed = ({ scopes }: Run): boolean => scopes.some(({ outcome }) => !isGood(outcome));

/** Each cause once. */
export const causesOf = ({ scopes }: Run): readonly string[] => [
  ...new Set(scopes.map(({ cause }) => words.causeOf(cause))),
];

/** How many removals wait for an owner by it. */
export const heldOf = ({ scopes }: Run): number => scopes.reduce((sum, { held = 0 }) => sum + held, 0);

/** A line of the API without the ids of code hosts, which stand in brackets after names. */
export const withoutIds = (line: string): string => line.replaceAll(/ \((?:\d+|\{[\da-f-]{36}\})\)/g, '');
