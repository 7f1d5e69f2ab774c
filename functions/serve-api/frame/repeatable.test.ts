import { describe, expect, it } from 'vitest';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { changedMeanwhile } from '../../../shared/domain/conflict-error.ts';
import { ProblemError } from '../../../shared/runtime/problem-details.ts';
import { keys } from '../../../shared/store/keys.ts';
import type { Table } from '../../../shared/store/table.ts';
import { type ApiWorld, createApiWorld } from '../../../test/support/api-world.ts';
import { onceFor } from './repeatable.ts';

const creation = {
  method: 'POST',
  path: '/organizations/acme/tokens',
  body: { for: { kind: 'organization' }, description: 'ci', expiresAt: null },
  headers: { 'idempotency-key': 'one' },
};
const create = (world: ApiWorld) => world.ask('owner', creation);
const tokens = (world: ApiWorld): number =>
  [...world.stored().values()].filter(({ sk }) => String(sk).startsWith('TOKEN#o.')).length;

const request = { caller: { kind: 'operator' }, method: 'POST', path: '/api/v1/things', body: '{}' } as const;
const thing = { pk: 'THING', sk: 'THING' };
const saying = (text: string) => expect.objectContaining({ message: expect.stringContaining(text) });

/** The same request, again and again, in a world where its work does something else each time. */
async function repeated() {
  const world = await createApiWorld();
  let count = 0;
  return {
    world,
    count: () => count,
    async send(work: (table: Table) => Promise<void>): Promise<unknown> {
      const answer = onceFor(world.dependencies, 'one', request, async (table) => {
        count++;
        await work(table);
        return { body: { count } };
      });
      return answer.then(
        ({ body }) => body,
        (error: Error) => error,
      );
    },
  };
}

describe('a creation with a key', () => {
  it('has been made where the messages that follow cannot be sent', async () => {
    const world = await createApiWorld();
    world.dependencies.workQueue.send = async () => {
      throw new Error('the queue is gone');
    };
    const first = await create(world);
    expect(first.status).toBe(201);
    expect((await create(world)).text).toBe(first.text);
    expect(tokens(world)).toBe(1);
  });

  it('is answered where the answer cannot be kept, and not made again', async () => {
    const world = await createApiWorld();
    const { update } = world.table;
    world.table.update = async (change, when) => {
      if (change.key.sk === keys.repetition('', '').sk && change.set?.answer !== undefined) {
        throw new Error('the table is gone');
      }
      return update(change, when);
    };
    expect((await create(world)).status).toBe(201);
    expect((await create(world)).body.detail).toContain('is being carried out');
    world.advance(61_000);
    expect((await create(world)).body).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('POST /api/v1/organizations/acme/tokens was carried out'),
    });
    expect(tokens(world)).toBe(1);
  });

  it('may be sent again after a refusal that wrote nothing', async () => {
    const { send, count } = await repeated();
    const refusal = async (): Promise<never> => {
      throw new CallerError('conflict', 'too many');
    };
    expect(await send(refusal)).toEqual(saying('too many'));
    expect(
      await send(async (table) => {
        await table.transact([{ put: thing, item: {}, when: { is: 'present' } }]);
      }),
    ).toEqual(saying('a condition of a write'));
    expect(await send(async () => {})).toEqual({ count: 3 });
    expect(count()).toBe(3);
  });

  it('is refused again, in the same words and with the same fields, after a refusal that wrote something', async () => {
    const { world, send, count } = await repeated();
    const errors = [{ pointer: '/slug', detail: 'it is taken' }];
    const refused = async (table: Table): Promise<void> => {
      await table.transact([{ put: thing, item: {} }]);
      throw new CallerError('conflict', 'the slug is taken', { errors });
    };
    const refusal = expect.objectContaining({ code: 'conflict', message: 'the slug is taken', errors });
    expect(await send(refused)).toEqual(refusal);
    world.advance(61_000);
    expect(await send(refused)).toEqual(refusal);
    expect(count()).toBe(1);
    world.advance(24 * 3600_000);
    expect(await send(async () => {})).toEqual({ count: 2 });
  });

  it.each([
    ['others were faster', changedMeanwhile('others were faster; try again')],
    ['it is too early', new CallerError('too-early', 'the code host does not answer')],
    [
      'the person has to sign in first',
      new ProblemError({ status: 403, code: 'reauthentication-required', detail: 'sign in' }),
    ],
  ])('may be sent again after it wrote something, when it was refused because %s', async (_, refusal) => {
    const { send, count } = await repeated();
    const refused = async (table: Table): Promise<void> => {
      await table.transact([{ put: thing, item: {} }]);
      throw refusal;
    };
    expect(await send(refused)).toBe(refusal);
    expect(await send(async () => {})).toEqual({ count: 2 });
    expect(await send(async () => {})).toEqual({ count: 2 });
    expect(count()).toBe(2);
  });

  it.each<[string, (table: Table) => Promise<void>]>([
    ['after it wrote something', (table) => table.transact([{ put: thing, item: {} }])],
    [
      'in a write of which nobody knows',
      (table) => table.transact(Array(101).fill({ put: thing, item: {} })),
    ],
  ])('is not carried out again when it failed %s', async (_, write) => {
    const { world, send, count } = await repeated();
    const failing = async (table: Table): Promise<void> => {
      await write(table);
      throw new Error('the network is gone');
    };
    await send(failing);
    expect(await send(failing)).toEqual(saying('is being carried out'));
    world.advance(61_000);
    expect(await send(failing)).toEqual(saying('ended without an answer'));
    expect(count()).toBe(1);
    world.advance(24 * 3600_000);
    expect(await send(async () => {})).toEqual({ count: 2 });
  });
});
