/** What is asked of the objects of a repository, in the parts that several queries share. */

export const treeEntryFragment = `fragment Entry on TreeEntry {
    mode type object { __typename oid ... on Blob { byteSize isTruncated text } }
  }`;

/** A commit with the entry that is called composer.json; wants the fragment of tree entries beside it. */
export const manifestFragment = `fragment Manifest on Commit {
    oid committedDate
    file(path: "composer.json") { ...Entry }
  }`;

/** What a ref or a tag object leads to: a tag may point at a tag, and three of them are followed in one query. */
export const targetFields = `__typename ...Manifest ... on Tag {
          target { __typename ...Manifest ... on Tag {
            target { __typename ...Manifest ... on Tag {
              target { __typename ...Manifest ... on Tag { oid } }
            } }
          } }
        }`;
