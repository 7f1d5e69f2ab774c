import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCloudClock } from '../runtime/clock.ts';
import { createQueueService } from './queue-service.ts';

const clock = createCloudClock();
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'repertoire-queues-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('a restart', () => {
  const start = (name: string) => {
    const again = createQueueService({
      clock: clock,
      baseUrl: 'http://127.0.0.1',
      accountId: '0',
      region: 'r',
      directory: `${directory}/${name}`,
    });
    again.createQueue({ name: 'q', attributes: {} });
    again.createQueue({ name: 'f.fifo', attributes: { FifoQueue: 'true' } });
    return again;
  };

  it('finds every message, and makes those in flight visible', async () => {
    const before = start('restart');
    before.send('q', { body: 'kept' });
    before.send('q', { body: 'delayed', delaySeconds: 60 });
    before.send('q', { body: 'deleted' });
    before.send('f.fifo', { body: 'fifo', groupId: 'g', deduplicationId: '1' });
    const taken = await before.receive('q', { max: 10, waitMs: 0 });
    const deleted = taken.find(({ body }) => body === 'deleted');
    before.delete('q', [deleted?.receiptHandle ?? '']);
    // Not closed: as if the process was killed.
    const after = start('restart');
    const [message, ...rest] = await after.receive('q', { max: 10, waitMs: 0 });
    expect(message).toMatchObject({ body: 'kept', attributes: { ApproximateReceiveCount: '2' } });
    expect(rest).toEqual([]);
    expect(after.counts('q')).toEqual({ visible: 0, delayed: 1, inFlight: 1 });
    const duplicate = after.send('f.fifo', { body: 'fifo', groupId: 'g', deduplicationId: '1' });
    const fifo = await after.receive('f.fifo', { max: 10, waitMs: 0 });
    expect(fifo.map(({ messageId }) => messageId)).toEqual([duplicate.messageId]);
  });

  it('reads a file with a truncated last line, and keeps the file small', async () => {
    const before = start('cut');
    for (let index = 0; index < 6_000; index += 1) {
      before.send('q', { body: String(index) });
      const [message] = await before.receive('q', { max: 1, waitMs: 0 });
      before.delete('q', [message?.receiptHandle ?? '']);
    }
    before.send('q', { body: 'last' });
    await before.close();
    const path = `${directory}/cut/queues.jsonl`;
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(10_010);
    appendFileSync(path, '{"queue":"q","put":{"id');
    expect(start('cut').counts('q')).toEqual({ visible: 1, delayed: 0, inFlight: 0 });
  });
});
