import { describe, expect, it } from 'vitest';
import { auditLog } from '../../shared/store/audit-log.ts';
import { keys } from '../../shared/store/keys.ts';
import { packagesOf } from '../../shared/store/package-store.ts';
import { restoreRights, suspendRights } from '../../shared/store/synchronization-store.ts';
import { requestWork } from '../../shared/store/work.ts';
import { grantsWork } from '../../shared/store/work-items.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { commitOf } from '../support/memory-contents.ts';
import { aFact } from '../support/memory-forge.ts';
import { publishedRegistry, tokenOf } from '../support/published.ts';
import { memoryServices, type Registry } from '../support/registry-fixture.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

/** Rights are not published as the facts say while the facts are incomplete. */

async function requestGrants(registry: Registry): Promise<void> {
  const grants = grantsWork(organizationId);
  await registry.table.transact([requestWork(grants, registry.clock.now())]);
  await registry.workQueue.send([grants.message]);
}

describe('while a plan is being written', () => {
  const applying = keys.applying(synchronizationId, 'members');
  const half = [aFact.settings(false), aFact.member(1), aFact.repository(5)];
  const metadata = '/acme/p2/acme/one.json';

  it('views narrow at once, and widen when it is complete', async () => {
    const registry = await publishedRegistry(memoryServices());
    const token = await tokenOf(registry);
    await registry.table.transact([{ put: applying, item: { since: registry.clock.now(), number: 9 } }]);
    await registry.change(half, 'settings');
    await registry.drain();
    expect(await registry.get(token, metadata)).toBe('404');

    await registry.change([aFact.settings(true), ...half.slice(1)], 'settings');
    await registry.drain();
    await registry.clock.advance(3_600_000);
    await registry.drain();
    expect(await registry.get(token, metadata)).toBe('404');
    const views = await registry.table.query(`ORG#${organizationId}`, 'PRINCIPAL#u');
    expect(views.map(({ wanted, done, leaseId }) => ({ isDone: wanted === done, leaseId }))).toEqual([
      { isDone: false, leaseId: undefined },
    ]);

    // As the transaction does that writes the end of the plan.
    const grants = grantsWork(organizationId);
    await registry.table.transact([{ delete: applying }, requestWork(grants, registry.clock.now())]);
    await registry.workQueue.send([grants.message]);
    await registry.settle();
    expect(await registry.get(token, metadata)).not.toBe('404');
    expect(await registry.listed(token)).toEqual(['acme/one']);
  });
});

describe('while access is suspended', () => {
  it('people lose access, organization tokens keep it, and a single request restores it', async () => {
    const registry = await publishedRegistry(memoryServices());
    const token = await tokenOf(registry);
    const { token: ofAll } = await registry.issue({ kind: 'organization' });
    await registry.settle();
    await registry.table.transact([suspendRights(synchronizationId, registry.clock.now())]);
    await requestGrants(registry);
    await registry.settle();
    expect(await registry.get(token, '/acme/p2/acme/one.json')).toBe('404');
    expect(await registry.listed(token)).toEqual([]);
    expect(await registry.listed(ofAll)).toEqual(['acme/one']);

    await registry.table.transact([restoreRights(synchronizationId)]);
    await requestGrants(registry);
    await registry.settle();
    expect(await registry.listed(token)).toEqual(['acme/one']);
  });
});

describe('a package that nobody can read', () => {
  const gone = [aFact.settings(true), aFact.member(1)];
  const lifetimeOf = async (days: number) => {
    const registry = await publishedRegistry(memoryServices());
    const token = await tokenOf(registry);
    await registry.fetch(1, commitOf('a'));
    await registry.change(gone, 'repositories');
    await registry.settle();
    await registry.clock.advance(days * 24 * 3600 * 1000);
    await reconcile({ ...registry, logger: { info: () => {}, warn: () => {}, error: () => {} } });
    await registry.settle();
    return { registry, token };
  };
  const objectsOf = async (registry: Registry) =>
    [...(await registry.published()).objects.keys()].filter((key) => key.startsWith('acme/1/'));

  it('is kept with its archives for 90 days, and comes back under its number', async () => {
    const { registry, token } = await lifetimeOf(89);
    expect(await objectsOf(registry)).toEqual([`acme/1/${commitOf('a')}.zip`]);
    await registry.change([...gone, aFact.repository(5)], 'repositories');
    await registry.settle();
    expect(await registry.listed(token)).toEqual(['acme/one']);
    expect(await objectsOf(registry)).toHaveLength(3);
  });

  it('is deleted after 90 days with its archives, and does not come back by itself', async () => {
    const { registry, token } = await lifetimeOf(91);
    expect(await objectsOf(registry)).toEqual([]);
    expect(await registry.table.query(`PACKAGE#${organizationId}#1`, '')).toEqual([]);
    expect(await packagesOf(registry.table, organizationId)).toMatchObject([{ number: 1, state: 'deleted' }]);
    const deleted = (await auditLog(registry.table, organizationId, 99)).filter(
      ({ act }) => act === 'delete-unreadable',
    );
    expect(deleted).toMatchObject([{ subject: 'acme/one', actor: { kind: 'system' } }]);
    await registry.change([...gone, aFact.repository(5)], 'repositories');
    await registry.settle();
    expect(await registry.listed(token)).toEqual([]);
  });
});
