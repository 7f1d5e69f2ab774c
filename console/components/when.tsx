import { Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { commonWords as words } from '../words/common.ts';
import { exactTime, relativeTime } from './time.ts';

const minuteMs = 60_000;
let now = Date.now();

/** All times on a page go on together. */
function everyMinute(listener: () => void): () => void {
  const timer = setInterval(() => {
    now = Date.now();
    listener();
  }, minuteMs);
  return () => clearInterval(timer);
}

interface WhenProps {
  /** ISO 8601, as the API has it. */
  readonly at: string | undefined;
  /** What stands there without a time. */
  readonly otherwise?: string;
}

/** A moment, as people say it; the exact one on hover. */
export function When({ at, otherwise = words.unknownTime }: WhenProps) {
  const current = useSyncExternalStore(everyMinute, () => now);
  if (at === undefined) {
    return <span>{otherwise}</span>;
  }
  const time = Date.parse(at);
  return (
    <Tooltip label={exactTime(time)}>
      <time dateTime={at}>{relativeTime(time, Math.max(current, Date.now() - minuteMs))}</time>
    </Tooltip>
  );
}
