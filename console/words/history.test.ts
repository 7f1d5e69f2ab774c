import { expect, it } from 'vitest';
import { told } from './history.ts';

const entry = { by: 'Alice', subject: 'acme' };

it.each([
  [{ act: 'stop-access' }, 'Alice stopped all access'],
  [
    { act: 'refuse-commit', subject: `${'a'.repeat(40)}, ${'b'.repeat(40)}` },
    'Alice refused commit aaaaaaaaaa, bbbbbbbbbb',
  ],
  [{ act: 'add-team-member', subject: 'Bob and team Platform' }, 'Alice added Bob to team Platform'],
  [{ act: 'set-person-state', subject: 'Bob', after: { state: 'off' } }, 'Alice switched off Bob'],
  [{ act: 'create-token', subject: 't1', after: { description: 'CI' } }, 'Alice created the token “CI”'],
  [{ act: 'revoke-token', subject: 't1', before: { description: 'CI' } }, 'Alice revoked the token “CI”'],
  [
    { act: 'decide-removals', subject: 'members', after: { decision: 'no' } },
    'Alice refused the held removals of members',
  ],
  [{ act: 'request-refused', count: 3 }, 'Alice was refused 3 times'],
  [
    { act: 'run', by: 'acme', run: { counts: { add: 2, update: 0, remove: 1 } } },
    'acme was read: 2 added, 1 removed',
  ],
  [{ act: 'something-new' }, 'Alice: something new acme'],
])('tells %j as “%s”', (given, sentence) => {
  expect(told({ ...entry, ...given })).toBe(sentence);
});
