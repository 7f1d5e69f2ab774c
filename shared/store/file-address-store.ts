/**
 * Which address of the registry an organization's files have, which metadata names in every `dist` and root files in `notify-batch`; and which
 * layout. Files with another address or layout are written again by themselves.
 */
import { asPrincipal, type OrganizationId } from '../domain/ids.ts';
import { present } from './condition.ts';
import { keys, nameInKey, ranges } from './keys.ts';
import { isLiving, parsePackage } from './package-store.ts';
import type { Item, Operation, Table } from './table.ts';
import type { WorkItem } from './work.ts';
import { packageWork, principalWork } from './work-items.ts';

/**
 * The layout of what publishers write, apart from that of the versions in metadata (`metadataLayout`). Raise it with every change of root files,
 * or of what is kept of a package when its files are written. 2: root files have `search`, and packages a summary for it.
 */
const filesLayout = 2;

/** What a publisher notes on its work item, once the files have the address and the layout. */
export const filesHave = (registryBaseUrl: string): Item => ({ registryBaseUrl, filesLayout });

/** Whether all files of the organization are known to have the address and the layout. One read. */
export async function allFilesHave(
  table: Table,
  organization: OrganizationId,
  registryBaseUrl: string,
): Promise<boolean> {
  const item = await table.get(keys.organization(organization));
  return item?.filesBaseUrl === registryBaseUrl && item.filesLayout === filesLayout;
}

/** Notes that all of them have both. */
export const allFilesHaveNow = (organization: OrganizationId, registryBaseUrl: string): Operation => ({
  update: { key: keys.organization(organization), set: { filesBaseUrl: registryBaseUrl, filesLayout } },
  when: present,
});

export interface OlderFiles {
  /** The work of writing each package and each principal's root file. */
  readonly all: number;
  /** Of those whose files have another address or layout, or are not known to have these. */
  readonly left: readonly { readonly work: WorkItem; readonly isPending: boolean }[];
}

/** Reads all packages and principals of the organization. */
export async function filesWithoutAddress(
  table: Table,
  organization: OrganizationId,
  registryBaseUrl: string,
): Promise<OlderFiles> {
  const packages = ranges.packages(organization);
  const principals = keys.principal(organization, '');
  const [packageItems, principalItems] = await Promise.all([
    table.query(packages.pk, packages.sk),
    table.query(principals.pk, principals.sk),
  ]);
  const files = [
    ...packageItems
      .filter((item) => isLiving(parsePackage(item)))
      .map((item) => ({ item, work: packageWork(organization, parsePackage(item).number) })),
    ...principalItems.map((item) => ({
      item,
      work: principalWork(organization, asPrincipal(nameInKey(item.sk))),
    })),
  ];
  return {
    all: files.length,
    left: files
      .filter(({ item }) => item.registryBaseUrl !== registryBaseUrl || item.filesLayout !== filesLayout)
      .map(({ item, work }) => ({ work, isPending: item.wanted !== item.done })),
  };
}
