import type { Faults } from '../faults/faults.ts';
import type { DeliveryOutcome, ReceiverAnswer, WebhookMessage } from './delivery.ts';

/** How a forge delivers its webhooks. */
export interface DeliveryRules<Message extends WebhookMessage> {
  /** The receiver's address; undefined if there is none any more, and the message is dropped. */
  url(message: Message): string | undefined;
  /** The headers, signature included. @param attempt - 1 for the first attempt to send this message, 2 for the second, … */
  headers(message: Message, attempt: number): Record<string, string>;
  /** How long the forge waits for an answer. */
  readonly answerTimeoutMs: number;
  /** How the log describes an answer. */
  statusText(answer: ReceiverAnswer): string;
  /** Whether the forge retries at once by itself. Left out for a forge that never does. */
  triesAgain?(answer: ReceiverAnswer, attempt: number): boolean;
}

export interface DeliveryDeps<Message extends WebhookMessage> {
  /** Has faults of the kinds in `deliveryFaultKinds`. */
  readonly faults: Faults;
  readonly now: () => number;
  /** Runs a function after a delay. @returns how to cancel it */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** The id of an attempt that nobody requested: a retry or a duplicate. */
  readonly nextId: () => number;
  readonly fetch: typeof globalThis.fetch;
  /** Logs an attempt; a forge that disables failing hooks counts here. */
  readonly record: (delivery: Message & DeliveryOutcome) => Promise<void>;
  readonly log?: (line: string) => void;
}
