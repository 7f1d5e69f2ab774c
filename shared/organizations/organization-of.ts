/** Finds the organization that a command names. */

import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { openDeletions } from '../store/deletion-store.ts';
import { findDeletedOrganization, findOrganizationBySlug } from '../store/organization-store.ts';
import type { Table } from '../store/table.ts';

/** @throws CallerError when there is none */
export async function organizationOf(table: Table, slug: string): Promise<Organization> {
  const organization = await findOrganizationBySlug(table, slug);
  if (organization === undefined) {
    throw new CallerError(
      'not-found',
      (await removalProgress(table, slug)) ?? `unknown organization ${slug}; status lists them`,
    );
  }
  return organization;
}

/** What is known of the deleted organization that had the slug. */
export async function describeDeleted(table: Table, slug: string) {
  const detail = await removalProgress(table, slug);
  return detail === undefined ? [] : [{ slug, detail }];
}

/** The progress of a deleted organization's removal, as text. */
async function removalProgress(table: Table, slug: string): Promise<string | undefined> {
  const deleted = await findDeletedOrganization(table, slug);
  if (deleted === undefined) {
    return undefined;
  }
  const [open] = await openDeletions(table, deleted.id);
  const progress =
    open === undefined
      ? 'its data has been removed'
      : `its data is being removed: ${open.step}, ${open.objects} objects and ${open.records} records so far`;
  return `organization ${slug} was deleted, and its slug cannot be reused; ${progress}`;
}
