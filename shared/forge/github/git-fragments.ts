/** GraphQL fragments for git objects, shared by several queries. */

export const treeEntryFragment = `fragment Entry on TreeEntry {
    mode type object { __typename oid ... on Blob { byteSize isTruncated text } }
  }`;

/** A commit with its composer.json entry; needs `treeEntryFragment` in the same document. */
export const manifestFragment = `fragment Manifest on Commit {
    oid committedDate
    file(path: "composer.json") { ...Entry }
  }`;

/** The target of a ref or tag object. A tag may point at a tag; one query follows three of them. */
export const targetFields = `__typename ...Manifest ... on Tag {
          target { __typename ...Manifest ... on Tag {
            target { __typename ...Manifest ... on Tag {
              target { __typename ...Manifest ... on Tag { oid } }
            } }
          } }
        }`;
