import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { posix } from 'node:path';
import type { RepositoryFileExpandedSchema, RepositoryTreeSchema } from '@gitbeaker/rest';
import { sendArchive } from '../../git/archive.ts';
import type { RawObject } from '../../git/batch-process.ts';
import { parseTree, type TreeEntry, typeOfMode } from '../../git/object-formats.ts';
import { resolveCommit } from '../../git/resolve.ts';
import type { Reply } from '../../server/reply.ts';
import type { Project } from '../state.ts';
import { differences } from '../variants.ts';
import { type Context, codeAt, type Route } from './context.ts';
import { requireCommit } from './git-reading.ts';
import type { Held } from './held.ts';
import { invalid, notFound, refused } from './http.ts';
import { afterToken, flagOf, keysetPage, offsetPage } from './paging.ts';

interface PlacedEntry extends TreeEntry {
  readonly path: string;
}

async function entriesOf(
  context: Context,
  project: Project,
  oid: string,
  below: string,
  isRecursive: boolean,
): Promise<PlacedEntry[]> {
  const tree = await context.services.objects.read(project.gitDirectory, oid);
  if (tree?.type !== 'tree') return [];
  const entries = parseTree(tree.body).map((entry) => ({
    ...entry,
    path: below === '' ? entry.name : `${below}/${entry.name}`,
  }));
  // Folders come first, as in the web interface.
  const folders = entries.filter(({ mode }) => typeOfMode(mode) === 'tree');
  const others = entries.filter(({ mode }) => typeOfMode(mode) !== 'tree');
  const inner = isRecursive
    ? await Promise.all(folders.map((folder) => entriesOf(context, project, folder.oid, folder.path, true)))
    : [];
  return [...folders, ...inner.flat(), ...others];
}

/** https://docs.gitlab.com/api/repositories/#list-all-repository-trees-in-a-project */
async function listTree(context: Context): Promise<Reply> {
  const project = codeAt(context);
  const { searchParams } = context.url;
  const ref = searchParams.get('ref') ?? project.defaultBranch;
  const path = (searchParams.get('path') ?? '').replace(/^\/|\/$/g, '');
  const commit = await requireCommit(context, project, ref, 'Tree');
  const { objects } = context.services;
  const root =
    path === ''
      ? await objects.resolve(project.gitDirectory, `${commit.oid}^{tree}`)
      : await objects.entryAt(project.gitDirectory, commit, path);
  if (root === undefined) return missingFolder(context);
  const isRecursive = flagOf(context, 'recursive') === true;
  const entries = await entriesOf(context, project, root.oid, path, isRecursive);
  const shape = (entry: PlacedEntry) =>
    ({
      id: entry.oid,
      name: entry.name,
      type: typeOfMode(entry.mode),
      path: entry.path,
      mode: entry.mode.toString(8).padStart(6, '0'),
    }) satisfies Held<RepositoryTreeSchema>;
  if (searchParams.get('pagination') !== 'keyset') {
    return offsetPage(context, entries, shape, { byGitaly: true });
  }
  const rest = afterToken(context, entries, treeToken);
  const next = (entry: PlacedEntry) => ({ page_token: treeToken(entry) });
  return keysetPage(context, { rest, next, byGitaly: true, repeats: true }, shape);
}

/** Gitaly's token for what comes after an entry: internal/gitaly/service/commit/get_tree_entries.go. */
const treeToken = ({ path }: PlacedEntry): string =>
  Buffer.from(JSON.stringify({ file_name: path })).toString('base64');

function missingFolder({ state }: Context): Reply {
  if (differences.refusesMissingFolders(state.variant)) {
    throw refused(404, '404 invalid revision or path Not Found');
  }
  return { status: 200, json: [] };
}

/** A file at a ref. @throws RefusalError 404 */
async function readFile(
  context: Context,
): Promise<{ ref: string; path: string; commit: RawObject; blob: RawObject }> {
  const project = codeAt(context);
  const path = context.params.file ?? '';
  const ref = context.url.searchParams.get('ref') ?? 'HEAD';
  if (ref === '') throw invalid('ref is empty');
  if (path.split('/').includes('..')) throw invalid('file_path should be a valid file path');
  const commit = await requireCommit(context, project, ref);
  const { objects } = context.services;
  const entry = await objects.entryAt(project.gitDirectory, commit, path);
  const blob = entry && (await objects.read(project.gitDirectory, entry.oid));
  if (blob?.type !== 'blob') throw notFound('File');
  return { ref, path, commit, blob };
}

/** https://docs.gitlab.com/api/repositories/#get-a-raw-blob-from-a-repository */
async function showRawBlob(context: Context): Promise<Reply> {
  const project = codeAt(context);
  const blob = await context.services.objects.read(project.gitDirectory, context.params.sha ?? '');
  if (blob?.type !== 'blob') throw notFound('Blob');
  return { status: 200, raw: blob.body, headers: { 'content-type': 'text/plain' } };
}

type FileParts = Awaited<ReturnType<typeof readFile>>;

/** The last commit that touched the file is not looked for: it is the commit that was read. */
function fileHeaders({ ref, path, commit, blob }: FileParts): Record<string, string> {
  return {
    'x-gitlab-blob-id': blob.oid,
    'x-gitlab-commit-id': commit.oid,
    'x-gitlab-content-sha256': createHash('sha256').update(blob.body).digest('hex'),
    'x-gitlab-encoding': 'base64',
    'x-gitlab-file-name': posix.basename(path),
    'x-gitlab-file-path': path,
    'x-gitlab-last-commit-id': commit.oid,
    'x-gitlab-ref': ref,
    'x-gitlab-size': `${blob.body.length}`,
  };
}

async function showFile(context: Context): Promise<Reply> {
  const parts = await readFile(context);
  const { ref, path, commit, blob } = parts;
  const json = {
    file_name: posix.basename(path),
    file_path: path,
    size: blob.body.length,
    encoding: 'base64',
    content_sha256: createHash('sha256').update(blob.body).digest('hex'),
    ref,
    blob_id: blob.oid,
    commit_id: commit.oid,
    last_commit_id: commit.oid,
    execute_filemode: false,
    content: blob.body.toString('base64'),
  } satisfies Held<RepositoryFileExpandedSchema>;
  return { status: 200, json, headers: fileHeaders(parts) };
}

async function showRawFile(context: Context): Promise<Reply> {
  const parts = await readFile(context);
  return {
    status: 200,
    raw: parts.blob.body,
    headers: { ...fileHeaders(parts), 'content-type': 'text/plain; charset=utf-8' },
  };
}

/** What browsers accept for parts of a page. */
const embedded: ReadonlySet<string> = new Set([
  ...['image/jpeg', 'image/apng', 'image/png', 'image/webp', 'image/svg+xml', 'image/*', 'text/css'],
  ...['video/webm', 'video/ogg', 'video/*', 'application/ogg'],
  ...['audio/webm', 'audio/ogg', 'audio/wav', 'audio/*'],
]);

/** Requests that a browser makes for a part of a page are refused (lib/gitlab/hotlinking_detector.rb). */
function isHotlinked(headers: IncomingHttpHeaders): boolean {
  const mode = headers['sec-fetch-mode'];
  if (typeof mode === 'string' && ['cors', 'no-cors', 'websocket'].includes(mode)) return true;
  const first = (headers.accept ?? '').split(',')[0]?.split(';')[0]?.trim() ?? '';
  return embedded.has(first);
}

/**
 * Every error in making an archive is "not found" (lib/api/repositories.rb), so a 404 says nothing about the project.
 * https://docs.gitlab.com/api/repositories/#get-file-archive
 */
async function archive(context: Context): Promise<Reply> {
  const project = codeAt(context);
  if (isHotlinked(context.headers)) throw refused(406, '406 Not Acceptable');
  if (context.fault('archive-not-found') !== undefined) throw notFound('File');
  const ref = context.url.searchParams.get('sha') ?? project.defaultBranch;
  const commit = await resolveCommit(context.services.objects, project, context.refs(project), ref);
  if (commit === undefined) throw notFound('File');
  const truncated = context.fault('truncated-archive') !== undefined;
  const otherBytes = context.fault('other-archive-bytes') !== undefined;
  return {
    status: 200,
    stream: (response) =>
      sendArchive(response, {
        gitDirectory: project.gitDirectory,
        commit: commit.oid,
        name: `${project.path}-${ref.replaceAll('/', '-')}-${commit.oid}`,
        truncated,
        otherBytes,
      }),
  };
}

/** Trees, files and archives. */
export const fileRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/projects/{id}/repository/tree', open: true, handle: listTree },
  {
    method: 'GET',
    pattern: '/projects/{id}/repository/files/{file}/raw',
    open: true,
    scopes: ['read_repository'],
    handle: showRawFile,
  },
  {
    method: 'GET',
    pattern: '/projects/{id}/repository/files/{file}',
    open: true,
    scopes: ['read_repository'],
    handle: showFile,
  },
  { method: 'GET', pattern: '/projects/{id}/repository/blobs/{sha}/raw', open: true, handle: showRawBlob },
  { method: 'GET', pattern: '/projects/{id}/repository/archive.zip', open: true, handle: archive },
];
