import { expect, it } from 'vitest';
import { differencesOf } from './differences.ts';

it('lists what changed, in words', () => {
  expect(
    differencesOf(
      { longestTokenDays: 90, ownedVendors: ['acme'], name: 'Acme' },
      { longestTokenDays: null, ownedVendors: ['acme', 'acme-labs'], name: 'Acme' },
    ),
  ).toEqual([
    { field: 'longest token days', before: '90', after: '–' },
    { field: 'owned vendors', before: 'acme', after: 'acme, acme-labs' },
  ]);
});

it('lists what there is of one side alone', () => {
  expect(differencesOf(undefined, { install: false, maker: { kind: 'user' } })).toEqual([
    { field: 'install', before: '–', after: 'false' },
    { field: 'maker', before: '–', after: 'kind: user' },
  ]);
  expect(differencesOf(undefined, undefined)).toEqual([]);
  expect(differencesOf('a', 'b')).toEqual([{ field: '', before: 'a', after: 'b' }]);
});
