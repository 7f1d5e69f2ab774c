import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFaultRegistry, type FaultRegistry } from '../faults/faults.ts';
import { systemClock } from '../server/clock.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import type { DeliveryOutcome, WebhookMessage } from './delivery.ts';
import type { DeliveryRules } from './delivery-rules.ts';

const message: WebhookMessage = { id: 1, guid: 'g', event: 'push', redelivery: false, body: '{}' };
let faults: FaultRegistry;
let log: (WebhookMessage & DeliveryOutcome)[];
let sent: { url: string; attempt: string | null }[];
let statuses: number[];
let deliveries: Deliveries<WebhookMessage>;

/** A forge that makes two more attempts when the receiver fails, as Bitbucket does. */
const patient: DeliveryRules<WebhookMessage> = {
  url: () => 'http://receiver.example/hook',
  headers: (_message, attempt) => ({ 'x-attempt-number': String(attempt) }),
  answerTimeoutMs: 10_000,
  statusText: ({ kind }) => kind,
  triesAgain: (answer, attempt) => answer.kind === 'answered' && answer.status >= 500 && attempt < 3,
};

function start(rules: Partial<DeliveryRules<WebhookMessage>> = {}): void {
  let ids = 100;
  deliveries = createDeliveries<WebhookMessage>(
    { ...patient, ...rules },
    {
      faults,
      now: Date.now,
      after: systemClock.after,
      nextId: () => ids++,
      fetch: async (url, init) => {
        sent.push({ url: String(url), attempt: new Headers(init?.headers).get('x-attempt-number') });
        return new Response('', { status: statuses.shift() ?? 200 });
      },
      record: async (delivery) => void log.push(delivery),
    },
  );
}

beforeEach(() => {
  faults = createFaultRegistry();
  log = [];
  sent = [];
  statuses = [];
  start();
});
afterEach(() => deliveries.close());

const logged = () => log.map(({ id, guid, statusCode }) => [id, guid, statusCode]);

describe('a forge that retries', () => {
  it('sends the same message under the same id, as often as its rules say, and logs each attempt', async () => {
    statuses = [503, 500, 502, 200];
    deliveries.send(message);
    await deliveries.idle();
    expect(sent.map(({ attempt }) => attempt)).toEqual(['1', '2', '3']);
    expect(logged()).toEqual([
      [1, 'g', 503],
      [100, 'g', 500],
      [101, 'g', 502],
    ]);
  });

  it('stops once the message was accepted, or refused for good', async () => {
    statuses = [503, 200];
    deliveries.send(message);
    await deliveries.idle();
    statuses = [404];
    deliveries.sendAgain({ ...message, id: 2, redelivery: true });
    await deliveries.idle();
    expect(logged()).toEqual([
      [1, 'g', 503],
      [100, 'g', 200],
      [2, 'g', 404],
    ]);
  });
});

describe('a message that has no receiver any more', () => {
  it('is dropped, also between two attempts, and is not logged', async () => {
    const urls = ['http://receiver.example/hook'];
    start({ url: () => urls.shift(), triesAgain: () => true });
    deliveries.send(message);
    await deliveries.idle();
    expect(logged()).toEqual([[1, 'g', 200]]);
  });
});
