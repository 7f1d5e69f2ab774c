import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CallerError, type CallerErrorCode, callerErrorCodes } from '../domain/caller-error.ts';
import { ConflictError, callerErrorOf } from '../domain/conflict-error.ts';
import {
  callerProblem,
  internalProblem,
  problemAnswer,
  tooLargeProblem,
  warningAnswer,
} from './problem-details.ts';

const architecture = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
const now = 1_800_000_000_000;
const statuses: Readonly<Record<CallerErrorCode, [number, string]>> = {
  'not-found': [404, 'Not Found'],
  conflict: [409, 'Conflict'],
  invalid: [422, 'Unprocessable Content'],
  forbidden: [403, 'Forbidden'],
  'too-early': [409, 'Conflict'],
};

describe('problem details', () => {
  it.each(callerErrorCodes)('of %s', (code) => {
    const [status, title] = statuses[code];
    const answer = problemAnswer(callerProblem(new CallerError(code, 'so it is'), now));
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    });
    expect(JSON.parse(answer.body ?? '')).toEqual({ title, status, detail: 'so it is', code });
    expect(architecture).toContain(`| \`${code}\` | ${status}`);
  });

  it('say when to retry, in whole seconds', () => {
    const error = new CallerError('too-early', 'a limit', { notBefore: now + 1500 });
    expect(problemAnswer(callerProblem(error, now)).headers).toMatchObject({ 'retry-after': '2' });
    expect(problemAnswer(callerProblem(error, now + 9000)).headers).toMatchObject({ 'retry-after': '1' });
    const other = new CallerError('too-early', 'a limit');
    expect(problemAnswer(callerProblem(other, now)).headers).not.toHaveProperty('retry-after');
  });

  it('of an internal error', () => {
    for (const [problem, status, title] of [
      [tooLargeProblem(10), 413, 'Content Too Large'],
      [internalProblem, 500, 'Internal Server Error'],
    ] as const) {
      expect(JSON.parse(problemAnswer(problem).body ?? '')).toEqual({
        title,
        status,
        code: problem.code,
        detail: problem.detail,
      });
    }
  });

  it('are a warning for Composer, which prints no other type of content', () => {
    expect(warningAnswer(callerProblem(new CallerError('not-found', 'no such thing'), now))).toEqual({
      status: 404,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: '{"warning":"no such thing"}',
    });
  });
});

describe('an error at an entry point', () => {
  it('is a caller error, a conflict of the store, or an internal error', () => {
    const error = new CallerError('forbidden', 'no');
    expect(callerErrorOf(error)).toBe(error);
    expect(callerErrorOf(new ConflictError([0]))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('try again'),
    });
    expect(callerErrorOf(new Error('a condition of a write did not hold'))).toBeUndefined();
    expect(callerErrorOf('not-found')).toBeUndefined();
  });
});
