import { describe, expect, it } from 'vitest';
import { aJudgedRow, aRow } from './fixtures.ts';
import { joinRows } from './join.ts';

describe('the join', () => {
  it('meets rows of one package and version, and keeps those that only one side has', () => {
    const pairs = joinRows(
      [aRow('1.0.0.0'), aRow('2.0.0.0'), aRow('1.0.0.0', { name: 'acme/other' })],
      [aJudgedRow(aRow('3.0.0.0')), aJudgedRow(aRow('1.0.0.0'))],
    );
    expect(
      pairs.map(({ packageName, outcome, ours, theirs }) => [
        packageName,
        outcome,
        ours?.versionNormalized,
        theirs?.values.versionNormalized,
      ]),
    ).toEqual([
      ['acme/lib', 'only theirs', undefined, '3.0.0.0'],
      ['acme/lib', 'equal', '1.0.0.0', '1.0.0.0'],
      ['acme/lib', 'only ours', '2.0.0.0', undefined],
      ['acme/other', 'only ours', '1.0.0.0', undefined],
    ]);
  });

  it('loses no row when a side has a version twice: the first ones meet', () => {
    const pairs = joinRows(
      [aRow('dev-main', { version: 'first' }), aRow('dev-main', { version: 'second' })],
      [
        aJudgedRow(aRow('dev-MAIN', { version: 'first' })),
        aJudgedRow(aRow('dev-main', { version: 'third' })),
      ],
    );
    expect(
      pairs.map(({ outcome, isRepeated, ours, theirs }) => [
        outcome,
        isRepeated,
        ours?.version,
        theirs?.values.version,
      ]),
    ).toEqual([
      ['different', false, 'first', 'first'],
      ['only theirs', true, undefined, 'third'],
      ['only ours', true, 'second', undefined],
    ]);
  });

  it.each([
    ['name', { name: 'Acme/Lib' }],
    ['version', { version: 'v1.0.0' }],
    ['reference', { reference: 'b'.repeat(40) }],
    ['reference', { reference: null }],
    ['type', { type: 'project' }],
    ['require', { require: { php: '>=8.2' } }],
    ['autoload', { autoload: { 'psr-4': { 'Acme\\': 'src/' } } }],
    ['extra', { extra: { 'branch-alias': { 'dev-main': '1.x-dev' } } }],
    ['abandoned', { abandoned: true }],
    ['abandoned', { abandoned: 'acme/new' }],
    ['default-branch', { 'default-branch': true }],
    ['time', { time: '2026-01-01T00:00:00+00:00' }],
    ['source', { source: { type: 'git', url: 'git@github.com:acme/lib.git', reference: 'a' } }],
    ['support.source', { 'support.source': 'https://github.com/acme/lib/tree/main' }],
  ])('sees that %s differs, whichever side has it', (key, change) => {
    const [plain, other] = [aRow('1.0.0.0-RC1'), aRow('1.0.0.0-RC1', change)];
    for (const [ours, theirs] of [
      [other, plain],
      [plain, other],
    ] as const) {
      const [pair] = joinRows([ours], [aJudgedRow(theirs)]);
      expect(pair).toMatchObject({ outcome: 'different', differences: [key] });
    }
  });

  it('sees another spelling of one version', () => {
    const [pair] = joinRows([aRow('1.0.0.0-RC1')], [aJudgedRow(aRow('1.0.0.0-rc1'))]);
    expect(pair).toMatchObject({ outcome: 'different', differences: ['version', 'versionNormalized'] });
  });

  it('leaves out what is not asked', () => {
    const [pair] = joinRows(
      [aRow('1.0.0.0', { time: 'now', type: 'project' })],
      [aJudgedRow(aRow('1.0.0.0', { time: 'then' }))],
      (key) => key !== 'time',
    );
    expect(pair?.differences).toEqual(['type']);
  });

  it.each([
    ['an empty list and an empty map', { extra: {} }, { extra: [] }],
    [
      'a list and a map with its places as keys',
      { autoload: { files: { 0: 'a' } } },
      { autoload: { files: ['a'] } },
    ],
  ])('takes %s for the same, as clients do', (_, ours, theirs) => {
    const [pair] = joinRows([aRow('1.0.0.0', ours)], [aJudgedRow(aRow('1.0.0.0', theirs))]);
    expect(pair?.outcome).toBe('equal');
  });

  it('does not forgive another order of autoload rules or another constraint', () => {
    const classmap = (...paths: string[]) => ({ autoload: { classmap: paths } });
    const [order] = joinRows(
      [aRow('1.0.0.0', classmap('a', 'b'))],
      [aJudgedRow(aRow('1.0.0.0', classmap('b', 'a')))],
    );
    const [constraint] = joinRows(
      [aRow('1.0.0.0', { require: { php: '>=8.1' } })],
      [aJudgedRow(aRow('1.0.0.0', { require: { php: '>=8.2' } }))],
    );
    expect([order?.differences, constraint?.differences]).toEqual([['autoload'], ['require']]);
  });
});
