import { expect, it } from 'vitest';
import { historyQuery, historySearch } from './history-search.ts';

it('leaves out what no filter can be', () => {
  expect(
    historySearch({ act: 'run', source: 'nobody', since: '2026-13-40', until: '2026-11-02', x: 1 }),
  ).toEqual({
    act: 'run',
    until: '2026-11-02',
  });
});

it('asks from the start of the first day to the end of the last one', () => {
  const { since, until } = historyQuery({ since: '2026-10-31', until: '2026-10-31' });
  expect(since).toBe(new Date(2026, 9, 31).toISOString());
  expect(until).toBe(new Date(2026, 10, 1).toISOString());
});
