/** Bodies of webhooks: https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ */
import type { RawObject } from '../git/batch-process.ts';
import { readRefs } from '../git/refs.ts';
import { branchesOf } from '../git/resolve.ts';
import { type ContentShaping, commitShape, findRef, refShape } from './api/commit-shapes.ts';
import { accountShape, projectShape, repositoryShape, workspaceReference } from './api/shapes.ts';
import { fullName } from './find.ts';
import type { Account, Project, Repository, Workspace } from './state.ts';

/** A change of a branch or tag, with the commits that are new. */
export interface PushedChange {
  /** Full name. */
  readonly ref: string;
  /** Ids of the objects that it pointed at and points at. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly forced: boolean;
  /** Newest first. */
  readonly commits: readonly RawObject[];
}

/** What a field was, and what it is now. */
type Changed = Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>>;

export interface Payloads {
  push(repository: Repository, actor: Account | undefined, changes: readonly PushedChange[]): Promise<object>;
  repository(repository: Repository, actor: Account | undefined): object;
  updated(repository: Repository, actor: Account | undefined, changes: Changed): object;
  transferred(repository: Repository, actor: Account | undefined, from: Workspace): object;
  project(project: Project, actor: Account | undefined, changes: Changed): object;
}

/** "commits: up to 5 of the most recent": more are left out, and `truncated` says so. */
const mostCommits = 5;

export function createPayloads(shaping: ContentShaping): Payloads {
  const { addresses, state, objects } = shaping;

  const common = (repository: Repository, actor: Account | undefined) => ({
    repository: repositoryShape(
      shaping,
      repository,
      branchesOf(readRefs(repository.gitDirectory)).length === 0,
    ),
    actor: actor === undefined ? null : accountShape(shaping, actor),
  });

  async function refAt(repository: Repository, ref: string, oid: string | undefined) {
    if (oid === undefined) return null;
    const type = ref.startsWith('refs/tags/') ? ('tag' as const) : ('branch' as const);
    const name = ref.replace(/^refs\/(heads|tags)\//, '');
    const found = await findRef(objects, repository, { name, oid }, type);
    return found === undefined ? null : refShape(shaping, repository, found);
  }

  async function changeShape(repository: Repository, change: PushedChange) {
    const { ref, before, after, forced, commits } = change;
    const name = fullName(state, repository);
    const range = `${after ?? ''}..${before ?? ''}`;
    const api = `${addresses.api}/2.0/repositories/${name}`;
    return {
      ...{ old: await refAt(repository, ref, before), new: await refAt(repository, ref, after) },
      ...{ created: before === undefined, closed: after === undefined, forced },
      commits: commits.slice(0, mostCommits).map((commit) => commitShape(shaping, repository, commit)),
      truncated: commits.length > mostCommits,
      links: {
        commits: { href: `${api}/commits?include=${after ?? ''}&exclude=${before ?? ''}` },
        diff: { href: `${api}/diff/${range}` },
        html: { href: `${addresses.web}/${name}/branches/compare/${range}` },
      },
    };
  }

  return {
    push: async (repository, actor, changes) => ({
      push: { changes: await Promise.all(changes.map((change) => changeShape(repository, change))) },
      ...common(repository, actor),
    }),
    repository: common,
    updated: (repository, actor, changes) => ({ ...common(repository, actor), changes }),
    transferred: (repository, actor, from) => ({
      ...common(repository, actor),
      previous_owner: workspaceReference(shaping, from),
    }),
    project: (project, actor, changes) => ({
      actor: actor === undefined ? null : accountShape(shaping, actor),
      project: projectShape(shaping, project),
      changes,
    }),
  };
}
