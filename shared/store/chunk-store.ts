/**
 * Stores values larger than the 400 KB of one item as compressed JSON in chunks. They are rare and short-lived, so they need no
 * bucket of their own.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { SynchronizationId } from '../domain/ids.ts';
import { keys, ranges, tableKeys } from './keys.ts';
import type { Table } from './table.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Characters of base64 in one item. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const pieceMax = 350_000;

/**
 * Stores the value under a name of `chunkNames`, replacing the previous value.
 *
 * @param expiresAt seconds since the epoch
 */
export async function putChunks(
  table: Table,
  id: SynchronizationId,
  name: string,
  value: unknown,
  expiresAt: number,
): Promise<void> {
  const text = (await compress(JSON.stringify(value))).toString('base64');
  const count = Math.max(1, Math.ceil(text.length / pieceMax));
  const digest = createHash('sha256').update(text).digest('base64');
  for (let place = 0; place < count; place++) {
    const chunk = text.slice(place * pieceMax, (place + 1) * pieceMax);
    const item = { chunk, count, digest, [tableKeys.expiry]: expiresAt };
    await table.transact([{ put: keys.chunk(id, name, place), item }]);
  }
}

/** @returns undefined when nothing is stored, or not all of it */
export async function loadChunks(table: Table, id: SynchronizationId, name: string): Promise<unknown> {
  const { pk, sk } = ranges.chunks(id, name);
  const items = await table.query(pk, sk);
  const count = Number(items[0]?.count ?? 0);
  const text = items
    .slice(0, count)
    .map((item) => String(item.chunk))
    .join('');
  const digest = createHash('sha256').update(text).digest('base64');
  if (count === 0 || digest !== items[0]?.digest) {
    return undefined;
  }
  return JSON.parse((await expand(Buffer.from(text, 'base64'))).toString('utf8'));
}

export async function removeChunks(table: Table, id: SynchronizationId, name: string): Promise<void> {
  const { pk, sk } = ranges.chunks(id, name);
  for (const item of await table.query(pk, sk)) {
    await table.transact([{ delete: { pk: String(item.pk), sk: String(item.sk) } }]);
  }
}
