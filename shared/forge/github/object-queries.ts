/** Queries for many objects of one repository by their hashes. Without connections, so a point each. */
import { manifestFragment, targetFields, treeEntryFragment } from './git-fragments.ts';
import { OverloadError } from './http.ts';
import { createPageSize } from './pages.ts';
import { filesSchema, tagTargetsSchema } from './schema.ts';

/**
 * So many in one query. Aliases are not limited by number; with several hundred GitHub may not answer in time.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
const objectsPerQuery = 50;

/** What tag objects point at; variables `oid0`, `oid1`, …. */
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

/** Files at commits; variables `oid0` and `path0`, `oid1` and `path1`, …. */
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

/**
 * Reads what belongs to each item, in parts that fit into one query; smaller ones when GitHub gives up.
 *
 * @param read what belongs to each of these, in their order
 * @throws ForgeError what a read of the smallest part throws
 */
export async function inParts<Item, Found>(
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
export function placed<Value>(name: string, values: readonly Value[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(values.map((value, place) => [`${name}${place}`, value]));
}

const places = (count: number, text: (place: number) => string): string =>
  Array.from({ length: count }, (_, place) => text(place)).join(' ');
