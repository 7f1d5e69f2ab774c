import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type StoredMessage, storedMessageSchema } from './queue-message.ts';

const LONGEST_DELAY_MS = 900_000;

/** The message that a deduplication id refers to until it expires. */
const deduplicationSchema = z.object({
  key: z.string(),
  id: z.string(),
  sequence: z.number(),
  until: z.number(),
});
export type Deduplication = z.infer<typeof deduplicationSchema>;

/** One change of a queue. */
const changeSchema = z.union([
  z.object({ queue: z.string(), put: storedMessageSchema }),
  z.object({ queue: z.string(), remove: z.string() }),
  z.object({ queue: z.string(), deduplicate: deduplicationSchema }),
]);
export type QueueChange = z.infer<typeof changeSchema>;

/** The contents of a queue; messages in the order of sending. */
export interface QueueState {
  readonly messages: Map<string, StoredMessage>;
  readonly deduplications: Map<string, Deduplication>;
}

export interface QueueJournal {
  /** The state of this queue, empty at first; only `record` may change it. */
  state(queue: string): QueueState;
  record(change: QueueChange): void;
  close(): void;
}

/**
 * Keeps the state of all queues in memory and, given a directory, appends every change to a file of JSON lines, so that a killed process
 * loses nothing that it has acknowledged. The file is compacted now and then. `now` is the time at which this run starts.
 */
export function openQueueJournal(options: { directory: string | undefined; now: number }): QueueJournal {
  const { directory, now } = options;
  const states = new Map<string, QueueState>();
  const path = directory === undefined ? undefined : join(directory, 'queues.jsonl');
  let file: number | undefined;
  let lines = 0;

  function state(queue: string): QueueState {
    let found = states.get(queue);
    if (found === undefined) {
      found = { messages: new Map(), deduplications: new Map() };
      states.set(queue, found);
    }
    return found;
  }

  function apply(change: QueueChange): void {
    const { messages, deduplications } = state(change.queue);
    if ('put' in change) messages.set(change.put.id, change.put);
    else if ('remove' in change) messages.delete(change.remove);
    else deduplications.set(change.deduplicate.key, change.deduplicate);
  }

  /** Replaces the file by the changes that lead to the current state. */
  function rewrite(): void {
    if (path === undefined) return;
    const changes: QueueChange[] = [];
    for (const [queue, { messages, deduplications }] of states) {
      for (const put of messages.values()) changes.push({ queue, put });
      for (const deduplicate of deduplications.values()) changes.push({ queue, deduplicate });
    }
    writeFileSync(`${path}.new`, changes.map((change) => `${JSON.stringify(change)}\n`).join(''));
    renameSync(`${path}.new`, path);
    if (file !== undefined) closeSync(file);
    file = openSync(path, 'a');
    lines = changes.length;
  }

  if (directory !== undefined && path !== undefined) {
    mkdirSync(directory, { recursive: true });
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    // Text after the last line end was truncated by a kill, before it was acknowledged.
    for (const line of text.split('\n').slice(0, -1)) apply(changeSchema.parse(JSON.parse(line)));
    for (const { messages } of states.values()) {
      for (const message of messages.values()) messages.set(message.id, afterRestart(message, now));
    }
    rewrite();
  }

  return {
    state,
    record(change) {
      apply(change);
      if (file === undefined) return;
      writeSync(file, `${JSON.stringify(change)}\n`);
      lines += 1;
      let live = 0;
      for (const { messages, deduplications } of states.values()) live += messages.size + deduplications.size;
      if (lines > 10_000 + 4 * live) rewrite();
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** Makes a message visible again: its receiver is gone, and a delay may date from a clock that was stepped ahead. */
function afterRestart(message: StoredMessage, now: number): StoredMessage {
  const latest = message.receives > 0 ? now : now + LONGEST_DELAY_MS;
  return { ...message, visibleAt: Math.min(message.visibleAt, latest) };
}
