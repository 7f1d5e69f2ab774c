import { expect, it } from 'vitest';
import { untilDone, whileSeen } from './live.ts';
import { ApiProblem } from './problem.ts';

const ended = new ApiProblem({
  ...{ status: 401, code: 'unauthenticated', detail: '', errors: [], retryAfter: undefined },
});

it('asks for a long list less often, and for nothing without a session', () => {
  const intervalOf = (data: unknown, error: Error | null = null) => whileSeen({ state: { data, error } });
  const one = intervalOf({ name: 'bob' });
  expect(one).toBeGreaterThan(0);
  expect(intervalOf(undefined)).toBe(one);
  expect(intervalOf({ pages: Array(10).fill(1) })).toBe(one);
  expect(intervalOf({ pages: Array(50).fill(1) })).toBe(5 * Number(one));
  expect(intervalOf(undefined, ended)).toBe(false);
});

it('asks until something is done, less and less often, and not again for what was refused', () => {
  const isDone = (state: string) => state === 'done';
  const intervalOf = (data: string | undefined, error: Error | null = null, dataUpdateCount = 1) =>
    untilDone(isDone)({ state: { data, error, dataUpdateCount } });
  const problem = (status: number, code: string, retryAfter?: number) =>
    new ApiProblem({ ...{ status, code, retryAfter }, detail: '', errors: [] });
  expect(intervalOf('done')).toBe(false);
  expect(intervalOf('going', null, 1)).toBeLessThan(Number(intervalOf('going', null, 5)));
  expect(intervalOf('going', null, 1000)).toBe(5_000);
  expect(intervalOf(undefined, problem(400, 'invalid'))).toBe(false);
  expect(intervalOf('going', ended)).toBe(false);
  expect(intervalOf(undefined, problem(503, 'internal'), 0)).toBe(5_000);
  expect(intervalOf('going', problem(429, 'rate-limited', 30))).toBe(30_000);
});
