import type { WebhookMessage } from './delivery.ts';
import type { DeliveryDeps, DeliveryRules } from './delivery-rules.ts';
import { createSender } from './sender.ts';
import { createTimers } from './timers.ts';

export interface Deliveries<Message extends WebhookMessage> {
  /** Starts the delivery, subject to faults, and returns at once. */
  send(message: Message): void;
  /** Sends a message again without faults, on somebody's request. */
  sendAgain(message: Message): void;
  /** Resolves when no delivery is under way; reordered ones that still wait are sent. */
  idle(): Promise<void>;
  /** Resolves when no delivery is under way; reordered ones keep waiting for the next. */
  sent(): Promise<void>;
  /** Cancels what is under way or waiting. */
  close(): void;
}

const reorderedAtMostMs = 5000;

/** Sends webhooks and logs them. No message waits for an earlier one, as with real forges. */
export function createDeliveries<Message extends WebhookMessage>(
  rules: DeliveryRules<Message>,
  deps: DeliveryDeps<Message>,
): Deliveries<Message> {
  const underWay = new Set<Promise<void>>();
  const timers = createTimers(deps.after);
  const sender = createSender(rules, deps, timers);
  /** Each sends a message that waits for the next delivery. */
  let reordered: (() => void)[] = [];

  const track = (work: Promise<void>): void => {
    const tracked = work
      .catch((error: unknown) => deps.log?.(`webhook: ${String(error)}`))
      .finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };
  const takeReordered = (): readonly (() => void)[] => {
    const waiting = reordered;
    reordered = [];
    return waiting;
  };
  const sendBeforeReordered = (message: Message): void => {
    const waiting = takeReordered();
    const release = (): void => {
      for (const each of waiting) each();
    };
    track(sender.deliver(message).finally(release));
  };
  const reorder = (message: Message): void => {
    let isSent = false;
    const release = (): void => {
      if (isSent) return;
      isSent = true;
      cancel();
      track(sender.deliver(message));
    };
    const cancel = timers.later(reorderedAtMostMs, release);
    reordered.push(release);
  };

  return {
    send(message) {
      const { event, action } = message;
      const strikes = (kind: string) =>
        deps.faults.take(kind, { event, ...(action !== undefined && { action }) });
      if (strikes('delivery-lost') !== undefined) return;
      if (strikes('delivery-failed') !== undefined) return track(sender.recordTimeout(message));
      const delayed = strikes('delivery-delayed');
      if (delayed !== undefined) {
        timers.later(delayed.delayMs ?? 1000, () => sendBeforeReordered(message));
      } else if (strikes('delivery-reordered') !== undefined) {
        reorder(message);
      } else if (strikes('delivery-doubled') !== undefined) {
        const again = { ...message, id: deps.nextId() };
        track(sender.deliver(message).then(() => sender.deliver(again)));
      } else sendBeforeReordered(message);
    },
    sendAgain: (message) => track(sender.deliver(message)),
    async idle() {
      while (underWay.size > 0 || reordered.length > 0) {
        await Promise.all(underWay);
        for (const release of takeReordered()) release();
      }
    },
    async sent() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    close() {
      sender.close();
      timers.cancelAll();
      takeReordered();
    },
  };
}
