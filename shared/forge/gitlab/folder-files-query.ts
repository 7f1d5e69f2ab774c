/** The query for the texts of many files at several commits. */
import { z } from 'zod';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import { blobNode } from './files-query.ts';
import type { Query, Requests } from './requests.ts';
import { projectGlobalId } from './schema.ts';

/** A file at a commit, and the id of its content. */
export interface FilePlace {
  readonly commit: string;
  readonly path: string;
  readonly oid: string;
}

const pathNode = blobNode.extend({ path: z.string() });
export type BlobNode = z.infer<typeof pathNode>;

const blobsSchema = z.object({
  project: z
    .object({ id: projectGlobalId, repository: z.record(z.string(), z.object({ nodes: z.array(pathNode) })) })
    .nullable(),
});

/** How many files of one commit are asked for at once: GitLab's pages have no more. */
const pathsMax = 100;

/**
 * Of `blobs` with so many paths: 2 and 1 for each path, `nodes` and four fields, and 1 % of it for each file.
 * gitlabhq: app/graphql/resolvers/blobs_resolver.rb, app/graphql/types/base_field.rb
 */
const costOf = (paths: number): number => Math.floor((2 + paths + 5) * (1 + paths / 100));

interface Group {
  readonly commit: string;
  readonly paths: string[];
}

/** The files of each commit together. */
function groupsOf(files: readonly FilePlace[]): readonly Group[] {
  const groups: Group[] = [];
  for (const { commit, path } of files) {
    const last = groups.at(-1);
    if (last?.commit === commit && last.paths.length < pathsMax) last.paths.push(path);
    else groups.push({ commit, paths: [path] });
  }
  return groups;
}

/** As many of the first files as a query of that cost may ask for, and at least one. */
export function withinCost(files: readonly FilePlace[], most: number): readonly FilePlace[] {
  const costOfAll = (count: number): number =>
    groupsOf(files.slice(0, count)).reduce((sum, { paths }) => sum + costOf(paths.length), 0);
  let count = 1;
  while (count < files.length && costOfAll(count + 1) <= most) count += 1;
  return files.slice(0, count);
}

function queryOf(groups: readonly Group[]): Query<typeof blobsSchema> {
  const variables = groups.map((_, place) => `, $c${place}: String!, $p${place}: [String!]!`).join('');
  const fields = groups.map(
    ({ paths }, place) =>
      `c${place}: blobs(ref: $c${place}, paths: $p${place}, first: ${paths.length}) { nodes { path oid rawSize rawTextBlob } }`,
  );
  return {
    name: 'FolderFiles',
    text: `query FolderFiles($path: ID!${variables}) { project(fullPath: $path) { id repository { ${fields.join(' ')} } } }`,
    schema: blobsSchema,
  };
}

/** @returns what GitLab has of each file, in their order; undefined where the path is not that of the project */
export async function queryForBlobs(
  requests: Requests,
  { id, path }: { readonly id: ForgeRepositoryId; readonly path: string },
  files: readonly FilePlace[],
): Promise<readonly (BlobNode | undefined)[] | undefined> {
  const groups = groupsOf(files);
  const variables = groups.flatMap(({ commit, paths }, place) => [
    [`c${place}`, commit],
    [`p${place}`, paths],
  ]);
  const { project } = await requests.query(queryOf(groups), { path, ...Object.fromEntries(variables) });
  if (project?.id !== id) {
    return undefined;
  }
  const found = groups.flatMap(({ paths }, place) => {
    const nodes = new Map(project.repository[`c${place}`]?.nodes.map((node) => [node.path, node]));
    return paths.map((wanted) => nodes.get(wanted));
  });
  return found;
}
