import { expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import {
  addSynchronized,
  forgeOrganizationId,
  organizationId,
  synchronizationId,
} from '../../test/support/synchronized.ts';
import { asId, type ConnectionId, type ForgeRepositoryId, type ForgeTeamId } from '../domain/ids.ts';
import { teamPart } from '../domain/scopes.ts';
import { putFact } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { findOrganization } from '../store/organization-store.ts';
import { findSynchronization, noteSuccess } from '../store/synchronization-store.ts';
import { requestWork } from '../store/work.ts';
import { scopeWork } from '../store/work-items.ts';
import { describeOrganization } from './describe-organization.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

it.each<[string, readonly ('members' | 'teams')[], string | undefined]>([
  ['never read', [], undefined],
  ['read before', ['members', 'teams'], '2026-11-22T11:00:00.000Z'],
])('a synchronization with an unknown forge can be described: %s', async (_, read, rightsAsOf) => {
  const table = createMemoryTable();
  await addSynchronized(table, 'all', {
    ...{ forge: 'elsewhere', baseUrl: 'https://elsewhere.example', forgeOrganization: forgeOrganizationId },
    connection: { kind: 'access-token', id: asId<ConnectionId>('one') },
  });
  const [organization, known] = await Promise.all([
    findOrganization(table, organizationId),
    findSynchronization(table, synchronizationId),
  ]);
  if (organization === undefined || known === undefined) {
    throw new Error('nothing is there');
  }
  await noteSuccess(table, known, read, now - 3600_000);
  const { synchronizations } = await describeOrganization(table, organization, now);
  expect(synchronizations).toMatchObject([{ forge: 'elsewhere', isUnknownForge: true, rightsAsOf }]);
  expect(Object.keys(synchronizations[0]?.scopes ?? {})).toEqual(read);
});

it('says what is read of older versions, where the code host gives only so many files an hour', async () => {
  const table = createMemoryTable();
  await addSynchronized(table, 'all', {
    ...{ forge: 'bitbucket', baseUrl: 'https://bitbucket.example', forgeOrganization: forgeOrganizationId },
    connection: { kind: 'access-token', id: asId<ConnectionId>('one') },
  });
  const organization = await findOrganization(table, organizationId);
  if (organization === undefined) {
    throw new Error('nothing is there');
  }
  const older = async () => (await describeOrganization(table, organization, now)).synchronizations[0]?.older;
  expect(await older()).toBeUndefined();
  const scan = { wanted: 1, done: 1, unread: 3, goOnAt: now + 600_000 };
  await table.transact([{ put: keys.scan(synchronizationId, asId<ForgeRepositoryId>('{5}')), item: scan }]);
  expect(await older()).toEqual({ unread: 3, until: '2026-11-22T12:10:00.000Z' });
});

it('names teams by slug, not only by the number in the name of the list', async () => {
  const table = createMemoryTable();
  await addSynchronized(table);
  const scope = teamPart(asId<ForgeTeamId>('3'));
  await table.transact([
    putFact(synchronizationId, aFact.team(3), 1, { changedAt: 0, gives: true }),
    requestWork(scopeWork(organizationId, synchronizationId, scope), now),
  ]);
  const organization = await findOrganization(table, organizationId);
  if (organization === undefined) {
    throw new Error('nothing is there');
  }
  const { synchronizations } = await describeOrganization(table, organization, now);
  const { slug } = aFact.team(3) as { slug: string };
  expect(synchronizations[0]?.parts).toMatchObject({ 'team:3': { isPending: true, about: slug } });
});
