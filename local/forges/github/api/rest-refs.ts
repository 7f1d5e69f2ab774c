import type { RawObject } from '../../git/batch-process.ts';
import { parseCommit, parseTag, type Signature } from '../../git/object-formats.ts';
import type { GitRef } from '../../git/refs.ts';
import type { Repository } from '../state.ts';
import { type Context, type Route, repositoryRoutes } from './context.ts';
import { NOT_FOUND, RefusalError, type Reply } from './http.ts';
import { paged } from './paging.ts';
import { commitAt } from './rest-contents.ts';
import { fullName } from './rights.ts';
import type { Schema } from './schemas.ts';

/** All refs whose name starts with `start`. @throws RefusalError 409 for an empty repository */
function refsBeginning(context: Context, repository: Repository, start: string): GitRef[] {
  const all = context.refs(repository);
  if (all.length === 0) throw new RefusalError({ status: 409, message: 'Git Repository is empty.' });
  return all.filter(({ name }) => name.startsWith(`refs/${start}`));
}

/** A ref to an annotated tag shows the tag object, not its commit. */
async function refShape(context: Context, repository: Repository, { name, oid }: GitRef) {
  const { services, state } = context;
  const base = `${services.addresses.api}/repos/${fullName(state, repository)}/git`;
  const type = (await services.objects.read(repository.gitDirectory, oid))?.type ?? 'commit';
  return {
    ref: name,
    node_id: nodeId('REF', repository, name),
    url: `${base}/${name}`,
    object: { sha: oid, type, url: `${base}/${type}s/${oid}` },
  } satisfies Schema<'git-ref'>;
}

function nodeId(type: string, repository: Repository, name: string): string {
  return `${type}_${Buffer.from(`${repository.id}:${name}`).toString('base64url')}`;
}

/** Lists all matching refs in one answer. */
async function matchingRefs(context: Context, repository: Repository): Promise<Reply> {
  const wanted = refsBeginning(context, repository, context.params.ref ?? '');
  return {
    status: 200,
    json: await Promise.all(wanted.map((ref) => refShape(context, repository, ref))),
  };
}

/** Shows the ref of that name, or else all below it, as Composer relies on for `git/refs/heads`. */
async function showRefs(context: Context, repository: Repository): Promise<Reply> {
  const name = context.params.ref ?? '';
  const one = refsBeginning(context, repository, name).find((ref) => ref.name === `refs/${name}`);
  if (one !== undefined) return { status: 200, json: await refShape(context, repository, one) };
  const below = refsBeginning(context, repository, `${name}/`);
  if (below.length === 0) throw new RefusalError(NOT_FOUND);
  return {
    status: 200,
    json: await Promise.all(below.map((ref) => refShape(context, repository, ref))),
  };
}

/**
 * Lists tags with their commits, following tags of tags; tags of other objects are left out. GitHub sorts by name, last first, without
 * documenting it (https://github.com/loopwerk/tag-changelog/issues/12 shows an answer).
 */
async function listTags(context: Context, repository: Repository): Promise<Reply> {
  const { services, state } = context;
  const tags = context.refs(repository).filter(({ name }) => name.startsWith('refs/tags/'));
  const commits = await Promise.all(
    tags.toReversed().map(async ({ name, oid }) => ({
      name: name.slice('refs/tags/'.length),
      commit: await peeled(context, repository, oid),
    })),
  );
  const all = commits.flatMap(({ name, commit }) => (commit === undefined ? [] : [{ name, commit }]));
  const { items, headers } = paged(context, all);
  const base = `${services.addresses.api}/repos/${fullName(state, repository)}`;
  const json = items.map(
    ({ name, commit }): Schema<'tag'> => ({
      name,
      commit: { sha: commit.oid, url: `${base}/commits/${commit.oid}` },
      zipball_url: `${base}/zipball/refs/tags/${name}`,
      tarball_url: `${base}/tarball/refs/tags/${name}`,
      node_id: nodeId('REF', repository, `refs/tags/${name}`),
    }),
  );
  return { status: 200, headers, json };
}

async function peeled(
  { services }: Context,
  { gitDirectory }: Repository,
  oid: string,
): Promise<RawObject | undefined> {
  let object = await services.objects.read(gitDirectory, oid);
  while (object?.type === 'tag')
    object = await services.objects.read(gitDirectory, parseTag(object.body).target);
  return object?.type === 'commit' ? object : undefined;
}

async function showCommit(context: Context, repository: Repository): Promise<Reply> {
  if (context.refs(repository).length === 0) {
    throw new RefusalError({ status: 409, message: 'Git Repository is empty.' });
  }
  const { oid, body } = await commitAt(context, repository, context.params.ref ?? '');
  const { addresses } = context.services;
  const name = fullName(context.state, repository);
  const base = `${addresses.api}/repos/${name}`;
  const commit = parseCommit(body);
  const person = ({ name: own, email, date }: Signature) => ({ name: own, email, date });
  const json: Schema<'commit'> = {
    sha: oid,
    node_id: nodeId('C', repository, oid),
    url: `${base}/commits/${oid}`,
    html_url: `${addresses.web}/${name}/commit/${oid}`,
    comments_url: `${base}/commits/${oid}/comments`,
    commit: {
      url: `${base}/git/commits/${oid}`,
      author: person(commit.author),
      committer: person(commit.committer),
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${base}/git/trees/${commit.tree}` },
    },
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({ sha, url: `${base}/commits/${sha}` })),
  };
  return { status: 200, json };
}

const CONTENTS = { permissions: ['contents'], contents: true };

/** Routes that read refs and commits. */
export const refRoutes: readonly Route[] = [
  ...repositoryRoutes('/git/matching-refs/{+ref}', CONTENTS, matchingRefs),
  ...repositoryRoutes('/git/refs/{+ref}', CONTENTS, showRefs),
  ...repositoryRoutes('/tags', CONTENTS, listTags),
  ...repositoryRoutes('/commits/{+ref}', CONTENTS, showCommit),
];
