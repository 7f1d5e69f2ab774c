import { describe, expect, it, vi } from 'vitest';
import { createMemoryDataKeys } from '../../../test/support/memory-data-keys.ts';
import { aFact, repository } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createRecordingQueue } from '../../../test/support/recording-queue.ts';
import {
  addSynchronized,
  forgeOrganizationId,
  gitHubHost,
  installationId,
  organizationId,
  synchronizationId,
} from '../../../test/support/synchronized.ts';
import type { Fact } from '../../domain/facts.ts';
import {
  asId,
  type ConnectionId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
  type SynchronizationId,
} from '../../domain/ids.ts';
import type { CredentialState } from '../../domain/synchronization.ts';
import type { ForgeOrganization } from '../../forge/forge.ts';
import { createEnvelopeCipher } from '../../runtime/cipher.ts';
import { Secret } from '../../runtime/secret.ts';
import { auditLog } from '../../store/audit-log.ts';
import { addCredential } from '../../store/connection-credentials.ts';
import { putFact } from '../../store/fact-store.ts';
import { addInstallation } from '../../store/installation-store.ts';
import { keys } from '../../store/keys.ts';
import { listStates } from '../../store/scope-store.ts';
import { findSynchronization, noteSuccess } from '../../store/synchronization-store.ts';
import type { Operation, Table } from '../../store/table.ts';
import { completeWork, releaseLease, requestWork, takeLease } from '../../store/work.ts';
import { edgeWork, grantsWork, scanWork, scopeWork } from '../../store/work-items.ts';
import { reconcile } from './reconcile.ts';
import { sweepWork } from './sweep.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const hours = 3600 * 1000;

describe('reconcile', () => {
  it('requests every scope, and scans of repositories not scanned for a day or left incomplete', async () => {
    const table = createMemoryTable();
    await addSynchronized(table);
    await table.transact([
      ...[1, 2, 3, 4, 5, 6].map((id) => putFact(synchronizationId, aFact.repository(id), 1)),
      ...[
        { id: 1, lastScannedAt: now - 25 * hours, wanted: 1, done: 1 },
        { id: 2, lastScannedAt: now - 23 * hours, wanted: 1, done: 1 },
        { id: 3, lastScannedAt: now - 1 * hours, wanted: 1, done: 1, unfinished: true },
        // Another worker has its lease.
        { id: 4, lastScannedAt: now - 25 * hours, wanted: 2, done: 1 },
        // Never scanned; a scan of 6 was never even requested.
        { id: 5, wanted: 1, done: 1 },
        // Gone from the forge.
        { id: 9, lastScannedAt: now - 90 * hours, wanted: 1, done: 1 },
      ].map(({ id, ...item }) => ({ put: keys.scan(synchronizationId, repository(id)), item })),
    ]);
    const workQueue = createRecordingQueue();
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    expect(await reconcile({ table, workQueue, logger, clock: { now: () => now } })).toEqual({
      scopes: 5,
      scans: 4,
    });
    expect(workQueue.sent.map(({ message }) => message.scope ?? message.repository)).toEqual([
      'settings',
      '1',
      '3',
      '5',
      '6',
    ]);
    expect(await table.get(keys.scope(synchronizationId, 'members'))).toMatchObject({
      wanted: 1,
      cause: 'schedule',
    });
  });
});

describe('a reconcile of a synchronization whose installation is rejected', () => {
  const other = asId<InstallationId>(78);
  const announced = { id: forgeOrganizationId, login: 'acme', suspended: false };

  async function installationAfter(state: CredentialState, operations: readonly Operation[]) {
    const table = createMemoryTable();
    await addSynchronized(table);
    await table.transact([
      { update: { key: keys.synchronization(synchronizationId), set: { credentialState: state } } },
      ...operations,
    ]);
    const workQueue = createRecordingQueue();
    await reconcile({
      table,
      workQueue,
      logger: { info: vi.fn(), warn: vi.fn(), error: vi.fn() },
      clock: { now: () => now },
    });
    return (await findSynchronization(table, synchronizationId))?.connection;
  }

  it('uses the installation announced since, though its removal was never delivered', async () => {
    const operations = [addInstallation({ ...gitHubHost, installation: other }, announced)];
    expect(await installationAfter('credential-rejected', operations)).toMatchObject({ installation: other });
  });

  it.each<[string, CredentialState, ForgeOrganization | undefined]>([
    ['works', 'working', announced],
    ['lacks a permission', 'insufficient-scope', announced],
    ['is rejected, and there is no other', 'credential-rejected', undefined],
    ['is rejected, and the other is suspended', 'credential-rejected', { ...announced, suspended: true }],
    [
      "is rejected, and the other is another organization's",
      'credential-rejected',
      { ...announced, id: asId<ForgeOrganizationId>(901) },
    ],
  ])('keeps its own when it %s', async (_, state, organization) => {
    const operations =
      organization === undefined
        ? []
        : [addInstallation({ ...gitHubHost, installation: other }, organization)];
    expect(await installationAfter(state, operations)).toMatchObject({ installation: installationId });
  });
});

describe('reconcile of a synchronization whose forge is unknown', () => {
  it('requests nothing, but still reviews access', async () => {
    const table = createMemoryTable();
    const connection = { kind: 'app-installation', installation: installationId } as const;
    await addSynchronized(table, 'all', {
      ...{ forge: 'elsewhere', baseUrl: 'https://elsewhere.example', connection },
      forgeOrganization: forgeOrganizationId,
    });
    const known = await findSynchronization(table, synchronizationId);
    if (known === undefined) {
      throw new Error('no synchronization');
    }
    await noteSuccess(table, known, ['members'], now - 8 * 24 * hours);
    await table.transact([
      putFact(synchronizationId, { ...aFact.collaborator(5, 1), expiresAt: now - 1 } as Fact, 1),
      putFact(synchronizationId, { ...aFact.member(1), expiresAt: now + 1 } as Fact, 1),
      { put: keys.scope(synchronizationId, 'repositories'), item: { nextExpiryAt: now - 1 } },
    ]);
    const workQueue = createRecordingQueue();
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    expect(await reconcile({ table, workQueue, logger, clock: { now: () => now } })).toEqual({
      scopes: 0,
      scans: 0,
    });
    expect(await findSynchronization(table, synchronizationId)).toMatchObject({ rightsSuspendedAt: now });
    expect(await table.get(grantsWork(organizationId).key)).toMatchObject({ wanted: 2 });
    const states = await listStates(table, synchronizationId);
    expect(states.get('repositories')).toMatchObject({ nextExpiryAt: now + 1 });
    expect(logger.error).toHaveBeenCalledWith(
      'a synchronization belongs to an unknown forge and cannot be read',
      expect.objectContaining({ forge: 'elsewhere' }),
    );
  });
});

describe('reconcile of an organization without rights that expire', () => {
  it('costs 12 requests', async () => {
    const table = createMemoryTable();
    await addSynchronized(table);
    let requests = 0;
    const counted = new Proxy(table, {
      get: (all, name: keyof Table) => {
        requests += 1;
        return all[name];
      },
    });
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await reconcile({ table: counted, workQueue: createRecordingQueue(), logger, clock: { now: () => now } });
    expect(requests).toBe(12);
  });
});

describe('reconcile of several organizations', () => {
  it('requests reads of the others when one cannot be parsed', async () => {
    const table = createMemoryTable();
    await addSynchronized(table);
    const link = { organization: 'another', synchronization: 'aaaa' };
    await table.transact([
      { put: keys.synchronizationListed(asId<SynchronizationId>('aaaa')), item: link },
      { put: keys.fact(asId<SynchronizationId>('aaaa'), 'repository#1'), item: { fact: 'nonsense' } },
    ]);
    const workQueue = createRecordingQueue();
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    await expect(reconcile({ table, workQueue, logger, clock: { now: () => now } })).rejects.toThrow();
    expect(workQueue.sent.map(({ message }) => message.synchronization)).toEqual([synchronizationId]);
  });
});

describe('sweepWork', () => {
  async function createSweep() {
    const table = createMemoryTable();
    const workQueue = createRecordingQueue();
    const logger = { error: vi.fn() };
    return {
      table,
      workQueue,
      logger,
      sweep: (at: number) => sweepWork({ table, workQueue, logger, clock: { now: () => at } }),
    };
  }
  const workItems = [
    scopeWork(organizationId, synchronizationId, 'members'),
    scanWork(organizationId, synchronizationId, repository(1)),
    grantsWork(organizationId),
    edgeWork('p/acme/acme/shop'),
  ];

  it('sends a message for work that is not done, once its own message should have arrived', async () => {
    const { table, workQueue, sweep } = await createSweep();
    await table.transact(workItems.map((workItem) => requestWork(workItem, now)));
    expect(await sweep(now + 14_000)).toBe(0);
    expect(await sweep(now + 16_000)).toBe(4);
    expect(workQueue.take()).toEqual(workItems.map(({ message }) => ({ ...message, delaySeconds: 0 })));
  });

  it('skips work under a lease, and work that is done', async () => {
    const { table, sweep } = await createSweep();
    const [workItem] = workItems;
    if (workItem === undefined) {
      throw new Error('nothing to do');
    }
    await table.transact([requestWork(workItem, now)]);
    const lease = await takeLease(table, workItem, { leaseId: 'a', now, leaseMs: 60_000 });
    expect(await sweep(now + 59_000)).toBe(0);
    expect(await sweep(now + 61_000)).toBe(1);
    if (lease === 'idle' || lease === 'busy') {
      throw new Error('no lease');
    }
    await releaseLease(table, lease, now + 90_000);
    expect(await sweep(now + 89_000)).toBe(0);
    expect(await sweep(now + 91_000)).toBe(1);

    const again = await takeLease(table, workItem, { leaseId: 'b', now: now + 91_000, leaseMs: 60_000 });
    if (again === 'idle' || again === 'busy') {
      throw new Error('no lease');
    }
    expect(await completeWork(table, again)).toBe('done');
    expect(await sweep(now + 900_000)).toBe(0);
  });

  const scans = Array.from({ length: 5 }, (_, place) =>
    scanWork(organizationId, synchronizationId, repository(place + 1)),
  );
  const minute = 60_000;

  /** Five scans requested at the given times; the one at the index `atWork` is being worked on. */
  async function createBusy(times: readonly number[], atWork: number, at: number) {
    const created = await createSweep();
    const { table } = created;
    for (const [place, workItem] of scans.entries()) {
      await table.transact([requestWork(workItem, now + (times[place] ?? 0))]);
    }
    const [busy] = scans.slice(atWork);
    const lease = busy && (await takeLease(table, busy, { leaseId: 'a', now: now + at, leaseMs: 330_000 }));
    if (lease === undefined || lease === 'idle' || lease === 'busy') {
      throw new Error('no lease');
    }
    return { ...created, lease };
  }

  it('skips work that waits its turn in a busy queue, and sends for work that was passed over', async () => {
    const times = [0, 0, 2 * minute, 2 * minute, 3 * minute];
    const { sweep, workQueue } = await createBusy(times, 2, 4 * minute);
    expect(await sweep(now + 4 * minute)).toBe(2);
    expect(workQueue.take().map(({ message }) => message.repository)).toEqual(['1', '2']);
  });

  it('sends for all of them when none is being worked on', async () => {
    const { table, sweep, lease } = await createBusy([0, 0, 0, 0, 0], 0, minute);
    expect(await sweep(now + 2 * minute)).toBe(0);
    expect(await completeWork(table, lease)).toBe('done');
    expect(await sweep(now + 3 * minute)).toBe(4);
  });

  it('keeps organizations and queues apart', async () => {
    const { table, sweep } = await createBusy([0, 0, 0, 0, 0], 0, 0);
    await table.transact([
      requestWork(scanWork(asId<OrganizationId>('other'), synchronizationId, repository(9)), now),
      requestWork(scopeWork(organizationId, synchronizationId, 'members'), now),
    ]);
    expect(await sweep(now + minute)).toBe(2);
  });

  it('sends for the work of a dead worker as soon as its lease has ended, however busy the queue is', async () => {
    const { table, sweep, workQueue } = await createBusy([0, 0, 0, 0, 0], 0, 0);
    const [, second] = scans;
    if (second === undefined) {
      throw new Error('no scan');
    }
    await takeLease(table, second, { leaseId: 'dead', now, leaseMs: 2 * minute });
    expect(await sweep(now + 2 * minute)).toBe(0);
    expect(await sweep(now + 3 * minute)).toBe(1);
    expect(workQueue.take()).toMatchObject([second.message]);
  });

  it('still sends every ten minutes for work that waits in a busy queue', async () => {
    const { table, sweep, lease } = await createBusy([0, 0, 0, 0, 0], 0, 0);
    let sent = 0;
    for (let minutes = 1; minutes <= 35; minutes++) {
      // As if those requested at the same moment were done one after another.
      await table.update({ key: lease.workItem.key, set: { leaseUntil: now + (minutes + 5) * minute } });
      const count = await sweep(now + minutes * minute);
      expect([0, 4]).toContain(count);
      sent += count;
    }
    expect(sent).toBe(4 * 3);
  });

  it('counts the wait of work requested again under a lease from when the lease was taken', async () => {
    const times = [0, 4 * minute, 4 * minute, 4 * minute, 4 * minute];
    const { table, sweep, lease } = await createBusy(times, 0, 5 * minute);
    await table.transact([requestWork(lease.workItem, now + 6 * minute)]);
    expect(await completeWork(table, lease)).toBe('more');
    const [, second] = scans;
    if (second === undefined) {
      throw new Error('no scan');
    }
    await takeLease(table, second, { leaseId: 'b', now: now + 6 * minute, leaseMs: 330_000 });
    expect(await sweep(now + 7 * minute)).toBe(0);
  });

  it('finds the others when one item cannot be parsed', async () => {
    const { table, logger, sweep } = await createSweep();
    await table.transact([
      ...workItems.slice(0, 1).map((workItem) => requestWork(workItem, now)),
      {
        put: { pk: 'BROKEN', sk: 'X' },
        item: { pending: 'sync', pendingSince: '2026-11-22T11:00:00.000Z', wake: 'nobody' },
      },
    ]);
    expect(await sweep(now + 60_000)).toBe(1);
    expect(logger.error).toHaveBeenCalledWith(expect.any(String), { key: 'BROKEN X' });
  });
});

describe('reconcile of what is read with an access token', () => {
  const dayMs = 24 * 3600_000;

  it.each([
    ['a week before it ends and nothing renews it', { validUntil: now + 7 * dayMs, renews: false }, 1],
    ['not earlier', { validUntil: now + 7 * dayMs + 1, renews: false }, 0],
    ['not where it is renewed', { validUntil: now + dayMs, renews: true }, 0],
  ])('warns %s', async (_, issued, warnings) => {
    const table = createMemoryTable();
    const connection = { kind: 'access-token', id: asId<ConnectionId>('token1') } as const;
    await addSynchronized(table, 'some', {
      ...gitHubHost,
      forgeOrganization: forgeOrganizationId,
      connection,
    });
    const clock = { now: () => now };
    const cipher = createEnvelopeCipher(createMemoryDataKeys());
    const secret = new Secret('a token');
    await table.transact([await addCredential({ cipher, clock }, connection.id, { secret, ...issued })]);
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    // Each end is told once.
    for (const _ of [1, 2]) await reconcile({ table, workQueue: createRecordingQueue(), logger, clock });
    expect(logger.warn).toHaveBeenCalledTimes(warnings);
    const told = { act: 'credential-ends', after: { ends: new Date(issued.validUntil).toISOString() } };
    expect(await auditLog(table, organizationId, 5)).toEqual(
      Array.from({ length: warnings }, () => expect.objectContaining(told)),
    );
  });
});
