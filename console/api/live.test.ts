import { expect, it } from 'vitest';
import { whileSeen } from './live.ts';
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
