/** Reads a repository's refs with as many manifests as the forge gives now, and keeps what it read. */
import type { PackageSource } from '../domain/package.ts';
import type { ContentReader, ForgeRef, ForgeRepository } from '../forge/forge.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Table } from '../store/table.ts';
import type { Lease } from '../store/work.ts';
import { filterBranches } from './filter-branches.ts';
import { keepManifests, loadManifests } from './known-manifests.ts';
import type { RestRecord } from './rest-of-manifests.ts';
import type { ScanInputs } from './scan-inputs.ts';

export interface Unread {
  readonly refs: readonly ForgeRef[];
  readonly tags: readonly ForgeRef[];
  has(kind: 'tag' | 'branch', name: string): boolean;
}

interface ReadRefs {
  /** Without those whose manifests were not read. */
  readonly refs: ForgeRepository;
  readonly unread: Unread;
  /** Whether the repository has no branch and no tag at all. */
  readonly isEmpty: boolean;
  /** For the scan's item; with unread manifests the scan is not complete. */
  readonly rest: RestRecord & { readonly lastScannedAt?: number | undefined };
}

/** @throws ForgeError as `readRefs` */
export async function readRefsInPortions(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  { item }: Pick<Lease, 'item'>,
  { synchronization, repository }: Pick<PackageSource, 'synchronization' | 'repository'>,
  reader: ContentReader,
  { organization, repository: known }: Pick<ScanInputs, 'organization' | 'repository'>,
): Promise<ReadRefs> {
  const ids = known?.fact ?? { repository };
  const patterns = organization.branchesLeftOut ?? [];
  if (reader.oneByOne === undefined) {
    const read = await reader.readRefs(ids);
    return {
      ...{ refs: filterBranches(read, patterns), unread: unreadOf([], []) },
      ...{ isEmpty: isEmpty(read), rest: {} },
    };
  }
  const before = await loadManifests(table, synchronization, repository);
  const read = await reader.readRefs(ids, { known: before.manifests });
  await keepManifests(
    ...([table, synchronization, repository, before, read.manifests ?? new Map(), clock.now()] as const),
  );
  const unread = unreadOf(read.tags, read.branches);
  const isRead = ({ isUnread }: ForgeRef): boolean => isUnread !== true;
  const refs = { ...read, tags: read.tags.filter(isRead), branches: read.branches.filter(isRead) };
  const rest =
    unread.refs.length === 0
      ? {}
      : {
          unread: new Set(unread.refs.map(({ commit }) => commit)).size,
          goOnAt: read.goOnAt ?? clock.now(),
          lastScannedAt: typeof item.lastScannedAt === 'number' ? item.lastScannedAt : undefined,
        };
  return { refs: filterBranches(refs, patterns), unread, isEmpty: isEmpty(read), rest };
}

const isEmpty = ({ tags, branches, unusable }: ForgeRepository): boolean =>
  tags.length + branches.length + unusable.length === 0;

function unreadOf(tags: readonly ForgeRef[], branches: readonly ForgeRef[]): Unread {
  const isUnread = ({ isUnread: is }: ForgeRef): boolean => is === true;
  const [unreadTags, unreadBranches] = [tags.filter(isUnread), branches.filter(isUnread)];
  const names = {
    tag: new Set(unreadTags.map(({ name }) => name)),
    branch: new Set(unreadBranches.map(({ name }) => name)),
  };
  return {
    refs: [...unreadTags, ...unreadBranches],
    tags: unreadTags,
    has: (kind, name) => names[kind].has(name),
  };
}
