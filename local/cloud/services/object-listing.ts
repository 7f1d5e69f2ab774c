/** What a page of ListObjectsV2 is asked for. */
export interface ListingRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** The page starts after this key, in the order of UTF-8 bytes. */
  readonly after: string | undefined;
  /** Whether `after` is the `next` of a page, and so covers all keys of a common prefix that it names. */
  readonly continued: boolean;
  readonly maxKeys: number;
}

export interface ListingPage {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** Start the next page after this key or common prefix; undefined when nothing is left. */
  readonly next: string | undefined;
}

/**
 * One page out of the sorted keys of a bucket; common prefixes count as one entry each.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listPage(sortedKeys: readonly string[], request: ListingRequest): ListingPage {
  const { prefix, delimiter, after, continued, maxKeys } = request;
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  const afterBytes = after === undefined ? undefined : Buffer.from(after);
  let last: string | undefined;
  for (const key of sortedKeys) {
    if (!key.startsWith(prefix)) continue;
    if (afterBytes !== undefined && Buffer.compare(Buffer.from(key), afterBytes) <= 0) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end === -1 ? undefined : key.slice(0, end + delimiter.length);
    if (common !== undefined && ((continued && common === after) || common === commonPrefixes.at(-1)))
      continue;
    if (keys.length + commonPrefixes.length >= maxKeys) return { keys, commonPrefixes, next: last };
    if (common === undefined) keys.push(key);
    else commonPrefixes.push(common);
    last = common ?? key;
  }
  return { keys, commonPrefixes, next: undefined };
}
