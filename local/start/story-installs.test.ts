import { expect, it } from 'vitest';
import { reportsOf } from './story-installs.ts';

const story = {
  days: 7,
  installs: {
    ann: { 'acme/one': ['1.0.0.0', '1.1.0.0'], 'acme/two': ['2.0.0.0'] },
    bob: { 'acme/one': ['1.0.0.0'] },
  },
};
const friday = Date.parse('2026-11-27T12:00:00Z');
const saturday = Date.parse('2026-11-28T12:00:00Z');

it('reports for the first person each day, and for the others every other working day', () => {
  expect(reportsOf(story, 2, friday).map(({ login }) => login)).toEqual(['ann', 'bob']);
  expect(reportsOf(story, 3, friday).map(({ login }) => login)).toEqual(['ann']);
  expect(reportsOf(story, 2, saturday).map(({ login }) => login)).toEqual(['ann']);
});

it('reports the same for the same day, and takes turns among versions', () => {
  expect(reportsOf(story, 3, friday)).toEqual(reportsOf(story, 3, friday));
  const versions = [1, 2, 3, 4].flatMap((day) =>
    reportsOf(story, day, friday)
      .filter(({ login }) => login === 'ann')
      .flatMap(({ downloads }) => downloads.filter(({ name }) => name === 'acme/one')),
  );
  expect(new Set(versions.map(({ version }) => version))).toEqual(new Set(['1.0.0.0', '1.1.0.0']));
});

it('reports nothing where nobody installs', () => {
  expect(reportsOf({ days: 7 }, 3, friday)).toEqual([]);
});
