/** Describes how far an organization's files have the registry's address. */
import type { Organization } from '../domain/organization.ts';
import { allFilesHave, filesWithoutAddress } from '../store/file-address-store.ts';
import type { Table } from '../store/table.ts';

/** `url` is what Composer is given. One read where all files have the address. @param registryBaseUrl without a trailing slash */
export async function describeFiles(
  table: Table,
  { id, slug }: Pick<Organization, 'id' | 'slug'>,
  registryBaseUrl: string,
) {
  const url = `${registryBaseUrl}/${slug}`;
  if (await allFilesHave(table, id, registryBaseUrl)) {
    return { url };
  }
  const { all, left } = await filesWithoutAddress(table, id, registryBaseUrl);
  return left.length === 0 ? { url } : { url, rewriting: { left: left.length, of: all } };
}
