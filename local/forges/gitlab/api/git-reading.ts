/** Commits and files of a project's repository, in GitLab's shapes. */
import type { CommitSchema } from '@gitbeaker/rest';
import type { RawObject } from '../../git/batch-process.ts';
import { parseCommit, parseTag, type Signature } from '../../git/object-formats.ts';
import type { GitRef } from '../../git/refs.ts';
import type { Project } from '../state.ts';
import { type Context, webUrl } from './context.ts';
import type { Held } from './held.ts';
import { notFound } from './http.ts';

const heads = 'refs/heads/';
const tagPrefix = 'refs/tags/';

/** GitLab's form of a commit's time. */
const timeOf = ({ date }: Signature): string => date.replace('Z', '.000+00:00');

export function commitShape(context: Context, project: Project, object: RawObject) {
  const commit = parseCommit(object.body);
  const { author, committer, message } = commit;
  return {
    id: object.oid,
    short_id: object.oid.slice(0, 8),
    created_at: timeOf(committer),
    parent_ids: [...commit.parents],
    title: message.split('\n')[0] ?? '',
    message,
    ...{ author_name: author.name, author_email: author.email, authored_date: timeOf(author) },
    ...{ committer_name: committer.name, committer_email: committer.email },
    committed_date: timeOf(committer),
    ...{ trailers: {}, extended_trailers: {} },
    web_url: `${webUrl(context, project)}/-/commit/${object.oid}`,
  } satisfies Held<CommitSchema>;
}

/** Follows annotated tags to their commit. */
export async function commitOf(
  { services }: Pick<Context, 'services'>,
  { gitDirectory }: Project,
  object: RawObject | undefined,
): Promise<RawObject | undefined> {
  let found = object;
  while (found?.type === 'tag')
    found = await services.objects.read(gitDirectory, parseTag(found.body).target);
  return found?.type === 'commit' ? found : undefined;
}

/** The commit of a branch, a tag or an id, full or abbreviated; undefined if there is none. */
export async function resolveCommit(
  context: Pick<Context, 'services' | 'refs'>,
  project: Project,
  ref: string,
): Promise<RawObject | undefined> {
  const { objects } = context.services;
  const name = ref === 'HEAD' ? project.defaultBranch : ref;
  const wanted = [name, `${heads}${name}`, `${tagPrefix}${name}`];
  const named = context.refs(project).find((each) => wanted.includes(each.name));
  const object = named
    ? await objects.read(project.gitDirectory, named.oid)
    : /^[0-9a-f]{7,40}$/.test(ref)
      ? await objects.resolve(project.gitDirectory, ref)
      : undefined;
  return commitOf(context, project, object);
}

/** @throws RefusalError 404 */
export async function requireCommit(context: Context, project: Project, ref: string, what = 'Commit') {
  const commit = await resolveCommit(context, project, ref);
  if (commit === undefined) throw notFound(what);
  return commit;
}

export const branchesOf = (refs: readonly GitRef[]): GitRef[] =>
  refs.flatMap(({ name, oid }) => (name.startsWith(heads) ? [{ name: name.slice(heads.length), oid }] : []));

export const tagsOf = (refs: readonly GitRef[]): GitRef[] =>
  refs.flatMap(({ name, oid }) =>
    name.startsWith(tagPrefix) ? [{ name: name.slice(tagPrefix.length), oid }] : [],
  );
