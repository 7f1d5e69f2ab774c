/**
 * Commits whose archives an owner refused, usually for a secret in them. A refusal applies to the organization, whatever package
 * or number has the commit: scans, builds of archives and publishers all check here, so that no new name, number or undo brings
 * it back.
 */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { absent, present } from './condition.ts';
import { keys, nameInKey } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

const RefusedItem = z.object({
  sk: z.string().transform(nameInKey),
  by: z.string(),
  why: z.string(),
  at: z.number(),
  isWithdrawn: z.boolean().default(false),
  removedAt: z.number().optional(),
});

export interface RefusedCommit {
  /** Full hash, lower-case hex digits. */
  readonly commit: string;
  /** Who refused it, and the reason they gave. */
  readonly by: string;
  readonly why: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether edge and metadata of every package with the commit exclude it, or are about to. */
  readonly isWithdrawn: boolean;
  /** When its archives were removed; undefined while some may remain. */
  readonly removedAt?: number | undefined;
}

/** All commits that the organization refuses, by hash; consistent. */
export async function refusedCommitsOf(
  table: Table,
  organization: OrganizationId,
): Promise<ReadonlyMap<string, RefusedCommit>> {
  const prefix = keys.refusedCommit(organization, '');
  const items = await table.query(prefix.pk, prefix.sk);
  return new Map(items.map(parseRefused).map((refused) => [refused.commit, refused]));
}

/** A page of refused commits by hash. One read. @param after the last commit of the page before */
export async function refusedCommitPage(
  table: Table,
  organization: OrganizationId,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly RefusedCommit[]> {
  const { pk, sk } = keys.refusedCommit(organization, '');
  const start = after === undefined ? undefined : keys.refusedCommit(organization, after).sk;
  return (await table.query(pk, sk, { limit, after: start })).map(parseRefused);
}

function parseRefused(item: Item): RefusedCommit {
  const { sk: commit, ...rest } = RefusedItem.parse(item);
  return { commit, ...rest };
}

/** Whether the organization refuses the commit; consistent. @param commit full hash */
export async function isRefused(
  table: Table,
  organization: OrganizationId,
  commit: string,
): Promise<boolean> {
  return (await table.get(keys.refusedCommit(organization, commit))) !== undefined;
}

/** Fails the transaction when the organization refuses the commit. */
export function notRefused(organization: OrganizationId, commit: string): Operation {
  return { check: keys.refusedCommit(organization, commit), when: absent };
}

/** Fails the transaction when the commit is allowed. */
export function stillRefused(organization: OrganizationId, commit: string): Operation {
  return { check: keys.refusedCommit(organization, commit), when: present };
}

/** Refuses the commit. A repeated refusal keeps the first one's owner and reason. */
export function refuseCommit(
  organization: OrganizationId,
  { commit, by, why, at }: Pick<RefusedCommit, 'commit' | 'by' | 'why' | 'at'>,
): Operation {
  return {
    update: { key: keys.refusedCommit(organization, commit), setIfMissing: { by, why, at } },
  };
}

/** Records that every package with the commit was requested again, unless the commit is allowed by now. */
export function noteWithdrawn(organization: OrganizationId, commit: string): Operation {
  return {
    update: { key: keys.refusedCommit(organization, commit), set: { isWithdrawn: true } },
    when: present,
  };
}

/** Records that no archive of the commit is stored any more, unless the commit is allowed by now. */
export function noteRemoved(organization: OrganizationId, commit: string, now: number): Operation {
  return {
    update: { key: keys.refusedCommit(organization, commit), set: { removedAt: now } },
    when: present,
  };
}

/** Withdraws the refusal; fails the transaction when there is none. */
export function allowCommit(organization: OrganizationId, commit: string): Operation {
  return { delete: keys.refusedCommit(organization, commit), when: present };
}
