import { describe, expect, it } from 'vitest';
import { asId, type ForgeOrganizationId } from '../../../shared/domain/ids.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { findOrganizationBySlug } from '../../../shared/store/organization-store.ts';
import { keepPersonGrant } from '../../../shared/store/person-grant-store.ts';
import { findClaim, findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { type ApiWorld, createApiWorld, type Person, userOf } from '../../../test/support/api-world.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { gitHubHost } from '../../../test/support/synchronized.ts';

const from = { integration: integrationKey, organization: '901' };

const worldWithGrant = async (person: Person = 'stranger'): Promise<ApiWorld> => {
  const world = await createApiWorld();
  const grant = { accessToken: 'ghu_secret' };
  await keepPersonGrant(world.dependencies, userOf(person), gitHubHost, grant);
  return world;
};

const create = (world: ApiWorld, body: object, person: Person = 'stranger') =>
  world.ask(person, { method: 'POST', path: '/organizations', body });

const claimOf = (world: ApiWorld, id: number) =>
  findClaim(world.table, { ...gitHubHost, forgeOrganization: asId<ForgeOrganizationId>(id) });

describe('an organization from a code host', () => {
  it('is connected with what the code host named, and owned by whoever made it', async () => {
    const world = await worldWithGrant();
    const { status, body } = await create(world, { slug: 'rocket', ownedVendors: ['rocket'], from });
    expect([status, body]).toEqual([
      201,
      { slug: 'rocket', synchronization: expect.any(String), scopes: [], limits: [], unneeded: [] },
    ]);
    const synchronization = await findSynchronization(world.table, body.synchronization);
    expect(synchronization).toMatchObject({
      login: 'rocket',
      choice: 'some',
      connection: { kind: 'app-installation', installation: '78' },
    });
    const mine = await world.ask('stranger', { path: '/organizations/rocket' });
    expect(mine.body).toMatchObject({ name: 'rocket', role: 'owner' });
    const organization = await findOrganizationBySlug(world.table, 'rocket');
    const [entry] = await auditLog(world.table, organization?.id, 1);
    expect(entry).toMatchObject({
      act: 'create-organization',
      subject: 'rocket',
      from: { address: '198.51.100.7' },
    });
    // The grant has done its work.
    expect(JSON.stringify([...world.table.dump().keys()])).not.toContain('GRANT#github');
  });

  it.each([
    ['all', 'all', 0],
    [['acme/one'], 'some', 1],
  ] as const)('takes of the repositories that are there %j', async (repositories, choice, chosen) => {
    const world = await worldWithGrant();
    world.forges.contents.facts = [aFact.repository(1, { fullName: 'acme/one' })];
    const { body } = await create(world, { slug: 'rocket', from: { ...from, repositories } });
    expect(await findSynchronization(world.table, body.synchronization)).toMatchObject({ choice });
    const choices = [...world.table.dump().keys()].filter((name) => name.includes('CHOICE#'));
    expect(choices).toHaveLength(chosen);
  });

  const refused: readonly (readonly [string, string, number, RegExp])[] = [
    ['nobody of ours owns', '4711', 403, /does not say that you own/],
    ['is connected', '900', 409, /already connected/],
    ['has to give access first', '902', 409, /^give this registry access to later first: https:/],
    ['is a personal account', '1', 422, /personal account and not an organization/],
  ];

  it.each(refused)('is refused for one that %s', async (_, organization, status, detail) => {
    const world = await worldWithGrant();
    const before = await claimOf(world, 900);
    const answer = await create(world, { slug: 'rocket', from: { ...from, organization } });
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)]);
    expect(await findOrganizationBySlug(world.table, 'rocket')).toBeUndefined();
    expect(await claimOf(world, 900)).toEqual(before);
  });

  it('is not made by the parameters of a page that anybody can send', async () => {
    const world = await worldWithGrant();
    const spoofed = { ...from, installation: '77', setup_action: 'install' };
    expect((await create(world, { slug: 'rocket', from: spoofed })).status).toBe(422);
    world.forges.owned = [];
    expect((await create(world, { slug: 'rocket', from })).status).toBe(403);
    expect(await claimOf(world, 901)).toBeUndefined();
  });

  it('needs a grant of whoever asks', async () => {
    const world = await worldWithGrant('owner');
    const { status, body } = await create(world, { slug: 'rocket', from });
    expect([status, body.code]).toEqual([403, 'reauthentication-required']);
  });
});

describe('an empty organization', () => {
  it('belongs to whoever made it', async () => {
    const world = await createApiWorld();
    expect((await create(world, { slug: 'lab', name: 'The lab' })).body).toEqual({
      slug: 'lab',
      limits: [],
      unneeded: [],
      scopes: [],
    });
    const { body } = await world.ask('stranger', { path: '/organizations' });
    expect(body.items).toContainEqual({ slug: 'lab', name: 'The lab', role: 'owner' });
    expect((await world.ask('owner', { path: '/organizations/lab' })).status).toBe(404);
  });

  it('is one of as many as a person may make, also at once; administrators make more', async () => {
    const world = await createApiWorld();
    const set = async (body: object) => {
      const path = '/installation/settings';
      const { headers } = await world.ask('administrator', { path });
      const request = { method: 'PATCH', path, body, headers: { 'if-match': headers.etag } };
      expect((await world.ask('administrator', request)).status).toBe(200);
    };
    await set({ organizationsPerPerson: 2 });
    const slugs = ['one', 'two', 'three', 'four'];
    const many = (person: Person) =>
      Promise.all(slugs.map((slug) => create(world, { slug: `${person}-${slug}` }, person)));
    const made = (await many('stranger')).filter(({ status }) => status === 201);
    expect(made).toHaveLength(2);
    const end = { why: 'a mistake', confirm: made[0]?.body.slug };
    await world.ask('stranger', { method: 'DELETE', path: `/organizations/${end.confirm}`, body: end });
    const again = await create(world, { slug: 'again' });
    expect([again.status, again.body.detail]).toEqual([
      409,
      expect.stringMatching(/can make 2 organizations/),
    ]);
    expect((await many('administrator')).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    await set({ organizationMakers: 'administrators' });
    expect((await create(world, { slug: 'other-one' }, 'member')).status).toBe(403);
    expect((await create(world, { slug: 'other-one' }, 'administrator')).status).toBe(201);
  });

  it.each([
    ['acme', 409],
    ['api', 422],
    ['Not a slug', 422],
  ])('cannot be called %s', async (slug, status) => {
    const world = await createApiWorld();
    expect((await create(world, { slug })).status).toBe(status);
  });
});

describe('an organization that the operator connects', () => {
  const connect = (world: ApiWorld, from: object) =>
    world.ask('operator', {
      method: 'POST',
      path: '/installation/organizations',
      body: { slug: 'rocket', from },
    });

  it('is that of an installation, even if no delivery told of it', async () => {
    const world = await createApiWorld();
    const { status, body } = await connect(world, { installation: '78', repositories: 'all' });
    expect(status).toBe(201);
    expect(await findSynchronization(world.table, body.synchronization)).toMatchObject({
      ...gitHubHost,
      login: 'rocket',
      choice: 'all',
    });
  });

  it.each([
    [{ installation: '77' }, 409, /installation 77 is already connected/],
    [{ installation: '78', forge: 'gitea' }, 404, /unknown integration; configured: github at/],
    [{ installation: '78', baseUrl: 'https://git.example' }, 404, /unknown integration/],
  ])('is refused for %j', async (from, status, detail) => {
    const world = await createApiWorld();
    const answer = await connect(world, from);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)]);
  });
});
