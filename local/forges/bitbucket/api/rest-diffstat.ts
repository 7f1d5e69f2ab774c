/** Which files two commits do not have alike. */
import { runGit } from '../../git/run-git.ts';
import type { Repository } from '../state.ts';
import { type Context, type Route, repositoryAt } from './context.ts';
import type { Held } from './held.ts';
import { refused } from './http.ts';
import { listPage } from './paging.ts';
import { requireCommit } from './rest-commits.ts';
import { selfOf } from './rest-source.ts';

/** https://git-scm.com/docs/git-diff#Documentation/git-diff.txt---name-status */
const statuses: Readonly<Record<string, 'added' | 'removed' | 'renamed'>> = {
  A: 'added',
  D: 'removed',
  R: 'renamed',
};

interface Change {
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly old: string;
  readonly new: string;
}

interface Compared {
  readonly repository: Repository;
  /** The commit with the changes. */
  readonly source: string;
  /** What it is compared with. */
  readonly destination: string;
}

async function diff({ repository, source, destination }: Compared, ...options: readonly string[]) {
  const git = ['--git-dir', repository.gitDirectory, 'diff-tree', '-r', '-z', ...options];
  return (await runGit([...git, destination, source])).split('\0');
}

async function changesOf(compared: Compared, renames: string): Promise<readonly Change[]> {
  const parts = await diff(compared, '--name-status', renames);
  const changes: Change[] = [];
  for (let place = 0; place + 1 < parts.length; ) {
    const [kind = '', before = '', after = ''] = parts.slice(place, place + 3);
    const isRename = kind.startsWith('R');
    changes.push({
      status: statuses[kind.charAt(0)] ?? 'modified',
      old: before,
      new: isRename ? after : before,
    });
    place += isRename ? 3 : 2;
  }
  return changes;
}

/** Lines added and removed, by the path. */
async function linesOf(compared: Compared): Promise<ReadonlyMap<string, readonly [number, number]>> {
  const parts = await diff(compared, '--numstat', '--no-renames');
  return new Map(
    parts.map((part) => {
      const [added, removed, path = ''] = part.split('\t');
      // Binary files have hyphens.
      return [path, [Number(added) || 0, Number(removed) || 0]];
    }),
  );
}

/**
 * `a..b` compares the first with the second, the opposite of git's order.
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/
 */
async function listChanges(context: Context) {
  const repository = repositoryAt(context);
  const { searchParams } = context.url;
  const [one = '', other] = (context.params.spec ?? '').split('..');
  if (other === undefined) throw refused(400, 'only two commits are compared here');
  const source = (await requireCommit(context, repository, one)).oid;
  const stated = (await requireCommit(context, repository, other)).oid;
  const isTwoDot = searchParams.get('topic') === 'false';
  const destination = isTwoDot
    ? stated
    : (await runGit(['--git-dir', repository.gitDirectory, 'merge-base', source, stated])).trim();
  const compared = { repository, source, destination };
  const renames = searchParams.get('renames') === 'false' ? '--no-renames' : '--find-renames';
  const [changes, lines] = await Promise.all([changesOf(compared, renames), linesOf(compared)]);
  const fileAt = (hash: string, path: string) => ({
    ...{ type: 'commit_file', path, escaped_path: encodeURI(path) },
    links: { self: { href: selfOf(context, { repository, hash, path }) } },
  });
  return listPage(context, changes, {
    ...{ isCounted: false, lengths: { otherwise: 500, most: 5000 } },
    shape: ({ status, ...paths }) =>
      ({
        ...{ type: 'diffstat', status },
        lines_added: lines.get(paths.new)?.[0] ?? 0,
        lines_removed: lines.get(paths.new)?.[1] ?? 0,
        old: status === 'added' ? null : fileAt(destination, paths.old),
        new: status === 'removed' ? null : fileAt(source, paths.new),
      }) satisfies Held<'diffstat'>,
  });
}

export const diffstatRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/2.0/repositories/{workspace}/{repository}/diffstat/{+spec}',
    ...{ scopes: ['repository'], apiScopes: ['read:repository:bitbucket'], open: true },
    handle: listChanges,
  },
];
