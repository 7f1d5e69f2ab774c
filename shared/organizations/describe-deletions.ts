/** Describes to an owner the progress of each deletion, and which commits are refused. */
import type { OrganizationId } from '../domain/ids.ts';
import { openDeletions } from '../store/deletion-store.ts';
import { refusedCommitsOf } from '../store/refused-commit-store.ts';
import type { Table } from '../store/table.ts';

export async function describeDeletions(table: Table, organization: OrganizationId) {
  const [deletions, refused] = await Promise.all([
    openDeletions(table, organization),
    refusedCommitsOf(table, organization),
  ]);
  return {
    deletions: deletions.map(({ target, name, askedAt, keepUntil, step, objects, records }) => ({
      kind: target.kind,
      name,
      since: new Date(askedAt).toISOString(),
      keptUntil: keepUntil === undefined ? undefined : new Date(keepUntil).toISOString(),
      step,
      /** How many were removed or copied so far. */
      objects,
      records,
    })),
    refusedCommits: [...refused.values()].map(({ commit, by, why, at, removedAt }) => ({
      commit,
      by,
      why,
      at: new Date(at).toISOString(),
      isRemoved: removedAt !== undefined,
    })),
  };
}
