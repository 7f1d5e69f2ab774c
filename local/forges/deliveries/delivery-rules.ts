import type { Faults } from '../faults/faults.ts';
import type { DeliveryOutcome, ReceiverAnswer, WebhookMessage } from './delivery.ts';

/** How a forge delivers its webhooks. */
export interface DeliveryRules<Message extends WebhookMessage> {
  /** Undefined: nobody wants it any more, and it is dropped. */
  url(message: Message): string | undefined;
  /** With the signature. @param attempt - 1 for the first time that this message is sent, 2 when it is tried again, … */
  headers(message: Message, attempt: number): Record<string, string>;
  /** How long it waits for an answer. */
  readonly answerTimeoutMs: number;
  /** The log's words for an answer. */
  words(answer: ReceiverAnswer): string;
  /** Whether it tries once more at once, by itself. A forge that never does leaves this out. */
  triesAgain?(answer: ReceiverAnswer, attempt: number): boolean;
}

export interface DeliveryDeps<Message extends WebhookMessage> {
  /** Asked for the kinds of `deliveryFaultKinds`. */
  readonly faults: Faults;
  readonly now: () => number;
  /** Runs after so many milliseconds; answers how to cancel it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Id for an attempt that nobody asked for: a second one, or a double. */
  readonly nextId: () => number;
  readonly fetch: typeof globalThis.fetch;
  /** Keeps an attempt in the forge's log; a forge that switches off failing hooks counts here. */
  readonly record: (delivery: Message & DeliveryOutcome) => Promise<void>;
  readonly log?: (line: string) => void;
}
