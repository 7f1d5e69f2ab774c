import { describe, expect, it } from 'vitest';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { type ApiWorld, createApiWorld } from '../../../test/support/api-world.ts';
import { organizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/acme/settings';
const change = (world: ApiWorld, body: object, etag: string | undefined = '"0"') =>
  world.ask('owner', { method: 'PATCH', path, body, headers: { 'if-match': etag } });

describe('settings of an organization', () => {
  it('are what they always were, until an owner changes them', async () => {
    const world = await createApiWorld();
    const { body, headers } = await world.ask('owner', { path });
    expect([body, headers.etag]).toEqual([
      {
        name: 'Acme',
        ownedVendors: ['acme'],
        newMembers: 'active',
        newRepositories: 'automatic',
        branchesLeftOut: [],
        publishesSource: true,
        publishesOutsideCode: true,
        usualTokenDays: 90,
      },
      '"0"',
    ]);
  });

  it('change where they are named, and the history has both', async () => {
    const world = await createApiWorld();
    const { body, headers } = await change(world, { newRepositories: 'by-hand', longestTokenDays: 365 });
    expect([headers.etag, body]).toMatchObject(['"1"', { newRepositories: 'by-hand', newMembers: 'active' }]);
    const [entry] = await auditLog(world.table, organizationId, 1);
    expect(entry).toMatchObject({
      act: 'change-settings',
      before: { newRepositories: 'automatic' },
      after: { newRepositories: 'by-hand', longestTokenDays: 365 },
    });
    const without = await change(world, { longestTokenDays: null }, '"1"');
    expect(without.body).not.toHaveProperty('longestTokenDays');
  });

  it('are not changed by whoever has read older ones', async () => {
    const world = await createApiWorld();
    expect((await change(world, { name: 'A' }, undefined)).status).toBe(200);
    expect((await change(world, { name: 'B' })).status).toBe(412);
    const noTag = { method: 'PATCH', path, body: { name: 'B' } };
    expect((await world.ask('owner', noTag)).status).toBe(428);
    // A program may say that it does not mind.
    expect((await change(world, { ownedVendors: ['other'] }, '*')).body.scans).toBe(0);
    expect((await change(world, { name: 'B' }, '"1"')).status).toBe(412);
  });

  it('ask for every package again, when what is published of all changes', async () => {
    const world = await createApiWorld();
    await change(world, { name: 'A' });
    const wanted = () => world.table.dump().get(`ORG#${organizationId}\nPACKAGES`)?.wanted;
    expect(wanted()).toBeUndefined();
    await change(world, { publishesSource: false }, '"1"');
    expect(wanted()).toBe(1);
  });

  it.each([
    [{ usualTokenDays: 100, longestTokenDays: 30 }],
    [{ ownedVendors: ['Not A Vendor'] }],
    [{ branchesLeftOut: ['a\nb'] }],
    [{ slug: 'other' }],
  ])('refuse %j', async (body) => {
    const world = await createApiWorld();
    expect((await change(world, body)).status).toBe(422);
  });
});

describe('the end of an organization', () => {
  it('can be preceded by an export without secrets', async () => {
    const world = await createApiWorld();
    await change(world, { name: 'Acme Inc' });
    const { text } = await world.ask('owner', { path: '/organizations/acme/export' });
    const kinds = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).kind);
    expect([...new Set(kinds)]).toEqual(['settings', 'synchronization', 'member', 'history']);
    expect(text).not.toMatch(/secret|hash|encrypted/);
    const members = await world.ask('owner', { path: '/organizations/acme/export?part=members' });
    expect(members.text.trim().split('\n')).toHaveLength(3);
  });

  it('is only shown until the slug confirms it, and leaves nothing readable', async () => {
    const world = await createApiWorld();
    const remove = (body: object) =>
      world.ask('owner', { method: 'DELETE', path: '/organizations/acme', body: { why: 'closed', ...body } });
    expect((await remove({})).body).toMatchObject({ done: false, slug: 'acme', synchronizations: ['acme'] });
    expect((await remove({ confirm: 'Acme' })).status).toBe(422);
    expect((await world.ask('owner', { path })).status).toBe(200);
    expect((await remove({ confirm: 'acme' })).body).toMatchObject({ done: true });
    for (const gone of ['/organizations/acme', path, '/organizations/acme/export']) {
      expect((await world.ask('owner', { path: gone })).status).toBe(404);
    }
    const again = { method: 'POST', path: '/organizations', body: { slug: 'acme' } };
    expect((await world.ask('stranger', again)).status).toBe(409);
  });
});
