import { expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { addSynchronized, organizationId } from '../../test/support/synchronized.ts';
import { asId, type OwnTeamId, type UserId } from '../domain/ids.ts';
import { findOrganization } from '../store/organization-store.ts';
import { addOwnTeam, addOwnTeamMember } from '../store/own-team-store.ts';
import { exportOrganization } from './export-organization.ts';

it('exports every member of a team by hand, however many they are', async () => {
  const table = createMemoryTable();
  await addSynchronized(table);
  const team = { id: asId<OwnTeamId>('team1'), name: 'Crew', slug: 'crew' };
  await table.transact([addOwnTeam(organizationId, team)]);
  const many = 1001;
  for (let place = 0; place < many; place++) {
    await table.transact(addOwnTeamMember(organizationId, team.id, asId<UserId>(`user${place}`)));
  }
  const organization = await findOrganization(table, organizationId);
  const lines = organization === undefined ? [] : await exportOrganization(table, organization, ['members']);
  const teams = lines.filter(({ kind }) => kind === 'team');
  expect(teams).toMatchObject([{ name: 'Crew', members: { length: many } }]);
});
