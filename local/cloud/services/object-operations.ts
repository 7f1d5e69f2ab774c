/** Finds the S3 operation of a request. */
import type { ServiceRequest } from '../runtime/service.ts';

/** Query parameters, besides those that identify the operation, that are honoured or have no effect. */
const LISTING_PARAMETERS = [
  'continuation-token',
  'start-after',
  'max-keys',
  'prefix',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'key-marker',
  'version-id-marker',
];

/** The S3 operation of a request; `unknown` for any that this store does not implement. */
export function objectOperation(request: Pick<ServiceRequest, 'method' | 'target' | 'headers'>): string {
  const [path = '', search = ''] = request.target.split(/\?(.*)/s);
  const level = /^\/?[^/]*\/?$/.test(path) ? 'bucket' : 'object';
  const query = new URLSearchParams(search);
  const named = [...query.keys()]
    .filter((name) => name !== 'x-id' && !LISTING_PARAMETERS.includes(name))
    .sort();
  const copy = request.headers['x-amz-copy-source'] === undefined ? '' : ' copy';
  return OPERATIONS[`${request.method} ${level}${copy} ${named.join(' ')}`.trim()] ?? 'unknown';
}

const OPERATIONS: Readonly<Record<string, string>> = {
  'GET bucket list-type': 'ListObjectsV2',
  'GET bucket versions': 'ListObjectVersions',
  'HEAD bucket': 'HeadBucket',
  'POST bucket delete': 'DeleteObjects',
  'GET object': 'GetObject',
  'HEAD object': 'HeadObject',
  'PUT object': 'PutObject',
  'PUT object copy': 'CopyObject',
  'DELETE object': 'DeleteObject',
  'POST object uploads': 'CreateMultipartUpload',
  'PUT object partNumber uploadId': 'UploadPart',
  'POST object uploadId': 'CompleteMultipartUpload',
  'DELETE object uploadId': 'AbortMultipartUpload',
};
