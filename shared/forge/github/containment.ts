/**
 * Whether a branch or tag of a repository contains a commit, by GraphQL's `Ref.compare`: a ref that is compared with the commit contains it
 * when the commit is `BEHIND` it or `IDENTICAL`. Many refs are compared in one request, where REST's comparison takes one for each, with
 * up to 300 changed files in its answer; and repositories are addressed by id. GitHub documents no look-up from commit to refs:
 * `branches-where-head` knows only heads.
 *
 * That `headRef` takes a hash: https://docs.github.com/en/graphql/overview/changelog#schema-changes-for-2022-10-18
 */

import { z } from 'zod';
import type { Containment } from '../containment.ts';
import { ForgeError } from '../errors.ts';
import type { RepositoryIds } from '../forge.ts';
import { expectSame, OverloadError } from '../http.ts';
import { createPageSize, freshPageSize, pageSizeSchema } from '../pages.ts';
import type { GraphqlError } from './http.ts';
import { commitQuery, commitRefsQuery, hashQuery } from './queries.ts';
import type { Requests } from './requests.ts';
import type { CommitRefs, RefComparison } from './schema.ts';

/** A comparison walks history, so fewer refs fit into a request than in a mere list. */
const refsPerPage = 50;
const prefixes = ['refs/heads/', 'refs/tags/'] as const;

const listSchema = z.object({
  /** Index of the list in `prefixes`. */
  place: z.int().nonnegative(),
  after: z.string().nullable(),
  /** How many refs of the list were checked. */
  seen: z.int().nonnegative(),
  /** Every total that a page of the list stated. */
  totals: z.array(z.int().nonnegative()),
  /** How many reads of the list did not match its total. */
  failed: z.int().nonnegative(),
  size: pageSizeSchema,
});
/** The progress of reading a list of refs. */
type ListProgress = z.infer<typeof listSchema>;

/** Without `list`, the default branch is next. */
const progressSchema = z.object({ commit: z.string(), list: listSchema.optional() });
type Progress = z.infer<typeof progressSchema>;

const atStart = { after: null, seen: 0, totals: [], failed: 0 };

export type FindNodeId = (repository: RepositoryIds) => Promise<string>;

/** The repository to search, by its node id, and the ids that a response must match. */
interface Search {
  readonly requests: Requests;
  readonly repository: string;
  readonly ids: RepositoryIds;
}

/** Makes one step of a look-up: one request, and one more if the repository's node id has to be found first. */
export async function findContainment(
  requests: Requests,
  nodeIdOf: FindNodeId,
  ids: RepositoryIds,
  hash: string,
  from?: unknown,
): Promise<Containment> {
  const search: Search = { requests, repository: await nodeIdOf(ids), ids };
  const progress = progressSchema.safeParse(from).data;
  const commit = progress?.commit ?? (hash.length === 40 ? hash : undefined);
  if (commit === undefined) {
    const full = await fullHash(search, hash);
    return full === undefined
      ? { is: 'not-contained' }
      : { is: 'undecided', progress: { commit: full } satisfies Progress };
  }
  const next = progress?.list
    ? await readPage(search, commit, progress.list)
    : await compareDefaultBranch(search, commit);
  if (next === 'contains') {
    return { is: 'contained', commit };
  }
  return next === 'none'
    ? { is: 'not-contained' }
    : { is: 'undecided', progress: { commit, list: next } satisfies Progress };
}

/**
 * Resolves an abbreviated hash; undefined if it matches no commit or several. GitHub prefers a branch or tag of that name, which does not
 * count.
 */
async function fullHash({ requests, repository, ids }: Search, hash: string): Promise<string | undefined> {
  const { node } = await requests.query(hashQuery, { repository, hash });
  expectSame(node.databaseId, ids.repository);
  const { object } = node;
  return object?.__typename === 'Commit' && object.oid.startsWith(hash) ? object.oid : undefined;
}

/** Checks the default branch. `none`: the whole fork network has no such commit. Otherwise, where to continue. */
async function compareDefaultBranch(
  { requests, repository, ids }: Search,
  commit: string,
): Promise<'contains' | 'none' | ListProgress> {
  const { data } = await requests.ask(commitQuery, { repository, commit, head: commit }, isNotComparable);
  const { databaseId, object, defaultBranchRef } = data.node;
  expectSame(databaseId, ids.repository);
  if (object?.__typename !== 'Commit') {
    return 'none';
  }
  return defaultBranchRef !== null && contains(defaultBranchRef, commit)
    ? 'contains'
    : { place: 0, ...atStart, size: freshPageSize(refsPerPage) };
}

/** Checks one page of refs. @returns where to continue; `none`: that was the last page */
async function readPage(
  { requests, repository, ids }: Search,
  commit: string,
  list: ListProgress,
): Promise<'contains' | 'none' | ListProgress> {
  const prefix = prefixes[list.place] ?? '';
  const size = { ...list.size };
  const pageSize = createPageSize(refsPerPage, size);
  let node: CommitRefs['node'];
  try {
    const variables = { repository, prefix, head: commit, size: pageSize.current() };
    const after = list.after ?? undefined;
    ({ node } = (await requests.ask(commitRefsQuery, { ...variables, after }, isNotComparable)).data);
  } catch (error) {
    if (error instanceof OverloadError && pageSize.shrink()) {
      return { ...list, size };
    }
    throw error;
  }
  pageSize.grow();
  expectSame(node.databaseId, ids.repository);
  const { refs, isEmpty } = node;
  if (refs === null && !isEmpty) {
    throw new ForgeError('incomplete', `GitHub returns no ${prefix} for a repository that has some`);
  }
  return refs?.items.some((ref) => contains(ref, commit))
    ? 'contains'
    : positionAfter({ ...list, size }, refs, prefix);
}

/** The position after a page in which no ref contains the commit. */
function positionAfter(
  list: ListProgress,
  page: CommitRefs['node']['refs'],
  prefix: string,
): 'none' | ListProgress {
  const seen = list.seen + (page?.items.length ?? 0);
  const totals = [...new Set([...list.totals, page?.totalCount ?? 0])];
  const { hasNextPage = false, endCursor = null } = page?.pageInfo ?? {};
  if (hasNextPage) {
    if (endCursor === null || endCursor === list.after || page?.items.length === 0) {
      throw new ForgeError('incomplete', `GitHub's list of ${prefix} does not end`);
    }
    return { ...list, after: endCursor, seen, totals };
  }
  if (totals.every((total) => total === seen)) {
    const place = list.place + 1;
    return place < prefixes.length ? { ...list, ...atStart, place } : 'none';
  }
  if (list.failed > 0) {
    throw new ForgeError('incomplete', `GitHub's list of ${prefix} does not match its total`);
  }
  // The list changed during the read.
  return { ...list, ...atStart, failed: 1 };
}

/** @throws ForgeError when GitHub compared with another commit, because a ref is named like our hash */
function contains({ compare }: RefComparison, commit: string): boolean {
  if (compare === null) {
    return false;
  }
  if (compare.headTarget.oid !== commit) {
    throw new ForgeError('incomplete', 'GitHub compared a different commit than the one requested');
  }
  return compare.status === 'BEHIND' || compare.status === 'IDENTICAL';
}

/** Whether the error means that two commits have no common history, which is a result. Any other error is a failure. */
function isNotComparable({ type, message, path }: GraphqlError): boolean {
  return path?.at(-1) === 'compare' && (type === 'NOT_FOUND' || /no common ancestor/i.test(message));
}
