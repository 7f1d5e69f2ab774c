/** Which of the names that versions require are packages here. */
import type { Organization } from '../domain/organization.ts';
import { packageNumbers } from '../store/name-store.ts';
import { findPackages, isOfSource } from '../store/package-store.ts';
import type { Table } from '../store/table.ts';
import type { DescribedVersion } from './describe-package.ts';
import type { Visibility } from './readable-packages.ts';

/** One read takes so many. */
const namesMax = 100;

/** Those of the first hundred names that the viewer may open. Two reads. */
export async function requiredPackages(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  versions: readonly DescribedVersion[],
  { maySee }: Visibility,
): Promise<ReadonlySet<string>> {
  const required = versions.flatMap(({ requires, requiresForDevelopment }) => [
    ...requires,
    ...requiresForDevelopment,
  ]);
  const names = [...new Set(required.map(({ name }) => name.toLowerCase()))]
    .filter((name) => name.includes('/'))
    .slice(0, namesMax);
  const numbers = await packageNumbers(table, id, names);
  const found = await findPackages(table, id, numbers);
  return new Set(
    found.flatMap((one) => (one !== undefined && isOfSource(one) && maySee(one) ? [one.name] : [])),
  );
}
