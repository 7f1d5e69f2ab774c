import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryDataKeys } from '../../test/support/memory-data-keys.ts';
import { createMemoryTable, type MemoryTable } from '../../test/support/memory-table.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import { createEnvelopeCipher } from '../runtime/cipher.ts';
import { Secret } from '../runtime/secret.ts';
import {
  addHook,
  changeHookSecret,
  findHook,
  type HookDependencies,
  hooksOf,
  noteHook,
  removeHook,
} from './hook-store.ts';
import { keys } from './keys.ts';
import { ConflictError } from './table.ts';

const start = Date.parse('2026-11-27T12:00:00Z');
const host = { baseUrl: 'https://forge.test' };
const name = { forge: 'toy', source: 'abcdefgh' };

let table: MemoryTable;
let now: number;
let hooks: HookDependencies;
beforeEach(async () => {
  table = createMemoryTable();
  now = start;
  hooks = { table, cipher: createEnvelopeCipher(createMemoryDataKeys()), clock: { now: () => now } };
  await table.transact(await addHook(hooks, name, host, synchronizationId, new Secret('first')));
});

const secrets = async () => (await findHook(hooks, name))?.secrets;

describe('a hook', () => {
  it('is found by its address, with its secret and its synchronization', async () => {
    expect(await findHook(hooks, name)).toEqual({
      forge: 'toy',
      ...host,
      synchronization: synchronizationId,
      secrets: ['first'],
    });
    expect(await findHook(hooks, { ...name, source: 'other' })).toBeUndefined();
    expect(await findHook(hooks, { ...name, forge: 'other' })).toBeUndefined();
  });

  it('is stored without its secret in clear text', async () => {
    expect(JSON.stringify(await table.get(keys.hook(name.forge, name.source)))).not.toContain('first');
  });

  it('accepts the previous secret for a day, and no longer', async () => {
    await changeHookSecret(hooks, name, new Secret('second'));
    expect(await secrets()).toEqual(['second', 'first']);
    now = start + 24 * 3600_000;
    expect(await secrets()).toEqual(['second']);
  });

  it('knows until the next word of the forge that its new secret has to be sent', async () => {
    const shown = {
      forgeHook: '7',
      url: 'https://console.test',
      state: 'working',
      stateSince: start,
    } as const;
    const stored = async () => (await hooksOf(table, synchronizationId))[0];
    await changeHookSecret(hooks, name, new Secret('second'));
    expect(await stored()).toEqual({ ...name, isSecretPending: true });
    await noteHook(table, synchronizationId, name, shown);
    expect(await stored()).toEqual({ ...name, ...shown, isSecretPending: false });
  });

  it('accepts only one previous secret', async () => {
    await changeHookSecret(hooks, name, new Secret('second'));
    await changeHookSecret(hooks, name, new Secret('third'));
    expect(await secrets()).toEqual(['third', 'second']);
  });

  it('is not changed by two callers at once', async () => {
    const changes = await Promise.allSettled([
      changeHookSecret(hooks, name, new Secret('one')),
      changeHookSecret(hooks, name, new Secret('other')),
    ]);
    expect(changes.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: expect.any(ConflictError) },
    ]);
    expect(await secrets()).toHaveLength(2);
  });

  it('cannot be decrypted when it was copied to another address', async () => {
    const item = await table.get(keys.hook(name.forge, name.source));
    await table.transact([{ put: keys.hook('toy', 'copy'), item: item ?? {} }]);
    await expect(findHook(hooks, { ...name, source: 'copy' })).rejects.toThrow('context');
  });

  it('is not found after it was removed', async () => {
    expect(await hooksOf(table, synchronizationId)).toMatchObject([name]);
    await table.transact(removeHook(synchronizationId, name));
    expect(await findHook(hooks, name)).toBeUndefined();
    expect(await hooksOf(table, synchronizationId)).toEqual([]);
  });
});
