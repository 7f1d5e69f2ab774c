import { describe, expect, it } from 'vitest';
import { createApiWorld, userOf } from '../../test/support/api-world.ts';
import { gitHubHost } from '../../test/support/synchronized.ts';
import type { PersonForge } from '../forge/person-forge.ts';
import { findPersonGrant, keepPersonGrant } from '../store/person-grant-store.ts';
import { revokeLapsedGrants } from './revoke-grants.ts';

const minute = 60_000;

async function bench() {
  const world = await createApiWorld();
  const revoked: string[] = [];
  const forge: { fault?: Error } = {};
  const { personForge } = world.forges;
  world.forges.personForge = (integration) => ({
    ...(personForge(integration) as PersonForge),
    async revoke({ accessToken }) {
      if (forge.fault !== undefined) {
        throw forge.fault;
      }
      revoked.push(accessToken);
    },
  });
  const user = userOf('owner');
  return {
    world,
    revoked,
    forge,
    keep: (accessToken: string) => keepPersonGrant(world.dependencies, user, gitHubHost, { accessToken }),
    find: () => findPersonGrant(world.dependencies, user, gitHubHost),
    revokeLapsed: () => revokeLapsedGrants(world.dependencies),
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

  it('is tried again when the code host fails', async () => {
    const { world, revoked, forge, keep, revokeLapsed } = await bench();
    await keep('only');
    world.advance(15 * minute);
    forge.fault = new Error('down');
    expect(await revokeLapsed()).toEqual({ revoked: 0, failed: 1 });
    delete forge.fault;
    expect(await revokeLapsed()).toEqual({ revoked: 1, failed: 0 });
    expect(revoked).toEqual(['only']);
  });
});
