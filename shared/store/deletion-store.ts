/** The state of deletions: what owners deleted or refused and is being removed, for the worker and to show its progress. */
import { z } from 'zod';
import { asId, type OrganizationId, type SynchronizationId } from '../domain/ids.ts';
import { equal } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';
import { type Lease, requestWork, type WorkItem } from './work.ts';
import { deletionWork } from './work-items.ts';

/**
 * What is removed. `refused-commits`: the archives of all commits that the organization refuses. `renumbering`: a package is
 * copied to a new number, because the edge cannot hold more refused commits of the old one.
 */
export type DeletionTarget =
  | { readonly kind: 'refused-commits' }
  | { readonly kind: 'package'; readonly number: number }
  | { readonly kind: 'renumbering'; readonly number: number }
  | { readonly kind: 'synchronization'; readonly synchronization: SynchronizationId }
  | { readonly kind: 'organization' };

const Target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('refused-commits') }),
  z.object({ kind: z.literal('package'), number: z.int() }),
  z.object({ kind: z.literal('renumbering'), number: z.int() }),
  z.object({
    kind: z.literal('synchronization'),
    synchronization: z.string().transform((text) => asId<SynchronizationId>(text)),
  }),
  z.object({ kind: z.literal('organization') }),
]);

const DeletionItem = z.object({
  target: Target,
  /** The object as owners name it. */
  name: z.string(),
  /** When it was first requested; milliseconds since the epoch. */
  askedAt: z.number().default(0),
  /** Archives and records are kept until then; milliseconds since the epoch. */
  keepUntil: z.number().optional(),
  /** Objects removed or copied so far. */
  objects: z.number().default(0),
  records: z.number().default(0),
  /** What it is doing or waiting for, for owners to read. */
  step: z.string().default('waiting for a worker'),
  /** Kept here because their own records are deleted before the deletion ends. */
  synchronizations: z.array(z.string().transform((text) => asId<SynchronizationId>(text))).default([]),
  wanted: z.number().default(0),
  done: z.number().default(0),
});
export type Deletion = z.infer<typeof DeletionItem>;

export const parseDeletion = (item: Item): Deletion => DeletionItem.parse(item);

/** Identifies the target in the work's key and message. */
function subjectOf(target: DeletionTarget): string {
  switch (target.kind) {
    case 'package':
    case 'renumbering':
      return `${target.kind}#${target.number}`;
    case 'synchronization':
      return `${target.kind}#${target.synchronization}`;
    default:
      return target.kind;
  }
}

export const deletionOf = (organization: OrganizationId, target: DeletionTarget): WorkItem =>
  deletionWork(organization, subjectOf(target));

/** Requests the deletion; belongs in the transaction that makes it necessary. @param now milliseconds since the epoch */
export function askDeletion(
  organization: OrganizationId,
  target: DeletionTarget,
  name: string,
  now: number,
  attributes: Partial<Pick<Deletion, 'keepUntil' | 'synchronizations'>> = {},
): Operation {
  const operation = requestWork(deletionOf(organization, target), now, { target, name, ...attributes });
  if (!('update' in operation)) {
    throw new Error('requesting work must be an update');
  }
  const { update } = operation;
  return { update: { ...update, setIfMissing: { ...update.setIfMissing, askedAt: now } } };
}

/** Records progress under the lease. @throws ConflictError when the lease was lost */
export async function noteProgress(
  table: Table,
  lease: Lease,
  { step, objects = 0, records = 0 }: { step: string; objects?: number; records?: number },
): Promise<void> {
  await table.update(
    { key: lease.workItem.key, set: { step }, add: { objects, records } },
    equal('leaseId', lease.leaseId),
  );
}

/** How long the record of an ended deletion is kept, in seconds. */
const keptSeconds = 30 * 24 * 3600;

/** Attributes of an ended deletion. @param now milliseconds since the epoch */
export const ended = (now: number): Item => ({
  step: 'done',
  // A repeated request starts over.
  askedAt: undefined,
  objects: undefined,
  records: undefined,
  [tableKeys.expiry]: Math.ceil(now / 1000) + keptSeconds,
});

/** Deletions that have not ended, oldest first. */
export async function openDeletions(
  table: Table,
  organization: OrganizationId,
): Promise<readonly Deletion[]> {
  const prefix = keys.deletion(organization, '');
  return (await table.query(prefix.pk, prefix.sk))
    .map(parseDeletion)
    .filter(({ wanted, done }) => wanted !== done)
    .sort((one, other) => one.askedAt - other.askedAt);
}
