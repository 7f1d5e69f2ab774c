/**
 * The desired content of the edge's key-value store, kept in the table. That store has a single writer and cannot join our
 * transactions, so the desired value is written here and publish-access copies it to the edge.
 */
import { z } from 'zod';
import { bitmapHas, edgeKeys, packagesPerChunk } from '../domain/edge-keys.ts';
import { asId, asPrincipal, type OrganizationId, type Principal, parsePrincipal } from '../domain/ids.ts';
import { all, any, equal, missingOrLess } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';
import { requestWork } from './work.ts';
import { edgeWork } from './work-items.ts';

/** What the key is for, which determines the work to request once it is at the edge. */
export type EdgeSubject =
  | { readonly kind: 'organization'; readonly organization: OrganizationId }
  | { readonly kind: 'token' }
  | { readonly kind: 'package'; readonly organization: OrganizationId; readonly packageNumber: number }
  | {
      readonly kind: 'view';
      readonly organization: OrganizationId;
      readonly principal: ReturnType<typeof asPrincipal>;
    };

export interface EdgeRow {
  readonly key: string;
  /** The desired value; undefined for none. */
  readonly value: string | undefined;
  /** The value known to be at the edge. */
  readonly published: string | undefined;
  readonly wanted: number;
  readonly done: number;
  /** Whether it is in the sparse index of work. */
  readonly isListed: boolean;
  readonly subject: EdgeSubject;
}

const organization = z.string().transform((text) => asId<OrganizationId>(text));
const EdgeItem = z.object({
  sk: z.string(),
  value: z.string().optional(),
  published: z.string().optional(),
  wanted: z.number(),
  done: z.number().default(0),
  pending: z.string().optional(),
  subject: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('organization'), organization }),
    z.object({ kind: z.literal('token') }),
    z.object({ kind: z.literal('package'), organization, packageNumber: z.int() }),
    z.object({
      kind: z.literal('view'),
      organization,
      principal: z.string().transform((text) => asPrincipal(text)),
    }),
  ]),
});

export function parseEdgeRow(item: Item): EdgeRow {
  const row = EdgeItem.parse(item);
  return {
    key: row.sk,
    value: row.value,
    published: row.published,
    wanted: row.wanted,
    done: row.done,
    isListed: row.pending !== undefined,
    subject: row.subject,
  };
}

/** The operation that sets the desired value of a key; undefined removes it. Its message is `edgeWork(key).message`. */
export function desire(key: string, value: string | undefined, subject: EdgeSubject, now: number): Operation {
  return requestWork(edgeWork(key), now, { value, subject });
}

/** The rows of all keys that begin with the prefix. */
export async function edgeRows(table: Table, prefix: string): Promise<readonly EdgeRow[]> {
  const { pk, sk } = keys.edge(prefix);
  const items = await table.query(pk, sk);
  return items.map(parseEdgeRow);
}

/**
 * Whether the edge lets the principal read the package with a number: it was granted there, and is not being withdrawn. One read. Those of
 * organizations read every package.
 */
export async function readableAtEdge(
  table: Table,
  slug: string,
  principal: Principal,
): Promise<(packageNumber: number) => boolean> {
  if (parsePrincipal(principal).kind === 'organization') {
    return () => true;
  }
  const rows = await edgeRows(table, edgeKeys.view(slug, principal, 0).slice(0, -1));
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return (number) => {
    const row = byKey.get(edgeKeys.view(slug, principal, Math.floor(number / packagesPerChunk)));
    return bitmapHas(row?.value, number) && bitmapHas(row?.published, number);
  };
}

/** The rows of these keys, without those that do not exist. */
export async function findEdgeRows(table: Table, named: readonly string[]): Promise<readonly EdgeRow[]> {
  const items = await table.getMany(named.map((key) => keys.edge(key)));
  return items.flatMap((item) => (item === undefined ? [] : [parseEdgeRow(item)]));
}

/** The rows of these keys and of those in the sparse index, without duplicates. */
export async function pendingEdgeRows(
  table: Table,
  named: readonly string[],
  now: number,
): Promise<readonly EdgeRow[]> {
  const known = new Set(named);
  const [byName, byIndex] = await Promise.all([
    table.getMany([...known].map((key) => keys.edge(key))),
    table.pending('publish-access', { before: now, limit: 200 }),
  ]);
  // The index lags, so its rows are read again.
  const others = byIndex.map((item) => String(item.sk)).filter((key) => !known.has(key));
  const reread = await table.getMany(others.map((key) => keys.edge(key)));
  return [...byName, ...reread].flatMap((item) => (item === undefined ? [] : [parseEdgeRow(item)]));
}

/** The operation that records that the row's value is at the edge. It never goes back to an older value. */
export function recordPublished(row: EdgeRow): Operation {
  return {
    update: { key: keys.edge(row.key), set: { published: row.value, done: row.wanted } },
    when: any(missingOrLess('done', row.wanted), equal('done', row.wanted)),
  };
}

/** Takes the row out of the sparse index, unless another value was requested meanwhile. */
export async function settle(table: Table, row: EdgeRow): Promise<void> {
  const { partitionKey, sortKey } = tableKeys.pendingIndex;
  try {
    await table.update(
      { key: keys.edge(row.key), remove: [partitionKey, sortKey] },
      all(equal('wanted', row.wanted), equal('done', row.wanted)),
    );
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/** Whether the desired value is not at the edge yet. */
export const isWanted = (row: EdgeRow): boolean => row.wanted !== row.done;

/** The value at the edge if it is the desired one; undefined while another one, or none, is on its way. */
export const settledValue = (row: EdgeRow | undefined): string | undefined =>
  row?.value === row?.published ? row?.value : undefined;
