/** Helpers for tests of refused commits and deletions. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { deleteVersions } from '../../shared/organizations/refuse-commits.ts';
import { commitOf } from './memory-contents.ts';
import { aFact } from './memory-forge.ts';
import type { MemoryTable } from './memory-table.ts';
import type { Registry } from './registry-fixture.ts';
import { unfinishedWork } from './registry-view.ts';
import { five } from './scanned.ts';

export const ann = { by: 'ann', why: 'a key in it' };
export const of = (registry: Registry) => ({ ...registry, clock: registry.clock, randomBytes });
export const distPath = (digit: string, name = 'acme/one') => `/acme/dists/${name}/${commitOf(digit)}.zip`;
export const members = [
  ...five,
  aFact.member(2),
  aFact.collaborator(5, 2),
  aFact.team(3),
  aFact.teamRepository(3, 5),
];

/** Settles the registry and expects no unfinished work and no errors on the way. */
export async function expectSettled(registry: Registry): Promise<void> {
  await registry.settle();
  expect(registry.errors).toEqual([]);
  expect(unfinishedWork((registry.table as MemoryTable).dump().values())).toEqual([]);
}

/** Handles one message after the other while time passes, and checks after each. */
export async function eachStep(registry: Registry, check: () => Promise<void>): Promise<void> {
  for (let steps = 0; steps < 1000; steps++) {
    if (await registry.handleNext()) {
      await check();
      continue;
    }
    const due = registry.nextDue();
    if (due === undefined) {
      return;
    }
    await registry.clock.advance(Math.max(0, due - registry.clock.now()));
  }
  throw new Error('the registry does not come to rest');
}

export async function withArchives(registry: Registry, ...digits: string[]): Promise<void> {
  for (const digit of digits) {
    expect((await registry.fetch(1, commitOf(digit))).status).toBe(307);
  }
  await registry.settle();
}

export const deleteVersion = (registry: Registry, ...names: string[]) =>
  deleteVersions(
    of(registry),
    registry.organization,
    { packageName: 'acme/one', versions: names },
    { confirm: 'acme/one', ...ann },
  );

/** Items left in the table whose keys begin with one of the prefixes. */
export const left = (registry: Registry, ...prefixes: string[]): string[] =>
  [...(registry.table as MemoryTable).dump().keys()]
    .map((key) => key.replace('\n', ' '))
    .filter((key) => prefixes.some((prefix) => key.startsWith(prefix)));

/** Delays each matching query by this many milliseconds. */
export function slowQueries(
  { table, clock }: Registry,
  ms: number,
  isSlow: (partition: string, prefix: string) => boolean,
): void {
  const query = table.query.bind(table);
  table.query = async (partition, prefix, options) => {
    if (isSlow(partition, prefix)) {
      await clock.advance(ms);
    }
    return query(partition, prefix, options);
  };
}
