import { describe, expect, it } from 'vitest';
import { createApiWorld, userOf } from '../../test/support/api-world.ts';
import { gitHubHost } from '../../test/support/synchronized.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import type { PersonForge } from '../forge/person-forge.ts';
import { CipherError } from '../runtime/cipher.ts';
import { findPersonGrant, keepPersonGrant } from '../store/person-grant-store.ts';
import { revokeLapsedGrants } from './revoke-grants.ts';

const minute = 60_000;

async function bench() {
  const world = await createApiWorld();
  const dependencies = { ...world.dependencies, logger: { warn() {} } };
  const revoked: string[] = [];
  const forge = { answer: async (_: string): Promise<void> => {} };
  const { personForge } = world.forges;
  world.forges.personForge = (integration) => ({
    ...(personForge(integration) as PersonForge),
    async revoke({ accessToken }) {
      await forge.answer(accessToken);
      revoked.push(accessToken);
    },
  });
  const user = userOf('owner');
  return {
    world,
    revoked,
    forge,
    keep: (accessToken: string, host: ForgeHost = gitHubHost) =>
      keepPersonGrant(world.dependencies, user, host, { accessToken }),
    find: () => findPersonGrant(world.dependencies, user, gitHubHost),
    dependencies,
    revokeLapsed: () => revokeLapsedGrants(dependencies),
    encrypted: () => JSON.stringify([...world.table.dump()]).split('"encrypted"').length - 1,
  };
}

describe('the grant of a person', () => {
  it('is revoked when its 15 minutes are over, an earlier one of the same person too', async () => {
    const { world, revoked, keep, revokeLapsed } = await bench();
    await keep('first');
    world.advance(minute);
    await keep('second');
    world.advance(14 * minute - 1);
    expect(await revokeLapsed()).toEqual({ revoked: 0, failed: 0 });
    world.advance(1);
    await revokeLapsed();
    expect(revoked).toEqual(['first']);
    world.advance(minute);
    await revokeLapsed();
    expect(revoked).toEqual(['first', 'second']);
    expect(await revokeLapsed()).toEqual({ revoked: 0, failed: 0 });
  });

  it('is revoked at once when choosing is done, and is nowhere afterwards', async () => {
    const { world, revoked, keep, find, revokeLapsed, encrypted } = await bench();
    const before = encrypted();
    await keep('only');
    const kept = await find();
    await world.table.transact(kept?.end ?? []);
    expect(await find()).toBeUndefined();
    expect(await revokeLapsed()).toEqual({ revoked: 1, failed: 0 });
    expect(revoked).toEqual(['only']);
    expect(encrypted()).toBe(before);
  });

  it('is tried again when the code host fails, after twice as long each time, for a day', async () => {
    const { world, revoked, forge, keep, revokeLapsed } = await bench();
    await keep('only');
    world.advance(15 * minute);
    forge.answer = () => Promise.reject(new Error('down'));
    const waits: number[] = [];
    for (let passed = 0, since = 0; passed < 24 * 60; passed += 5, since += 5) {
      if ((await revokeLapsed()).failed > 0) {
        waits.push(since);
        since = 0;
      }
      world.advance(5 * minute);
    }
    expect(waits).toEqual([0, 5, 10, 20, 40, 80, 160, 320, 640]);
    forge.answer = async () => {};
    world.advance(24 * 60 * minute);
    expect(await revokeLapsed()).toEqual({ revoked: 0, failed: 0 });
    expect(revoked).toEqual([]);
  });

  it('is revoked however many others cannot be', async () => {
    const { world, revoked, forge, keep, revokeLapsed } = await bench();
    forge.answer = (token) =>
      token.startsWith('dead') ? Promise.reject(new Error('no')) : Promise.resolve();
    for (let count = 0; count < 100; count += 1) {
      await keep(`dead-${count}`);
      world.advance(1);
    }
    await keep('good');
    world.advance(15 * minute);
    expect(await revokeLapsed()).toEqual({ revoked: 0, failed: 100 });
    expect(await revokeLapsed()).toEqual({ revoked: 1, failed: 0 });
    expect(revoked).toEqual(['good']);
  });

  it('is revoked while another code host does not answer, and at that one in a later call', async () => {
    const { world, revoked, forge, keep, dependencies } = await bench();
    const other = { forge: 'github', baseUrl: 'https://git.example' };
    const { integrations } = world.forges;
    world.forges.integrations = async () => {
      const { valid, invalid } = await integrations();
      const further = valid.map((one) => ({ ...one, settings: { ...one.settings, ...other } }));
      return { valid: [...valid, ...further], invalid };
    };
    forge.answer = (token) => (token === 'hangs' ? new Promise(() => {}) : Promise.resolve());
    await keep('hangs', other);
    world.advance(1);
    await keep('waits', other);
    world.advance(1);
    await keep('good');
    world.advance(15 * minute);
    expect(await revokeLapsedGrants(dependencies, 20)).toEqual({ revoked: 1, failed: 2 });
    expect(await revokeLapsedGrants(dependencies, 20)).toEqual({ revoked: 1, failed: 0 });
    expect(revoked).toEqual(['good', 'waits']);
  });

  it('leaves the list when it cannot be decrypted', async () => {
    const { world, revoked, keep, revokeLapsed, dependencies } = await bench();
    await keep('only');
    world.advance(15 * minute);
    const { cipher } = dependencies;
    const unreadable = { ...cipher, decrypt: () => Promise.reject(new CipherError('another key')) };
    expect(await revokeLapsedGrants({ ...dependencies, cipher: unreadable })).toEqual({
      revoked: 0,
      failed: 1,
    });
    expect(await revokeLapsed()).toEqual({ revoked: 0, failed: 0 });
    expect(revoked).toEqual([]);
  });
});
