/** The audit log: what owners did to their organization, by whom and why. Entries are never changed. */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { absent } from './condition.ts';
import { keys, ranges } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The owner, as given to the command. */
  readonly by: string;
  /** The command, such as `stop-access`. */
  readonly act: string;
  /** The object of the command as owners name it: the slug, a package, a version with its commit. */
  readonly subject: string;
  readonly why: string;
}

const AuditItem = z.object({
  at: z.number(),
  by: z.string(),
  act: z.string(),
  subject: z.string(),
  why: z.string(),
});

const parseEntry = (item: Item): AuditEntry => AuditItem.parse(item);

/**
 * The operation that adds an entry. It belongs in the transaction that does what the entry records.
 *
 * @param id makes entries of the same millisecond distinct
 */
export function addAuditEntry(organization: OrganizationId, entry: AuditEntry, id: string): Operation {
  return { put: keys.auditEntry(organization, entry.at, id), item: { ...entry }, when: absent };
}

/** The latest entries, newest first. */
export async function auditLog(
  table: Table,
  organization: OrganizationId,
  limit: number,
): Promise<readonly AuditEntry[]> {
  const { pk, sk } = ranges.auditLog(organization);
  const items = await table.query(pk, sk, { descending: true, limit });
  return items.map(parseEntry);
}
