import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFaultRegistry, type FaultRegistry } from '../faults/faults.ts';
import { startWebhookReceiver, testApp, type WebhookReceiver } from './simulator-fixture.ts';
import type { Delivery, GitHubState, User } from './state.ts';
import { createWebhooks, type GitHubEvent, type Webhooks } from './webhooks.ts';

const sender: User = { id: 1, nodeId: 'U_1', login: 'alice', type: 'User' };
let receiver: WebhookReceiver;
let state: GitHubState;
let faults: FaultRegistry;
let webhooks: Webhooks;
/** Functions that wait for the clock, with their delays. */
let waiting: { delayMs: number; run: () => void }[];

beforeEach(async () => {
  receiver = await startWebhookReceiver();
  waiting = [];
  faults = createFaultRegistry();
  state = {
    app: {
      id: 7,
      nodeId: 'A_7',
      slug: 'app',
      clientId: 'x',
      clientSecret: 'x',
      ...testApp,
      webhookUrl: receiver.url,
      events: ['push', 'team', 'repository'],
    },
    users: new Map([[1, sender]]),
    organizations: new Map(),
    teams: new Map(),
    repositories: new Map(),
    installations: new Map([
      [
        5,
        {
          id: 5,
          organizationId: 2,
          repositorySelection: 'selected',
          repositoryIds: new Set([10]),
          permissions: { contents: 'read', members: 'read' },
          createdAt: '2026-01-01T00:00:00Z',
        },
      ],
    ]),
    deliveries: [],
    formerNames: new Map(),
    nextId: 100,
  };
  let guids = 0;
  webhooks = createWebhooks({
    state,
    faults,
    payloads: {
      ...{
        user: () => ({}),
        organization: () => ({}),
        account: () => ({}),
        team: () => ({}),
        repository: () => ({}),
      },
      ...{ pushedRepository: () => ({}), teamRepository: () => ({}), installation: () => ({ id: 5 }) },
      ...{ suspendedInstallation: () => ({}), installationReference: () => ({ id: 5 }), person: () => ({}) },
      ...{
        repositoryReference: () => ({}),
        membership: () => ({}),
        webAddress: () => '',
        invitationTeamsUrl: () => '',
      },
    },
    now: () => Date.UTC(2026, 0, 1),
    after: (delayMs, run) => {
      const entry = { delayMs, run };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    uuid: () => `guid-${++guids}`,
    fetch: globalThis.fetch,
    record: async (delivery: Delivery) => void state.deliveries.push(delivery),
  });
});
afterEach(async () => {
  webhooks.close();
  await receiver.close();
});

function emit(event: Partial<GitHubEvent> = {}): void {
  webhooks.emit({
    name: 'team',
    action: 'created',
    organizationId: 2,
    sender,
    body: { n: receiver.received.length },
    ...event,
  });
}

function runWaiting(): void {
  const due = waiting;
  waiting = [];
  for (const { run } of due) run();
}

describe('events are sent', () => {
  it.each<[string, Partial<GitHubEvent>, () => void]>([
    ['another organization', { organizationId: 3 }, () => undefined],
    ['an event without subscription', { name: 'fork' }, () => undefined],
    ['a repository out of the selection', { name: 'push', repositoryId: 11 }, () => undefined],
    ['a missing permission', {}, () => void delete state.installations.get(5)?.permissions.members],
    [
      'a suspended installation',
      {},
      () => Object.assign(state.installations.get(5) ?? {}, { suspendedAt: 'now' }),
    ],
    ['an uninstalled app', {}, () => state.installations.clear()],
    ['no address', {}, () => void delete state.app.webhookUrl],
  ])('not: %s', async (_case, event, prepare) => {
    prepare();
    emit(event);
    await webhooks.idle();
    expect(receiver.events()).toEqual([]);
    expect(state.deliveries).toEqual([]);
  });

  it('for a repository of the selection, and for the installation even when suspended', async () => {
    emit({ name: 'push', repositoryId: 10 });
    const installation = state.installations.get(5);
    Object.assign(installation ?? {}, { suspendedAt: 'now' });
    emit({ name: 'installation', action: 'suspend', ...(installation && { installation }) });
    await webhooks.idle();
    expect(receiver.events().sort()).toEqual(['installation.suspend', 'push.created']);
  });
});

describe('the log', () => {
  it('has the exact bytes and the answer', async () => {
    emit({ body: { name: 'Zoë ✓' } });
    await webhooks.idle();
    const [delivery] = state.deliveries;
    expect(delivery).toMatchObject({
      guid: 'guid-1',
      event: 'team',
      action: 'created',
      installationId: 5,
      deliveredAt: '2026-01-01T00:00:00.000Z',
      redelivery: false,
      status: 'OK',
      statusCode: 202,
      body: receiver.received[0]?.body,
    });
    expect(delivery?.id).toBeGreaterThan(2 ** 32);
  });

  it.each<[string, () => void, string, number]>([
    ['an error', () => Object.assign(receiver, { status: 500 }), 'Invalid HTTP Response: 500', 500],
    ['a redirect', () => Object.assign(receiver, { status: 301 }), 'Invalid HTTP Response: 301', 301],
    ['silence', () => Object.assign(receiver, { silent: true }), 'timed out', 0],
    [
      'nobody there',
      () => Object.assign(state.app, { webhookUrl: 'http://127.0.0.1:1/' }),
      'failed to connect to host',
      0,
    ],
  ])('has %s, which is not retried', async (_case, prepare, status, statusCode) => {
    prepare();
    emit();
    const idle = webhooks.idle();
    if (receiver.silent) {
      await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
      expect(waiting).toMatchObject([{ delayMs: 10_000 }]);
      runWaiting();
    }
    await idle;
    expect(state.deliveries).toMatchObject([{ status, statusCode }]);
    expect(receiver.received.length).toBeLessThan(2);
    expect(waiting).toEqual([]);
  });

  it('allows to send a delivery again under its own delivery id', async () => {
    receiver.status = 503;
    emit();
    await webhooks.idle();
    receiver.status = 200;
    expect(webhooks.redeliver(state.deliveries[0]?.id ?? 0)).toBe(true);
    expect(webhooks.redeliver(1)).toBe(false);
    await webhooks.idle();
    expect(state.deliveries.map(({ guid, redelivery, status }) => [guid, redelivery, status])).toEqual([
      ['guid-1', false, 'Invalid HTTP Response: 503'],
      ['guid-1', true, 'OK'],
    ]);
    expect(state.deliveries[0]?.id).not.toBe(state.deliveries[1]?.id);
    expect(receiver.received[0]?.body).toBe(receiver.received[1]?.body);
  });
});

describe('faults', () => {
  it('doubled: the same delivery id and bytes twice, two entries in the log', async () => {
    faults.add({ kind: 'delivery-doubled', times: 1 });
    emit();
    emit();
    await webhooks.idle();
    const ids = receiver.received.map(({ headers }) => headers['x-github-delivery']).sort();
    expect(ids).toEqual(['guid-1', 'guid-1', 'guid-2']);
    expect(new Set(state.deliveries.map(({ id }) => id)).size).toBe(3);
  });

  it('lost: neither sent nor in the log', async () => {
    faults.add({ kind: 'delivery-lost', match: { event: 'team' }, times: 1 });
    emit();
    emit({ name: 'repository' });
    await webhooks.idle();
    expect(receiver.events()).toEqual(['repository.created']);
    expect(state.deliveries).toHaveLength(1);
  });

  it('failed: not sent, but in the log for recovery', async () => {
    faults.add({ kind: 'delivery-failed', match: { action: 'created' } });
    emit();
    await webhooks.idle();
    expect(receiver.received).toEqual([]);
    expect(state.deliveries).toMatchObject([{ status: 'timed out', statusCode: 0 }]);
  });

  it('reordered: after the delivery that follows it', async () => {
    faults.add({ kind: 'delivery-reordered', times: 1 });
    emit();
    emit({ name: 'repository' });
    await webhooks.idle();
    expect(receiver.events()).toEqual(['repository.created', 'team.created']);
    expect(waiting).toEqual([]);
  });

  it('reordered: sent after a while if nothing follows', async () => {
    faults.add({ kind: 'delivery-reordered', times: 1 });
    emit();
    expect(waiting).toMatchObject([{ delayMs: 5000 }]);
    runWaiting();
    await webhooks.idle();
    expect(receiver.events()).toEqual(['team.created']);
  });

  it('delayed: sent when the clock has advanced', async () => {
    faults.add({ kind: 'delivery-delayed', delayMs: 60_000, after: 1 });
    emit({ action: 'edited' });
    emit();
    await webhooks.idle();
    expect(receiver.events()).toEqual(['team.edited']);
    expect(waiting).toMatchObject([{ delayMs: 60_000 }]);
    runWaiting();
    await webhooks.idle();
    expect(receiver.events()).toEqual(['team.edited', 'team.created']);
  });
});
