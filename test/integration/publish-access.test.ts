import { describe, expect, it } from 'vitest';
import { bitmapChunks, packageValue } from '../../shared/domain/edge-keys.ts';
import type { Principal } from '../../shared/domain/ids.ts';
import { asPrincipal } from '../../shared/domain/ids.ts';
import { type KeyValues, publishAccess, StoreFullError } from '../../shared/publish/publish-access.ts';
import { desire, type EdgeSubject, edgeRows, settle } from '../../shared/store/edge-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { type LocalServices, useLocalServices } from '../support/local-services.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { createRecordingQueue } from '../support/recording-queue.ts';
import { unfinishedWork } from '../support/registry-view.ts';
import { organizationId } from '../support/synchronized.ts';

const newServices = useLocalServices();

const token: EdgeSubject = { kind: 'token' };
const principal: Principal = asPrincipal('u.ann');
const view: EdgeSubject = { kind: 'view', organization: organizationId, principal };
const aPackage: EdgeSubject = { kind: 'package', organization: organizationId, packageNumber: 1 };
const bitmap = (...numbers: number[]): string => bitmapChunks(numbers).get(0) ?? '';

interface Update {
  readonly puts: Readonly<Record<string, string>>;
  readonly deletes: readonly string[];
}

interface Edge extends LocalServices {
  readonly table: Table;
  readonly updates: Update[];
  readonly workQueue: ReturnType<typeof createRecordingQueue>;
  readonly logged: string[];
  /** Called before each update reaches the store. */
  before: (update: Update) => void | Promise<void>;
  want(key: string, value: string | undefined, subject?: EdgeSubject): Promise<string>;
  publish(named: readonly string[], options?: { keyValues?: KeyValues; table?: Table }): Promise<number>;
  values(): Promise<Record<string, string>>;
  /** Whether no row has open work or is listed as work. */
  isSettled(): Promise<boolean>;
}

async function createEdge(): Promise<Edge> {
  const services = newServices();
  const table = createMemoryTable();
  const workQueue = createRecordingQueue();
  const logged: string[] = [];
  const edge: Edge = {
    ...services,
    table,
    workQueue,
    updates: [],
    logged,
    before: () => {},
    keyValues: {
      ...services.keyValues,
      async update(etag, puts, deletes) {
        const update = { puts: Object.fromEntries(puts), deletes };
        await edge.before(update);
        const next = await services.keyValues.update(etag, puts, deletes);
        edge.updates.push(update);
        return next;
      },
    },
    async want(key, value, subject = token) {
      await table.transact([desire(key, value, subject, services.clock.now())]);
      return key;
    },
    publish: (named, { keyValues = edge.keyValues, table: through = table } = {}) =>
      publishAccess(
        {
          table: through,
          keyValues,
          workQueue,
          clock: services.clock,
          logger: { error: (text: unknown, ..._: readonly unknown[]) => void logged.push(String(text)) },
        },
        named,
      ),
    values: async () => Object.fromEntries((await services.published()).values),
    async isSettled() {
      const listed = await table.pending('publish-access', { before: services.clock.now() + 1000, limit: 1 });
      const rows = await table.query('EDGE', '');
      return listed.length === 0 && unfinishedWork(rows).length === 0;
    },
  };
  return edge;
}

describe('publishAccess', () => {
  it('writes the named keys and all other pending ones, and sends messages for the work that waits for them', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    await edge.want('v/acme/u.ann/0', bitmap(1), view);
    await edge.want('p/acme/acme/one', '1', aPackage);
    expect(await edge.publish(['t/one', 't/one'])).toBe(3);
    expect(await edge.values()).toEqual({
      't/one': 'u.ann|0',
      'v/acme/u.ann/0': bitmap(1),
      'p/acme/acme/one': '1',
    });
    expect(edge.updates).toHaveLength(1);
    expect(edge.workQueue.take().map(({ message }) => message)).toEqual([
      { kind: 'grants', organization: organizationId },
      { kind: 'principal', organization: organizationId, principal },
    ]);
    expect(await edge.isSettled()).toBe(true);
    expect(await edge.publish(['t/one'])).toBe(0);
  });

  it('withdraws first, in an update of its own, and grants after that', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    await edge.want('v/acme/u.ann/0', bitmap(1, 2, 9), view);
    await edge.publish([]);
    edge.updates.length = 0;
    await edge.want('p/acme/acme/new', '3', aPackage);
    await edge.want('t/two', 'u.bob|0');
    await edge.want('t/one', undefined);
    await edge.want('v/acme/u.ann/0', bitmap(1, 2, 3), view);
    await edge.publish([]);
    expect(edge.updates).toEqual([
      { puts: { 'v/acme/u.ann/0': bitmap(1, 2, 3) }, deletes: ['t/one'] },
      { puts: { 'p/acme/acme/new': '3', 't/two': 'u.bob|0' }, deletes: [] },
    ]);
  });

  it('withdraws first what a package or a token does not grant any more', async () => {
    const edge = await createEdge();
    await edge.want('p/acme/acme/leaky', packageValue(1), aPackage);
    await edge.want('t/one', 'u.ann|0');
    await edge.publish([]);
    edge.updates.length = 0;
    const refused = packageValue(1, ['0123456789ab']);
    await edge.want('p/acme/acme/another', '2', aPackage);
    await edge.want('p/acme/acme/leaky', refused, aPackage);
    await edge.want('t/one', 'u.ann|9');
    await edge.publish([]);
    expect(edge.updates).toEqual([
      { puts: { 'p/acme/acme/leaky': refused, 't/one': 'u.ann|9' }, deletes: [] },
      { puts: { 'p/acme/acme/another': '2' }, deletes: [] },
    ]);
  });

  it.each([
    { what: 'a bit that goes', from: bitmap(1, 2), to: bitmap(1), requests: false },
    { what: 'a bitmap that goes', from: bitmap(1), to: undefined, requests: false },
    { what: 'a bit that comes', from: bitmap(1), to: bitmap(1, 2), requests: true },
    { what: 'a bitmap that comes', from: undefined, to: bitmap(), requests: true },
    { what: 'a bit that goes and one that comes', from: bitmap(1), to: bitmap(2), requests: true },
    { what: 'a package that comes', from: undefined, to: '1', subject: aPackage, requests: true },
    { what: 'a package that goes', from: '1', to: undefined, subject: aPackage, requests: false },
    { what: 'a name that passes on', from: '1', to: '2', subject: aPackage, requests: true },
  ])(
    'after $what requests work for its principal again: $requests',
    async ({ from, to, subject = view, requests }) => {
      const edge = await createEdge();
      if (from !== undefined) {
        await edge.want('x', from, subject);
        await edge.publish([]);
        edge.workQueue.take();
      }
      await edge.want('x', to, subject);
      await edge.publish([]);
      expect(edge.workQueue.take().length > 0).toBe(requests);
      expect(await edge.values()).toEqual(to === undefined ? {} : { x: to });
      expect(await edge.isSettled()).toBe(true);
    },
  );

  it('requests work for the principal after a bit stays that was to be removed, since its root left it out', async () => {
    const edge = await createEdge();
    await edge.want('v/acme/u.ann/0', bitmap(1, 2), view);
    await edge.publish([]);
    edge.workQueue.take();
    await edge.want('v/acme/u.ann/0', bitmap(1), view);
    await edge.want('v/acme/u.ann/0', bitmap(1, 2), view);
    await edge.publish([]);
    expect(edge.workQueue.take()).toHaveLength(1);
  });

  it('marks nothing as done before the store has it', async () => {
    const edge = await createEdge();
    const key = await edge.want('t/one', 'u.ann|0');
    edge.before = () => {
      throw new Error('died on the way');
    };
    await expect(edge.publish([key])).rejects.toThrow('died on the way');
    expect(await edge.isSettled()).toBe(false);
    edge.before = () => {};
    expect(await edge.publish([])).toBe(1);
    expect(await edge.values()).toEqual({ [key]: 'u.ann|0' });
    expect(await edge.isSettled()).toBe(true);
  });

  it('never sends values that are older than the state of the store that it has seen', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    await edge.publish([]);
    await edge.want('t/one', 'u.ann|9');
    edge.updates.length = 0;
    let other: Promise<unknown> | undefined;
    const table: Table = {
      ...edge.table,
      async getMany(keys) {
        const items = await edge.table.getMany(keys);
        // A whole turn of another writer, with a newer value, after ours were read.
        other ??= edge.want('t/one', undefined).then(() => edge.publish(['t/one']));
        await other;
        return items;
      },
    };
    await edge.publish(['t/one'], { table });
    expect(edge.updates).toEqual([{ puts: {}, deletes: ['t/one'] }]);
    expect(await edge.values()).toEqual({});
    expect(await edge.isSettled()).toBe(true);
  });

  it('writes at most 50 keys at once', async () => {
    const edge = await createEdge();
    const keys = Array.from({ length: 120 }, (_, place) => `t/${String(place).padStart(22, '0')}`);
    for (const key of keys) {
      await edge.want(key, 'u.ann|0');
    }
    expect(await edge.publish(keys)).toBe(120);
    expect(edge.updates.map(({ puts }) => Object.keys(puts).length)).toEqual([50, 50, 20]);
    expect(Object.keys(await edge.values()).sort()).toEqual(keys);
    expect(await edge.isSettled()).toBe(true);
  });

  it('restarts the turn when somebody else wrote, with the latest values', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    edge.before = async () => {
      edge.before = () => {};
      const { describe: etag, update } = edge.keyValues;
      await update(await etag(), new Map([['x/1', 'other']]), []);
      await edge.want('t/one', 'u.bob|0');
    };
    await edge.publish(['t/one']);
    // The value of the first turn was never sent again.
    expect(edge.updates).toEqual([
      { puts: { 'x/1': 'other' }, deletes: [] },
      { puts: { 't/one': 'u.bob|0' }, deletes: [] },
    ]);
    expect(await edge.isSettled()).toBe(true);
  });

  it('gives up when somebody else keeps writing', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    const { keyValues } = newServices();
    let version = 0;
    const busy: KeyValues = { ...keyValues, describe: async () => `etag-${++version}` };
    await expect(edge.publish([], { keyValues: busy })).rejects.toThrow('refused');
    expect(version).toBeLessThan(50);
    await edge.publish([]);
    expect(await edge.values()).toEqual({ 't/one': 'u.ann|0' });
  });

  it('repeats both after dying between the update and its record', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    await edge.want('t/two', 'u.bob|0');
    await edge.publish([]);
    await edge.want('t/one', undefined);
    await edge.want('t/three', 'u.eve|0');
    const dying: Table = {
      ...edge.table,
      transact: () => Promise.reject(new Error('the process died')),
    };
    await expect(edge.publish([], { table: dying })).rejects.toThrow('died');
    expect(await edge.values()).toEqual({ 't/two': 'u.bob|0' });
    // The key to be removed is already gone, which this store treats as an error.
    await edge.publish([]);
    expect(await edge.values()).toEqual({ 't/two': 'u.bob|0', 't/three': 'u.eve|0' });
    expect(await edge.isSettled()).toBe(true);
    const rows = await edgeRows(edge.table, 't/');
    expect(rows.map(({ key, published }) => [key, published])).toEqual([
      ['t/one', undefined],
      ['t/three', 'u.eve|0'],
      ['t/two', 'u.bob|0'],
    ]);
  });

  it('keeps open what was requested while it wrote', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    edge.before = async () => {
      edge.before = async () => {};
      await edge.want('t/one', undefined);
    };
    await edge.publish(['t/one']);
    expect(edge.updates).toEqual([
      { puts: { 't/one': 'u.ann|0' }, deletes: [] },
      { puts: {}, deletes: ['t/one'] },
    ]);
    expect(await edge.isSettled()).toBe(true);
  });

  it('removes from the list of work what was recorded as done, unless more was requested', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    await edge.want('t/two', 'u.bob|0');
    const dying: Table = { ...edge.table, update: () => Promise.reject(new Error('the process died')) };
    await expect(edge.publish([], { table: dying })).rejects.toThrow('died');
    expect(await edge.isSettled()).toBe(false);
    const [before] = await edgeRows(edge.table, 't/one');
    await edge.want('t/one', undefined);
    if (before) {
      await settle(edge.table, before);
    }
    await edge.publish([]);
    expect(await edge.values()).toEqual({ 't/two': 'u.bob|0' });
    expect(await edge.isSettled()).toBe(true);
  });

  it('records the removal of a key that never existed without asking the store to', async () => {
    const edge = await createEdge();
    await edge.want('t/one', undefined);
    expect(await edge.publish(['t/one'])).toBe(1);
    expect(edge.updates).toEqual([]);
    expect(await edge.isSettled()).toBe(true);
  });

  it('is not stopped by keys that the store refuses', async () => {
    const edge = await createEdge();
    const tooLong = ['x', 'y'].map((letter) => `p/acme/acme/${letter.repeat(600)}`);
    for (const key of tooLong) {
      await edge.want(key, '1', aPackage);
    }
    const keys = Array.from({ length: 60 }, (_, place) => `t/${place}`);
    for (const key of keys) {
      await edge.want(key, 'u.ann|0');
    }
    expect(await edge.publish([])).toBe(60);
    expect(Object.keys(await edge.values()).sort()).toEqual(keys.sort());
    expect(edge.logged).toEqual(tooLong.map(() => 'the key-value store rejected a key'));
    // They stay open, to be fixed by a person.
    expect(unfinishedWork(await edge.table.query('EDGE', 'p/'))).toHaveLength(2);
  });

  it('withdraws although the store is full', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    await edge.publish([]);
    await edge.want('t/one', undefined);
    await edge.want('t/two', 'u.bob|0');
    edge.before = ({ puts }) => {
      if (Object.keys(puts).length > 0) {
        throw new StoreFullError('full');
      }
    };
    expect(await edge.publish([])).toBe(1);
    expect(await edge.values()).toEqual({});
    expect(edge.logged).toEqual([expect.stringContaining('full')]);
    edge.before = () => {};
    await edge.publish([]);
    expect(await edge.values()).toEqual({ 't/two': 'u.bob|0' });
  });

  it('withdraws although the store is full and another value would grow', async () => {
    const edge = await createEdge();
    await edge.want('t/one', 'u.ann|0');
    await edge.want('p/acme/acme/leaky', packageValue(1), aPackage);
    await edge.publish([]);
    await edge.want('t/one', undefined);
    await edge.want('p/acme/acme/leaky', packageValue(1, ['0123456789ab']), aPackage);
    const updates: Update[] = [];
    edge.before = (update) => {
      updates.push(update);
      if (updates.length === 1) {
        throw new StoreFullError('full');
      }
    };
    await edge.publish([]);
    expect(updates.map(({ puts, deletes }) => [Object.keys(puts), deletes])).toEqual([
      [['p/acme/acme/leaky'], ['t/one']],
      [[], ['t/one']],
      [['p/acme/acme/leaky'], []],
    ]);
    expect(await edge.isSettled()).toBe(true);
  });

  it('leaves what it has no time for to a new message', async () => {
    const edge = await createEdge();
    for (let place = 0; place < 60; place++) {
      await edge.want(`t/${String(place).padStart(2, '0')}`, 'u.ann|0');
    }
    edge.before = () => edge.clock.advance(10_001);
    expect(await edge.publish([])).toBe(50);
    const woken = edge.workQueue.take();
    expect(woken).toHaveLength(10);
    expect(woken[0]).toMatchObject({ queue: 'publish-access', group: 'access', message: { keys: ['t/50'] } });
    edge.before = () => {};
    await edge.publish(woken.flatMap(({ message }) => message.keys as string[]));
    expect(await edge.isSettled()).toBe(true);
  });
});
