import { expect, it } from 'vitest';
import { causesOf, hasFailed, heldOf, withoutIds } from './run-text.ts';

const scope = { scope: 'members', cause: 'schedule', outcome: 'whole' };

it('says once why a run was, whether something failed, and what waits', () => {
  const run = {
    scopes: [
      scope,
      { ...scope, cause: 'webhook push', held: 2 },
      { ...scope, cause: 'undo of run 7', outcome: 'unavailable', held: 3 },
    ],
  };
  expect(causesOf({ scopes: [scope, ...run.scopes] })).toEqual(['Schedule', 'Webhook push', 'Undo of run 7']);
  expect([hasFailed(run), heldOf(run)]).toEqual([true, 5]);
  expect(hasFailed({ scopes: [scope, { ...scope, outcome: 'unfinished' }] })).toBe(false);
});

it('leaves out ids of code hosts, and no other brackets', () => {
  expect(
    withoutIds(
      'ann (1007) on repository acme/a ({731b21c7-3a60-9014-2ff0-c7b970819bbc}) with the role x (admin)',
    ),
  ).toBe('ann on repository acme/a with the role x (admin)');
});
