import { expect, it } from 'vitest';
import { whyOf } from './history-why.ts';

it('says why a code host was read in the words of the run', () => {
  expect(whyOf({ act: 'run', why: 'webhook repository.created; schedule' })).toBe(
    'Webhook repository.created; Schedule',
  );
  expect(whyOf({ act: 'stop-access', why: 'schedule' })).toBe('schedule');
});
