import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { isApiKey, makeApiKey } from '../domain/api-key.ts';
import { asId, type OrganizationId } from '../domain/ids.ts';
import { isToken, makeToken } from '../domain/token.ts';
import { apiKeysOf, noteApiKeyUse } from '../store/api-key-store.ts';
import { apiKeyOf, apiKeysMax, createApiKey, isUsable, revokeApiKey } from './api-keys.ts';

const organization = { id: asId<OrganizationId>('org1'), slug: 'acme', name: 'Acme', ownedVendors: [] };
const accountable = { by: 'Ann', why: '' };
const minute = 60_000;

function createWorld() {
  const table = createMemoryTable();
  let now = Date.parse('2026-11-22T12:00:00Z');
  const dependencies = { table, clock: { now: () => now }, randomBytes };
  return {
    table,
    dependencies,
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
    create: (expiresAt?: number) =>
      createApiKey(
        dependencies,
        organization,
        { description: 'ci', scopes: ['read'], expiresAt },
        accountable,
      ),
    async usable(secret: string) {
      const key = await apiKeyOf(table, secret);
      return key !== undefined && isUsable(key, now) ? key : undefined;
    },
  };
}

describe('a key', () => {
  it('is known by its secret, which is nowhere in the table', async () => {
    const { table, create, usable } = createWorld();
    const { key, secret } = await create();
    expect(await usable(secret)).toEqual(key);
    expect(JSON.stringify([...table.dump()])).not.toContain(secret);
    expect(await usable(makeApiKey(randomBytes))).toBeUndefined();
  });

  it('has the checksum of tokens and is none, nor is a token a key', () => {
    const [key, token] = [makeApiKey(randomBytes), makeToken('user', randomBytes)];
    expect([isApiKey(key), isToken(key), isApiKey(token), isToken(token)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(isApiKey(`${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`)).toBe(false);
  });

  it('counts until it expires, and not from then on', async () => {
    const { create, usable, now, advance } = createWorld();
    const { secret } = await create(now() + minute);
    advance(minute - 1);
    expect(await usable(secret)).toBeDefined();
    advance(1);
    expect(await usable(secret)).toBeUndefined();
    await expect(create(now())).rejects.toThrow('the expiry has passed already');
  });

  it('counts for nothing once revoked, and is no other organization’s to revoke', async () => {
    const { table, dependencies, create, usable } = createWorld();
    const { key, secret } = await create();
    const other = { ...organization, id: asId<OrganizationId>('org2') };
    await expect(revokeApiKey(dependencies, other, key.id, accountable)).rejects.toThrow('no such key');
    expect(await usable(secret)).toBeDefined();
    await revokeApiKey(dependencies, organization, key.id, accountable);
    expect(await usable(secret)).toBeUndefined();
    expect(await apiKeysOf(table, organization.id)).toEqual([]);
    await expect(revokeApiKey(dependencies, organization, key.id, accountable)).rejects.toThrow(
      'no such key',
    );
    // A request that was under way brings nothing back.
    await noteApiKeyUse(table, key, dependencies.clock.now());
    expect(await usable(secret)).toBeUndefined();
  });

  it('has its last use written once in ten minutes', async () => {
    const { table, create, usable, now, advance } = createWorld();
    const { secret } = await create();
    const uses: (number | undefined)[] = [];
    for (const ms of [0, 10 * minute - 1, 1]) {
      advance(ms);
      const key = await usable(secret);
      if (key !== undefined) {
        await noteApiKeyUse(table, key, now());
      }
      uses.push((await usable(secret))?.lastUsedAt);
    }
    const [first] = uses;
    expect(uses).toEqual([first, first, (first ?? 0) + 10 * minute]);
  });

  it('is refused beyond the number that an organization has', async () => {
    const { dependencies, create } = createWorld();
    for (let count = 0; count < apiKeysMax; count++) {
      await create();
    }
    await expect(create()).rejects.toThrow('at most 100 keys');
    const [first] = await apiKeysOf(dependencies.table, organization.id);
    await revokeApiKey(dependencies, organization, first?.id ?? asId('none'), accountable);
    const outcomes = await Promise.allSettled([create(), create(), create()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});
