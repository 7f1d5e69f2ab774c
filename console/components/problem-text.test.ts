import { expect, it } from 'vitest';
import { ApiProblem, problemOf } from '../api/problem.ts';
import { commonWords as words } from '../words/common.ts';
import { fieldProblem, problemText } from './problem-text.ts';

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  problemOf(new Response(body, { status, headers }));

it('shows what the API says, and of its own failures that nothing has changed', async () => {
  const refused = await answer(409, JSON.stringify({ code: 'conflict', detail: 'The name is taken.' }));
  expect(problemText(refused)).toBe('The name is taken.');
  const failed = await answer(500, JSON.stringify({ code: 'internal', detail: 'its log says why' }));
  expect(problemText(failed)).toBe(words.errors.server);
  expect(problemText(await answer(502, '<html>'))).toBe(words.errors.server);
  expect(problemText(await answer(404, '<html>'))).toBe(words.errors.unreadable);
  expect(problemText(new Error('x'))).toBe(words.errors.pageFailedWhy);
});

it('says when to ask again', async () => {
  const body = JSON.stringify({ code: 'rate-limited', detail: 'x' });
  const often = await answer(429, body, { 'retry-after': '7' });
  expect(problemText(often)).toBe('You asked very often. Try again in 7 seconds.');
});

it('finds what is wrong with a field', async () => {
  const errors = [{ pointer: '/description', detail: 'is missing' }];
  const invalid = await answer(422, JSON.stringify({ code: 'invalid', detail: 'x', errors }));
  expect(invalid).toBeInstanceOf(ApiProblem);
  expect(fieldProblem(invalid, '/description')).toBe('is missing');
  expect(fieldProblem(invalid, '/slug')).toBeUndefined();
});
