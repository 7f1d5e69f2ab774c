/**
 * The query for the composer.json of many commits, and in the same request for what else the contents of a project need.
 *
 * What it costs, of 250: gitlabhq: app/graphql/types/base_field.rb, app/graphql/resolvers/blobs_resolver.rb, app/graphql/types/tree/tree_type.rb
 */
import { z } from 'zod';
import { asId, type ForgeRepositoryId } from '../../domain/ids.ts';
import { expectSame } from '../http.ts';
import type { Query, Requests } from './requests.ts';
import { type ProjectHead, projectGlobalId } from './schema.ts';

export const file = 'composer.json';

/** A commit whose file is asked for, and whether its text is. */
export interface Wanted {
  readonly commit: string;
  readonly withText: boolean;
}

/** For a commit: `blobs` with its one path 3, `nodes`, `oid` and `rawSize`. */
const costOf = ({ withText }: Wanted): number => (withText ? 7 : 6);
/** Of 250, `project`, its `id` and `repository` take 3. */
export const costMax = 247;
/** `rootRef` 2, `tree` 2, `lastCommit` 10 and its `sha`; and the fields of the project. */
const costOfHead = 21;
export const costMaxWithHead = costMax - costOfHead;

/** As many of them as a query may ask for, and at least one. */
export function affordable<Item extends Wanted>(wanted: readonly Item[], most: number): readonly Item[] {
  let cost = 0;
  const end = wanted.findIndex((one) => {
    cost += costOf(one);
    return cost > most;
  });
  return end === -1 ? wanted : wanted.slice(0, Math.max(1, end));
}

export const blobNode = z.object({
  oid: z.string().min(1),
  // BigInt is text.
  rawSize: z.union([z.string().regex(/^\d+$/), z.int()]).transform(Number),
  rawTextBlob: z.string().nullish(),
});
export type FileNode = z.infer<typeof blobNode>;

const files = z.object({ nodes: z.array(blobNode).max(1) });
const filesSchema = z.object({
  project: z.object({ id: projectGlobalId, repository: z.record(z.string(), files) }),
});

const headSchema = z.object({
  project: z
    .object({
      id: projectGlobalId,
      visibility: z.enum(['public', 'internal', 'private']),
      archived: z.boolean(),
      webUrl: z.url(),
      httpUrlToRepo: z.string().min(1),
      sshUrlToRepo: z.string().min(1),
      issuesEnabled: z.boolean(),
      repository: z
        .object({
          rootRef: z.string().nullable(),
          tree: z.object({ lastCommit: z.object({ sha: z.string().min(1) }).nullable() }).nullable(),
        })
        .catchall(files),
    })
    .nullable(),
});

const headFields = 'visibility archived webUrl httpUrlToRepo sshUrlToRepo issuesEnabled';
const newestFields = 'rootRef tree { lastCommit { sha } }';

function queryOf<Schema extends z.ZodType>(
  wanted: readonly Wanted[],
  schema: Schema,
  project = '',
  repository = '',
): Query<Schema> {
  const variables = wanted.map((_, place) => `, $c${place}: String!`).join('');
  const fields = wanted.map(
    ({ withText }, place) =>
      `c${place}: blobs(ref: $c${place}, paths: $files, first: 1) { nodes { oid rawSize${withText ? ' rawTextBlob' : ''} } }`,
  );
  // A variable that nothing uses is an error.
  const paths = wanted.length === 0 ? '' : ', $files: [String!]!';
  return {
    name: 'Files',
    text: `query Files($path: ID!${paths}${variables}) { project(fullPath: $path) { id ${project} repository { ${repository} ${fields.join(' ')} } } }`,
    schema,
  };
}

const variablesOf = (path: string, wanted: readonly Wanted[]): Record<string, unknown> => ({
  ...{ path, ...(wanted.length > 0 && { files: [file] }) },
  ...Object.fromEntries(wanted.map(({ commit }, place) => [`c${place}`, commit])),
});

/** The file at each of the commits, in their order; undefined where a commit has none. */
export async function askForFiles(
  requests: Requests,
  { id, path_with_namespace: path }: ProjectHead,
  wanted: readonly Wanted[],
): Promise<readonly (FileNode | undefined)[]> {
  const { project } = await requests.query(queryOf(wanted, filesSchema), variablesOf(path, wanted));
  expectSame(project.id, id);
  return wanted.map((_, place) => project.repository[`c${place}`]?.nodes[0]);
}

export interface HeadAnswer {
  readonly head: ProjectHead;
  /** The newest commit of the default branch. */
  readonly newest: string | undefined;
  readonly files: readonly (FileNode | undefined)[];
}

/**
 * The same with the project itself, by its path. GraphQL finds no project by a former path, so one that is found waits for no deletion that
 * would have renamed it.
 *
 * @returns undefined where the path is not that of the project
 */
export async function askForHead(
  requests: Requests,
  { id, path }: { readonly id: ForgeRepositoryId; readonly path: string },
  wanted: readonly Wanted[],
): Promise<HeadAnswer | undefined> {
  const query = queryOf(wanted, headSchema, headFields, newestFields);
  const { project } = await requests.query(query, variablesOf(path, wanted));
  if (project === null || project.id !== id) {
    return undefined;
  }
  const { rootRef, tree, ...found } = project.repository;
  return {
    head: {
      ...{ id: asId<ForgeRepositoryId>(project.id), path_with_namespace: path },
      ...{ visibility: project.visibility, archived: project.archived, default_branch: rootRef },
      ...{ web_url: project.webUrl, issues_enabled: project.issuesEnabled },
      ...{ http_url_to_repo: project.httpUrlToRepo, ssh_url_to_repo: project.sshUrlToRepo },
    },
    newest: tree?.lastCommit?.sha,
    files: wanted.map((_, place) => found[`c${place}`]?.nodes[0]),
  };
}
