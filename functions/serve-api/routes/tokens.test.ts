import { describe, expect, it } from 'vitest';
import { edgeKeys } from '../../../shared/domain/edge-keys.ts';
import { tokenHash } from '../../../shared/domain/token.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { edgeRows } from '../../../shared/store/edge-store.ts';
import { putFact } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { type ApiWorld, createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/acme/tokens';

async function worldWithMember(): Promise<ApiWorld> {
  const world = await createApiWorld();
  await world.table.transact([putFact(synchronizationId, aFact.member(2, 'member'), 2)]);
  return world;
}

const make = (world: ApiWorld, body: object) => world.ask('owner', { method: 'POST', path, body });
const forMember = { for: { kind: 'member', login: 'user-2' }, description: 'laptop' };

describe('the tokens of an organization', () => {
  it('are made by owners, with the life that the organization sets, and shown once', async () => {
    const world = await worldWithMember();
    const { status, body } = await make(world, forMember);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      kind: 'member',
      principal: `u.${userOf('member')}`,
      holder: 'member-login',
      description: 'laptop',
      state: 'waiting',
      madeBy: { kind: 'user', id: userOf('owner'), name: 'owner-login' },
      isShared: false,
      createdAt: '2026-11-22T12:00:00.000Z',
      expiresAt: '2027-02-20T12:00:00.000Z',
      secret: expect.stringMatching(/^rprt_m_[0-9a-f]{68}$/),
      url: 'https://registry.example/acme',
    });
    const { secret, url: _, ...shown } = body;
    const list = await world.ask('owner', { path });
    expect(list.body).toEqual({ items: [shown] });
    expect(JSON.stringify([...world.table.dump()])).not.toContain(secret);
    expect(await auditLog(world.table, organizationId, 1)).toMatchObject([
      { act: 'create-token', subject: body.id, by: 'owner-login', after: { description: 'laptop' } },
    ]);
  });

  it('name their makers, and the ids of people, only to a key that may read people', async () => {
    const world = await worldWithMember();
    const { body: made } = await make(world, forMember);
    expect(made).toMatchObject({ principal: `u.${userOf('member')}`, holder: 'member-login' });
    for (const [scopes, { principal, madeBy }] of [
      [['tokens'], { principal: undefined, madeBy: undefined }],
      [['tokens', 'members'], made],
    ] as const) {
      const key = await world.machine(scopes);
      const list = await world.ask(key, { path });
      const one = await world.ask(key, { path: `${path}/${made.id}` });
      for (const shown of [list.body.items[0], one.body]) {
        expect([shown.principal, shown.madeBy]).toEqual([principal, madeBy]);
        expect(shown.holder).toBe('member-login');
      }
    }
  });

  it('never expire only by choice, and never later than the organization allows', async () => {
    const world = await worldWithMember();
    expect((await make(world, { ...forMember, expiresAt: null })).body.expiresAt).toBeUndefined();
    await world.table.update({ key: keys.organization(organizationId), set: { longestTokenDays: 30 } });
    expect((await make(world, forMember)).body.expiresAt).toBe('2026-12-22T12:00:00.000Z');
    for (const expiresAt of [null, '2026-12-22T12:00:01Z', '2026-11-22T12:00:00Z']) {
      expect((await make(world, { ...forMember, expiresAt })).status).toBe(422);
    }
  });

  it('are read in pages, at one read each', async () => {
    const world = await worldWithMember();
    for (let count = 0; count < 5; count++) {
      await make(world, forMember);
    }
    const first = await world.ask('owner', { path: `${path}?limit=3` });
    const second = await world.ask('owner', { path: `${path}?limit=3&cursor=${first.body.next}` });
    const ids = [...first.body.items, ...second.body.items].map(({ id }) => id);
    expect([first.body.items.length, second.body.items.length, new Set(ids).size]).toEqual([3, 2, 5]);
    expect(second.body.next).toBeUndefined();
  });

  it('are rotated: the old secret leaves the edge as the new one comes', async () => {
    const world = await worldWithMember();
    const { body: made } = await make(world, { for: { kind: 'organization' }, description: 'ci' });
    await world.table.update({
      key: keys.principalToken(organizationId, 'o.org1', made.id),
      set: { state: 'active' },
    });
    const rotated = await world.ask('owner', { method: 'POST', path: `${path}/${made.id}/rotate`, body: {} });
    expect(rotated.status).toBe(201);
    const atEdge = async (secret: string) =>
      (await edgeRows(world.table, edgeKeys.token(tokenHash(secret))))[0]?.value;
    expect(await atEdge(made.secret)).toBeUndefined();
    expect(await atEdge(rotated.body.secret)).toBe('all|o.org1|1803124800|only:acme');
    const acts = (await auditLog(world.table, organizationId, 2)).map(({ act }) => act);
    expect(acts).toContain('rotate-token');
  });

  it('of the organization are the maker’s who rotated them last', async () => {
    const world = await worldWithMember();
    const { body: made } = await make(world, { for: { kind: 'organization' }, description: 'ci' });
    const right = { changedAt: world.now(), gives: true };
    await world.table.transact([putFact(synchronizationId, aFact.member(2, 'owner'), 3, right)]);
    await world.table.update({
      key: keys.principalToken(organizationId, 'o.org1', made.id),
      set: { state: 'suspended' },
    });
    world.advance(1000);
    const view = keys.principal(organizationId, 'o.org1');
    const wanted = async () => (await world.table.get(view))?.wanted;
    const before = await wanted();
    const rotated = await world.ask('member', {
      method: 'POST',
      path: `${path}/${made.id}/rotate`,
      body: {},
    });
    const maker = { kind: 'user', id: userOf('member'), name: 'member-login' };
    expect(rotated.body.madeBy).toEqual(maker);
    expect((await world.ask('owner', { path: `${path}/${made.id}` })).body.madeBy).toEqual(maker);
    // Which gives it back, as its new maker owns the organization.
    expect([before, await wanted()]).toEqual([1, 2]);
    const [entry] = await auditLog(world.table, organizationId, 1);
    expect(entry).toMatchObject({
      act: 'rotate-token',
      before: { madeBy: made.madeBy },
      after: { madeBy: maker },
    });
    const { body: other } = await make(world, forMember);
    const kept = await world.ask('member', { method: 'POST', path: `${path}/${other.id}/rotate`, body: {} });
    expect(kept.body.madeBy).toEqual(other.madeBy);
  });

  it('are revoked once, with one entry', async () => {
    const world = await worldWithMember();
    const { body } = await make(world, forMember);
    for (let times = 0; times < 2; times++) {
      expect((await world.ask('owner', { method: 'DELETE', path: `${path}/${body.id}` })).status).toBe(204);
    }
    expect((await world.ask('owner', { path: `${path}/${body.id}` })).body.state).toBe('revoked');
    const rotation = { method: 'POST', path: `${path}/${body.id}/rotate`, body: {} };
    expect((await world.ask('owner', rotation)).status).toBe(409);
    const acts = (await auditLog(world.table, organizationId, 10)).map(({ act }) => act);
    expect(acts.sort()).toEqual(['create-token', 'revoke-token']);
  });

  it("are nobody's business but the owners'", async () => {
    const world = await worldWithMember();
    expect((await world.ask('member', { path })).status).toBe(403);
    expect((await world.ask('stranger', { path })).status).toBe(404);
  });
});
