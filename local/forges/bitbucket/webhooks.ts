import { createHmac } from 'node:crypto';
import { createDeliveries } from '../deliveries/deliveries.ts';
import type { DeliveryOutcome, ReceiverAnswer } from '../deliveries/delivery.ts';
import type { Faults } from '../faults/faults.ts';
import type { BitbucketState, Delivery, Hook } from './state.ts';

export type EventKey =
  | 'repo:push'
  | 'repo:fork'
  | 'repo:updated'
  | 'repo:transfer'
  | 'repo:created'
  | 'repo:deleted'
  | 'project:updated';

export interface BitbucketEvent {
  readonly key: EventKey;
  /** UUIDs of what it is about: hooks of the workspace get it, and a repository's own. */
  readonly workspace: string;
  readonly repository?: string;
  readonly body: object;
}

export interface WebhookDeps {
  readonly state: BitbucketState;
  readonly faults: Faults;
  readonly now: () => number;
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly uuid: () => string;
  readonly fetch: typeof globalThis.fetch;
  readonly record: (delivery: Delivery) => Promise<void>;
  readonly log?: (line: string) => void;
}

export interface Webhooks {
  /** Starts the deliveries of an event, and returns at once. */
  emit(event: BitbucketEvent): void;
  /** Sends a delivery again, as a test does; Bitbucket has no such call. */
  redeliver(deliveryId: number): boolean;
  idle(): Promise<void>;
  sent(): Promise<void>;
  close(): void;
}

/** https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/: ten seconds, and a payload of at most 256 KB, or none is sent. */
const answerTimeoutMs = 10_000;
const mostBytes = 256 * 1024;
/** The first, and two more after an answer of 5xx. */
const mostAttempts = 3;

type Message = Omit<Delivery, keyof DeliveryOutcome>;

/** Sends webhooks as Bitbucket does, and logs them. */
export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { state } = deps;
  const nextId = (): number => state.nextId++;
  const deliveries = createDeliveries<Message>(
    {
      url: ({ hook }) => state.hooks.get(hook)?.url,
      headers: (message, attempt) => headersOf(message, state.hooks.get(message.hook), attempt),
      answerTimeoutMs,
      statusText,
      triesAgain: (answer, attempt) =>
        attempt < mostAttempts && answer.kind === 'answered' && answer.status >= 500,
    },
    { ...deps, nextId },
  );
  return {
    idle: deliveries.idle,
    sent: deliveries.sent,
    close: deliveries.close,
    emit(event) {
      const body = JSON.stringify(event.body);
      if (Buffer.byteLength(body) > mostBytes) {
        deps.log?.(`webhook: ${event.key} is not sent: it is larger than ${mostBytes} bytes`);
        return;
      }
      for (const { uuid, url } of recipients(state, event)) {
        deliveries.send({
          ...{ id: nextId(), guid: deps.uuid(), event: event.key, hook: uuid, url, body },
          redelivery: false,
        });
      }
    },
    redeliver(deliveryId) {
      const delivery = state.deliveries.find(({ id }) => id === deliveryId);
      if (delivery === undefined) return false;
      const { guid, event, hook, url, body } = delivery;
      deliveries.sendAgain({ id: nextId(), guid, event, hook, url, body, redelivery: true });
      return true;
    },
  };
}

function recipients(
  { hooks }: BitbucketState,
  { key, workspace, repository }: BitbucketEvent,
): readonly Hook[] {
  return [...hooks.values()].filter((hook) => {
    const isOf =
      hook.repository === undefined ? hook.workspace === workspace : hook.repository === repository;
    return isOf && hook.active && hook.events.has(key);
  });
}

function statusText(answer: ReceiverAnswer): string {
  if (answer.kind === 'timed-out') return 'timed out';
  return answer.kind === 'unreachable' ? 'connection failed' : `${answer.status}`;
}

/** https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#HTTP-headers; signed only with a secret. */
function headersOf(message: Message, hook: Hook | undefined, attempt: number): Record<string, string> {
  const { secret } = hook ?? {};
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'Bitbucket-Webhooks/2.0',
    'X-Event-Key': message.event,
    'X-Hook-UUID': message.hook.replace(/[{}]/g, ''),
    'X-Request-UUID': message.guid,
    'X-Attempt-Number': `${attempt}`,
    ...(secret !== undefined && {
      'X-Hub-Signature': `sha256=${createHmac('sha256', secret).update(message.body).digest('hex')}`,
    }),
  };
}
