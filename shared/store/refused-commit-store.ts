/**
 * Commits whose archives an owner refused, mostly for a secret in them. A fact of the organization and the commit, whichever package or
 * number has it: scans, builds of archives and publishers all ask here, so that no new name, number or undo brings it back.
 */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { absent, present } from './condition.ts';
import { keys, nameInKey } from './keys.ts';
import type { Operation, Table } from './table.ts';

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
  /** Who refused it, and why, in the owner's words. */
  readonly by: string;
  readonly why: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Every package that had it is told: edge and metadata have it no more, or are about to. */
  readonly isWithdrawn: boolean;
  /** When its archives were removed; undefined while some may be left. */
  readonly removedAt?: number | undefined;
}

/** Every commit that the organization refuses, by its hash; consistent. */
export async function refusedCommitsOf(
  table: Table,
  organization: OrganizationId,
): Promise<ReadonlyMap<string, RefusedCommit>> {
  const prefix = keys.refusedCommit(organization, '');
  const items = await table.query(prefix.pk, prefix.sk);
  return new Map(
    items.map((item) => {
      const { sk: commit, ...rest } = RefusedItem.parse(item);
      return [commit, { commit, ...rest }];
    }),
  );
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

/** Refuses the commit. Refusing it again keeps who did it first. */
export function refuseCommit(
  organization: OrganizationId,
  { commit, by, why, at }: Pick<RefusedCommit, 'commit' | 'by' | 'why' | 'at'>,
): Operation {
  return {
    update: { key: keys.refusedCommit(organization, commit), setIfMissing: { by, why, at } },
  };
}

/** Notes that every package that had the commit is told, unless it is allowed meanwhile. */
export function noteWithdrawn(organization: OrganizationId, commit: string): Operation {
  return {
    update: { key: keys.refusedCommit(organization, commit), set: { isWithdrawn: true } },
    when: present,
  };
}

/** Notes that no archive of the commit is stored any more, unless it is allowed meanwhile. */
export function noteRemoved(organization: OrganizationId, commit: string, now: number): Operation {
  return {
    update: { key: keys.refusedCommit(organization, commit), set: { removedAt: now } },
    when: present,
  };
}

/** Takes the refusal back; fails the transaction when there is none. */
export function allowCommit(organization: OrganizationId, commit: string): Operation {
  return { delete: keys.refusedCommit(organization, commit), when: present };
}
