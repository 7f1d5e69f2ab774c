import type { BranchSchema, CommitReferenceSchema, TagSchema } from '@gitbeaker/rest';
import type { RawObject } from '../../git/batch-process.ts';
import { committedSeconds, parseTag } from '../../git/object-formats.ts';
import type { GitRef } from '../../git/refs.ts';
import { branchesOf, peelToCommit, tagsOf } from '../../git/resolve.ts';
import { runGit } from '../../git/run-git.ts';
import type { Reply } from '../../server/reply.ts';
import { REPORTER } from '../levels.ts';
import { projectAccess } from '../rights.ts';
import type { Project } from '../state.ts';
import { type Context, codeAt, type Route, webUrl } from './context.ts';
import { commitShape, requireCommit } from './git-reading.ts';
import type { Held } from './held.ts';
import { notFound } from './http.ts';
import { afterToken, keysetPage, offsetPage } from './paging.ts';

async function branchShape(context: Context, project: Project, { name, oid }: GitRef) {
  const object = await context.services.objects.read(project.gitDirectory, oid);
  if (object === undefined) throw notFound('Branch');
  const isDefault = name === project.defaultBranch;
  const canPush = projectAccess(context, project, context.user).level > REPORTER;
  return {
    name,
    commit: commitShape(context, project, object),
    ...{ merged: false, protected: isDefault, can_push: canPush, default: isDefault },
    ...{ developers_can_push: false, developers_can_merge: false },
    web_url: `${webUrl(context, project)}/-/tree/${encodeURIComponent(name)}`,
  } satisfies Held<BranchSchema>;
}

interface FoundTag extends GitRef {
  readonly object: RawObject | undefined;
  readonly commit: RawObject | undefined;
  /** Seconds: the tagger's time, or the commit's. */
  readonly updatedAt: number;
}

async function findTag(context: Context, project: Project, ref: GitRef): Promise<FoundTag> {
  const object = await context.services.objects.read(project.gitDirectory, ref.oid);
  const commit = await peelToCommit(context.services.objects, project.gitDirectory, object);
  const tagger = object?.type === 'tag' ? parseTag(object.body).tagger : undefined;
  const committed = commit === undefined ? 0 : committedSeconds(commit.body);
  return { ...ref, object, commit, updatedAt: tagger ? Date.parse(tagger.date) / 1000 : committed };
}

function tagShape(context: Context, project: Project, { name, oid, object, commit }: FoundTag) {
  const tag = object?.type === 'tag' ? parseTag(object.body) : undefined;
  return {
    name,
    message: tag?.message.trimEnd() ?? '',
    target: oid,
    commit: commit === undefined ? null : commitShape(context, project, commit),
    release: null,
    protected: false,
    created_at: tag?.tagger?.date.replace('Z', '.000+00:00') ?? null,
  } satisfies Held<TagSchema>;
}

/** Continues after a name where the request does so: https://docs.gitlab.com/api/rest/#keyset-based-pagination, undocumented here. */
function listRefs<Ref extends GitRef>(
  context: Context,
  refs: readonly Ref[],
  shape: (ref: Ref) => unknown,
): Promise<Reply> {
  if (context.url.searchParams.get('pagination') !== 'keyset') {
    return offsetPage(context, refs, shape, { byGitaly: true });
  }
  const rest = afterToken(context, refs, ({ name }) => name);
  return keysetPage(context, { rest, next: ({ name }) => ({ page_token: name }), byGitaly: true }, shape);
}

const matches = (context: Context, name: string): boolean => {
  const search = context.url.searchParams.get('search');
  if (search === null) return true;
  if (search.startsWith('^')) return name.startsWith(search.slice(1));
  return search.endsWith('$') ? name.endsWith(search.slice(0, -1)) : name.includes(search);
};

/** https://docs.gitlab.com/api/branches/#list-repository-branches; the list is cached for 30 seconds. */
function listBranches(context: Context): Promise<Reply> {
  const project = codeAt(context);
  const refs = context.services.cachedBranches(project, () => context.refs(project));
  const found = branchesOf(refs).filter(({ name }) => matches(context, name));
  return listRefs(context, found, (ref) => branchShape(context, project, ref));
}

/**
 * The newest first. Those of one moment come by name, as `git for-each-ref --sort=-creatordate` lists them
 * (https://git-scm.com/docs/git-for-each-ref).
 *
 * https://docs.gitlab.com/api/tags/#list-all-project-repository-tags
 */
async function listTags(context: Context): Promise<Reply> {
  const project = codeAt(context);
  const { searchParams } = context.url;
  const byName = ['name', 'version'].includes(searchParams.get('order_by') ?? '');
  const sign = searchParams.get('sort') === 'asc' ? 1 : -1;
  const wanted = tagsOf(context.refs(project)).filter(({ name }) => matches(context, name));
  const tags = await Promise.all(wanted.map((ref) => findTag(context, project, ref)));
  const order = (a: FoundTag, b: FoundTag): number => (a.name < b.name ? -1 : 1);
  tags.sort((a, b) => (byName ? sign * order(a, b) : sign * (a.updatedAt - b.updatedAt) || order(a, b)));
  return listRefs(context, tags, (tag) => tagShape(context, project, tag));
}

function listContaining(gitDirectory: string, kind: 'heads' | 'tags', commit: string): Promise<string> {
  const format = `--format=%(refname:lstrip=2)`;
  return runGit(['--git-dir', gitDirectory, 'for-each-ref', format, `--contains=${commit}`, `refs/${kind}`]);
}

/**
 * Branches, then tags, that contain a commit; an unreachable one has none.
 * https://docs.gitlab.com/api/commits/#list-all-references-for-a-commit
 */
async function listCommitRefs(context: Context): Promise<Reply> {
  const project = codeAt(context);
  const { oid } = await requireCommit(context, project, context.params.sha ?? '');
  const type = context.url.searchParams.get('type') ?? 'all';
  const kinds = [
    ...(type === 'tag' ? [] : (['heads'] as const)),
    ...(type === 'branch' ? [] : (['tags'] as const)),
  ];
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const names = (await listContaining(project.gitDirectory, kind, oid)).split('\n');
      return names.filter((name) => name !== '').map((name) => ({ kind, name }));
    }),
  );
  return offsetPage(context, found.flat(), ({ kind, name }) => {
    const shape: Held<CommitReferenceSchema> = { type: kind === 'heads' ? 'branch' : 'tag', name };
    return shape;
  });
}

/** Branches, tags and commits: https://docs.gitlab.com/api/branches/, /api/tags/ and /api/commits/ */
export const refRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/projects/{id}/repository/branches', open: true, handle: listBranches },
  {
    method: 'GET',
    pattern: '/projects/{id}/repository/branches/{branch}',
    open: true,
    async handle(context) {
      const project = codeAt(context);
      const found = branchesOf(context.refs(project)).find(({ name }) => name === context.params.branch);
      if (found === undefined) throw notFound('Branch');
      return { status: 200, json: await branchShape(context, project, found) };
    },
  },
  { method: 'GET', pattern: '/projects/{id}/repository/tags', open: true, handle: listTags },
  {
    method: 'GET',
    pattern: '/projects/{id}/repository/tags/{tag}',
    open: true,
    async handle(context) {
      const project = codeAt(context);
      const found = tagsOf(context.refs(project)).find(({ name }) => name === context.params.tag);
      if (found === undefined) throw notFound('Tag');
      return { status: 200, json: tagShape(context, project, await findTag(context, project, found)) };
    },
  },
  {
    method: 'GET',
    pattern: '/projects/{id}/repository/commits/{sha}',
    open: true,
    async handle(context) {
      const project = codeAt(context);
      const commit = await requireCommit(context, project, context.params.sha ?? '');
      return {
        status: 200,
        json: { ...commitShape(context, project, commit), status: null, project_id: project.id },
      };
    },
  },
  {
    method: 'GET',
    pattern: '/projects/{id}/repository/commits/{sha}/refs',
    open: true,
    handle: listCommitRefs,
  },
];
