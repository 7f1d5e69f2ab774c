import { sign } from '@octokit/webhooks-methods';
import { describe, expect, it, vi } from 'vitest';
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
import { asId, type InstallationId, type SynchronizationId } from '../../domain/ids.ts';
import { loadClaims } from '../../store/claim-store.ts';
import { deliveredPage, lastRefused } from '../../store/delivery-history.ts';
import { findInstallation } from '../../store/installation-store.ts';
import { keys } from '../../store/keys.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import type { Item, Table } from '../../store/table.ts';
import { receiveDelivery, unauthenticatedMax } from './receive-delivery.ts';

const secret = 'a secret that nobody guesses';
const now = Date.parse('2026-11-22T12:00:00Z');

interface Delivery {
  readonly event: string;
  readonly payload: object;
  readonly id?: string;
  readonly signature?: string;
}

async function createReceiver(connected: boolean) {
  const table = createMemoryTable();
  if (connected) {
    await addSynchronized(table);
  }
  const workQueue = createRecordingQueue();
  const logger = { info: vi.fn(), warn: vi.fn() };
  return {
    table,
    workQueue,
    logger,
    /** @param hookOf the synchronization of the hook that delivers; without it the App does */
    async deliver(
      { event, payload, id = 'delivery-1', signature }: Delivery,
      through: Table = table,
      hookOf?: SynchronizationId,
    ) {
      const body = JSON.stringify(payload);
      const answer = await receiveDelivery(
        {
          table: through,
          workQueue,
          clock: { now: () => now },
          logger,
          sourcesOf: async () => [{ ...gitHubHost, secrets: [secret], synchronization: hookOf }],
        },
        { forge: 'github' },
        {
          headers: {
            'x-github-event': event,
            'x-github-delivery': id,
            'x-hub-signature-256': signature ?? (await sign(secret, body)),
          },
          body: Buffer.from(body),
        },
      );
      return { status: answer.status, body: JSON.parse(answer.body ?? '{}') };
    },
  };
}

describe('receiveDelivery, when a secret has just changed', () => {
  async function sent(signedWith: string, newest: string, source?: string) {
    const [body, sourcesOf, newestSourcesOf] = [
      JSON.stringify(push.payload),
      vi.fn(async () => [{ ...gitHubHost, secrets: ['before'] }]),
      vi.fn(async () => [{ ...gitHubHost, secrets: [newest] }]),
    ];
    const { status } = await receiveDelivery(
      {
        table: createMemoryTable(),
        workQueue: createRecordingQueue(),
        clock: { now: () => now },
        logger: { info: vi.fn(), warn: vi.fn() },
        sourcesOf,
        newestSourcesOf,
      },
      { forge: 'github', source },
      {
        headers: {
          'x-github-event': 'push',
          'x-github-delivery': '1',
          'x-hub-signature-256': await sign(signedWith, body),
        },
        body: Buffer.from(body),
      },
    );
    return { status, reads: [sourcesOf, newestSourcesOf].map(({ mock }) => mock.calls.length) };
  }

  it('loads the secrets again before it refuses', async () => {
    expect(await sent('before', 'new')).toEqual({ status: 202, reads: [1, 0] });
    expect(await sent('new', 'new')).toEqual({ status: 202, reads: [1, 1] });
    expect(await sent('forged', 'new')).toEqual({ status: 401, reads: [1, 1] });
  });

  it('does not for a hook, which is never cached', async () => {
    expect(await sent('forged', 'new', 'hook')).toEqual({ status: 401, reads: [1, 0] });
  });
});

describe('receiveDelivery, for an address with many forged deliveries', () => {
  it('takes an authentic one all the same', async () => {
    const receiver = await createReceiver(true);
    const forged = { ...push, signature: 'sha256=0' };
    for (let count = 0; count < unauthenticatedMax; count++) {
      expect((await receiver.deliver(forged)).status).toBe(401);
    }
    expect((await receiver.deliver(forged)).status).toBe(429);
    expect((await receiver.deliver(push)).status).toBe(202);
  });
});

const account = { id: 900, login: 'acme', type: 'Organization' };
const installation = (action: string, id: number = 77, suspended_at: string | null = null) => ({
  event: 'installation',
  payload: { action, installation: { id, account, suspended_at } },
});
const membership = {
  event: 'membership',
  payload: { action: 'removed', installation: { id: 77 }, organization: { id: 900 } },
};
const push = {
  event: 'push',
  payload: { ref: 'refs/tags/1.0.0', repository: { id: 10 }, installation: { id: 77 } },
};

const wantedScopes = async (table: Table): Promise<string[]> =>
  (await table.query(`SYNC#${synchronizationId}`, 'SCOPE#')).map((item) => `${item.sk} ${item.wanted}`);
const wholeTable = async (table: Table): Promise<Item[]> =>
  (
    await Promise.all([
      table.query(`SYNC#${synchronizationId}`, 'S'),
      table.query(`ORG#${organizationId}`, 'O'),
      table.query('INSTALLATIONS', 'I'),
      table.query('DELIVERY#github#delivery-1', 'D'),
    ])
  ).flat();

describe('receiveDelivery', () => {
  it.each([
    ['forged', `sha256=${'0'.repeat(64)}`],
    ['no', ''],
  ])('refuses a delivery with %s signature and changes nothing', async (_, signature) => {
    const { table, workQueue, deliver } = await createReceiver(true);
    const before = await wholeTable(table);
    expect((await deliver({ ...membership, signature })).status).toBe(401);
    expect(await wholeTable(table)).toEqual(before);
    expect(workQueue.sent).toEqual([]);
  });

  it("does not take deliveries of two synchronizations' hooks for one when bytes and id are the same", async () => {
    const { table, deliver } = await createReceiver(true);
    const another = asId<SynchronizationId>('sync2');
    const item = await table.get(keys.synchronization(synchronizationId));
    await table.transact([
      { put: keys.synchronization(another), item: { ...item, id: another, organization: 'org2' } },
    ]);
    const left = {
      event: 'organization',
      payload: {
        action: 'member_removed',
        organization: { id: 900 },
        membership: { user: { id: 1, login: 'ann' } },
      },
    };
    await deliver(left, table, another);
    await deliver(left, table, synchronizationId);
    expect(await loadClaims(table, synchronizationId)).toMatchObject([{ key: 'member#1', expect: 'gone' }]);
  });

  it('refuses a signature of another body', async () => {
    const { table, deliver } = await createReceiver(true);
    const signature = await sign(secret, JSON.stringify(push.payload));
    expect((await deliver({ ...membership, signature })).status).toBe(401);
    expect(await wantedScopes(table)).toEqual([]);
  });

  it('notes for owners what came and that one was refused, and nothing of what was in it', async () => {
    const { table, deliver } = await createReceiver(true);
    await deliver(push);
    await deliver(push);
    await deliver({ ...push, id: 'delivery-2', signature: `sha256=${'0'.repeat(64)}` });
    expect(await deliveredPage(table, synchronizationId, { limit: 9 })).toEqual({
      deliveries: [{ delivery: 'delivery-1', event: 'push', at: now, by: 'webhook' }],
      next: undefined,
    });
    expect(await lastRefused(table, ['github'])).toEqual(new Map([['github', now]]));
  });

  it('requests the scope and the scan that an event refers to', async () => {
    const { table, workQueue, deliver } = await createReceiver(true);
    expect(await deliver(membership)).toEqual({ status: 202, body: { accepted: true } });
    expect(await deliver({ ...push, id: 'delivery-2' })).toMatchObject({ status: 202 });
    expect(await wantedScopes(table)).toEqual(['SCOPE#teams 1']);
    expect(await table.get(keys.scope(synchronizationId, 'teams'))).toMatchObject({ delivery: 'delivery-1' });
    expect(await table.get(keys.scan(synchronizationId, '10'))).toMatchObject({
      wanted: 1,
      cause: 'webhook push',
    });
    expect(workQueue.sent.map(({ queue, message }) => ({ queue, ...message }))).toEqual([
      { queue: 'sync', synchronization: synchronizationId, scope: 'teams' },
      { queue: 'scan', kind: 'scan', synchronization: synchronizationId, repository: '10' },
    ]);
  });

  it('accepts a repeated event that needs several transactions, if its receiver died between two of them', async () => {
    const { table, deliver } = await createReceiver(true);
    const ids = Array.from({ length: 250 }, (_, place) => ({ id: place + 1 }));
    const payload = {
      action: 'removed',
      repositories_removed: [...ids, { id: 1 }],
      installation: { id: 77 },
    };
    const { transact } = table;
    let left = 1;
    const dying: Table = {
      ...table,
      transact: (operations) => (left-- > 0 ? transact(operations) : Promise.reject(new Error('ended'))),
    };
    await expect(deliver({ event: 'installation_repositories', payload }, dying)).rejects.toThrow('ended');
    expect(await wantedScopes(table)).toEqual([]);
    expect(await loadClaims(table, synchronizationId)).not.toEqual([]);
    expect(await deliver({ event: 'installation_repositories', payload })).toMatchObject({ status: 202 });
    expect(await wantedScopes(table)).toEqual(['SCOPE#repositories 1', 'SCOPE#teams 1']);
    expect(await loadClaims(table, synchronizationId)).toHaveLength(250);
  });

  it('does nothing twice for a delivery that comes twice', async () => {
    const { table, workQueue, deliver } = await createReceiver(true);
    await deliver(membership);
    workQueue.take();
    expect(await deliver(membership)).toEqual({ status: 202, body: { accepted: true } });
    expect(await wantedScopes(table)).toEqual(['SCOPE#teams 1']);
    expect(workQueue.sent).toEqual([]);
  });

  it('keeps no more of its id than fits many into an item, and knows it again', async () => {
    const { table, deliver } = await createReceiver(true);
    const long = { ...membership, id: 'x'.repeat(8000) };
    expect((await deliver(long)).status).toBe(202);
    expect((await deliver(long)).status).toBe(202);
    expect(await wantedScopes(table)).toEqual(['SCOPE#teams 1']);
    expect(JSON.stringify([...table.dump()])).not.toContain('x'.repeat(201));
  });

  it('accepts only one of two that arrive at the same moment', async () => {
    const { table, deliver } = await createReceiver(true);
    const answers = await Promise.all([deliver(membership), deliver(membership), deliver(membership)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await wantedScopes(table)).toEqual(['SCOPE#teams 1']);
  });

  it('says which event lacks its object, and logs nothing of the body', async () => {
    const { table, logger, deliver } = await createReceiver(true);
    const broken = { event: 'push', payload: { installation: { id: 77 }, secretBranch: 'hush' } };
    expect((await deliver(broken)).status).toBe(400);
    expect(await wantedScopes(table)).toEqual([]);
    expect(JSON.stringify([...logger.info.mock.calls, ...logger.warn.mock.calls])).not.toContain('hush');
  });

  it('R22: refuses no authentic delivery to a hook, so that the forge does not disable it', async () => {
    const { deliver, workQueue, table } = await createReceiver(true);
    const broken = { event: 'push', payload: { ref: 'refs/heads/main' } };
    const answer = await deliver(broken, table, synchronizationId);
    expect(answer).toMatchObject({ status: 202, body: { accepted: false } });
    expect(workQueue.sent).toEqual([]);
    const forged = { ...broken, signature: await sign('another', '{}') };
    expect((await deliver(forged, table, synchronizationId)).status).toBe(401);
  });

  it('accepts events of installations that nobody connected, and stores nothing of them', async () => {
    const { table, workQueue, deliver } = await createReceiver(false);
    expect((await deliver(membership)).status).toBe(202);
    expect((await deliver(installation('deleted'))).status).toBe(202);
    expect(await wholeTable(table)).toEqual([]);
    expect(workQueue.sent).toEqual([]);
  });

  it('stores a new installation, and its removal', async () => {
    const { table, workQueue, deliver } = await createReceiver(false);
    await deliver(installation('created'));
    expect(await findInstallation(table, { ...gitHubHost, installation: installationId })).toMatchObject({
      forgeOrganization: forgeOrganizationId,
      login: 'acme',
      state: 'unclaimed',
      status: 'active',
    });
    await deliver({ ...membership, id: 'delivery-2' });
    await deliver({ ...installation('deleted'), id: 'delivery-3' });
    expect(await findInstallation(table, { ...gitHubHost, installation: installationId })).toMatchObject({
      state: 'unclaimed',
      status: 'removed',
    });
    expect(workQueue.sent).toEqual([]);
  });

  it('requests only the settings when the app is suspended, and every scope when it is active again', async () => {
    const { table, deliver } = await createReceiver(true);
    await deliver(installation('suspend', 77, '2026-11-22T11:00:00Z'));
    expect(await wantedScopes(table)).toEqual(['SCOPE#settings 1']);
    expect(await findInstallation(table, { ...gitHubHost, installation: installationId })).toMatchObject({
      state: 'claimed',
      status: 'suspended',
    });
    await deliver({ ...installation('unsuspend'), id: 'delivery-2' });
    expect(await wantedScopes(table)).toEqual([
      'SCOPE#members 1',
      'SCOPE#repositories 1',
      'SCOPE#roles 1',
      'SCOPE#settings 2',
      'SCOPE#teams 1',
    ]);
  });

  it.each([
    ['in order', ['deleted', 'created']],
    ['in the other order', ['created', 'deleted']],
  ])(
    'connects the new installation when the app was installed again, with deliveries %s',
    async (_, actions) => {
      const { table, deliver } = await createReceiver(true);
      for (const [place, action] of actions.entries()) {
        const id = action === 'created' ? 78 : 77;
        expect((await deliver({ ...installation(action, id), id: `delivery-${place}` })).status).toBe(202);
      }
      expect((await findSynchronization(table, synchronizationId))?.connection).toMatchObject({
        installation: '78',
      });
      expect(
        await findInstallation(table, { ...gitHubHost, installation: asId<InstallationId>(78) }),
      ).toMatchObject({
        state: 'claimed',
        organization: organizationId,
        synchronization: synchronizationId,
      });
      const replaced = await findInstallation(table, { ...gitHubHost, installation: installationId });
      expect(replaced).toMatchObject({ state: 'unclaimed', status: 'removed' });
      expect(await wantedScopes(table)).toHaveLength(5);
    },
  );

  it('does not replace an active installation by a second one', async () => {
    const { table, deliver } = await createReceiver(true);
    await deliver(installation('created', 78));
    expect((await findSynchronization(table, synchronizationId))?.connection).toMatchObject({
      installation: '77',
    });
    expect(
      await findInstallation(table, { ...gitHubHost, installation: asId<InstallationId>(78) }),
    ).toMatchObject({ state: 'unclaimed' });
  });
});
