import { expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import {
  addSynchronized,
  forgeOrganizationId,
  organizationId,
  synchronizationId,
} from '../../test/support/synchronized.ts';
import { asId, type ConnectionId } from '../domain/ids.ts';
import { findOrganization } from '../store/organization-store.ts';
import { findSynchronization, noteSuccess } from '../store/synchronization-store.ts';
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
