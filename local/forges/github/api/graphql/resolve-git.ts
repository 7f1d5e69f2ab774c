import { posix } from 'node:path';
import {
  isBinary,
  parseCommit,
  parseTag,
  parseTree,
  type Signature,
  type TreeEntry,
  typeOfMode,
} from '../../../git/object-formats.ts';
import type { Repository } from '../../state.ts';
import { compareCommits, readInNetwork } from '../git-network.ts';
import { fullName } from '../rights.ts';
import { unimplemented } from './errors.ts';
import {
  fieldsOf,
  type GitSource,
  gitSource,
  type QueryContext,
  repositorySource,
  textArgument,
} from './sources.ts';

/** Longer texts are cut off, which `isTruncated` shows. GitHub does not publish its own bound. */
const MAX_TEXT_BYTES = 512_000;

/** The part of a ref's name before its last part: `refs/heads/`, `refs/tags/`. */
function prefixOf(name: string): string {
  return /^refs\/[^/]+\//.exec(name)?.[0] ?? '';
}

export const refFields = fieldsOf('Ref', {
  id: ({ repository, ref }) => nodeId('REF', repository.id, ref.name),
  name: ({ ref }) => ref.name.slice(prefixOf(ref.name).length),
  prefix: ({ ref }) => prefixOf(ref.name),
  repository: ({ repository }) => repositorySource(repository),
  target: async ({ repository, ref }, _args, { objects }) =>
    gitSource(repository, await objects.read(repository.gitDirectory, ref.oid)),
  // The ref is the base: "behind" means that it contains the head. Null "if the comparison can not be made".
  compare: async ({ repository, ref }, args, context) => {
    const base = await peeled(context, repository, ref.oid);
    const head = await peeled(context, repository, await headOid(context, repository, args.headRef));
    if (base?.type !== 'commit' || head?.type !== 'commit') return null;
    const comparison = await compareCommits(context, repository, base.oid, head.oid);
    if (comparison === undefined) return null;
    return {
      ...comparison,
      baseTarget: gitSource(repository, base),
      headTarget: gitSource(repository, head),
    };
  },
});

/**
 * Resolves the name of a branch or tag, or else a hash, which may be abbreviated: https://docs.github.com/en/graphql/changelog (2022-10-18)
 */
async function headOid(
  context: QueryContext,
  repository: Repository,
  headRef: unknown,
): Promise<string | undefined> {
  const text = textArgument(headRef) ?? '';
  const names = [text, `refs/heads/${text}`, `refs/tags/${text}`];
  const named = context.refs(repository).find(({ name }) => names.includes(name));
  if (named !== undefined || /^[0-9a-f]{40}$/.test(text)) return named?.oid ?? text;
  return (await context.objects.resolve(repository.gitDirectory, text))?.oid;
}

/** Follows tags to the object that is no tag. */
async function peeled(context: QueryContext, repository: Repository, oid: string | undefined) {
  let object = oid === undefined ? undefined : (await readInNetwork(context, repository, oid))?.object;
  while (object?.type === 'tag')
    object = await context.objects.read(repository.gitDirectory, parseTag(object.body).target);
  return object;
}

function nodeId(type: string, repositoryId: number, name: string): string {
  return `${type}_${Buffer.from(`${repositoryId}:${name}`).toString('base64url')}`;
}

function common<Type extends 'Commit' | 'Tag' | 'Tree' | 'Blob'>(type: Type) {
  const commitUrl = ({ repository, object }: GitSource<Type>, _args: unknown, context: QueryContext) =>
    `${context.addresses.web}/${fullName(context.state, repository)}/commit/${object.oid}`;
  return {
    id: ({ repository, object }: GitSource<Type>) => nodeId(type, repository.id, object.oid),
    oid: ({ object }: GitSource<Type>) => object.oid,
    abbreviatedOid: ({ object }: GitSource<Type>) => object.oid.slice(0, 7),
    commitUrl,
    repository: ({ repository }: GitSource<Type>) => repositorySource(repository),
  };
}

function actor(signature: Signature) {
  return { ...signature, user: () => null };
}

function treeEntry(context: QueryContext, { repository }: GitSource<string>, entry: TreeEntry, path: string) {
  const read = () => context.objects.read(repository.gitDirectory, entry.oid);
  const type = typeOfMode(entry.mode);
  return {
    name: entry.name,
    path,
    mode: entry.mode,
    oid: entry.oid,
    type,
    extension: posix.extname(entry.name),
    repository: () => repositorySource(repository),
    // A submodule's commit lives in another repository.
    object: async () => (type === 'commit' ? null : gitSource(repository, await read())),
    size: async () => (type === 'blob' ? ((await read())?.body.length ?? 0) : 0),
  };
}

export const commitFields = fieldsOf('Commit', {
  ...common('Commit'),
  message: ({ object }) => parseCommit(object.body).message,
  messageHeadline: ({ object }) => parseCommit(object.body).message.split('\n')[0] ?? '',
  committedDate: ({ object }) => parseCommit(object.body).committer.date,
  authoredDate: ({ object }) => parseCommit(object.body).author.date,
  author: ({ object }) => actor(parseCommit(object.body).author),
  committer: ({ object }) => actor(parseCommit(object.body).committer),
  tree: async ({ repository, object }, _args, { objects }) =>
    gitSource(repository, await objects.read(repository.gitDirectory, parseCommit(object.body).tree)),
  file: async (source, args, context) => {
    const path = textArgument(args.path) ?? '';
    const { gitDirectory } = source.repository;
    const entry = await context.objects.entryAt(gitDirectory, source.object, path);
    return entry === undefined ? null : treeEntry(context, source, entry, path);
  },
});

export const tagFields = fieldsOf('Tag', {
  ...common('Tag'),
  name: ({ object }) => parseTag(object.body).name,
  message: ({ object }) => parseTag(object.body).message,
  tagger: ({ object }) => {
    const { tagger } = parseTag(object.body);
    return tagger === undefined ? null : actor(tagger);
  },
  target: async ({ repository, object }, _args, { objects }) =>
    gitSource(repository, await objects.read(repository.gitDirectory, parseTag(object.body).target)),
});

export const treeFields = fieldsOf('Tree', {
  ...common('Tree'),
  entries: (source, _args, context) =>
    parseTree(source.object.body).map((entry) => {
      // A tree's path depends on how it was reached, which is not known here.
      const shown = treeEntry(context, source, entry, entry.name);
      return { ...shown, path: () => Promise.reject(unimplemented('TreeEntry.path below Tree.entries')) };
    }),
});

export const blobFields = fieldsOf('Blob', {
  ...common('Blob'),
  byteSize: ({ object }) => object.body.length,
  isBinary: ({ object }) => isBinary(object.body),
  isTruncated: ({ object }) => object.body.length > MAX_TEXT_BYTES,
  text: ({ object }) =>
    isBinary(object.body) ? null : object.body.subarray(0, MAX_TEXT_BYTES).toString('utf8'),
});
