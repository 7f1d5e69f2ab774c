/** The readme of each package, at the tip of the default branch when it was scanned. */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { keys } from './keys.ts';
import type { Operation, Table } from './table.ts';

const ReadmeItem = z.object({ file: z.string(), text: z.string(), commit: z.string() });
export type StoredReadme = Readonly<z.infer<typeof ReadmeItem>>;

/** One read. */
export async function findReadme(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
): Promise<StoredReadme | undefined> {
  const item = await table.get(keys.readme(organization, packageNumber));
  return item === undefined ? undefined : ReadmeItem.parse(item);
}

/** @param readme undefined: there is none any more */
export function putReadme(
  organization: OrganizationId,
  packageNumber: number,
  readme: StoredReadme | undefined,
): Operation {
  const key = keys.readme(organization, packageNumber);
  return readme === undefined ? { delete: key } : { put: key, item: { ...readme } };
}
