/** Keeps which packages of the organization a package requires, so that each of them can list its dependents. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Organization } from '../domain/organization.ts';
import { vendorOf } from '../domain/package.ts';
import {
  putRequirement,
  RequirementItem,
  type RequirementRow,
  removeRequirement,
} from '../store/requirement-store.ts';
import { type Table, transactionItemsMax } from '../store/table.ts';
import { type Lease, leaseHeld } from '../store/work.ts';
import type { FoundVersion } from './plan-versions.ts';

/** More than packages require of their own organization; all scans are read at each reconcile, so what they keep stays small. */
const rowsMax = 60;

/** Of all packages of a repository. */
const allRowsMax = 300;

const Links = z.record(z.string(), z.unknown()).catch({});
const Noted = z.array(RequirementItem).catch([]);

/** What the scan's item keeps of them: the rows that it wrote. */
export interface RequirementRecord {
  readonly requirements: readonly RequirementRow[];
}

/**
 * What the package requires of the organization's own vendors: as its default branch says, else its first version. Pure.
 *
 * @param versions what the scan found
 */
export function requirementRows(
  number: number,
  versions: readonly Pick<FoundVersion, 'isDefaultBranch' | 'manifest'>[],
  ownedVendors: readonly string[],
): readonly RequirementRow[] {
  const { manifest } = versions.find(({ isDefaultBranch }) => isDefaultBranch) ?? versions[0] ?? {};
  const rows = new Map<string, RequirementRow>();
  for (const [key, isForDevelopment] of [
    ['require', false],
    ['require-dev', true],
  ] as const) {
    for (const [link, constraint] of Object.entries(Links.parse(manifest?.[key]))) {
      const required = link.toLowerCase();
      const isOwn = ownedVendors.includes(vendorOf(required)) && typeof constraint === 'string';
      if (isOwn && !rows.has(required) && rows.size < rowsMax) {
        rows.set(required, { required, number, constraint: constraint.slice(0, 200), isForDevelopment });
      }
    }
  }
  return [...rows.values()];
}

/** Writes the rows of the repository's packages, and removes those of the scan before that are none any more. */
export async function noteRequirements(
  { table }: { readonly table: Table },
  lease: Lease,
  { id }: Pick<Organization, 'id'>,
  all: readonly RequirementRow[],
): Promise<RequirementRecord> {
  const rows = all.slice(0, allRowsMax);
  const before = Noted.parse(lease.item.requirements);
  const isSame = (one: RequirementRow, other: RequirementRow) =>
    one.required === other.required && one.number === other.number;
  const operations = [
    ...rows
      .filter((row) => !before.some((one) => isDeepStrictEqual(one, row)))
      .map((row) => putRequirement(id, row)),
    ...before.filter((row) => !rows.some((one) => isSame(one, row))).map((row) => removeRequirement(id, row)),
  ];
  for (let start = 0; start < operations.length; start += transactionItemsMax - 1) {
    await table.transact([leaseHeld(lease), ...operations.slice(start, start + transactionItemsMax - 1)]);
  }
  return { requirements: rows };
}
