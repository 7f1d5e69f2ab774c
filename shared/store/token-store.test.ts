import { describe, expect, it } from 'vitest';
import { createMemoryTable, type MemoryTable } from '../../test/support/memory-table.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import { edgeKeys } from '../domain/edge-keys.ts';
import { asId, type Principal, type UserId, userPrincipal } from '../domain/ids.ts';
import { edgeRows } from './edge-store.ts';
import { keys } from './keys.ts';
import { ConflictError } from './table.ts';
import { addToken, isLive, type Token, tokensOf } from './token-store.ts';
import { activateToken, revokeToken } from './token-transitions.ts';
import { type Lease, takeLease } from './work.ts';
import { principalWork } from './work-items.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const principal: Principal = userPrincipal(asId<UserId>('ann'));
const secret = { hash: 'h'.repeat(43), id: asId<Token['id']>('token1') };

/** A waiting token, and the lease of its principal. */
async function waiting(): Promise<{ table: MemoryTable; token: Token; lease: Lease }> {
  const table = createMemoryTable();
  await addToken(
    table,
    {
      ...secret,
      organization: organizationId,
      principal,
      kind: 'member',
      description: '',
      createdAt: now,
      expiry: 0,
    },
    [],
  );
  const lease = await takeLease(table, principalWork(organizationId, principal), {
    leaseId: 'lease',
    now,
    leaseMs: 1000,
  });
  const [token] = await tokensOf(table, organizationId, principal);
  if (!token || typeof lease === 'string') {
    throw new Error('no token, or no lease');
  }
  return { table, token, lease };
}

const atEdge = async (table: MemoryTable) =>
  (await edgeRows(table, 't/')).map(({ key, value, wanted, done }) => ({
    key,
    value,
    isWanted: wanted !== done,
  }));
const key = edgeKeys.token(secret.hash);

describe('a token', () => {
  it('is published to the edge when it is activated', async () => {
    const { table, token, lease } = await waiting();
    expect(await atEdge(table)).toEqual([]);
    const messages = await activateToken(table, token, 'acme', lease, now);
    expect(messages).toMatchObject([{ queue: 'publish-access', message: { keys: [key] } }]);
    expect(await atEdge(table)).toEqual([{ key, value: `own|${principal}|0|only:acme`, isWanted: true }]);
    expect(await tokensOf(table, organizationId, principal)).toMatchObject([{ state: 'active' }]);
  });

  it('is not published once it is revoked, even by a worker that still sees it waiting', async () => {
    const { table, token, lease } = await waiting();
    expect(await revokeToken(table, token, now)).toHaveLength(2);
    expect(await activateToken(table, token, 'acme', lease, now)).toEqual([]);
    expect(await atEdge(table)).toEqual([{ key, value: undefined, isWanted: true }]);
    expect(await tokensOf(table, organizationId, principal)).toMatchObject([{ state: 'revoked' }]);
  });

  it('is not recreated after its removal when it is revoked from an older list', async () => {
    const { table, token } = await waiting();
    await table.transact([{ delete: keys.principalToken(organizationId, principal, token.id) }]);
    expect(await revokeToken(table, token, now)).toEqual([]);
    expect(await tokensOf(table, organizationId, principal)).toEqual([]);
    expect(await atEdge(table)).toEqual([]);
  });

  it('is not activated by a worker that lost the lease', async () => {
    const { table, token, lease } = await waiting();
    await expect(activateToken(table, token, 'acme', { ...lease, leaseId: 'another' }, now)).rejects.toThrow(
      ConflictError,
    );
    expect(await atEdge(table)).toEqual([]);
  });

  it('is live until it expires or is revoked', async () => {
    const { token } = await waiting();
    const expiring = { ...token, expiry: now / 1000 + 10 };
    expect(isLive(token, now + 1e12)).toBe(true);
    expect(isLive(expiring, now + 9_999)).toBe(true);
    expect(isLive(expiring, now + 10_000)).toBe(false);
    expect(isLive({ ...token, state: 'revoked' }, now)).toBe(false);
  });
});
