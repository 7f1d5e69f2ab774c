/**
 * Creations that are limited in number take turns: each counts what is there, and its transaction fails if another was created since. So
 * requests at the same moment cannot pass the limit together, and no counter has to follow what expires or is removed.
 */
import { setTimeout } from 'node:timers/promises';
import { CallerError } from '../domain/caller-error.ts';
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
 * @param key counts the creations of this kind
 * @param create counts what is there, and writes `turn` in the transaction that creates one more; called again when another was first
 * @throws CallerError when others were first each time; what `create` throws
 */
export async function inTurn<Result>(
  table: Table,
  key: Key,
  create: (turn: Operation) => Promise<Result>,
): Promise<Result> {
  const count = async (): Promise<number> => Number((await table.get(key))?.count ?? 0);
  for (let tries = 1; ; tries++) {
    const before = await count();
    try {
      return await create({
        update: { key, set: { count: before + 1 } },
        when: before === 0 ? absent : equal('count', before),
      });
    } catch (error) {
      if (!(error instanceof ConflictError) || (await count()) === before) {
        throw error;
      }
      if (tries === triesMax) {
        throw new CallerError('conflict', 'many are created at the same time; try again', { cause: error });
      }
    }
    await setTimeout(Math.random() * delayMaxMs);
  }
}
