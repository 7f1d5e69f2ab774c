import { describe, expect, it } from 'vitest';
import {
  asId,
  type ForgeOrganizationId,
  type InstallationId,
  type SynchronizationId,
} from '../../shared/domain/ids.ts';
import { deletePackage } from '../../shared/organizations/delete-package.ts';
import { deleteSynchronization } from '../../shared/organizations/delete-synchronization.ts';
import { auditLog } from '../../shared/store/audit-log.ts';
import { openDeletions } from '../../shared/store/deletion-store.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { listInstallations } from '../../shared/store/installation-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { findPackage } from '../../shared/store/package-store.ts';
import {
  addSynchronization,
  findClaim,
  findSynchronization,
} from '../../shared/store/synchronization-store.ts';
import { requestWork } from '../../shared/store/work.ts';
import { packageWork } from '../../shared/store/work-items.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import {
  distPath,
  expectSettled,
  left,
  members,
  of,
  slowQueries,
  withArchives,
} from '../support/deletions.ts';
import { commitOf } from '../support/memory-contents.ts';
import { aFact } from '../support/memory-forge.ts';
import type { MemoryTable } from '../support/memory-table.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { unfinishedWork } from '../support/registry-view.ts';
import { packages, pushed, scannedRegistry, scanOf } from '../support/scanned.ts';
import { forgeOrganizationId, organizationId, synchronizationId } from '../support/synchronized.ts';
import { gitHubScopes } from '../support/traits.ts';

describe('a deleted package', () => {
  const remove = (registry: Registry, keepArchives = false, confirmation = {}) =>
    deletePackage(
      of(registry),
      registry.organization,
      { packageName: 'acme/one', keepArchives },
      confirmation,
    );
  const sure = { confirm: 'acme/one', by: 'ann', why: 'sold' };

  it('is gone at once for every token, with metadata and archives, and its number is never used again', async () => {
    const registry = await scannedRegistry(members);
    const all = (await registry.issue({ kind: 'organization' })).token;
    const one = (await registry.issue({ kind: 'member', login: 'user-2' })).token;
    await registry.settle();
    await withArchives(registry, 'a');
    expect(await remove(registry)).toEqual({
      done: false,
      package: 'acme/one',
      versions: 2,
      archives: 1,
      archivesKeptUntil: undefined,
    });
    expect(await registry.listed(one)).toEqual(['acme/one']);
    registry.written.length = 0;
    expect(await remove(registry, false, sure)).toMatchObject({ done: true });
    await expect(remove(registry, false, sure)).rejects.toThrow('acme has no package acme/one');
    await registry.settle();
    expect(registry.written[0]).toBe('edge without p/acme/acme/one');
    for (const token of [all, one]) {
      expect(await registry.get(token, '/acme/p2/acme/one.json')).toBe('404');
      expect(await registry.get(token, distPath('a'))).toBe('404');
      expect(await registry.listed(token)).toEqual([]);
    }
    expect((await registry.fetch(1, commitOf('a'))).status).toBe(404);
    const { objects } = await registry.published();
    expect([...objects.keys()].filter((key) => key.startsWith('acme/1/'))).toEqual([]);
    expect(left(registry, 'PACKAGE#')).toEqual([]);
    expect(await findPackage(registry.table, organizationId, 1)).toMatchObject({
      number: 1,
      state: 'deleted',
      isRemoved: true,
    });
    expect(await auditLog(registry.table, organizationId, 5)).toMatchObject([
      { act: 'delete-package', subject: 'acme/one', by: 'ann', why: 'sold' },
    ]);
    await expectSettled(registry);
  });

  it('has its repository scanned, which then waits for the name', async () => {
    const registry = await scannedRegistry(members);
    expect((await scanOf(registry))?.waiting).toEqual([]);
    await remove(registry, false, sure);
    await registry.settle();
    expect((await scanOf(registry))?.waiting).toMatchObject([{ name: 'acme/one', reason: 'name-taken' }]);
    await expectSettled(registry);
  });

  it('is not created again by a scan or a reconcile', async () => {
    const registry = await scannedRegistry(members);
    await remove(registry, false, sure);
    await registry.settle();
    await pushed(registry);
    await registry.clock.advance(25 * 3600 * 1000);
    await reconcile({ ...registry, logger: { info: () => {}, warn: () => {}, error: () => {} } });
    await registry.settle();
    expect(await packages(registry)).toEqual(['1 acme/one deleted']);
    expect((await registry.published()).values.get('p/acme/acme/one')).toBeUndefined();
    expect((await scanOf(registry))?.waiting).toMatchObject([{ name: 'acme/one' }]);
    await expectSettled(registry);
  });

  it('keeps its archives, inaccessible, for 90 days if an owner wants that', async () => {
    const registry = await scannedRegistry(members);
    const { token } = await registry.issue({ kind: 'organization' });
    await registry.settle();
    await withArchives(registry, 'a');
    const { archivesKeptUntil = '' } = await remove(registry, true, sure);
    await registry.drain();
    expect(await registry.get(token, distPath('a'))).toBe('404');
    expect((await registry.published()).objects.has(`acme/1/${commitOf('a')}.zip`)).toBe(true);
    expect(await openDeletions(registry.table, organizationId)).toMatchObject([
      { name: 'acme/one', step: 'keeping its archives' },
    ]);
    await registry.clock.advance(Date.parse(archivesKeptUntil) - registry.clock.now() + 1000);
    await registry.settle();
    expect((await registry.published()).objects.has(`acme/1/${commitOf('a')}.zip`)).toBe(false);
    await expectSettled(registry);
  });

  it('loses its archives once the edge does not lead there any more, and not before', async () => {
    const registry = await scannedRegistry(members);
    await withArchives(registry, 'a');
    const isThere = async () => (await registry.published()).objects.has(`acme/1/${commitOf('a')}.zip`);
    await remove(registry, false, sure);
    const messages = registry.queued();
    registry.loseMessages();
    await registry.workQueue.send(messages.filter(({ queue }) => queue === 'deletion'));
    await registry.drain();
    expect(await isThere()).toBe(true);
    expect(await openDeletions(registry.table, organizationId)).toMatchObject([
      { step: 'waiting for the edge' },
    ]);
    await registry.workQueue.send(messages.filter(({ queue }) => queue !== 'deletion'));
    await registry.settle();
    expect(await isThere()).toBe(false);
    await expectSettled(registry);
  });

  it('whose repository is being scanned stays deleted, and nothing of the scan is left', async () => {
    const registry = await scannedRegistry(members);
    const { table } = registry;
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a', '1.1.0': 'b' } });
    let isDeleted = false;
    const transact = table.transact.bind(table);
    table.transact = async (operations) => {
      if (!isDeleted && operations.some((one) => 'put' in one && one.put.sk.startsWith('VERSION#'))) {
        isDeleted = true;
        await remove(registry, false, sure);
        // Its removal begins during the scan.
        await registry.drain();
      }
      return transact(operations);
    };
    await registry.pushed(5);
    await registry.settle();
    expect(isDeleted).toBe(true);
    expect(await packages(registry)).toEqual(['1 acme/one deleted']);
    expect(left(registry, 'PACKAGE#')).toEqual([]);
    expect(
      [...(await registry.published()).objects.keys()].filter((key) => key.startsWith('acme/1/')),
    ).toEqual([]);
    await expectSettled(registry);
  });
});

describe('a deleted synchronization', () => {
  const remove = async (registry: Registry, confirmation = {}) => {
    const synchronization = await findSynchronization(registry.table, synchronizationId);
    if (!synchronization) {
      throw new Error('there is no synchronization');
    }
    return deleteSynchronization(of(registry), registry.organization, synchronization, confirmation);
  };
  const sure = { confirm: 'acme', by: 'ann', why: 'moved to another forge' };

  it("deletes packages, rights and its teams' tokens, frees the forge organization, and leaves others alone", async () => {
    const registry = await scannedRegistry(members);
    const other = asId<SynchronizationId>('sync2');
    await registry.table.transact([
      ...addSynchronization({
        id: other,
        organization: organizationId,
        createdAt: 0,
        forge: 'github',
        baseUrl: 'https://github.com',
        forgeOrganization: asId<ForgeOrganizationId>(901),
        login: 'umbrella',
        connection: { kind: 'app-installation', installation: asId<InstallationId>(78) },
        choice: 'all',
      }),
      putFact(other, aFact.repository(6, { visibility: 'public' }), 1),
      putFact(other, aFact.settings(), 1),
    ]);
    await registry.table.transact([
      requestWork(packageWork(organizationId, 9), registry.clock.now(), {
        number: 9,
        name: 'acme/nine',
        synchronization: other,
        repository: '6',
        directory: '',
        state: 'accepted',
      }),
      { put: keys.packageName(organizationId, 'acme/nine'), item: { number: 9 } },
    ]);
    const team = (await registry.issue({ kind: 'team', slug: 'team-3' })).token;
    const member = (await registry.issue({ kind: 'member', login: 'user-2' })).token;
    const all = (await registry.issue({ kind: 'organization' })).token;
    await registry.settle();
    await withArchives(registry, 'a');
    expect(await registry.listed(team)).toEqual(['acme/nine', 'acme/one']);
    expect(await remove(registry)).toEqual({
      done: false,
      synchronization: 'sync1',
      login: 'acme',
      packages: ['acme/one'],
      teamTokens: 1,
    });
    await expect(remove(registry, { ...sure, confirm: 'umbrella' })).rejects.toThrow('confirm with acme');
    await remove(registry, sure);
    await registry.drain();
    // Principals who read through it read nothing any more, without waiting for the removal of records.
    expect(await registry.listed(team)).toBeUndefined();
    expect(await registry.listed(member)).toEqual(['acme/nine']);
    expect(await registry.listed(all)).toEqual(['acme/nine']);
    expect(await registry.get(all, distPath('a'))).toBe('404');
    expect(
      await findClaim(registry.table, {
        forge: 'github',
        baseUrl: 'https://github.com',
        forgeOrganization: forgeOrganizationId,
      }),
    ).toBeUndefined();
    expect(await listInstallations(registry.table)).toMatchObject([{ login: 'acme', state: 'unclaimed' }]);
    await registry.settle();
    expect(left(registry, 'SYNC#sync1', 'PACKAGE#org1#1')).toEqual([]);
    expect(left(registry, 'SYNC#sync2').length).toBeGreaterThan(1);
    expect(
      [...(await registry.published()).objects.keys()].filter((key) => key.startsWith('acme/1/')),
    ).toEqual([]);
    expect((await registry.published()).values.get('p/acme/acme/nine')).toBe('9');
    expect(await packages(registry)).toEqual(['1 acme/one deleted', '9 acme/nine available']);
    expect(await auditLog(registry.table, organizationId, 1)).toMatchObject([
      { act: 'delete-synchronization', subject: 'acme' },
    ]);
    await expectSettled(registry);
  });

  it('that is being read and scanned is removed with what these write', async () => {
    const registry = await scannedRegistry(members);
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a', '1.1.0': 'b' } });
    let once = true;
    registry.forge.before = async (asked) => {
      if (asked === 'repositories' && once) {
        once = false;
        await remove(registry, sure);
      }
    };
    await registry.pushed(5);
    for (const scope of gitHubScopes) {
      await registry.ask(scope);
    }
    await registry.settle();
    await registry.clock.advance(600_000);
    await registry.settle();
    expect(once).toBe(false);
    expect(left(registry, 'SYNC#sync1', 'PACKAGE#org1#1')).toEqual([]);
    expect(unfinishedWork((registry.table as MemoryTable).dump().values())).toEqual([]);
  });

  it('is removed completely even if time runs out before its records are reached', async () => {
    const registry = await scannedRegistry(members);
    await remove(registry, sure);
    const slowUntil = registry.clock.now() + 420_000;
    slowQueries(registry, 31_000, (pk, prefix) => {
      const scans = keys.scan(synchronizationId, '');
      return pk === scans.pk && prefix === scans.sk && registry.clock.now() < slowUntil;
    });
    await registry.settle();
    expect(registry.clock.now()).toBeGreaterThan(slowUntil);
    expect(left(registry, 'SYNC#sync1')).toEqual([]);
    await expectSettled(registry);
  });
});
