import { describe, expect, it } from 'vitest';
import { asId, type OwnTeamId } from '../../../shared/domain/ids.ts';
import { createOwnTeam, renameTeam, teamsMax } from '../../../shared/organizations/own-teams.ts';
import { putFact } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { findOrganization } from '../../../shared/store/organization-store.ts';
import { addOwnTeam, type OwnTeam, ownTeamsOf } from '../../../shared/store/own-team-store.ts';
import { delegateTeamId, leaveRights } from '../../../test/support/api-delegates.ts';
import { addPackages, repositoryIdOf } from '../../../test/support/api-packages.ts';
import { type ApiWorld, createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { meanwhile } from '../../../test/support/meanwhile.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/acme/teams';
const owner = (world: ApiWorld, method: string, address: string, body?: unknown) =>
  world.ask('owner', { method, path: address, ...(body === undefined ? {} : { body }) });

async function worldWithTeam() {
  const world = await createApiWorld();
  await addPackages(world.table);
  const { body } = await owner(world, 'POST', path, { name: 'Release managers' });
  const at = `${path}/${body.id}`;
  await owner(world, 'PUT', `${at}/members/${userOf('member')}`);
  return { world, id: String(body.id), at };
}

/** Teams are made and renamed, and something else happens right before that is written. */
async function whileMaking(world: ApiWorld, act: () => Promise<unknown>) {
  const organization = await findOrganization(world.table, organizationId);
  if (organization === undefined) {
    throw new Error('no organization');
  }
  const dependencies = { ...world.dependencies, table: meanwhile(world.table, act) };
  const by = { by: 'owner', why: '' };
  return {
    create: (name: string) => createOwnTeam(dependencies, organization, name, by),
    rename: (team: OwnTeam, name: string) => renameTeam(dependencies, organization, team, name, by),
  };
}

describe('a team that owners made by hand', () => {
  it('stands in the list after those of the code host, which says where each is from', async () => {
    const { world, id } = await worldWithTeam();
    await leaveRights(world, ['add-packages'], []);
    const first = (await world.ask('owner', { path: `${path}?limit=1` })).body;
    expect(first.items).toMatchObject([{ id: delegateTeamId, from: 'code-host', rights: ['add-packages'] }]);
    // A full page may be the last of its synchronization.
    const second = (await world.ask('owner', { path: `${path}?limit=1&cursor=${first.next}` })).body;
    const third = (await world.ask('owner', { path: `${path}?cursor=${second.next}` })).body;
    expect([...second.items, ...third.items]).toEqual([
      { id, from: 'here', slug: 'release-managers', name: 'Release managers', rights: [] },
    ]);
    expect(third.next).toBeUndefined();
  });

  it('has people of the organization as members, known or not', async () => {
    const { world, at } = await worldWithTeam();
    await world.table.transact([putFact(synchronizationId, aFact.member(70), 3)]);
    const { body } = await owner(world, 'PUT', `${at}/members/${synchronizationId}.70`);
    expect((await owner(world, 'PUT', `${at}/members/${userOf('stranger')}`)).status).toBe(404);
    const page = (await world.ask('owner', { path: `${at}/members?limit=1` })).body;
    const rest = (await world.ask('owner', { path: `${at}/members?limit=5&cursor=${page.next}` })).body;
    const listed = [...page.items, ...rest.items].map(({ person, login }) => [person, login]);
    expect(listed.sort()).toEqual(
      [
        [body.person, 'user-70'],
        [userOf('member'), 'member-login'],
      ].sort(),
    );
    await owner(world, 'DELETE', `${at}/members/${body.person}`);
    expect((await world.ask('owner', { path: `${at}/members` })).body.items).toHaveLength(1);
  });

  it('has a name of its own', async () => {
    const { world, at } = await worldWithTeam();
    expect((await owner(world, 'POST', path, { name: 'release  Managers' })).status).toBe(409);
    expect((await owner(world, 'PATCH', at, { name: 'Release Managers' })).body.name).toBe(
      'Release Managers',
    );
  });

  it.each(['made', 'renamed'] as const)(
    'does not share its name with one that is %s at the same moment',
    async (how) => {
      const { world, at } = await worldWithTeam();
      const name = 'Night shift';
      const during = await whileMaking(world, () =>
        how === 'made' ? owner(world, 'POST', path, { name }) : owner(world, 'PATCH', at, { name }),
      );
      await expect(during.create(name)).rejects.toThrow('there is a team of that name already');
    },
  );

  it('is not given the name that another is given at the same moment', async () => {
    const { world } = await worldWithTeam();
    const [team] = await ownTeamsOf(world.table, organizationId);
    const during = await whileMaking(world, () => owner(world, 'POST', path, { name: 'Night shift' }));
    const renamed = team && during.rename(team, 'night shift');
    await expect(renamed).rejects.toThrow('a team of that name already');
  });

  it('is one of at most 200, however many are made at the same moment', async () => {
    const { world } = await worldWithTeam();
    const teams = Array.from({ length: teamsMax - 2 }, (_, place) => `team-${place}`);
    for (const name of teams) {
      const team = { id: asId<OwnTeamId>(name), name, slug: name };
      await world.table.transact([addOwnTeam(organizationId, team)]);
    }
    const during = await whileMaking(world, () => owner(world, 'POST', path, { name: 'Other' }));
    await expect(during.create('One')).rejects.toThrow('can have 200 teams of its own');
  });

  it('opens nothing of a code host to its members, whatever owners left to it', async () => {
    const { world, id, at } = await worldWithTeam();
    await owner(world, 'PUT', `${at}/rights`, { rights: ['manage-packages', 'add-packages'] });
    expect((await world.ask('owner', { path: at })).body.rights).toHaveLength(2);
    const scan = { method: 'POST', path: `/organizations/acme/repositories/${repositoryIdOf(5)}/scan` };
    expect((await world.ask('member', scan)).status).toBe(403);
    expect((await world.ask('member', { path: '/organizations/acme/packages' })).body.items).toEqual([]);
    const token = { for: { kind: 'team', slug: 'release-managers' }, description: 'ci', expiresAt: null };
    const made = (await owner(world, 'POST', '/organizations/acme/tokens', token)).body;
    expect([made.kind, made.principal]).toEqual(['team', id]);
    expect((await world.ask('owner', { path: `${at}/access` })).body.items).toEqual([]);
  });

  it('is taken along in an export, with its members and rights', async () => {
    const { world, id, at } = await worldWithTeam();
    await owner(world, 'PUT', `${at}/rights`, { rights: ['add-packages'] });
    const { text } = await world.ask('owner', { path: '/organizations/acme/export?part=members' });
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ kind }) => kind.startsWith('team'))).toEqual([
      { kind: 'team', id, name: 'Release managers', members: [userOf('member')] },
      { kind: 'team-rights', team: id, rights: ['add-packages'] },
    ]);
  });

  it('ends with its members, its rights and its tokens', async () => {
    const { world, id, at } = await worldWithTeam();
    await owner(world, 'PUT', `${at}/rights`, { rights: ['add-packages'] });
    const token = { for: { kind: 'team', slug: id }, description: 'ci', expiresAt: null };
    const made = (await owner(world, 'POST', '/organizations/acme/tokens', token)).body;
    expect((await owner(world, 'DELETE', at)).status).toBe(204);
    const left = [...world.table.dump().values()].filter(
      ({ pk, sk }) => pk === keys.organization(organizationId).pk && /^TEAM/.test(String(sk)),
    );
    expect(left).toEqual([]);
    expect((await world.ask('owner', { path: `/organizations/acme/tokens/${made.id}` })).body.state).toBe(
      'revoked',
    );
    expect((await owner(world, 'PUT', `${at}/rights`, { rights: [] })).status).toBe(404);
    const ends = await world.ask('owner', { path: '/organizations/acme/history?act=revoke-token' });
    expect(ends.body.items).toMatchObject([
      { subject: made.id, why: 'the team Release managers was deleted', actor: { kind: 'user' } },
    ]);
  });
});

it('a team of the code host is changed only there, but for what owners leave to it', async () => {
  const world = await createApiWorld();
  await leaveRights(world, [], []);
  const at = `${path}/${delegateTeamId}`;
  const answers = [
    await owner(world, 'PATCH', at, { name: 'Ours' }),
    await owner(world, 'DELETE', at),
    await owner(world, 'PUT', `${at}/members/${userOf('outside')}`),
    await owner(world, 'DELETE', `${at}/members/${userOf('member')}`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([409, 409, 409, 409]);
});
