import { expect, it } from 'vitest';
import { expiryOf, readsOf } from './own-tokens.ts';

const now = Date.parse('2026-11-28T12:00:00Z');

it.each([
  ['usual', {}],
  ['never', { expiresAt: null }],
  ['30', { expiresAt: '2026-12-28T12:00:00.000Z' }],
] as const)('a life that is %s is asked for so', (life, asked) => {
  expect(expiryOf(life, now)).toEqual(asked);
});

it('a token reads no organization that it was taken out of', () => {
  const organizations = [
    { slug: 'acme', isExcluded: false },
    { slug: 'other', isExcluded: true },
  ];
  expect(readsOf({ organizations })).toEqual(['acme']);
});
