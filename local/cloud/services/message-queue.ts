import { createHash, randomUUID } from 'node:crypto';
import type { CloudClock, OutgoingMessage } from '../runtime/service.ts';
import { AwsError } from './aws-error.ts';
import type { QueueChange, QueueState } from './queue-journal.ts';
import {
  checkMessage,
  invalidValue,
  type MessageAttribute,
  readReceiptHandle,
  type StoredMessage,
} from './queue-message.ts';
import type { QueueSettings } from './queue-settings.ts';

/** A message to be sent, with attributes in valid form. */
export interface Sending extends OutgoingMessage {
  readonly messageAttributes?: Readonly<Record<string, MessageAttribute>>;
  readonly system?: Readonly<Record<string, string>>;
}

export interface TakeOptions {
  readonly max: number;
  readonly waitMs: number;
  readonly visibilityMs?: number;
  readonly signal?: AbortSignal;
}

/** One queue: its messages and the receivers that wait for them. */
export interface MessageQueue {
  send(message: Sending): { id: string; sequence: number };
  take(options: TakeOptions): Promise<StoredMessage[]>;
  delete(handle: string): void;
  changeVisibility(handle: string, seconds: number): void;
  purge(): void;
  /** Accepts a message that another queue moves to its dead letters. */
  addDeadLetter(message: StoredMessage, sourceArn: string): void;
  counts(): { visible: number; delayed: number; inFlight: number };
}

export interface MessageQueueContext {
  readonly name: string;
  readonly settings: () => QueueSettings;
  readonly state: QueueState;
  readonly clock: CloudClock;
  readonly record: (change: QueueChange) => void;
  readonly nextSequence: () => number;
  /** Moves a message to the dead-letter queue. @returns whether there was one */
  readonly moveToDeadLetters: (message: StoredMessage) => boolean;
  /** For tests of at-least-once delivery: a standard queue hands out such a message and keeps it visible. */
  readonly handsOutTwice: (message: StoredMessage) => boolean;
}

interface Waiter {
  readonly options: TakeOptions;
  readonly resolve: (messages: StoredMessage[]) => void;
}

const DEDUPLICATION_MS = 5 * 60_000;

/**
 * The rules of an SQS queue, standard or FIFO, without its protocol.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export function createMessageQueue(context: MessageQueueContext): MessageQueue {
  const { name, settings, state, clock, record } = context;
  const waiters = new Set<Waiter>();
  let cancelWakeUp: (() => void) | undefined;

  const put = (message: StoredMessage) => record({ queue: name, put: message });
  const remove = (message: StoredMessage) => record({ queue: name, remove: message.id });

  /** The deduplication key of a message; undefined on a standard queue. */
  function deduplicationKey(message: Sending): string | undefined {
    const { fifo, contentBasedDeduplication, deduplicationPerGroup } = settings();
    if (!fifo) {
      if (message.deduplicationId === undefined) return undefined;
      throw invalidValue(
        'The request includes a parameter that is not valid for this queue type: MessageDeduplicationId',
      );
    }
    if (message.groupId === undefined) {
      throw new AwsError(400, 'MissingParameter', 'The request must contain the parameter MessageGroupId.');
    }
    if (message.delaySeconds !== undefined) {
      throw invalidValue(
        'Value for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
      );
    }
    const byContent = contentBasedDeduplication
      ? createHash('sha256').update(message.body).digest('hex')
      : undefined;
    const id = message.deduplicationId ?? byContent;
    if (id === undefined) {
      throw invalidValue(
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
    }
    return deduplicationPerGroup ? JSON.stringify([message.groupId, id]) : id;
  }

  function send(message: Sending): { id: string; sequence: number } {
    const now = clock.now();
    const { delayMs, maximumBytes } = settings();
    const attributes = { ...message.messageAttributes };
    checkMessage(message.body, attributes, maximumBytes);
    const key = deduplicationKey(message);
    const delay = message.delaySeconds === undefined ? delayMs : message.delaySeconds * 1000;
    if (!(delay >= 0 && delay <= 900_000)) {
      throw invalidValue(
        'Value for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
      );
    }
    const earlier = key === undefined ? undefined : state.deduplications.get(key);
    const remaining = (earlier?.until ?? 0) - now;
    // More than the whole interval can only remain if a restart set a stepped clock back.
    if (earlier !== undefined && remaining > 0 && remaining <= DEDUPLICATION_MS) return earlier;
    const stored: StoredMessage = {
      id: randomUUID(),
      sequence: context.nextSequence(),
      body: message.body,
      attributes,
      system: { ...message.system },
      ...(message.groupId === undefined ? {} : { groupId: message.groupId }),
      ...(key === undefined ? {} : { deduplicationId: message.deduplicationId ?? key }),
      sentAt: now,
      receives: 0,
      visibleAt: now + delay,
    };
    put(stored);
    if (key !== undefined) {
      for (const old of state.deduplications.values())
        if (old.until <= now) state.deduplications.delete(old.key);
      const { id, sequence } = stored;
      record({ queue: name, deduplicate: { key, id, sequence, until: now + DEDUPLICATION_MS } });
    }
    serve();
    return stored;
  }

  /** The messages that may be received now, in the order of receipt. */
  function candidates(now: number): StoredMessage[] {
    const { fifo, retentionMs } = settings();
    const free: StoredMessage[] = [];
    const lockedGroups = new Set<string>();
    const inFlight = new Map<string, number>();
    let totalInFlight = 0;
    for (const message of [...state.messages.values()]) {
      const group = message.groupId ?? '';
      if (message.sentAt + retentionMs <= now) {
        remove(message);
      } else if (message.visibleAt > now) {
        lockedGroups.add(group);
        if (message.receives > 0) {
          totalInFlight += 1;
          inFlight.set(group, (inFlight.get(group) ?? 0) + 1);
        }
      } else if (!fifo || !lockedGroups.has(group)) {
        free.push(message);
      }
    }
    if (fifo) return free;
    // A fair queue serves a group last if it has much of what is in flight.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
    const noisy = ({ groupId }: StoredMessage) => {
      const count = groupId === undefined ? 0 : (inFlight.get(groupId) ?? 0);
      return count >= 30 && count > totalInFlight / 10;
    };
    return [...free.filter((message) => !noisy(message)), ...free.filter(noisy)];
  }

  function takeNow({ max, visibilityMs = settings().visibilityMs }: TakeOptions): StoredMessage[] {
    const now = clock.now();
    const maxReceives = settings().deadLetters?.maxReceives ?? Number.POSITIVE_INFINITY;
    const taken: StoredMessage[] = [];
    for (const message of candidates(now)) {
      if (taken.length >= max) break;
      if (message.receives >= maxReceives && context.moveToDeadLetters(message)) {
        remove(message);
        continue;
      }
      const again = !settings().fifo && context.handsOutTwice(message);
      const received: StoredMessage = {
        ...message,
        receives: message.receives + 1,
        firstReceivedAt: message.firstReceivedAt ?? now,
        visibleAt: again ? now : now + visibilityMs,
      };
      put(received);
      taken.push(received);
    }
    return taken;
  }

  /** Hands available messages to waiting receivers, first come first served. */
  function serve(): void {
    cancelWakeUp?.();
    cancelWakeUp = undefined;
    for (const waiter of [...waiters]) {
      const messages = takeNow(waiter.options);
      if (messages.length === 0) break;
      waiters.delete(waiter);
      waiter.resolve(messages);
    }
    if (waiters.size === 0) return;
    const now = clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of state.messages.values())
      if (visibleAt > now) next = Math.min(next, visibleAt);
    if (next < Number.POSITIVE_INFINITY) cancelWakeUp = clock.after(next - now, serve);
  }

  function take(options: TakeOptions): Promise<StoredMessage[]> {
    if (options.signal?.aborted) return Promise.resolve([]);
    const messages = takeNow(options);
    if (messages.length > 0 || options.waitMs <= 0) return Promise.resolve(messages);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        options,
        resolve: (taken) => {
          waiters.delete(waiter);
          cancelTimeout();
          options.signal?.removeEventListener('abort', giveUp);
          resolve(taken);
        },
      };
      const giveUp = () => waiter.resolve([]);
      const cancelTimeout = clock.after(options.waitMs, giveUp);
      options.signal?.addEventListener('abort', giveUp);
      waiters.add(waiter);
      serve();
    });
  }

  return {
    send,
    take,
    delete(handle) {
      const { id, receives } = readReceiptHandle(name, handle);
      const message = state.messages.get(id);
      if (message === undefined) return;
      const latest = message.receives === receives;
      if (settings().fifo && (!latest || message.visibleAt <= clock.now())) {
        throw invalidValue(
          'Value for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
        );
      }
      // A standard queue silently accepts an old handle and may keep the message; here it does keep it.
      if (!latest) return;
      remove(message);
      serve();
    },
    changeVisibility(handle, seconds) {
      if (!(seconds >= 0 && seconds <= 43_200)) {
        throw invalidValue(
          'Value for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200.',
        );
      }
      const { id, receives } = readReceiptHandle(name, handle);
      const message = state.messages.get(id);
      if (message === undefined) {
        throw invalidValue('Message does not exist or is not available for visibility timeout change.');
      }
      if (message.receives !== receives || message.visibleAt <= clock.now()) {
        throw new AwsError(400, 'MessageNotInflight', 'The message referred to is not in flight.');
      }
      put({ ...message, visibleAt: clock.now() + seconds * 1000 });
      serve();
    },
    purge() {
      for (const message of [...state.messages.values()]) remove(message);
    },
    addDeadLetter(message, sourceArn) {
      const now = clock.now();
      // Only a FIFO queue restarts the retention period.
      const sentAt = settings().fifo ? now : message.sentAt;
      const sequence = context.nextSequence();
      put({ ...message, sequence, sentAt, visibleAt: now, deadLetterSourceArn: sourceArn });
      serve();
    },
    counts() {
      const now = clock.now();
      const counts = { visible: 0, delayed: 0, inFlight: 0 };
      for (const { visibleAt, receives } of state.messages.values()) {
        if (visibleAt <= now) counts.visible += 1;
        else if (receives > 0) counts.inFlight += 1;
        else counts.delayed += 1;
      }
      return counts;
    },
  };
}
