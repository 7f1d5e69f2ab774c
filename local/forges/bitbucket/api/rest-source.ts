import { createHash } from 'node:crypto';
import { extname, posix } from 'node:path';
import type { RawObject } from '../../git/batch-process.ts';
import { isBinary, parseTree, type TreeEntry, typeOfMode } from '../../git/object-formats.ts';
import { runGit } from '../../git/run-git.ts';
import type { Reply } from '../../server/reply.ts';
import { fullName } from '../find.ts';
import type { Repository } from '../state.ts';
import { commitReference } from './commit-shapes.ts';
import { type Context, type Route, repositoryAt } from './context.ts';
import type { Held } from './held.ts';
import { notFound, refused } from './http.ts';
import { listPage, single } from './paging.ts';
import { requireCommit } from './rest-commits.ts';
import { shapingOf } from './shapes.ts';

/** Types by the name's extension; contents are not looked at. */
const types: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.php': 'application/x-httpd-php',
  '.txt': 'text/plain',
};

const executable = 0o100755;
const symbolicLink = 0o120000;
/** The first line of a file that stands for one in Git LFS. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const lfsPointer = 'version https://git-lfs.github.com/spec/v1\n';

interface Placed {
  readonly repository: Repository;
  /** Of the commit. */
  readonly hash: string;
  readonly path: string;
  readonly entry: TreeEntry;
}

export const selfOf = (context: Context, { repository, hash, path }: Omit<Placed, 'entry'>): string =>
  `${context.services.addresses.api}/2.0/repositories/${fullName(context.state, repository)}/src/${hash}/${path}`;

/** What a file is besides its contents, or what a folder is. */
async function entryShape(context: Context, placed: Placed) {
  const { repository, hash, path, entry } = placed;
  const self = selfOf(context, placed);
  const commit = commitReference(shapingOf(context), repository, hash);
  const links = { self: { href: self }, meta: { href: `${self}?format=meta` } };
  if (typeOfMode(entry.mode) === 'tree') {
    return { type: 'commit_directory', path, commit, links } satisfies Held<'treeentry', 'commit'>;
  }
  const blob = await context.services.objects.read(repository.gitDirectory, entry.oid);
  const body = blob?.body ?? Buffer.alloc(0);
  const attributes = [
    ...(entry.mode === symbolicLink ? ['link'] : []),
    ...(entry.mode === executable ? ['executable'] : []),
    ...(typeOfMode(entry.mode) === 'commit' ? ['subrepository'] : []),
    ...(isBinary(body) ? ['binary'] : []),
  ];
  const mimetype = types[extname(path)] ?? null;
  return {
    ...{ type: 'commit_file', path, escaped_path: encodeURI(path), commit, links },
    ...{ attributes, size: body.length, mimetype },
  } satisfies Held<'commit_file', 'commit' | 'attributes'>;
}

/** The file's bytes as they are. Its ETag is that of its contents and mode, wherever it is. */
function rawFile(context: Context, path: string, entry: TreeEntry, body: Buffer): Reply {
  const etag = `"${createHash('sha1').update(`${entry.mode} ${entry.oid}`).digest('hex')}"`;
  if (context.headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return {
    status: 200,
    raw: body,
    headers: {
      etag,
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-disposition': `attachment; filename="${posix.basename(path)}"`,
    },
  };
}

/** The entries of a folder, and of those in it up to a depth: breadth first. */
async function entriesOf(
  { services: { objects } }: Context,
  tree: RawObject,
  at: Omit<Placed, 'entry'>,
  depth: number,
): Promise<readonly Placed[]> {
  const own = parseTree(tree.body).map((entry) => ({
    ...at,
    entry,
    path: at.path === '' ? entry.name : `${at.path}/${entry.name}`,
  }));
  const entries: Placed[] = [...own];
  let level: readonly Placed[] = own;
  for (let walked = 1; walked < depth && level.length > 0; walked++) {
    const folders = level.filter(({ entry }) => typeOfMode(entry.mode) === 'tree');
    const found = await Promise.all(
      folders.map(async ({ entry, path }) => {
        const inner = await objects.read(at.repository.gitDirectory, entry.oid);
        const names = inner === undefined ? [] : parseTree(inner.body);
        return names.map((one) => ({ ...at, entry: one, path: `${path}/${one.name}` }));
      }),
    );
    level = found.flat();
    entries.push(...level);
  }
  return entries;
}

async function listFolder(context: Context, tree: RawObject, at: Omit<Placed, 'entry'>): Promise<Reply> {
  const depth = Number(context.url.searchParams.get('max_depth') ?? 1);
  if (!Number.isInteger(depth) || depth < 1) throw refused(400, 'Invalid max_depth');
  return listPage(context, await entriesOf(context, tree, at, depth), {
    ...{ isCounted: false, isFiltered: true },
    shape: (placed) => entryShape(context, placed),
  });
}

/** Files as they are, folders as lists; `format=meta` describes either. */
async function source(context: Context): Promise<Reply> {
  const repository = repositoryAt(context);
  const commit = await requireCommit(context, repository, context.params.commit ?? '');
  const path = (context.params.path ?? '').replace(/^\/|\/$/g, '');
  const { objects } = context.services;
  const { gitDirectory } = repository;
  const at = { repository, hash: commit.oid, path };
  if (path === '') {
    const tree = await objects.resolve(gitDirectory, `${commit.oid}^{tree}`);
    return listFolder(context, found(tree, path), at);
  }
  const entry = found(await objects.entryAt(gitDirectory, commit, path), path);
  if (context.url.searchParams.get('format') === 'meta') {
    return single(context, await entryShape(context, { ...at, entry }));
  }
  if (typeOfMode(entry.mode) === 'commit') return rawFile(context, path, entry, Buffer.from(entry.oid));
  const object = found(await objects.read(gitDirectory, entry.oid), path);
  if (object.type === 'tree') return listFolder(context, object, at);
  if (object.body.toString('utf8', 0, lfsPointer.length) === lfsPointer) {
    const media = `${context.services.addresses.web}/lfs/${createHash('sha256').update(object.body).digest('hex')}`;
    return { status: 301, headers: { location: media } };
  }
  return rawFile(context, path, entry, object.body);
}

/** @throws RefusalError 404 */
function found<Thing>(thing: Thing | undefined, path: string): Thing {
  if (thing === undefined) throw notFound(`No such file or directory: ${path}`);
  return thing;
}

/** Commits that changed a file, newest first; renames are followed unless `renames=false`. */
async function listFileHistory(context: Context): Promise<Reply> {
  const repository = repositoryAt(context);
  const commit = await requireCommit(context, repository, context.params.commit ?? '');
  const path = context.params.path ?? '';
  const follows = context.url.searchParams.get('renames') !== 'false';
  const output = await runGit([
    ...['--git-dir', repository.gitDirectory, 'log', '--format=%x01%H', '--name-only'],
    ...[...(follows ? ['--follow'] : []), commit.oid, '--', path],
  ]);
  const changes = output
    .split('\u0001')
    .slice(1)
    .map((record) => record.split('\n').filter((line) => line !== ''));
  return listPage(context, changes, {
    isCounted: false,
    shape: ([hash = '', name = path]) => ({
      ...{ type: 'commit_file', path: name, escaped_path: encodeURI(name), attributes: [] },
      commit: commitReference(shapingOf(context), repository, hash),
      links: { self: { href: selfOf(context, { repository, hash, path: name }) } },
    }),
  });
}

const base = '/2.0/repositories/{workspace}/{repository}';
const reads = { scopes: ['repository'], apiScopes: ['read:repository:bitbucket'], open: true } as const;

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/ */
export const sourceRoutes: readonly Route[] = [
  { ...{ method: 'GET', pattern: `${base}/src/{commit}`, ...reads }, handle: source },
  { ...{ method: 'GET', pattern: `${base}/src/{commit}/{+path}`, ...reads }, handle: source },
  {
    ...{ method: 'GET', pattern: `${base}/filehistory/{commit}/{+path}`, ...reads },
    handle: listFileHistory,
  },
];
