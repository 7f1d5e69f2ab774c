/** Commits and files of a project's repository, in GitLab's shapes. */
import type { CommitSchema } from '@gitbeaker/rest';
import type { RawObject } from '../../git/batch-process.ts';
import { parseCommit, type Signature } from '../../git/object-formats.ts';
import { resolveCommit } from '../../git/resolve.ts';
import type { Project } from '../state.ts';
import { type Context, webUrl } from './context.ts';
import type { Held } from './held.ts';
import { notFound } from './http.ts';

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

/** @throws RefusalError 404 */
export async function requireCommit(context: Context, project: Project, ref: string, what = 'Commit') {
  const commit = await resolveCommit(context.services.objects, project, context.refs(project), ref);
  if (commit === undefined) throw notFound(what);
  return commit;
}
