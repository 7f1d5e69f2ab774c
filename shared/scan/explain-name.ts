/** Explains to an owner why a claimant does not have a package's name. */
import type { OrganizationId } from '../domain/ids.ts';
import { findFact } from '../store/fact-store.ts';
import { findName } from '../store/name-store.ts';
import { findPackage } from '../store/package-store.ts';
import type { Table } from '../store/table.ts';
import { holderOf } from './name-state.ts';

export interface ExplainedName {
  /** Last known full name of the repository that has the name; the forge's id if it was never known. */
  readonly holder: string;
  readonly why: string;
}

/**
 * Undefined when nobody has the name.
 *
 * @param now milliseconds since the epoch
 */
export async function explainName(
  table: Table,
  organization: OrganizationId,
  name: string,
  now: number,
): Promise<ExplainedName | undefined> {
  const stored = await findName(table, organization, name);
  if (stored === undefined) {
    return undefined;
  }
  const { synchronization, repository } = stored.source;
  const [found, { standing, isGiven }, fact] = await Promise.all([
    findPackage(table, organization, stored.number),
    holderOf(table, organization, stored, now),
    findFact(table, synchronization, `repository#${repository}`),
  ]);
  const known = fact?.kind === 'repository' ? fact : undefined;
  const holder = known?.fullName ?? repository;
  const made = known?.createdAt === undefined ? '' : `, created ${known.createdAt.slice(0, 10)},`;
  switch (standing) {
    case 'deleted-here':
      return { holder, why: `an owner deleted the package of ${holder} that had it` };
    case 'deleted-on-forge':
      return {
        holder,
        why: `${holder} had it and was deleted on the code host while several repositories claimed it`,
      };
    case 'unreadable':
      return {
        holder,
        why: `${holder} has it and cannot be read: it was deselected, moved or hidden, or deleted without the code host saying so`,
      };
    case 'readable':
      return {
        holder,
        why: [
          `${holder}${made} has it`,
          isGiven ? ', because an owner gave it' : '',
          found?.replacement === undefined ? '' : `, though its composer.json says ${found.replacement} now`,
        ].join(''),
      };
  }
}
