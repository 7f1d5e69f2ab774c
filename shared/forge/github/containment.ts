/**
 * Whether a branch or tag of a repository contains a commit, by GraphQL's `Ref.compare`: a ref that is compared with the commit contains it
 * when the commit is `BEHIND` it or `IDENTICAL`. Many refs are compared in one request, where REST's comparison takes one for each, with
 * up to 300 changed files in its answer; and repositories are addressed by id. GitHub documents no look-up from commit to refs:
 * `branches-where-head` knows only heads.
 *
 * That `headRef` takes a hash: https://docs.github.com/en/graphql/overview/changelog#schema-changes-for-2022-10-18
 */
import { z } from 'zod';
import type { Containment, ContainmentOptions } from '../containment.ts';
import { ForgeError } from '../errors.ts';
import type { RepositoryIds } from '../forge.ts';
import { expectSame } from './account.ts';
import type { GraphqlError } from './http.ts';
import { askingForLess, createPageSize, freshPageSize, pageSizeSchema } from './pages.ts';
import { commitQuery, commitRefsQuery, hashQuery } from './queries.ts';
import type { Requests } from './requests.ts';
import type { RefComparison } from './schema.ts';

/** A comparison walks history, so fewer refs fit into a request than where they are only listed. */
const refsPerPage = 50;
const prefixes = ['refs/heads/', 'refs/tags/'] as const;

const progressSchema = z.object({
  commit: z.string(),
  /** Which of the lists is read now. */
  list: z.int().nonnegative(),
  after: z.string().nullable(),
  /** Refs of that list that were looked at. */
  seen: z.int().nonnegative(),
  /** Every total that a page of it named. */
  totals: z.array(z.int().nonnegative()),
  /** Readings of that list that did not add up. */
  failed: z.int().nonnegative(),
  size: pageSizeSchema,
});
type Progress = z.infer<typeof progressSchema>;

const atStart = { after: null, seen: 0, totals: [] };

export type FindNodeId = (repository: RepositoryIds) => Promise<string>;

export async function findContainment(
  requests: Requests,
  nodeIdOf: FindNodeId,
  ids: RepositoryIds,
  hash: string,
  { from, mayGoOn = () => true }: ContainmentOptions = {},
): Promise<Containment> {
  const repository = await nodeIdOf(ids);
  const known = progressSchema.safeParse(from).data;
  const commit =
    known?.commit ?? (hash.length === 40 ? hash : await fullHash(requests, repository, ids, hash));
  if (commit === undefined) {
    return { is: 'not-contained' };
  }
  let progress = known;
  if (progress === undefined) {
    const first = await askDefaultBranch(requests, repository, ids, commit);
    if (first !== 'other') {
      return first === 'contains' ? { is: 'contained', commit } : { is: 'not-contained' };
    }
    progress = { commit, list: 0, ...atStart, failed: 0, size: freshPageSize(refsPerPage) };
  }
  for (let asked = known === undefined ? 1 : 0; progress.list < prefixes.length; asked += 1) {
    if (asked > 0 && !mayGoOn()) {
      return { is: 'undecided', progress };
    }
    const next = await askPage(requests, repository, ids, progress);
    if (next === 'contains') {
      return { is: 'contained', commit };
    }
    progress = next;
  }
  return { is: 'not-contained' };
}

/** Undefined for an abbreviation of no commit or of several. A branch or tag of that name comes first for GitHub, and is no abbreviation. */
async function fullHash(
  requests: Requests,
  repository: string,
  ids: RepositoryIds,
  hash: string,
): Promise<string | undefined> {
  const { node } = await requests.query(hashQuery, { repository, hash });
  expectSame(node.databaseId, ids.repository);
  const { object } = node;
  return object?.__typename === 'Commit' && object.oid.startsWith(hash) ? object.oid : undefined;
}

/** `nowhere`: the whole network has no such commit. `other`: it has, and the other refs have to be looked at. */
async function askDefaultBranch(
  requests: Requests,
  repository: string,
  ids: RepositoryIds,
  commit: string,
): Promise<'contains' | 'nowhere' | 'other'> {
  const { data } = await requests.ask(commitQuery, { repository, commit, head: commit }, saysNotComparable);
  const { databaseId, object, defaultBranchRef } = data.node;
  expectSame(databaseId, ids.repository);
  if (object?.__typename !== 'Commit') {
    return 'nowhere';
  }
  return defaultBranchRef !== null && contains(defaultBranchRef, commit) ? 'contains' : 'other';
}

/** One page of refs. @returns how far the look-up is then */
async function askPage(
  requests: Requests,
  repository: string,
  ids: RepositoryIds,
  progress: Progress,
): Promise<'contains' | Progress> {
  const { commit, list, after, failed } = progress;
  const prefix = prefixes[list] ?? '';
  const size = { ...progress.size };
  const { data } = await askingForLess(createPageSize(refsPerPage, size), (count) =>
    requests.ask(
      commitRefsQuery,
      { repository, prefix, head: commit, size: count, after: after ?? undefined },
      saysNotComparable,
    ),
  );
  expectSame(data.node.databaseId, ids.repository);
  const { refs, isEmpty } = data.node;
  if (refs === null && !isEmpty) {
    throw new ForgeError('incomplete', `GitHub does not show the ${prefix} of a repository that has some`);
  }
  if (refs?.items.some((ref) => contains(ref, commit))) {
    return 'contains';
  }
  const seen = progress.seen + (refs?.items.length ?? 0);
  const totals = [...new Set([...progress.totals, refs?.totalCount ?? 0])];
  const { hasNextPage = false, endCursor = null } = refs?.pageInfo ?? {};
  if (hasNextPage) {
    if (endCursor === null || endCursor === after || refs?.items.length === 0) {
      throw new ForgeError('incomplete', `GitHub's list of ${prefix} has no end`);
    }
    return { ...progress, after: endCursor, seen, totals, size };
  }
  if (totals.every((total) => total === seen)) {
    return { ...progress, ...atStart, list: list + 1, failed: 0, size };
  }
  if (failed > 0) {
    throw new ForgeError('incomplete', `GitHub's list of ${prefix} does not add up`);
  }
  // It changed while it was read.
  return { ...progress, ...atStart, failed: 1, size };
}

/** @throws ForgeError when GitHub compared with something else: a ref may have the name that we meant as a hash */
function contains({ compare }: RefComparison, commit: string): boolean {
  if (compare === null) {
    return false;
  }
  if (compare.headTarget.oid !== commit) {
    throw new ForgeError('incomplete', 'GitHub compared with another commit than the one it was asked about');
  }
  return compare.status === 'BEHIND' || compare.status === 'IDENTICAL';
}

/** That two commits have no history in common is an answer. Any other error says nothing. */
function saysNotComparable({ type, message, path }: GraphqlError): boolean {
  return path?.at(-1) === 'compare' && (type === 'NOT_FOUND' || /no common ancestor/i.test(message));
}
