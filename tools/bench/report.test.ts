import { describe, expect, it } from 'vitest';
import { textTable } from '../text-table.ts';
import { median } from './cold-starts.ts';
import type { Counter } from './recorder.ts';
import { countersTable, reportOf } from './report.ts';
import type { MeasuredWorld } from './run-world.ts';
import { stagesOf } from './stages.ts';

const counter = (
  kind: Counter['kind'],
  caller: string,
  name: string,
  calls: number,
  items = calls,
): Counter => ({
  kind,
  caller,
  name,
  calls,
  items,
});
const counters = [
  counter('forge', 'scan-repository', 'GraphQL', 10),
  counter('forge', 'sync-organization', 'REST', 4),
  counter('table', 'scan-repository', 'GetItem', 5),
  counter('table', 'scan-repository', 'TransactWriteItems', 2, 9),
  counter('table', 'serve-api', 'Query', 1000),
  counter('objects', 'publish-package', 'PutObject', 6),
  counter('objects', 'publish-package', 'HeadObject', 7),
  counter('messages', 'sync-organization', 'scan', 1, 8),
  counter('edge keys', 'publish-access', 'UpdateKeys', 1, 50),
];
const measured: MeasuredWorld = {
  world: 'tiny',
  counts: { members: 1, teams: 2, repositories: 3, packages: 4, versions: 5 },
  makingMs: 1234,
  stages: [{ name: 'connected', endedAfterMs: 99.6 }],
  phases: [
    { name: 'import until ready', tookMs: [], counters },
    {
      name: 'pushed tag → installable',
      tookMs: [300, 100, 200],
      counters: [counter('forge', 'scan-repository', 'REST', 3)],
    },
  ],
  functions: [
    { name: 'scan-repository', memoryPeak: 30 * 1024 ** 2, invocations: 7, failed: 1, coldStarts: 2 },
  ],
  starts: [{ name: 'scan-repository', loadMs: 100, coldMs: 250, warmMs: 9.7 }],
  edge: {
    kinds: { p: { keys: 4, bytes: 100 } },
    bytes: 100,
    bytesWithAllTokens: 200,
    fits: 26_214,
    fitsUntilAlarm: 18_350,
  },
  rateLimitPoints: { rest: 4, graphql: 10 },
  notes: ['something'],
};

describe('the report', () => {
  const lines = reportOf(measured).split('\n');
  const line = (start: string) => lines.find((one) => one.startsWith(start))?.replace(/ {2,}/g, ' | ');

  it('shows the world, its stages, and of each change median, least and most', () => {
    expect(lines[0]).toBe('World tiny: 3 repositories, 4 packages, 5 versions, 2 teams, 1 members');
    expect(line('connected')).toBe('connected | 100');
    expect(line('pushed tag')).toBe('pushed tag → installable | 200 | 100 | 300');
    expect(lines).toContain('Note: something');
    expect(line('packages')).toBe('packages | 4 | 100');
    expect(line('With a token')).toContain('26214 organizations like this one fit into a store, 18350 until');
  });

  it('sums up what each phase took, without those who only look', () => {
    expect(line('import until ready')).toBe('import until ready | 14 | 5 | 9 | 7 | 6 | 8 | 50');
    expect(reportOf(measured)).not.toMatch(/^serve-api/m);
  });

  it('shows memory, starts and failures of the functions', () => {
    expect(lines.at(-4)?.replace(/ {2,}/g, ' | ')).toBe(
      'scan-repository | 7 | 1 | 2 | 30.0 | 100 | 250 | 10',
    );
  });
});

describe('a table of counters', () => {
  it('has a row for each function and a column for each operation, with sums', () => {
    expect(countersTable(counters, 'forge', 'calls').map((row) => row.split(/ {2,}/))).toEqual([
      ['function', 'GraphQL', 'REST', 'all'],
      ['scan-repository', '10', '10'],
      ['sync-organization', '4', '4'],
      ['all', '10', '4', '14'],
    ]);
  });

  it('shows items where they are more than the calls', () => {
    expect(countersTable(counters.slice(2, 4), 'table', 'both').at(-1)).toMatch(
      /^all +5 +2 \(9\) +7 \(14\)$/,
    );
    expect(countersTable([], 'table', 'both')).toEqual(['none']);
  });
});

it('a text table has its first column to the left and numbers to the right', () => {
  expect(textTable([['a', 'count'], ['long', '7'], ['x']])).toEqual(['a     count', 'long      7', 'x']);
});

it('the median is one of the values', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2, 0]);
});

describe('stages', () => {
  const invocation = (functionName: string, startedAt: number, endedAt: number) => ({
    functionName,
    startedAt,
    endedAt,
    payload: '',
    outcome: 'result' as const,
    isCold: false,
  });
  const of = (name: string, ...times: readonly (readonly [number, number])[]) => ({
    name,
    loads: [],
    memoryPeak: 0,
    invocations: times.map(([start, end]) => invocation(name, start, end)),
  });
  const counts = (repositories: number, packages: number, versions: number) => ({
    members: 1,
    teams: 1,
    repositories,
    packages,
    versions,
  });

  it('end when the last count has come, or the last invocation before ready is over', () => {
    const functions = [
      {
        ...of('serve-api'),
        invocations: [
          { ...invocation('serve-api', 900, 950), payload: '{"rawPath":"/api/v1/installation/status"}' },
          {
            ...invocation('serve-api', 1000, 1100),
            payload: '{"rawPath":"/api/v1/installation/organizations"}',
          },
          {
            ...invocation('serve-api', 1600, 1650),
            payload: '{"rawPath":"/api/v1/organizations/acme/tokens"}',
          },
        ],
      },
      of('publish-roots', [1300, 1400], [1650, 1700], [2500, 2600]),
      of('publish-access', [1700, 1750]),
    ];
    const seen = [
      { at: 1200, counts: counts(0, 0, 0) },
      { at: 1300, counts: counts(2, 0, 1) },
      { at: 1400, counts: counts(2, 1, 5) },
      { at: 1500, counts: counts(2, 2, 5) },
    ];
    expect(stagesOf(functions, seen, 2000).map(({ endedAfterMs }) => endedAfterMs)).toEqual([
      100, 300, 400, 500, 600, 700, 750, 1000,
    ]);
  });

  it('need a connected organization', () => {
    expect(() => stagesOf([], [], 0)).toThrow('no organization was connected');
  });
});
