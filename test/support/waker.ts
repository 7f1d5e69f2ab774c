import type { Wake, Waker } from '../../shared/store/work.ts';

export interface RecordedWake extends Wake {
  readonly delaySeconds: number;
}

/** A waker that keeps what it was asked to send. */
export function createRecordingWaker(): Waker & { readonly sent: RecordedWake[]; take(): RecordedWake[] } {
  const sent: RecordedWake[] = [];
  return {
    sent,
    /** What was sent since the last time. */
    take: () => sent.splice(0),
    async wake(wakes, delaySeconds = 0) {
      sent.push(...wakes.map((wake) => ({ ...wake, delaySeconds })));
    },
  };
}
