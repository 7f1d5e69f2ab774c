import { posix } from 'node:path';
import type { RawObject } from '../../git/batch-process.ts';
import { parseTag, parseTree, type TreeEntry, typeOfMode } from '../../git/object-formats.ts';
import type { Repository } from '../state.ts';
import { type Context, type Route, repositoryRoutes } from './context.ts';
import { NOT_FOUND, RefusalError, type Reply } from './http.ts';
import { fullName } from './rights.ts';
import type { Schema } from './schemas.ts';

/** Larger files come without their content; files beyond the second limit are not served at all. */
const MAX_INLINE_BYTES = 1024 * 1024;
const MAX_BYTES = 100 * 1024 * 1024;
const SYMLINK = 0o120000;

function wantsRaw(context: Context): boolean {
  return /application\/vnd\.github(\.v3)?\.raw/.test(context.headers.accept ?? '');
}

function base64Lines(body: Buffer): string {
  return body.toString('base64').replace(/(.{60})/g, '$1\n');
}

function rawReply(body: Buffer): Reply {
  return {
    status: 200,
    raw: body,
    headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
  };
}

/** The commit that a ref, a tag or an id names. @throws RefusalError 404 */
export async function commitAt(context: Context, repository: Repository, ref: string): Promise<RawObject> {
  const { objects } = context.services;
  let object = await objects.resolve(repository.gitDirectory, ref);
  while (object?.type === 'tag')
    object = await objects.read(repository.gitDirectory, parseTag(object.body).target);
  if (object?.type !== 'commit')
    throw new RefusalError({ status: 404, message: `No commit found for the ref ${ref}` });
  return object;
}

function entryShape(
  context: Context,
  repository: Repository,
  ref: string,
  path: string,
  entry: TreeEntry,
  size: number,
) {
  const { addresses } = context.services;
  const name = fullName(context.state, repository);
  const base = `${addresses.api}/repos/${name}`;
  const url = `${base}/contents/${path.split('/').map(encodeURIComponent).join('/')}?ref=${encodeURIComponent(ref)}`;
  const kind = typeOfMode(entry.mode);
  const git = kind === 'commit' ? null : `${base}/git/${kind}s/${entry.oid}`;
  const html = `${addresses.web}/${name}/${kind === 'tree' ? 'tree' : 'blob'}/${ref}/${path}`;
  return {
    name: posix.basename(path),
    path,
    sha: entry.oid,
    size,
    url,
    html_url: html,
    git_url: git,
    download_url: kind === 'blob' ? `${addresses.web}/raw/${name}/${ref}/${path}` : null,
    _links: { self: url, git, html },
  };
}

async function listing(context: Context, repository: Repository, ref: string, path: string, tree: RawObject) {
  const json: Schema<'content-directory'> = await Promise.all(
    parseTree(tree.body).map(async (entry): Promise<Schema<'content-directory'>[number]> => {
      const kind = typeOfMode(entry.mode);
      const blob =
        kind === 'blob' ? await context.services.objects.read(repository.gitDirectory, entry.oid) : undefined;
      const type = entry.mode === SYMLINK ? 'symlink' : kind === 'tree' ? 'dir' : 'file';
      const at = path === '' ? entry.name : `${path}/${entry.name}`;
      return { type, ...entryShape(context, repository, ref, at, entry, blob?.body.length ?? 0) };
    }),
  );
  return { status: 200, json };
}

async function readContents(context: Context, repository: Repository): Promise<Reply> {
  const { objects } = context.services;
  const { gitDirectory } = repository;
  const path = (context.params.path ?? '').replace(/\/+$/, '');
  const ref = context.url.searchParams.get('ref') ?? repository.defaultBranch;
  if (context.refs(repository).length === 0) {
    throw new RefusalError({ status: 404, message: 'This repository is empty.' });
  }
  const commit = await commitAt(context, repository, ref);
  const entry = path === '' ? undefined : await objects.entryAt(gitDirectory, commit, path);
  if (entry === undefined) {
    const tree = path === '' ? await objects.resolve(gitDirectory, `${commit.oid}^{tree}`) : undefined;
    if (tree === undefined) throw new RefusalError(NOT_FOUND);
    return listing(context, repository, ref, '', tree);
  }
  const object = await objects.read(gitDirectory, entry.oid);
  const shape = entryShape(
    context,
    repository,
    ref,
    path,
    entry,
    object?.type === 'blob' ? object.body.length : 0,
  );
  if (object === undefined) {
    const json: Schema<'content-submodule'> = { type: 'submodule', submodule_git_url: '', ...shape };
    return { status: 200, json };
  }
  if (object.type === 'tree') return listing(context, repository, ref, path, object);
  if (entry.mode !== SYMLINK) return fileReply(context, shape, object.body);

  // A link to a file of the repository is answered with that file; any other is shown as a link.
  const target = object.body.toString('utf8');
  const at = posix.join(posix.dirname(path), target);
  const followed = target.startsWith('/') ? undefined : await objects.entryAt(gitDirectory, commit, at);
  const file = followed && (await objects.read(gitDirectory, followed.oid));
  if (file?.type === 'blob' && followed?.mode !== SYMLINK) return fileReply(context, shape, file.body);
  const json: Schema<'content-symlink'> = { type: 'symlink', target, ...shape };
  return { status: 200, json };
}

function fileReply(context: Context, shape: ReturnType<typeof entryShape>, body: Buffer): Reply {
  if (body.length > MAX_BYTES)
    throw new RefusalError({ status: 403, message: 'This API returns blobs up to 100 MB in size.' });
  if (wantsRaw(context)) return rawReply(body);
  const inline = body.length <= MAX_INLINE_BYTES;
  const json: Schema<'content-file'> = {
    type: 'file',
    ...shape,
    size: body.length,
    encoding: inline ? 'base64' : 'none',
    content: inline ? base64Lines(body) : '',
  };
  return { status: 200, json };
}

async function readBlob(context: Context, repository: Repository): Promise<Reply> {
  const sha = context.params.sha ?? '';
  if (!/^[0-9a-f]{40}$/.test(sha)) {
    throw new RefusalError({
      status: 422,
      message: 'The sha parameter must be exactly 40 characters and contain only [0-9a-f].',
    });
  }
  const object = await context.services.objects.read(repository.gitDirectory, sha);
  if (object?.type !== 'blob') throw new RefusalError(NOT_FOUND);
  if (wantsRaw(context)) return rawReply(object.body);
  const name = fullName(context.state, repository);
  const json: Schema<'blob'> = {
    sha,
    node_id: `B_${Buffer.from(`${repository.id}:${sha}`).toString('base64url')}`,
    size: object.body.length,
    url: `${context.services.addresses.api}/repos/${name}/git/blobs/${sha}`,
    content: base64Lines(object.body),
    encoding: 'base64',
  };
  return { status: 200, json };
}

/** GitHub's bounds of a recursive tree: https://docs.github.com/en/rest/git/trees#get-a-tree */
const MAX_TREE_ENTRIES = 100_000;

async function readTree(context: Context, repository: Repository): Promise<Reply> {
  const { objects, addresses } = context.services;
  const { gitDirectory } = repository;
  const named = await objects.resolve(gitDirectory, `${context.params.sha ?? ''}^{tree}`);
  if (named?.type !== 'tree') throw new RefusalError(NOT_FOUND);
  const isRecursive = context.url.searchParams.has('recursive');
  const base = `${addresses.api}/repos/${fullName(context.state, repository)}/git`;
  const tree: Schema<'git-tree'>['tree'] = [];
  let truncated = false;
  const add = async (object: RawObject, folder: string): Promise<void> => {
    for (const entry of parseTree(object.body)) {
      truncated ||= tree.length === MAX_TREE_ENTRIES;
      if (truncated) return;
      const type = typeOfMode(entry.mode);
      const path = posix.join(folder, entry.name);
      const mode = entry.mode.toString(8).padStart(6, '0');
      const read = type === 'commit' ? undefined : await objects.read(gitDirectory, entry.oid);
      const size = type === 'blob' ? { size: read?.body.length ?? 0 } : {};
      const url = type === 'commit' ? {} : { url: `${base}/${type}s/${entry.oid}` };
      tree.push({ path, mode, type, sha: entry.oid, ...size, ...url });
      if (isRecursive && read?.type === 'tree') await add(read, path);
    }
  };
  await add(named, '');
  const json: Schema<'git-tree'> = { sha: named.oid, url: `${base}/trees/${named.oid}`, tree, truncated };
  return { status: 200, json };
}

const CONTENTS = { permissions: ['contents'], contents: true };

/** Routes that read files. */
export const contentRoutes: readonly Route[] = [
  ...repositoryRoutes('/contents', CONTENTS, readContents),
  ...repositoryRoutes('/contents/{+path}', CONTENTS, readContents),
  ...repositoryRoutes('/git/blobs/{sha}', CONTENTS, readBlob),
  ...repositoryRoutes('/git/trees/{sha}', CONTENTS, readTree),
];
