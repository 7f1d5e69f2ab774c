import type { BucketFiles } from './object-files.ts';
import { element } from './xml.ts';

/** The parameters of a page of ListObjectsV2. */
export interface ListingRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** The page starts after this key, in the order of UTF-8 bytes. */
  readonly after: string | undefined;
  /** Whether `after` is the `next` of the page before, and so covers all keys of a common prefix that it names. */
  readonly continued: boolean;
  readonly maxKeys: number;
}

export interface ListingPage {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** The key or common prefix after which the next page starts; undefined if there is none. */
  readonly next: string | undefined;
}

/**
 * One page of a bucket's sorted keys; a common prefix counts as one entry.
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

/**
 * The answer of ListObjectVersions, as parts of its XML. Nothing is versioned here, so each object has one version, which S3 calls null.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function listVersions(
  files: Pick<BucketFiles, 'keys' | 'record'>,
  bucketName: string,
  query: URLSearchParams,
): readonly string[] {
  const page = listPage(files.keys(), {
    prefix: query.get('prefix') ?? '',
    delimiter: '',
    after: query.get('key-marker') ?? undefined,
    continued: false,
    maxKeys: Math.min(Number(query.get('max-keys') ?? 1000), 1000),
  });
  const urlCoded = query.get('encoding-type') === 'url';
  const name = (text: string) => (urlCoded ? encodeURIComponent(text).replaceAll('%2F', '/') : text);
  const versions = page.keys.flatMap((key) => {
    const record = files.record(key);
    if (record === undefined) return [];
    const inner = [
      element('Key', name(key)),
      element('VersionId', 'null'),
      element('IsLatest', true),
      element('LastModified', new Date(record.lastModified).toISOString()),
      element('ETag', record.etag),
      element('Size', record.size),
      element('StorageClass', 'STANDARD'),
    ];
    return `<Version>${inner.join('')}</Version>`;
  });
  return [
    element('Name', bucketName),
    element('IsTruncated', page.next !== undefined),
    ...(urlCoded ? [element('EncodingType', 'url')] : []),
    ...(page.next === undefined
      ? []
      : [element('NextKeyMarker', name(page.next)), element('NextVersionIdMarker', 'null')]),
    ...versions,
  ];
}
