import type { WorkMessage, WorkQueue } from '../../shared/store/work.ts';

export interface RecordedMessage extends WorkMessage {
  readonly delaySeconds: number;
}

/** A waker that keeps what it was asked to send. */
export function createRecordingQueue(): WorkQueue & {
  readonly sent: RecordedMessage[];
  take(): RecordedMessage[];
} {
  const sent: RecordedMessage[] = [];
  return {
    sent,
    /** What was sent since the last time. */
    take: () => sent.splice(0),
    async send(messages, delaySeconds = 0) {
      sent.push(...messages.map((wake) => ({ ...wake, delaySeconds })));
    },
  };
}
