import type { WorkMessage, WorkQueue } from '../../shared/store/work.ts';

export interface RecordedMessage extends WorkMessage {
  readonly delaySeconds: number;
}

/** A work queue that records messages instead of sending them. */
export function createRecordingQueue(): WorkQueue & {
  readonly sent: RecordedMessage[];
  take(): RecordedMessage[];
} {
  const sent: RecordedMessage[] = [];
  return {
    sent,
    /** Returns what was sent since the last call. */
    take: () => sent.splice(0),
    async send(messages, delaySeconds = 0) {
      sent.push(...messages.map((message) => ({ ...message, delaySeconds })));
    },
  };
}
