import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type {
  CloudClock,
  ObjectEngine,
  ServiceRequest,
  ServiceResponse,
  StoredObject,
} from '../runtime/service.ts';
import { AwsError, xmlError } from './aws-error.ts';
import { verifiedBody } from './object-body.ts';
import {
  checkReadConditions,
  deleteCondition,
  noSuchKey,
  rangeOf,
  writeCondition,
} from './object-conditions.ts';
import { type BucketFiles, type ObjectRecord, openBucketFiles } from './object-files.ts';
import { listPage, listVersions } from './object-listing.ts';
import { objectOperation } from './object-operations.ts';
import { createUploads } from './object-uploads.ts';
import { element, elements, textOf } from './xml.ts';

/** Headers that S3 stores with an object and serves it with; x-amz-meta-* too. */
const KEPT_HEADERS = [
  'content-type',
  'cache-control',
  'content-encoding',
  'content-disposition',
  'content-language',
  'expires',
];

/** x-amz-* headers that this store honours or that have no effect; any other is refused. */
const KNOWN_HEADERS =
  /^x-amz-(content-sha256|date|security-token|user-agent|decoded-content-length|trailer|sdk-checksum-algorithm|checksum-.*|meta-.*|copy-source|copy-source-if-.*|metadata-directive|expected-bucket-owner)$/;

interface Bucket {
  readonly files: BucketFiles;
  readonly uploads: ReturnType<typeof createUploads>;
}

interface ObjectCall {
  readonly request: ServiceRequest;
  readonly bucket: Bucket;
  readonly bucketName: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

type Operation = (call: ObjectCall) => ServiceResponse;

/**
 * A local S3 for path-style clients: conditional reads and writes, listings, multipart uploads, checksums. Unknown query parameters,
 * x-amz-* headers and operations are refused with 501, so that nothing appears to work that was never checked.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/
 */
export function createObjectStore(options: {
  readonly directory: string;
  readonly clock: CloudClock;
}): ObjectEngine {
  const buckets = new Map<string, Bucket>();

  const operations: Readonly<Record<string, Operation>> = {
    ListObjectsV2: listObjects,
    ListObjectVersions: ({ bucket, bucketName, query }) =>
      xml('ListVersionsResult', listVersions(bucket.files, bucketName, query)),
    HeadBucket: () => ({ status: 200, headers: {}, body: '' }),
    DeleteObjects: deleteObjects,
    GetObject: getObject,
    HeadObject: getObject,
    PutObject: putObject,
    CopyObject: copyObject,
    DeleteObject: ({ request, bucket, key }) => {
      bucket.files.remove(key, deleteCondition(request.headers['if-match'], key));
      return { status: 204, headers: {}, body: '' };
    },
    CreateMultipartUpload: ({ request, bucket, bucketName, key }) => {
      const algorithm = request.headers['x-amz-checksum-algorithm']?.toLowerCase();
      const uploadId = bucket.uploads.begin(key, keptHeaders(request), algorithm);
      return xml('InitiateMultipartUploadResult', [
        element('Bucket', bucketName),
        element('Key', key),
        element('UploadId', uploadId),
      ]);
    },
    UploadPart: ({ request, bucket, key, query }) => {
      const { body, checksum } = verifiedBody(request);
      const [algorithm] = Object.keys(checksum).map((name) => name.slice('x-amz-checksum-'.length));
      const number = Number(query.get('partNumber'));
      const etag = bucket.uploads.addPart(uploadIdOf(query), key, number, body, algorithm);
      return { status: 200, headers: { etag, ...checksum }, body: '' };
    },
    CompleteMultipartUpload: completeUpload,
    AbortMultipartUpload: ({ bucket, key, query }) => {
      bucket.uploads.end(uploadIdOf(query), key);
      return { status: 204, headers: {}, body: '' };
    },
  };

  function newRecord(
    body: Buffer,
    parts: Pick<ObjectRecord, 'headers' | 'checksum'>,
    etag?: string,
  ): ObjectRecord {
    return {
      etag: etag ?? `"${createHash('md5').update(body).digest('hex')}"`,
      size: body.length,
      lastModified: Math.floor(options.clock.now() / 1000) * 1000,
      ...parts,
    };
  }

  function getObject({ request, bucket, key }: ObjectCall): ServiceResponse {
    const record = bucket.files.record(key);
    if (record === undefined) throw noSuchKey(key);
    const validators = { etag: record.etag, 'last-modified': new Date(record.lastModified).toUTCString() };
    try {
      checkReadConditions(request.headers, record);
    } catch (error) {
      if (!(error instanceof AwsError) || error.status !== 304) throw error;
      const cacheControl = record.headers['cache-control'];
      const headers =
        cacheControl === undefined ? validators : { ...validators, 'cache-control': cacheControl };
      return { status: 304, headers, body: '' };
    }
    const range = rangeOf(request.headers.range, record.size);
    const headers: Record<string, string> = { ...record.headers, ...validators, 'accept-ranges': 'bytes' };
    const length = range === undefined ? record.size : range.last - range.first + 1;
    headers['content-length'] = String(length);
    if (range !== undefined) headers['content-range'] = `bytes ${range.first}-${range.last}/${record.size}`;
    else if (
      request.headers['x-amz-checksum-mode'] === 'ENABLED' &&
      Object.keys(record.checksum).length > 0
    ) {
      Object.assign(headers, record.checksum, { 'x-amz-checksum-type': 'FULL_OBJECT' });
    }
    if (request.method === 'HEAD') return { status: range === undefined ? 200 : 206, headers, body: '' };
    const whole = bucket.files.read(key)?.body ?? Buffer.of();
    const body = range === undefined ? whole : whole.subarray(range.first, range.last + 1);
    return { status: range === undefined ? 200 : 206, headers, body };
  }

  function putObject({ request, bucket, key }: ObjectCall): ServiceResponse {
    const { body, checksum } = verifiedBody(request);
    const record = newRecord(body, { headers: keptHeaders(request), checksum });
    bucket.files.write(key, body, record, writeCondition(request.headers, key));
    return { status: 200, headers: { etag: record.etag, ...checksum }, body: '' };
  }

  function copyObject({ request, bucket, bucketName, key }: ObjectCall): ServiceResponse {
    const source = pathOf(request.headers['x-amz-copy-source'] ?? '');
    const object = bucketOf(source.bucketName).files.read(source.key);
    if (object === undefined) throw noSuchKey(source.key);
    checkReadConditions(request.headers, object.record, 'x-amz-copy-source-');
    const replaced = request.headers['x-amz-metadata-directive'] === 'REPLACE';
    if (!replaced && source.bucketName === bucketName && source.key === key) {
      const message =
        'This copy request is illegal because it is trying to copy an object to itself without changing anything.';
      throw new AwsError(400, 'InvalidRequest', message);
    }
    const { checksum } = object.record;
    const headers = replaced ? keptHeaders(request) : object.record.headers;
    const record = newRecord(object.body, { headers, checksum });
    bucket.files.write(key, object.body, record, writeCondition(request.headers, key));
    return xml('CopyObjectResult', [
      element('LastModified', new Date(record.lastModified).toISOString()),
      element('ETag', record.etag),
    ]);
  }

  function completeUpload({ request, bucket, bucketName, key, query }: ObjectCall): ServiceResponse {
    const uploadId = uploadIdOf(query);
    const named = elements(request.body.toString('utf8'), 'Part').map((part) => ({
      number: Number(textOf(part, 'PartNumber')),
      etag: textOf(part, 'ETag') ?? '',
      checksums: [...part.matchAll(/<Checksum(\w+)>/g)].map(([, name = '']) => name.toLowerCase()),
    }));
    const { body, headers, etag } = bucket.uploads.assemble(uploadId, key, named);
    const record = newRecord(body, { headers, checksum: {} }, etag);
    bucket.files.write(key, body, record, writeCondition(request.headers, key));
    bucket.uploads.end(uploadId, key);
    return xml('CompleteMultipartUploadResult', [
      element('Bucket', bucketName),
      element('Key', key),
      element('ETag', etag),
    ]);
  }

  function deleteObjects({ request, bucket }: ObjectCall): ServiceResponse {
    const { body, checksum } = verifiedBody(request);
    if (Object.keys(checksum).length === 0 && request.headers['content-md5'] === undefined) {
      throw new AwsError(400, 'InvalidRequest', 'Missing required header for this request: Content-MD5');
    }
    const text = body.toString('utf8');
    const objects = elements(text, 'Object');
    if (objects.length === 0 || objects.length > 1000) {
      const message =
        'The XML you provided was not well-formed or did not validate against our published schema';
      throw new AwsError(400, 'MalformedXML', message);
    }
    const quiet = textOf(text, 'Quiet') === 'true';
    const results = objects.map((object) => {
      const key = textOf(object, 'Key') ?? '';
      try {
        checkVersion(textOf(object, 'VersionId'));
        bucket.files.remove(key, deleteCondition(textOf(object, 'ETag'), key));
        return quiet ? '' : `<Deleted>${element('Key', key)}</Deleted>`;
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return `<Error>${element('Key', key)}${element('Code', error.code)}${element('Message', error.message)}</Error>`;
      }
    });
    return xml('DeleteResult', results);
  }

  function listObjects({ bucket, bucketName, query }: ObjectCall): ServiceResponse {
    const token = query.get('continuation-token');
    const maxKeys = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const after = token === null ? (query.get('start-after') ?? undefined) : fromToken(token);
    const page = listPage(bucket.files.keys(), {
      prefix,
      delimiter,
      after,
      continued: token !== null,
      maxKeys,
    });
    const urlCoded = query.get('encoding-type') === 'url';
    const name = (text: string) => (urlCoded ? encodeURIComponent(text).replaceAll('%2F', '/') : text);
    const contents = page.keys.map((key) => {
      const record = bucket.files.record(key);
      if (record === undefined) return '';
      const inner = [
        element('Key', name(key)),
        element('LastModified', new Date(record.lastModified).toISOString()),
        element('ETag', record.etag),
        element('Size', record.size),
        element('StorageClass', 'STANDARD'),
      ];
      return `<Contents>${inner.join('')}</Contents>`;
    });
    return xml('ListBucketResult', [
      element('Name', bucketName),
      element('Prefix', name(prefix)),
      ...(delimiter === '' ? [] : [element('Delimiter', name(delimiter))]),
      ...(urlCoded ? [element('EncodingType', 'url')] : []),
      element('MaxKeys', maxKeys),
      element('KeyCount', page.keys.length + page.commonPrefixes.length),
      element('IsTruncated', page.next !== undefined),
      ...(token === null ? [] : [element('ContinuationToken', token)]),
      ...(page.next === undefined ? [] : [element('NextContinuationToken', toToken(page.next))]),
      ...contents,
      ...page.commonPrefixes.map(
        (common) => `<CommonPrefixes>${element('Prefix', name(common))}</CommonPrefixes>`,
      ),
    ]);
  }

  function bucketOf(name: string): Bucket {
    const bucket = buckets.get(name);
    if (bucket !== undefined) return bucket;
    throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
  }

  function answer(request: ServiceRequest): ServiceResponse {
    const operation = operations[objectOperation(request)];
    const unknown = Object.keys(request.headers).find(
      (name) => name.startsWith('x-amz-') && !KNOWN_HEADERS.test(name),
    );
    if (operation === undefined || unknown !== undefined) {
      const what = unknown ?? `${request.method} with these parameters`;
      throw new AwsError(501, 'NotImplemented', `This local store does not know ${what}.`);
    }
    const [path = '', search = ''] = request.target.split(/\?(.*)/s);
    const { bucketName, key } = pathOf(path);
    return operation({
      request,
      bucket: bucketOf(bucketName),
      bucketName,
      key,
      query: new URLSearchParams(search),
    });
  }

  return {
    async handle(request) {
      try {
        const response = answer(request);
        return { ...response, headers: { 'x-amz-request-id': randomUUID(), ...response.headers } };
      } catch (error) {
        if (error instanceof AwsError) return xmlError(error, request.method);
        throw error;
      }
    },
    createBucket(name) {
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
        throw new Error(`${name} is no name for a bucket`);
      if (buckets.has(name)) return;
      const files = openBucketFiles(join(options.directory, name));
      buckets.set(name, { files, uploads: createUploads(files.directory) });
    },
    async get(bucket, key) {
      const files = buckets.get(bucket)?.files;
      return files?.record(key) && stored(files, key);
    },
    contents: () =>
      new Map(
        Array.from(buckets, ([name, { files }]) => {
          const objects = files.keys().map((key): [string, StoredObject] => [key, stored(files, key)]);
          return [name, new Map(objects)];
        }),
      ),
    restore(contents) {
      const anyway = () => {};
      for (const [name, { files }] of buckets) {
        const wanted = contents.get(name);
        for (const key of files.keys()) if (wanted?.has(key) !== true) files.remove(key, anyway);
        for (const [key, { body, checksum = {}, ...record }] of wanted ?? []) {
          files.write(key, body, { ...record, checksum, size: body.length }, anyway);
        }
      }
    },
    async close() {
      buckets.clear();
    },
  };
}

/** @throws Error when it does not exist */
function stored(files: BucketFiles, key: string): StoredObject {
  const object = files.read(key);
  if (object === undefined) throw new Error(`there is no object ${key}`);
  const { etag, lastModified, headers, checksum } = object.record;
  return { etag, lastModified, headers, checksum, body: object.body };
}

function pathOf(path: string): { bucketName: string; key: string } {
  const [, bucketName = '', key = ''] = /^\/?([^/]*)\/?(.*)$/s.exec(path) ?? [];
  try {
    return { bucketName, key: decodeURIComponent(key) };
  } catch {
    throw new AwsError(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** @throws AwsError for any version but the only one of an object */
function checkVersion(versionId: string | undefined): void {
  if (versionId !== undefined && versionId !== 'null') {
    throw new AwsError(400, 'NoSuchVersion', 'The specified version does not exist.');
  }
}

const uploadIdOf = (query: URLSearchParams) => query.get('uploadId') ?? '';
const toToken = (last: string) => Buffer.from(last).toString('base64');
const fromToken = (token: string) => Buffer.from(token, 'base64').toString('utf8');

function keptHeaders(request: ServiceRequest): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const [name, value] of Object.entries(request.headers)) {
    if (KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-')) kept[name] = value;
  }
  // The transfer coding of the upload is not part of the object.
  const codings = kept['content-encoding']?.split(',').map((coding) => coding.trim());
  const own = codings?.filter((coding) => coding !== '' && coding !== 'aws-chunked').join(',');
  if (own === undefined || own === '') delete kept['content-encoding'];
  else kept['content-encoding'] = own;
  return kept;
}

function xml(name: string, inner: readonly string[]): ServiceResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner.join('')}</${name}>`,
  };
}
