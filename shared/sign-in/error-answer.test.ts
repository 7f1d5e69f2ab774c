import { expect, it } from 'vitest';
import { refuse } from '../runtime/problem-details.ts';
import { errorAnswer } from './error-answer.ts';

it('a refused request is no failure of the registry', () => {
  const logged: unknown[] = [];
  const dependencies = { clock: { now: () => 0 }, logger: { error: (text: unknown) => logged.push(text) } };
  let refusal: unknown;
  try {
    refuse('reauthentication-required', 'Choose an organization first.');
  } catch (error) {
    refusal = error;
  }
  const { status, body } = errorAnswer(dependencies as unknown as Parameters<typeof errorAnswer>[0], refusal);
  expect([status, body, logged]).toEqual([403, expect.stringContaining('Choose an organization first.'), []]);
});
