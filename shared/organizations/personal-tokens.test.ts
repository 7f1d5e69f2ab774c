import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { publishedRegistry } from '../../test/support/published.ts';
import type { Registry } from '../../test/support/registry-fixture.ts';
import { gitHubHost, organizationId } from '../../test/support/synchronized.ts';
import { asId, type OrganizationId, type SessionId, type UserId } from '../domain/ids.ts';
import { recordDownloads } from '../downloads/record-downloads.ts';
import { auditLog } from '../store/audit-log.ts';
import { keys } from '../store/keys.ts';
import { addOrganization, forgetOrganization } from '../store/organization-store.ts';
import { tokensOfOrganization } from '../store/token-store.ts';
import { makeUser } from '../store/user-store.ts';
import { endTokens } from './end-tokens.ts';
import { revokeTokenOf } from './owners-tokens.ts';
import { makeOwnToken, ownTokens, revokeOwnToken, rotateOwnToken } from './personal-tokens.ts';

const user = asId<UserId>('userone');
const asker = {
  user,
  session: asId<SessionId>('session1'),
  origin: { address: '198.51.100.7', userAgent: 'test' },
};
const facts = (...ids: number[]) => [
  aFact.settings(true),
  ...ids.map((id) => aFact.member(id)),
  aFact.repository(5),
];
const root = '/acme/packages.json';

/** Account 1 signed in, and is no member before the forge says so. */
async function world(...members: number[]) {
  const registry = await publishedRegistry(undefined, facts(...members));
  await registry.table.transact(makeUser(user, { ...gitHubHost, account: asId(1) }, 'user-1', 0));
  const dependencies = { ...registry, randomBytes };
  const make = async () => {
    const made = await makeOwnToken(dependencies, asker, { description: 'laptop', expiresAt: undefined });
    await registry.settle();
    return made;
  };
  return { registry, dependencies, make };
}

const states = async ({ table }: Registry) =>
  (await tokensOfOrganization(table, organizationId)).map(({ state }) => state);

describe("a person's own token", () => {
  it('reads what the person may read, and stands among the tokens of the organization', async () => {
    const { registry, make } = await world(1, 2);
    const { secret } = await make();
    expect(secret).toMatch(/^rprt_u_/);
    expect(await registry.listed(secret)).toEqual(['acme/one']);
    expect(await states(registry)).toEqual(['active']);
    await registry.change(facts(2), 'members');
    await registry.settle();
    expect(await registry.listed(secret)).toEqual([]);
  });

  it.each([
    ['alone', [2]],
    ['with so many that everybody is looked at', [2, ...Array.from({ length: 60 }, (_, id) => 100 + id)]],
  ])('reads in an organization that its person comes to later, %s', async (_, others) => {
    const { registry, make } = await world(2);
    const { secret, token } = await make();
    expect(await registry.get(secret, root)).toBe('404');
    await registry.change(facts(1, ...others), 'members');
    await registry.settle();
    expect(await registry.listed(secret)).toEqual(['acme/one']);
    expect(await states(registry)).toEqual(['active']);
    await registry.change(facts(...others), 'members');
    await registry.change(facts(1, ...others), 'members');
    await registry.settle();
    expect(
      (await auditLog(registry.table, organizationId, 9)).map(({ act, by, subject }) => [act, by, subject]),
    ).toEqual([['own-token-joined', 'user-1', token.id]]);
  });

  it('counts what Composer installed with it, in the organization that has the package', async () => {
    const { registry, make } = await world(1, 2);
    const { secret } = await make();
    const version = { name: 'acme/one', version: '1.0.0.0' };
    const report = JSON.stringify({ downloads: [version, { ...version, name: 'acme/none' }] });
    expect(await recordDownloads(registry, secret, report)).toBe(1);
    const [own] = await ownTokens(registry.table, user, registry.clock.now());
    expect(own?.entries.map(({ lastInstallAt }) => lastInstallAt)).toEqual([registry.clock.now()]);
  });

  it('is taken out of an organization by its owners, and stays out', async () => {
    const { registry, dependencies, make } = await world(1, 2);
    const { secret, token } = await make();
    const act = { by: 'owner', why: '' };
    await revokeTokenOf(dependencies, registry.organization, token.id, act);
    await registry.settle();
    expect(await registry.get(secret, root)).toBe('401');
    expect(await states(registry)).toEqual(['revoked']);
    const [own] = await ownTokens(registry.table, user, registry.clock.now());
    expect(own?.token).toMatchObject({ state: 'active', excluded: 'acme' });
    const { secret: rotated } = await rotateOwnToken(dependencies, asker, token.id, undefined);
    await registry.settle();
    expect(await registry.get(secret, root)).toBe('401');
    expect(await registry.get(rotated, root)).toBe('401');
  });

  it('lives longer than an organization allows only where it is left out, which the refusal names', async () => {
    const { registry, dependencies } = await world(1, 2);
    await registry.table.update({ key: keys.organization(organizationId), set: { longestTokenDays: 30 } });
    const make = (without: readonly string[], expiresAt?: 'never') =>
      makeOwnToken(dependencies, asker, { description: 'laptop', expiresAt, without });
    await expect(make([], 'never')).rejects.toThrow('acme (30 days); let it end earlier, or leave them out');
    await expect(make(['nowhere'], 'never')).rejects.toThrow('you belong to no organization nowhere');
    const { secret, token } = await make(['acme'], 'never');
    await registry.settle();
    expect(token).toMatchObject({ expiry: 0, state: 'active', excluded: 'acme' });
    expect([await registry.get(secret, root), await states(registry)]).toEqual(['401', []]);
    const { secret: rotated } = await rotateOwnToken(dependencies, asker, token.id, 'never');
    await registry.settle();
    expect(await registry.get(rotated, root)).toBe('401');
    const usual = await make([]);
    expect(usual.token.expiry * 1000).toBe(registry.clock.now() + 30 * 24 * 3600_000);
    await expect(rotateOwnToken(dependencies, asker, usual.token.id, 'never')).rejects.toThrow(
      'make another token without them',
    );
  });

  it('is never ended elsewhere by an organization, however many it was taken out of', async () => {
    const { registry, dependencies, make } = await world(1, 2);
    const { table } = registry;
    const { secret, token } = await make();
    const long = Array.from({ length: 24 }, (_, place) => `org-${10 + place}-`.padEnd(40, 'x'));
    const slugs = [...long, 'org-short'];
    const all = slugs.map((slug) => ({ id: asId<OrganizationId>(slug), slug, name: slug, ownedVendors: [] }));
    for (const organization of all) {
      await table.transact(addOrganization(organization));
    }
    await table.update({
      key: keys.personalToken(user, token.id),
      set: { excluded: slugs.join(',') },
    });
    const act = { by: 'owner', why: '' };
    const revoke = () => revokeTokenOf(dependencies, registry.organization, token.id, act);
    await expect(revoke()).rejects.toThrow('too many organizations');
    await registry.settle();
    expect(await registry.listed(secret)).toEqual(['acme/one']);
    await table.transact(all.slice(2).map((one) => forgetOrganization(one, registry.clock.now())));
    await revoke();
    await registry.settle();
    expect(await registry.get(secret, root)).toBe('401');
    const [own] = await ownTokens(table, user, registry.clock.now());
    expect(own?.token).toMatchObject({ state: 'active', excluded: ['acme', ...slugs.slice(0, 2)].join(',') });
  });

  it('loses its entry in an organization that is deleted, and keeps no trace of it', async () => {
    const { registry, dependencies, make } = await world(1, 2);
    const { token } = await make();
    await endTokens(dependencies, await tokensOfOrganization(registry.table, organizationId), Infinity);
    await registry.settle();
    expect(await states(registry)).toEqual(['revoked']);
    const [own] = await ownTokens(registry.table, user, registry.clock.now());
    expect(own?.token).toMatchObject({ id: token.id, state: 'active', excluded: '' });
  });

  it('is rotated and revoked by its person alone, at once', async () => {
    const { registry, dependencies, make } = await world(1, 2);
    const { secret, token } = await make();
    const { secret: rotated } = await rotateOwnToken(dependencies, asker, token.id, 'never');
    await registry.settle();
    expect(await registry.get(secret, root)).toBe('401');
    expect(await registry.listed(rotated)).toEqual(['acme/one']);
    const other = { ...asker, user: asId<UserId>('usertwo') };
    await expect(revokeOwnToken(dependencies, other, token.id)).rejects.toThrow('no such token');
    await revokeOwnToken(dependencies, asker, token.id);
    await revokeOwnToken(dependencies, asker, token.id);
    await registry.settle();
    expect(await registry.get(rotated, root)).toBe('401');
    expect(await states(registry)).toEqual(['revoked']);
    expect(await ownTokens(registry.table, user, registry.clock.now())).toEqual([]);
  });

  it('is in the history of the organizations that it reads, until their owners take it out', async () => {
    const { registry, dependencies, make } = await world(1, 2);
    const { token } = await make();
    const history = async (act: string) =>
      (await auditLog(registry.table, organizationId, 10)).filter((entry) => entry.act === act);
    const common = {
      subject: token.id,
      by: 'user-1',
      actor: { kind: 'user', id: user, name: 'user-1' },
      from: { address: '198.51.100.7', session: 'session1' },
    };
    const usual = { description: 'laptop', expiresAt: new Date(token.expiry * 1000).toISOString() };
    expect(await history('own-token-created')).toMatchObject([{ ...common, after: usual }]);
    await rotateOwnToken(dependencies, asker, token.id, 'never');
    expect(await history('own-token-rotated')).toMatchObject([
      { ...common, after: { ...usual, expiresAt: null } },
    ]);
    const other = await make();
    await revokeTokenOf(dependencies, registry.organization, token.id, { by: 'owner', why: '' });
    await revokeOwnToken(dependencies, asker, token.id);
    await revokeOwnToken(dependencies, asker, other.token.id);
    expect(await history('own-token-revoked')).toMatchObject([
      { ...common, subject: other.token.id, before: { description: 'laptop' } },
    ]);
  });

  it('is one of 50 at most, also when several are made at once', async () => {
    const { dependencies } = await world(1);
    const make = () => makeOwnToken(dependencies, asker, { description: 'laptop', expiresAt: undefined });
    for (let count = 0; count < 48; count++) {
      await make();
    }
    const outcomes = await Promise.allSettled([make(), make(), make(), make()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    await expect(make()).rejects.toThrow('at most 50 tokens');
    const { token } = (await ownTokens(dependencies.table, user, 0))[0] ?? {};
    await revokeOwnToken(dependencies, asker, token?.id ?? asId('none'));
    await make();
  });
});
