/** Queries for many objects of one repository by their hashes. They contain no connections, so each costs one point. */

import { OverloadError } from '../http.ts';
import { createPageSize } from '../pages.ts';
import { manifestFragment, targetFields, treeEntryFragment } from './git-fragments.ts';
import { blobsSchema, filesSchema, tagTargetsSchema, treesSchema } from './schema.ts';

/**
 * How many objects one query requests. The number of aliases is not limited, but with several hundred GitHub may time out.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
const objectsPerQuery = 50;

/** A query for the targets of tag objects; variables `oid0`, `oid1`, …. */
export function tagTargetsQuery(count: number) {
  return {
    name: 'TagTargets',
    schema: tagTargetsSchema,
    text: `query TagTargets($repository: ID!, ${places(count, (place) => `$oid${place}: GitObjectID!`)}) {
      node(id: $repository) { ... on Repository { databaseId
        ${places(count, (place) => `o${place}: object(oid: $oid${place}) { ${targetFields} }`)}
      } }
    }
    ${manifestFragment}
    ${treeEntryFragment}`,
  };
}

/** A query for files at commits; variables `oid0` and `path0`, `oid1` and `path1`, …. */
export function filesQuery(count: number) {
  return {
    name: 'Files',
    schema: filesSchema,
    text: `query Files($repository: ID!, ${places(count, (place) => `$oid${place}: GitObjectID!, $path${place}: String!`)}) {
      node(id: $repository) { ... on Repository { databaseId
        ${places(
          count,
          (place) =>
            `o${place}: object(oid: $oid${place}) { __typename ... on Commit { file(path: $path${place}) { ...Entry } } }`,
        )}
      } }
    }
    ${treeEntryFragment}`,
  };
}

/** A query for the entries of folders; variables `expression0`, `expression1`, …: an object's hash, or `<commit>:<path>`. */
export function treesQuery(count: number) {
  return {
    name: 'Trees',
    schema: treesSchema,
    text: `query Trees($repository: ID!, ${places(count, (place) => `$expression${place}: String!`)}) {
      node(id: $repository) { ... on Repository { databaseId
        ${places(
          count,
          (place) =>
            `o${place}: object(expression: $expression${place}) { ... on Tree { entries { name mode type oid } } }`,
        )}
      } }
    }`,
  };
}

/** A query for the texts of files; variables as of `treesQuery`. */
export function blobsQuery(count: number) {
  return {
    name: 'Blobs',
    schema: blobsSchema,
    text: `query Blobs($repository: ID!, ${places(count, (place) => `$expression${place}: String!`)}) {
      node(id: $repository) { ... on Repository { databaseId
        ${places(
          count,
          (place) =>
            `o${place}: object(expression: $expression${place}) { __typename oid ... on Blob { byteSize isTruncated text } }`,
        )}
      } }
    }`,
  };
}

/**
 * Reads something for each item, in batches that fit into one query, and smaller ones when GitHub gives up.
 *
 * @param read returns one result for each item of a batch, in order
 * @throws ForgeError what a read of the smallest batch throws
 */
export async function inBatches<Item, Found>(
  items: readonly Item[],
  read: (part: readonly Item[]) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  const size = createPageSize(objectsPerQuery);
  const found: Found[] = [];
  while (found.length < items.length) {
    const part = items.slice(found.length, found.length + size.current());
    try {
      found.push(...(await read(part)));
      size.grow();
    } catch (error) {
      if (!(error instanceof OverloadError) || !size.shrink()) {
        throw error;
      }
    }
  }
  return found;
}

/** The variables of one query: `oid0`, `oid1`, … for the values of `oid`. */
export function numberedVariables<Value>(
  name: string,
  values: readonly Value[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(values.map((value, place) => [`${name}${place}`, value]));
}

const places = (count: number, text: (place: number) => string): string =>
  Array.from({ length: count }, (_, place) => text(place)).join(' ');
