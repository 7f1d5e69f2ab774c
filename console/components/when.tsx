import { lazy, type PointerEvent, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { commonWords as words } from '../words/common.ts';
import { exactTime, relativeTime } from './time.ts';

// Loaded when it is first wanted: lists have hundreds of times, and nearly all are never pointed at.
const Hint = lazy(async () => ({ default: (await import('./hint.tsx')).Hint }));

/** A finger does not stay on what it points at. */
const touchedMs = 3_000;
const minuteMs = 60_000;
let now = Date.now();

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** All times on a page go on together, by one timer: rows of long lists come and go while one scrolls. */
function everyMinute(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) {
      tell();
    }
  }, minuteMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
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
  return <Moment at={at} current={current} />;
}

function Moment({ at, current }: { readonly at: string; readonly current: number }) {
  const time = Date.parse(at);
  const [isOpen, handlers] = usePointed();
  const text = (
    <time dateTime={at} {...handlers}>
      {relativeTime(time, Math.max(current, Date.now() - minuteMs))}
    </time>
  );
  return isOpen === undefined ? (
    text
  ) : (
    <Suspense fallback={text}>
      <Hint label={exactTime(time)} isOpen={isOpen}>
        {text}
      </Hint>
    </Suspense>
  );
}

/** Whether the pointer is on it; undefined until it was for the first time. */
function usePointed() {
  const [state, setState] = useState<'mouse' | 'touch' | 'away'>();
  useEffect(() => {
    if (state === 'touch') {
      const timer = setTimeout(() => setState('away'), touchedMs);
      return () => clearTimeout(timer);
    }
    return;
  }, [state]);
  const handlers = {
    onPointerEnter: ({ pointerType }: PointerEvent) => setState(pointerType === 'touch' ? 'touch' : 'mouse'),
    onPointerLeave: ({ pointerType }: PointerEvent) => pointerType !== 'touch' && setState('away'),
  };
  return [state && state !== 'away', handlers] as const;
}
