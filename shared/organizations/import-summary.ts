/** What the first import of a synchronization found, while it goes on and afterwards: how much there is, and what is no package and why. */
import type { Organization } from '../domain/organization.ts';
import { repositoryKey } from '../domain/repository-key.ts';
import type { ScopeName } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { findModule } from '../forge/modules.ts';
import { loadFacts } from '../store/fact-store.ts';
import { isOfSource, packagesInWork } from '../store/package-store.ts';
import { scansOf } from '../store/scan-store.ts';
import type { Table } from '../store/table.ts';
import {
  isScanned,
  type NoPackageReason,
  noPackageReasons,
  type WhyNoPackage,
  whyNoPackage,
} from './why-no-package.ts';

export interface Skipped extends Omit<WhyNoPackage, 'reason'> {
  readonly repository: { readonly id: string; readonly name: string };
}

export interface ImportSummary {
  readonly lists: readonly { readonly name: ScopeName; readonly readAt: number | undefined }[];
  readonly counts: Readonly<
    Record<
      'members' | 'outside' | 'teams' | 'repositories' | 'scanned' | 'packages' | 'published' | 'versions',
      number
    >
  >;
  readonly skipped: readonly {
    readonly reason: NoPackageReason;
    readonly count: number;
    /** The first of them. */
    readonly items: readonly Skipped[];
  }[];
}

const namedMax = 50;

/** One read for each MB of members, teams, repositories, scans and packages. */
export async function importSummaryOf(
  table: Table,
  { id: organization }: Pick<Organization, 'id'>,
  { id, forge, lastSuccessAt }: Synchronization,
): Promise<ImportSummary> {
  const [members, teams, repositories, scans, all] = await Promise.all([
    loadFacts(table, id, 'member'),
    loadFacts(table, id, 'team'),
    loadFacts(table, id, 'repository'),
    scansOf(table, id),
    packagesInWork(table, organization),
  ]);
  const packages = all.filter((one) => one.synchronization === id && isOfSource(one));
  const having = new Set(packages.map(({ repository }) => repository));
  const scanOf = new Map(scans.map((scan) => [scan.repository, scan]));
  const skipped = repositories.flatMap(({ repository, fullName }) =>
    having.has(repository)
      ? []
      : whyNoPackage(scanOf.get(repository)).map((one) => ({
          ...one,
          repository: { id: repositoryKey({ synchronization: id, repository }), name: fullName },
        })),
  );
  const outside = members.filter(({ role }) => role === 'outside').length;
  return {
    lists: (findModule(forge)?.traits.scopes ?? []).map(({ name }) => ({
      name,
      readAt: lastSuccessAt[name],
    })),
    counts: {
      members: members.length - outside,
      outside,
      teams: teams.length,
      repositories: repositories.length,
      scanned: repositories.filter(({ repository }) => isScanned(scanOf.get(repository))).length,
      packages: packages.length,
      published: packages.filter(({ isPending }) => !isPending).length,
      versions: packages.reduce((sum, { versionCount }) => sum + versionCount, 0),
    },
    skipped: noPackageReasons.flatMap((reason) => {
      const items = skipped.filter((one) => one.reason === reason).map(({ reason: _, ...one }) => one);
      return items.length === 0 ? [] : [{ reason, count: items.length, items: items.slice(0, namedMax) }];
    }),
  };
}
