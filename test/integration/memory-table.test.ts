import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  absent,
  all,
  any,
  type Condition,
  differs,
  equal,
  missing,
  missingOrLess,
  present,
} from '../../shared/store/condition.ts';
import { type Change, ConflictError, type Operation, type Table } from '../../shared/store/table.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { useTables } from '../support/table.ts';

const newTable = useTables();

const key = fc.record({ pk: fc.constantFrom('A', 'B'), sk: fc.constantFrom('x#1', 'x#2', 'y') });
const attribute = fc.constantFrom('one', 'two', 'pendingSince');
const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b'), fc.boolean());
const numeric = fc.constantFrom('count', 'other');
const condition: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition; leaf: Condition }>((link) => ({
  leaf: fc.oneof(
    fc.constantFrom(absent, present),
    fc.tuple(attribute, value).map((of) => equal(...of)),
    fc.tuple(numeric, fc.nat(3)).map((of) => missingOrLess(...of)),
    fc.oneof(attribute, numeric).map(missing),
    fc.constant(differs('count', 'other')),
  ),
  tree: fc.oneof(
    { maxDepth: 2 },
    link('leaf'),
    fc.tuple(link('tree'), link('tree')).map((of) => all(...of)),
    fc.tuple(link('tree'), link('tree')).map((of) => any(...of)),
  ),
})).tree;
const when = fc.option(condition, { nil: undefined });
/** Each attribute is in one clause only, as DynamoDB requires. */
const change = (of: { pk: string; sk: string }): fc.Arbitrary<Change> =>
  fc.record({
    key: fc.constant(of),
    set: fc.dictionary(fc.constantFrom('one'), fc.option(value, { nil: undefined })),
    setIfMissing: fc.dictionary(fc.constantFrom('two'), value),
    add: fc.dictionary(numeric, fc.integer({ min: 1, max: 2 }), { minKeys: 1 }),
    remove: fc.uniqueArray(fc.constantFrom('pendingSince', 'pending')),
  });
const operation: fc.Arbitrary<Operation> = key.chain((of) =>
  fc.oneof(
    fc.tuple(fc.dictionary(attribute, fc.constantFrom('a', 'b')), when).map(
      ([item, if_]): Operation => ({
        put: of,
        item: { ...item, pending: 'sync' },
        ...(if_ && { when: if_ }),
      }),
    ),
    fc.tuple(change(of), when).map(([update, if_]): Operation => ({ update, ...(if_ && { when: if_ }) })),
    when.map((if_): Operation => ({ delete: of, ...(if_ && { when: if_ }) })),
    condition.map((if_): Operation => ({ check: of, when: if_ })),
  ),
);
type Call = (table: Table) => Promise<unknown>;
const call: fc.Arbitrary<Call> = fc.oneof(
  key
    .chain((of) => fc.tuple(change(of), when))
    .map(
      ([one, if_]) =>
        (table: Table) =>
          table.update(one, if_),
    ),
  fc
    .uniqueArray(operation, {
      maxLength: 4,
      selector: (one) => JSON.stringify(Object.values(one)[0]?.key ?? Object.values(one)[0]),
    })
    .map((list) => (table: Table) => table.transact(list)),
);

async function outcome(table: Table, one: Call): Promise<unknown> {
  try {
    return await one(table);
  } catch (error) {
    if (error instanceof ConflictError) {
      return { failed: error.failed, item: error.item };
    }
    throw error;
  }
}

const everything = (table: Table) =>
  Promise.all([
    table.query('A', ''),
    table.query('B', 'x#', { descending: true }),
    table.query('A', '', { limit: 1 }),
    table.query('A', 'x#', { after: 'x#1' }),
    table.query('A', 'x#', { after: 'x#1~', descending: true, limit: 1 }),
    table.getMany(['x#1', 'y', 'x#1'].map((sk) => ({ pk: 'B', sk }))),
    table.get({ pk: 'A', sk: 'y' }),
  ]);

it('the table in memory answers as the emulator does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 12 }), async (calls) => {
      const [real, memory] = [await newTable(), createMemoryTable()];
      for (const one of calls) {
        expect(await outcome(memory, one)).toEqual(await outcome(real, one));
      }
      expect(await everything(memory)).toEqual(await everything(real));
    }),
    { numRuns: 40 },
  );
}, 60_000);
