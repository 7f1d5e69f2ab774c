/**
 * Creations that are limited in number take turns: each counts what is there, and its transaction fails if another was created since. So
 * requests at the same moment cannot pass the limit together, and no counter has to follow what expires or is removed.
 */
import { setTimeout } from 'node:timers/promises';
import { changedMeanwhile } from '../domain/conflict-error.ts';
import { absent, equal } from './condition.ts';
import type { Key } from './keys.ts';
import { ConflictError, type Operation, type Table } from './table.ts';

/** In each round one of those who create at the same moment succeeds. */
const triesMax = 12;
/** Milliseconds; spreads those who failed. */
const delayMaxMs = 20;

/**
 * Creates something in turn. One read and one more write, again in each round.
 *
 * @param counters count the creations of this kind, one for each owner
 * @param create counts what is there, and writes `turn` in the transaction that creates one more; called again when another was first
 * @throws CallerError when others were first each time; what `create` throws
 */
export async function inTurn<Result>(
  table: Table,
  counters: readonly Key[],
  create: (turn: readonly Operation[]) => Promise<Result>,
): Promise<Result> {
  const read = async (): Promise<readonly number[]> =>
    (await table.getMany(counters)).map((item) => Number(item?.count ?? 0));
  for (let tries = 1; ; tries++) {
    const before = await read();
    try {
      return await create(counters.map((key, place) => turnAfter(key, before[place] ?? 0)));
    } catch (error) {
      if (!(error instanceof ConflictError) || String(await read()) === String(before)) {
        throw error;
      }
      if (tries === triesMax) {
        throw changedMeanwhile('many are created at the same time; try again', error);
      }
    }
    await setTimeout(Math.random() * delayMaxMs);
  }
}

const turnAfter = (key: Key, before: number): Operation => ({
  update: { key, set: { count: before + 1 } },
  when: before === 0 ? absent : equal('count', before),
});
