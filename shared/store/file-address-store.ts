/** Which address of the registry an organization's files have: metadata names it in every `dist`, root files in `notify-batch`. */
import { asPrincipal, type OrganizationId } from '../domain/ids.ts';
import { present } from './condition.ts';
import { keys, nameInKey, ranges } from './keys.ts';
import { isLiving, parsePackage } from './package-store.ts';
import type { Item, Operation, Table } from './table.ts';
import type { WorkItem } from './work.ts';
import { packageWork, principalWork } from './work-items.ts';

/** What a publisher notes on its work item, once the files have the address. */
export const filesHave = (registryBaseUrl: string): Item => ({ registryBaseUrl });

/** Whether all files of the organization are known to have the address. One read. */
export async function allFilesHave(
  table: Table,
  organization: OrganizationId,
  registryBaseUrl: string,
): Promise<boolean> {
  return (await table.get(keys.organization(organization)))?.filesBaseUrl === registryBaseUrl;
}

/** Notes that all of them have it. */
export const allFilesHaveNow = (organization: OrganizationId, registryBaseUrl: string): Operation => ({
  update: { key: keys.organization(organization), set: { filesBaseUrl: registryBaseUrl } },
  when: present,
});

export interface OlderFiles {
  /** The work of writing each package and each principal's root file. */
  readonly all: number;
  /** Of those whose files have another address, or are not known to have this one. */
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
      .filter(({ item }) => item.registryBaseUrl !== registryBaseUrl)
      .map(({ item, work }) => ({ work, isPending: item.wanted !== item.done })),
  };
}
