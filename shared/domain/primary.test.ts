import { expect, it } from 'vitest';
import { asId, type SynchronizationId } from './ids.ts';
import { primaryFirst } from './primary.ts';

const synchronizations = ['b1', 'c1', 'a1'].map((id, createdAt) => ({
  id: asId<SynchronizationId>(id),
  createdAt,
}));
const shown = (primarySynchronization?: SynchronizationId): string =>
  primaryFirst({ primarySynchronization }, synchronizations.toReversed())
    .map(({ id }) => id)
    .join(' ');

it('shows the primary synchronization first, then the oldest', () => {
  expect(shown()).toBe('b1 c1 a1');
  expect(shown(asId('a1'))).toBe('a1 b1 c1');
  expect(primaryFirst({}, [])).toEqual([]);
});
