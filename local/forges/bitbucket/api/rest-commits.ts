import type { RawObject } from '../../git/batch-process.ts';
import { resolveCommit } from '../../git/resolve.ts';
import { runGit } from '../../git/run-git.ts';
import type { Repository } from '../state.ts';
import { commitShape } from './commit-shapes.ts';
import { type Context, type Route, repositoryAt } from './context.ts';
import { notFound } from './http.ts';
import { listPage, single } from './paging.ts';
import { shapingOf } from './shapes.ts';

/** @throws RefusalError 404 */
export async function requireCommit(
  context: Context,
  repository: Repository,
  name: string,
): Promise<RawObject> {
  const { objects } = context.services;
  const commit = await resolveCommit(objects, repository, context.refs(repository), name);
  if (commit === undefined) throw notFound(`Commit not found: ${name}`);
  return commit;
}

/** Commits, newest first, that can be reached from some and not from others; all branches and tags if none are named. */
async function listCommits(context: Context) {
  const repository = repositoryAt(context);
  const { searchParams } = context.url;
  const named = context.params.revision;
  const wanted = [...(named === undefined ? [] : [named]), ...searchParams.getAll('include')];
  const resolve = async (names: readonly string[]) =>
    Promise.all(names.map(async (name) => (await requireCommit(context, repository, name)).oid));
  const starts = await resolve(wanted);
  const stops = await resolve(searchParams.getAll('exclude'));
  const from = starts.length === 0 ? ['--branches', '--tags'] : starts;
  const git = ['--git-dir', repository.gitDirectory, 'log', '--format=%H', '--date-order'];
  const output =
    context.refs(repository).length === 0 ? '' : await runGit([...git, ...from, '--not', ...stops]);
  const hashes = output.split('\n').filter((line) => line !== '');
  return listPage(context, hashes, {
    isCounted: false,
    shape: async (hash) =>
      commitShape(shapingOf(context), repository, await requireCommit(context, repository, hash)),
  });
}

/** The best common ancestor of `a..b`. */
async function showMergeBase(context: Context) {
  const repository = repositoryAt(context);
  const names = (context.params.revspec ?? '').split('..');
  const [one = '', other = ''] = await Promise.all(
    names.map(async (name) => (await requireCommit(context, repository, name)).oid),
  );
  const base = await runGit(['--git-dir', repository.gitDirectory, 'merge-base', one, other]).catch(() => '');
  if (base === '') throw notFound('No common ancestor');
  const commit = await requireCommit(context, repository, base.trim());
  return single(context, commitShape(shapingOf(context), repository, commit));
}

const base = '/2.0/repositories/{workspace}/{repository}';
const reads = { scopes: ['repository'], apiScopes: ['read:repository:bitbucket'], open: true } as const;

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/ */
export const commitRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', pattern: `${base}/commit/{commit}`, ...reads },
    async handle(context) {
      const repository = repositoryAt(context);
      const commit = await requireCommit(context, repository, context.params.commit ?? '');
      return single(context, commitShape(shapingOf(context), repository, commit));
    },
  },
  { ...{ method: 'GET', pattern: `${base}/commits`, ...reads }, handle: listCommits },
  { ...{ method: 'GET', pattern: `${base}/commits/{+revision}`, ...reads }, handle: listCommits },
  { ...{ method: 'GET', pattern: `${base}/merge-base/{+revspec}`, ...reads }, handle: showMergeBase },
];
