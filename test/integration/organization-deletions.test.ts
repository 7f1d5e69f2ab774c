import { describe, expect, it } from 'vitest';
import { asId } from '../../shared/domain/ids.ts';
import { deleteOrganization } from '../../shared/organizations/delete-organization.ts';
import { deleteSynchronization } from '../../shared/organizations/delete-synchronization.ts';
import { keys } from '../../shared/store/keys.ts';
import { addOrganization, findOrganizationBySlug } from '../../shared/store/organization-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { ConflictError } from '../../shared/store/table.ts';
import { requestWork } from '../../shared/store/work.ts';
import { packageWork } from '../../shared/store/work-items.ts';
import {
  deleteVersion,
  expectSettled,
  left,
  members,
  of,
  slowQueries,
  withArchives,
} from '../support/deletions.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { scannedRegistry } from '../support/scanned.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

describe('a deleted organization', () => {
  const remove = (registry: Registry, confirmation = {}) =>
    deleteOrganization(of(registry), registry.organization, confirmation);
  const sure = { confirm: 'acme', by: 'ann', why: 'closed' };

  it('is closed first, leaves nothing but its slug and the history, and its slug cannot be used again', async () => {
    const registry = await scannedRegistry(members);
    const tokens: string[] = [];
    for (const holder of [
      { kind: 'team', slug: 'team-3' },
      { kind: 'member', login: 'user-2' },
      { kind: 'organization' },
    ] as const) {
      tokens.push((await registry.issue(holder)).token);
    }
    await registry.settle();
    await withArchives(registry, 'a');
    await deleteVersion(registry, '1.0.0');
    await registry.settle();
    registry.written.length = 0;
    expect(await remove(registry)).toEqual({
      done: false,
      slug: 'acme',
      synchronizations: ['acme'],
      packages: 1,
      versions: 0,
      tokens: 3,
    });
    await remove(registry, sure);
    await registry.drain();
    for (const token of tokens) {
      expect(await registry.listed(token)).toBeUndefined();
    }
    await registry.settle();
    const { objects, values } = await registry.published();
    expect([...objects.keys()]).toEqual([]);
    expect([...values.keys()]).toEqual([]);
    expect(await findOrganizationBySlug(registry.table, 'acme')).toBeUndefined();
    const stays = left(registry, '').map((key) => key.replace(/(AUDIT|RUNENTRY)#.*/, '$1'));
    expect([...new Set(stays)].sort()).toEqual([
      expect.stringMatching(/^ACCOUNT#/),
      'EDGE o/acme',
      'INSTALLATIONS INSTALLATION#github#https://github.com#77',
      'ORG#org1 AUDIT',
      'ORG#org1 DELETION#organization',
      'ORG#org1 ORG',
      'ORG#org1 RUNENTRY',
      'SLUG#acme SLUG',
      expect.stringMatching(/^USER#/),
    ]);
    const [slug] = addOrganization({ id: asId('org2'), slug: 'acme', name: 'New', ownedVendors: [] });
    await expect(registry.table.transact(slug === undefined ? [] : [slug])).rejects.toThrow(ConflictError);
    await expectSettled(registry);
  });

  it('with more packages than one portion has time for leaves no records', async () => {
    const registry = await scannedRegistry(members);
    await registry.issue({ kind: 'organization' });
    await registry.settle();
    const numbers = [9, 10, 11, 12, 13];
    await registry.table.transact(
      numbers.map((number) =>
        requestWork(packageWork(organizationId, number), registry.clock.now(), {
          number,
          name: `acme/n${number}`,
          synchronization: synchronizationId,
          repository: '5',
          directory: '',
          state: 'deleted',
          isRemoved: true,
        }),
      ),
    );
    await registry.settle();
    slowQueries(registry, 16_000, (pk, prefix) => pk.startsWith('PACKAGE#') && prefix === '');
    await remove(registry, sure);
    await registry.settle();
    expect(recordsLeft(registry)).toEqual(['DELETION#organization', 'ORG']);
    await expectSettled(registry);
  });

  it.each<[string, { readonly keepsPackages?: true; readonly isNoted?: false }]>([
    ['was deleted just before', {}],
    ['ended before and left its packages', { keepsPackages: true }],
    ['ended so before that was noted', { keepsPackages: true, isNoted: false }],
  ])('leaves nothing of a synchronization that %s', async (_, { isNoted = true, ...options }) => {
    const registry = await scannedRegistry(members);
    const synchronization = await findSynchronization(registry.table, synchronizationId);
    if (!synchronization) {
      throw new Error('there is no synchronization');
    }
    await deleteSynchronization(of(registry), registry.organization, synchronization, sure, options);
    if (!isNoted) {
      await registry.table.transact([
        { delete: keys.endedSynchronization(organizationId, synchronizationId) },
      ]);
    }
    await remove(registry, sure);
    await registry.settle();
    expect(recordsLeft(registry)).toEqual(['DELETION#organization', 'ORG']);
    await expectSettled(registry);
  });
});

/** The ranges that make up an organization's history, which outlives it: what people did, and what runs changed. */
const isHistory = (sortKey: string): boolean =>
  sortKey.startsWith('AUDIT#') || sortKey.startsWith('RUNENTRY#');

/** Sort keys of all records of the organization, its packages and synchronizations, except its history. */
const recordsLeft = (registry: Registry): string[] =>
  left(registry, 'ORG#org1', 'PACKAGE#', 'SYNC#')
    .map((key) => key.replace(/^ORG#org1 /, ''))
    .filter((key) => !isHistory(key));
