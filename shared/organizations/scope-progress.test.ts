import { expect, it } from 'vitest';
import { parseScope } from '../store/scope-store.ts';
import { describeScope } from './scope-progress.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

it('says since when the forge hides a scope, and why', () => {
  const state = parseScope({
    wanted: 2,
    done: 2,
    lastSuccessAt: now,
    notShown: { why: 'no permission', since: now - 60_000 },
  });
  expect(describeScope(state, now)).toMatchObject({
    lastSuccess: '2026-11-22T12:00:00.000Z',
    lastFailure: undefined,
    isPending: false,
    hidden: { why: 'no permission', since: '2026-11-22T11:59:00.000Z' },
  });
});
