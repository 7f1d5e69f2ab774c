import { beforeEach, describe, expect, it } from 'vitest';
import { asId, type ForgeAccountId, type OwnTeamId } from '../../../shared/domain/ids.ts';
import { putFact } from '../../../shared/store/fact-store.ts';
import { addOwnTeam } from '../../../shared/store/own-team-store.ts';
import { addPackages, aPackage } from '../../../test/support/api-packages.ts';
import { type ApiWorld, createApiWorld, type Sender, userOf } from '../../../test/support/api-world.ts';
import { countReads } from '../../../test/support/count-reads.ts';
import { fullOrganization } from '../../../test/support/full-organization.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const onegin = {
  kind: 'member',
  account: asId<ForgeAccountId>(50),
  login: 'Onegin',
  role: 'member',
} as const;

let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld();
  await addPackages(world.table);
  await world.table.transact([
    putFact(synchronizationId, onegin, 1, { changedAt: 0, gives: true }),
    addOwnTeam(organizationId, { id: asId<OwnTeamId>('team1'), name: 'Stone masons', slug: 'stone-masons' }),
    ...aPackage(8, 'acme/zone'),
    ...aPackage(9, 'acme/one-gone', { state: 'deleted' }),
  ]);
});

const found = async (sender: Sender, name: string) =>
  (await world.ask(sender, { path: `/organizations/acme/search?name=${name}` })).body;

describe('a search', () => {
  it('finds packages, members and teams, first what begins with the text', async () => {
    const { packages, people, teams, isWhole } = await found('owner', 'ONE');
    expect(packages).toEqual([{ name: 'acme/one' }, { name: 'acme/zone' }]);
    expect(people).toEqual([
      { id: `${synchronizationId}.50`, login: 'Onegin', synchronization: synchronizationId },
    ]);
    expect(teams).toEqual([{ id: expect.any(String), name: 'Stone masons', slug: 'stone-masons' }]);
    expect(isWhole).toBe(true);
  });

  it('names people by an id that their page takes', async () => {
    const [person] = (await found('owner', 'onegin')).people;
    const { body } = await world.ask('owner', { path: `/organizations/acme/people/${person.id}` });
    expect(body).toMatchObject({ name: 'Onegin' });
  });

  it('finds people added by hand where no code host says who belongs here', async () => {
    const { body } = await world.ask('stranger', { path: '/organizations/other/search?name=login' });
    expect(body.people).toEqual([{ id: userOf('stranger'), login: 'stranger-login' }]);
  });

  it('shows others the packages that they may install, and nobody', async () => {
    expect(await found('outside', 'one')).toMatchObject({
      packages: [{ name: 'acme/one' }],
      people: [],
      teams: [],
    });
  });

  it('shows no people to a key that may not read people', async () => {
    expect(await found(await world.machine(['read']), 'one')).toMatchObject({ people: [], teams: [] });
    expect((await found(await world.machine(['read', 'members']), 'one')).people).toHaveLength(1);
  });

  it('takes eight reads for two synchronizations, however much there is', async () => {
    const full = await fullOrganization();
    const reads = countReads(full.table);
    await full.ask('operator', { path: '/organizations/acme/packages/acme/none' });
    const letIn = reads();
    const { body } = await full.ask('operator', { path: '/organizations/acme/search?name=a' });
    expect(body.packages).toHaveLength(8);
    expect(body.isWhole).toBe(false);
    expect(reads() - 2 * letIn).toBeLessThanOrEqual(8);
  }, 60_000);
});
