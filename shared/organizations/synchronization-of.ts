/** Finds the synchronization that a command names; an organization nearly always has only one. */

import { CallerError } from '../domain/caller-error.ts';
import { asId, type SynchronizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { findSynchronization, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { organizationOf } from './organization-of.ts';

/** How a command names a synchronization. */
export interface Named {
  readonly slug: string;
  /** Its id; only needed where there are several. */
  readonly synchronization?: string | undefined;
}

/** @throws CallerError when there is none, or when there are several and none is named */
export async function synchronizationOf(
  table: Table,
  named: Named,
): Promise<{ readonly organization: Organization; readonly synchronization: Synchronization }> {
  const organization = await organizationOf(table, named.slug);
  const all = await synchronizationsOf(table, organization.id);
  const fitting = all.filter(({ id }) => named.synchronization === undefined || id === named.synchronization);
  const [synchronization] = fitting;
  if (synchronization === undefined) {
    throw new CallerError(
      'not-found',
      named.synchronization === undefined
        ? `${named.slug} is not synchronized with a forge`
        : `${named.slug} has no synchronization ${named.synchronization}; it has ${listed(all)}`,
    );
  }
  if (fitting.length > 1) {
    throw new CallerError(
      'invalid',
      `${named.slug} has several synchronizations; choose one: ${listed(all)}`,
    );
  }
  return { organization, synchronization };
}

/**
 * A synchronization of the organization by its id. One read.
 *
 * @throws CallerError when the organization has none with this id
 */
export async function synchronizationIn(
  table: Table,
  organization: Pick<Organization, 'id' | 'slug'>,
  id: string,
): Promise<Synchronization> {
  const found = await findSynchronization(table, asId<SynchronizationId>(id));
  if (found?.organization !== organization.id) {
    throw new CallerError('not-found', `${organization.slug} has no synchronization ${id}`);
  }
  return found;
}

const listed = (all: readonly Synchronization[]): string =>
  all.map(({ id, login }) => `${id} (${login})`).join(', ');
