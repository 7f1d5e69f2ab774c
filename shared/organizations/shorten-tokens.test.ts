import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { publishedRegistry } from '../../test/support/published.ts';
import type { Registry } from '../../test/support/registry-fixture.ts';
import { gitHubHost, organizationId } from '../../test/support/synchronized.ts';
import { asId, type OrganizationId, type SessionId, type UserId } from '../domain/ids.ts';
import { auditLog } from '../store/audit-log.ts';
import { keys } from '../store/keys.ts';
import { putPerson } from '../store/member-store.ts';
import { addOrganization } from '../store/organization-store.ts';
import { findSharedToken } from '../store/shared-token-store.ts';
import { tokensOfOrganization } from '../store/token-store.ts';
import { makeUser } from '../store/user-store.ts';
import { makeTokenFor } from './owners-tokens.ts';
import { makeOwnToken, ownTokens } from './personal-tokens.ts';
import { shortenTokens } from './shorten-tokens.ts';

const user = asId<UserId>('userone');
const beta = { id: asId<OrganizationId>('org2'), slug: 'beta', name: 'Beta', ownedVendors: [] };
const by = { by: 'Ann', why: 'a month is enough', actor: { kind: 'user', id: user, name: 'Ann' } } as const;
const dayMs = 24 * 3600_000;
const root = '/acme/packages.json';

/** Tokens end at whole seconds. */
const inThirtyDays = ({ clock }: Pick<Registry, 'clock'>): number =>
  Math.floor((clock.now() + 30 * dayMs) / 1000) * 1000;

/** Tokens of every kind without an end, and one that ends soon. */
async function world() {
  const facts = [aFact.settings(true), aFact.member(1, 'owner'), aFact.repository(5)];
  const registry = await publishedRegistry(undefined, facts);
  const { table, clock } = registry;
  await table.transact([
    ...makeUser(user, { ...gitHubHost, account: asId(1) }, 'user-1', 0),
    ...addOrganization(beta),
    ...putPerson(beta.id, user, { isOwner: true, isOff: false }),
  ]);
  const dependencies = { ...registry, randomBytes };
  const make = async (holder: Parameters<typeof makeTokenFor>[2], expiresAt: number | 'never' = 'never') =>
    (await makeTokenFor(dependencies, registry.organization, holder, { description: '', expiresAt }, by))
      .token;
  const asker = { user, session: asId<SessionId>('s'), origin: { address: '', userAgent: '' } };
  const own = await makeOwnToken(dependencies, asker, { description: '', expiresAt: 'never' });
  const long = [await make({ kind: 'organization' }), await make({ kind: 'member', login: 'user-1' })];
  const shared = await make({ kind: 'organization', organizations: ['beta'] });
  const soon = await make({ kind: 'organization' }, clock.now() + 10 * dayMs);
  await registry.settle();
  return {
    registry,
    long,
    soon,
    own,
    shared,
    limit: (days: number) =>
      table.update({ key: keys.organization(organizationId), set: { longestTokenDays: days } }),
    shorten: (confirm?: string) => shortenTokens(dependencies, registry.organization, { ...by, confirm }),
  };
}

describe('tokens from before a longest life was set', () => {
  it('stay as they are until an owner confirms, who is shown which live longer', async () => {
    const { registry, limit, shorten } = await world();
    await expect(shorten()).rejects.toThrow('how long tokens live');
    await limit(30);
    const before = await tokensOfOrganization(registry.table, organizationId);
    const { done, tokens, takenOut, endsAt } = await shorten();
    expect([done, tokens.length, takenOut, endsAt]).toEqual([false, 4, 2, inThirtyDays(registry)]);
    await expect(shorten('beta')).rejects.toThrow('confirm with acme');
    expect(await tokensOfOrganization(registry.table, organizationId)).toEqual(before);
  });

  it('end so long from then on, at the edge too, and none of them before', async () => {
    const { registry, long, soon, limit, shorten } = await world();
    await limit(30);
    const { done, left, endsAt } = await shorten('acme');
    expect([done, left]).toEqual([true, 0]);
    await registry.settle();
    const all = await tokensOfOrganization(registry.table, organizationId);
    const expiries = all.filter(({ state }) => state === 'active').map(({ expiry }) => expiry);
    expect(Math.max(...expiries)).toBe(inThirtyDays(registry) / 1000);
    expect(expiries).not.toContain(0);
    const acts = (await auditLog(registry.table, organizationId, 5)).map(({ act }) => act).sort();
    expect(acts).toEqual([...Array(4).fill('shorten-token'), 'shorten-tokens']);
    await registry.clock.advance(10 * dayMs);
    expect(await registry.get(soon, root)).toBe('401');
    await registry.clock.advance(endsAt - registry.clock.now() - 1);
    for (const token of long) {
      expect(await registry.get(token, root)).toContain('acme/one');
    }
    await registry.clock.advance(1);
    for (const token of long) {
      expect(await registry.get(token, root)).toBe('401');
    }
    expect((await shorten()).tokens).toEqual([]);
  });

  it('leave the organization alone where they are people’s own, and live on elsewhere', async () => {
    const { registry, own, limit, shorten } = await world();
    await limit(30);
    expect(await registry.get(own.secret, root)).toContain('acme/one');
    await shorten('acme');
    await registry.settle();
    expect(await registry.get(own.secret, root)).toBe('401');
    const [token] = await ownTokens(registry.table, user, registry.clock.now());
    expect(token?.token).toMatchObject({ state: 'active', expiry: 0, excluded: 'acme' });
    expect(token?.entries.map(({ personal, state }) => [personal?.slug, state]).sort()).toEqual([
      ['acme', 'revoked'],
      ['beta', 'active'],
    ]);
    expect((await shorten()).tokens).toEqual([]);
  });

  it('leave the organization alone where they are shared, and live on unchanged in the others', async () => {
    const { registry, shared, limit, shorten } = await world();
    const entry = async () =>
      (await tokensOfOrganization(registry.table, beta.id)).find((token) => token.shared !== undefined);
    const before = await entry();
    await limit(30);
    expect(await registry.get(shared, root)).toContain('acme/one');
    await shorten('acme');
    await registry.settle();
    expect(await registry.get(shared, root)).not.toContain('acme/one');
    expect(before).toMatchObject({ state: 'active', expiry: 0 });
    expect(await entry()).toEqual(before);
    expect(await findSharedToken(registry.table, asId(before?.id ?? ''))).toMatchObject({
      expiry: 0,
      reads: 'beta',
    });
    expect((await shorten()).tokens).toEqual([]);
  });
});
