/** What operations.test.ts does not prove for every operation that can be left to a team. */
import { describe, expect, it } from 'vitest';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { putClaim } from '../../../shared/store/claim-store.ts';
import { putFact, removeFact } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { delegateTeam, delegateTeamId, leaveRights } from '../../../test/support/api-delegates.ts';
import { addPackages, aVersion, repositoryIdOf } from '../../../test/support/api-packages.ts';
import { type ApiWorld, createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { commitOf } from '../../../test/support/memory-contents.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const base = '/organizations/acme';

async function worldWithDelegate(repositories = [5, 7]): Promise<ApiWorld> {
  const world = await createApiWorld();
  await addPackages(world.table);
  await leaveRights(world, ['manage-packages', 'add-packages'], repositories);
  return world;
}

const scan = (world: ApiWorld) =>
  world.ask('member', { method: 'POST', path: `${base}/repositories/${repositoryIdOf(5)}/scan` });

describe('a right that owners left to a team', () => {
  it('is told to its people, and to owners at the team', async () => {
    const world = await worldWithDelegate();
    const of = async (person: 'owner' | 'member' | 'outside') =>
      (await world.ask(person, { path: base })).body.rights;
    expect(await of('member')).toEqual([
      { right: 'manage-packages', teams: [delegateTeamId] },
      { right: 'add-packages', teams: [delegateTeamId] },
    ]);
    expect([await of('owner'), await of('outside')]).toEqual([[], []]);
    const both = ['manage-packages', 'add-packages'];
    expect((await world.ask('owner', { path: `${base}/teams/${delegateTeamId}` })).body.rights).toEqual(both);
    expect((await world.ask('owner', { path: `${base}/teams` })).body.items[0].rights).toEqual(both);
    const [entry] = await auditLog(world.table, organizationId, 1);
    expect(entry).toMatchObject({
      act: 'set-team-rights',
      before: { rights: [] },
      after: { rights: both, team: delegateTeamId },
    });
  });

  it.each<[string, (world: ApiWorld) => Promise<unknown>, number]>([
    [
      'membership of the team',
      ({ table }) => table.transact([removeFact(synchronizationId, aFact.teamMember(delegateTeam, 2), 3, 1)]),
      403,
    ],
    [
      'membership of the team, as an event says that no read has confirmed',
      ({ table, now }) =>
        table.transact([
          putClaim(synchronizationId, {
            key: `team-member#2#${delegateTeam}`,
            expect: 'gone',
            at: now(),
            bodies: [],
          }),
        ]),
      403,
    ],
    [
      'the team’s right to read, though the person reads on',
      ({ table }) =>
        table.transact([
          removeFact(synchronizationId, aFact.teamRepository(delegateTeam, 5), 3, 1),
          putFact(synchronizationId, aFact.collaborator(5, 2), 3),
        ]),
      403,
    ],
    [
      'the person’s being on',
      (world) =>
        world.ask('owner', {
          method: 'PATCH',
          path: `${base}/people/${userOf('member')}`,
          body: { state: 'off' },
        }),
      404,
    ],
    [
      'what owners take back',
      (world) =>
        world.ask('owner', {
          method: 'PUT',
          path: `${base}/teams/${delegateTeamId}/rights`,
          body: { rights: [] },
        }),
      403,
    ],
    [
      'rights here, when the code host was not read for too long',
      ({ table }) =>
        table.update({ key: keys.synchronization(synchronizationId), set: { rightsSuspendedAt: 1 } }),
      403,
    ],
  ])('ends with %s', async (_, end, status) => {
    const world = await worldWithDelegate();
    expect((await scan(world)).status).toBe(202);
    await end(world);
    expect((await scan(world)).status).toBe(status);
  });

  it('does not count for a team below, nor on what is public alone', async () => {
    const world = await worldWithDelegate([]);
    const below = [
      aFact.teamMember(8, 2),
      { ...aFact.teamRepository(8, 5), via: aFact.team(delegateTeam).team } as ReturnType<
        typeof aFact.teamRepository
      >,
      aFact.repository(6, { visibility: 'public' }),
    ];
    await world.table.transact(below.map((fact) => putFact(synchronizationId, fact, 3)));
    expect((await scan(world)).status).toBe(403);
    expect((await world.ask('member', { path: base })).body.rights).toEqual([]);
  });

  it('shows its repositories, and no others', async () => {
    const world = await worldWithDelegate([5, 7]);
    const list = async (query: string) =>
      (await world.ask('member', { path: `${base}/repositories?${query}` })).body;
    const first = await list('limit=1');
    expect(first.items).toMatchObject([{ id: repositoryIdOf(5), packages: ['acme/one'] }]);
    const rest = await list(`limit=1&cursor=${first.next}`);
    expect(rest).toMatchObject({ items: [{ id: repositoryIdOf(7), packages: [] }] });
    expect(rest.next).toBeUndefined();
    expect((await list('package=none')).items).toHaveLength(1);
  });

  it('adds repositories that are named, all of them the team’s', async () => {
    const world = await worldWithDelegate([7]);
    const add = async (repositories: unknown) =>
      (await world.ask('member', { method: 'POST', path: `${base}/packages`, body: { repositories } }))
        .status;
    expect(await add([repositoryIdOf(7), repositoryIdOf(6)])).toBe(404);
    expect(await add('all')).toBe(403);
    expect(await add([repositoryIdOf(7)])).toBe(202);
  });

  it('gives a name only between the team’s repositories, and never the archives', async () => {
    const give = (world: ApiWorld, more = {}) =>
      world.ask('member', {
        method: 'PUT',
        path: `${base}/packages/acme/one/holder`,
        body: { repository: repositoryIdOf(7), why: 'the other is a copy', ...more },
      });
    expect((await give(await worldWithDelegate([5]))).status).toBe(404);
    const world = await worldWithDelegate([5, 7]);
    expect((await give(world, { samePackage: true })).status).toBe(403);
    expect((await give(world)).status).toBe(200);
  });

  it('deletes no version whose commit another team’s package has too', async () => {
    const world = await worldWithDelegate([5]);
    const dist = (number: number) => ({
      put: keys.dist(organizationId, number, commitOf('a')),
      item: { commit: commitOf('a') },
    });
    await world.table.transact([aVersion(6, '3.0.0'), dist(5), dist(6)]);
    const answer = await world.ask('member', {
      method: 'POST',
      path: `${base}/packages/acme/one/delete-versions`,
      body: { versions: ['1.0.0'], why: 'a secret' },
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    expect(answer.text).not.toContain('acme/two');
  });
});
