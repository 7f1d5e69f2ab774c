/** Commits, branches and tags, in the shapes of Atlassian's specification. */
import type { RawObject } from '../../git/batch-process.ts';
import { parseCommit, parseTag, type Signature } from '../../git/object-formats.ts';
import type { GitObjects } from '../../git/objects.ts';
import type { GitRef } from '../../git/refs.ts';
import { peelToCommit } from '../../git/resolve.ts';
import { fullName } from '../find.ts';
import type { Account, Repository } from '../state.ts';
import type { Held } from './held.ts';
import { accountShape, repositoryReference, type Shaping } from './shapes.ts';

/** What shapes of a repository's contents need. */
export interface ContentShaping extends Shaping {
  readonly objects: GitObjects;
}

const link = (href: string) => ({ href });
const timeOf = ({ date }: Signature): string => date.replace('Z', '+00:00');

function accountOf({ state }: Shaping, { email }: Signature): Account | undefined {
  return [...state.accounts.values()].find((account) => account.email === email);
}

function personShape(shaping: Shaping, signature: Signature) {
  const account = accountOf(shaping, signature);
  return {
    type: 'author' as const,
    raw: `${signature.name} <${signature.email}>`,
    ...(account !== undefined && { user: accountShape(shaping, account) }),
  } satisfies Held<'author', 'user'>;
}

const addressesOf = ({ addresses, state }: Shaping, repository: Repository) => {
  const name = fullName(state, repository);
  return { api: `${addresses.api}/2.0/repositories/${name}`, web: `${addresses.web}/${name}` };
};

export function commitReference(shaping: Shaping, repository: Repository, hash: string) {
  const { api, web } = addressesOf(shaping, repository);
  return {
    type: 'commit' as const,
    hash,
    links: { self: link(`${api}/commit/${hash}`), html: link(`${web}/commits/${hash}`) },
  };
}

export function commitShape(shaping: Shaping, repository: Repository, object: RawObject) {
  const { author, committer, message, parents } = parseCommit(object.body);
  return {
    ...commitReference(shaping, repository, object.oid),
    date: timeOf(committer),
    author: personShape(shaping, author),
    committer: personShape(shaping, committer),
    message,
    summary: { type: 'rendered', raw: message, markup: 'markdown' as const, html: '' },
    parents: parents.map((hash) => commitReference(shaping, repository, hash)),
    repository: repositoryReference(shaping, repository),
  } satisfies Held<'commit', 'author' | 'committer' | 'participants' | 'parents'>;
}

/** A ref, with its object and the commit that it leads to. */
export interface FoundRef extends GitRef {
  readonly type: 'branch' | 'tag';
  readonly object: RawObject;
  readonly commit: RawObject;
}

/** Undefined for a tag of something that is no commit. */
export async function findRef(
  objects: GitObjects,
  { gitDirectory }: Repository,
  ref: GitRef,
  type: FoundRef['type'],
): Promise<FoundRef | undefined> {
  const object = await objects.read(gitDirectory, ref.oid);
  const commit = await peelToCommit(objects, gitDirectory, object);
  return object && commit && { ...ref, type, object, commit };
}

/** A branch, or a tag with what an annotated one says. */
export function refShape(shaping: Shaping, repository: Repository, ref: FoundRef) {
  const { api, web } = addressesOf(shaping, repository);
  const { type, name, object } = ref;
  const kind = type === 'branch' ? 'branches' : 'tags';
  const shape = {
    type,
    name,
    target: commitShape(shaping, repository, ref.commit),
    links: {
      self: link(`${api}/refs/${kind}/${name}`),
      commits: link(`${api}/commits/${name}`),
      html: link(type === 'branch' ? `${web}/branch/${name}` : `${web}/commits/tag/${name}`),
    },
  };
  shape satisfies Held<'ref', 'target'>;
  if (type === 'branch') {
    const strategies = ['merge_commit', 'squash', 'fast_forward'] as const;
    return {
      ...shape,
      default_merge_strategy: 'merge_commit',
      merge_strategies: [...strategies],
    } satisfies Held<'branch', 'target'>;
  }
  const tag = object.type === 'tag' ? parseTag(object.body) : undefined;
  return {
    ...shape,
    message: tag?.message ?? null,
    date: tag?.tagger ? timeOf(tag.tagger) : null,
    tagger: tag?.tagger ? personShape(shaping, tag.tagger) : null,
  } satisfies Held<'tag', 'target' | 'tagger'>;
}
