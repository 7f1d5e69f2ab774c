import { describe, expect, it } from 'vitest';
import { asId, type ForgeRepositoryId, type SynchronizationId } from './ids.ts';
import {
  type Claimant,
  compareClaimants,
  decideName,
  type HolderStanding,
  type NameHolder,
} from './name-holder.ts';

const claimant = (
  repository: number | string,
  { synchronization = 's1', ...differences }: Partial<Claimant> & { synchronization?: string } = {},
): Claimant => ({
  source: {
    synchronization: asId<SynchronizationId>(synchronization),
    repository: asId<ForgeRepositoryId>(String(repository)),
    directory: '',
  },
  fork: false,
  createdAt: '2024-01-01T00:00:00Z',
  synchronizationCreatedAt: 1000,
  ...differences,
});

describe('the order among claimants', () => {
  it.each([
    [
      'no fork before what is none, however old',
      claimant(2),
      claimant(1, { fork: true, createdAt: '2010-01-01T00:00:00Z' }),
    ],
    ['the older repository', claimant(2, { createdAt: '2023-12-31T23:59:59Z' }), claimant(1)],
    [
      'the earlier time, whatever its text',
      claimant(2, { createdAt: '2024-01-01T00:30:00+02:00' }),
      claimant(1),
    ],
    ['one with a known age', claimant(2), claimant(1, { createdAt: undefined })],
    [
      'that of the older synchronization',
      claimant(2, { synchronization: 's2', synchronizationCreatedAt: 999 }),
      claimant(1),
    ],
    ['the lower id as text', claimant('10'), claimant('9')],
    [
      'the lower synchronization if the ids are the same',
      claimant(1),
      claimant(1, { synchronization: 's2' }),
    ],
  ])('%s comes first', (_, first, second) => {
    expect(compareClaimants(first, second)).toBeLessThan(0);
    expect(compareClaimants(second, first)).toBeGreaterThan(0);
  });

  it('is total: the first one is the same in whatever order they are scanned', () => {
    const all = [false, true].flatMap((fork) =>
      [undefined, '2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z'].flatMap((createdAt) =>
        [1, 2].flatMap((synchronizationCreatedAt) =>
          ['1', '2'].map((repository) =>
            claimant(repository, {
              fork,
              createdAt,
              synchronizationCreatedAt,
              synchronization: `s${synchronizationCreatedAt}`,
            }),
          ),
        ),
      ),
    );
    for (const one of all) {
      for (const other of all) {
        const order = compareClaimants(one, other);
        expect(order === 0).toBe(one === other);
        expect(Math.sign(compareClaimants(other, one))).toBe(0 - Math.sign(order));
        for (const third of all) {
          if (order < 0 && compareClaimants(other, third) < 0) {
            expect(compareClaimants(one, third)).toBeLessThan(0);
          }
        }
      }
    }
  });
});

const older = claimant(1, { createdAt: '2019-01-01T00:00:00Z' });
const younger = claimant(2);
const standings: readonly HolderStanding[] = ['readable', 'unreadable', 'deleted-on-forge', 'deleted-here'];
const booleans = [false, true];

describe('decideName', () => {
  it('gives a name that nobody ever had to its claimant', () => {
    const decision = decideName({
      claimant: younger,
      isImport: false,
      holder: undefined,
      rivals: [older.source],
      wasContested: false,
    });
    expect(decision).toEqual({ takes: true });
  });

  /** Every combination, so that none gives a name away by mistake. */
  const cases = standings.flatMap((standing) =>
    [older, younger].flatMap((one) =>
      booleans.flatMap((isImport) =>
        booleans.flatMap((holderIsImport) =>
          booleans.flatMap((isGiven) =>
            [[], [claimant(3).source], [one.source]].flatMap((rivals) =>
              booleans.map((wasContested) => {
                const other = one === older ? younger : older;
                const holder: NameHolder = {
                  source: other.source,
                  standing,
                  claimant: standing === 'readable' ? other : undefined,
                  isImport: holderIsImport,
                  isGiven,
                };
                return { claimant: one, isImport, holder, rivals, wasContested };
              }),
            ),
          ),
        ),
      ),
    ),
  );

  it('takes a name from its holder in two cases only', () => {
    const taking = cases.filter((one) => decideName(one).takes);
    const duringImport = cases.filter(
      ({ claimant: one, isImport, holder }) =>
        holder.standing === 'readable' && one === older && isImport && holder.isImport && !holder.isGiven,
    );
    const afterDeletion = cases.filter(
      ({ claimant: one, holder, rivals, wasContested }) =>
        holder.standing === 'deleted-on-forge' &&
        !wasContested &&
        rivals.every(({ repository }) => repository === one.source.repository),
    );
    expect(new Set(taking)).toEqual(new Set([...duringImport, ...afterDeletion]));
    expect(duringImport).toHaveLength(6);
    expect(afterDeletion).toHaveLength(32);
  });

  it.each([
    ['readable', 'taken'],
    ['unreadable', 'unreadable'],
    ['deleted-on-forge', 'contested'],
    ['deleted-here', 'deleted-here'],
  ] as const)('answers for a holder that is %s: %s', (standing, obstacle) => {
    const waiting = cases.filter((one) => one.holder.standing === standing && !decideName(one).takes);
    expect(waiting.length).toBeGreaterThan(0);
    for (const one of waiting) {
      expect(decideName(one)).toEqual({ takes: false, obstacle });
    }
  });
});
