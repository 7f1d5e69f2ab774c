import type { ServiceRequest } from '../runtime/service.ts';
import { AwsError } from './aws-error.ts';
import type { ObjectRecord, Precondition } from './object-files.ts';

type Headers = ServiceRequest['headers'];

const bare = (etag: string) => etag.replace(/^W\//, '').replaceAll('"', '');

const names = (header: string, etag: string) =>
  header.trim() === '*' || header.split(',').some((named) => bare(named.trim()) === bare(etag));

export function noSuchKey(key: string): AwsError {
  return new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
}

function preconditionFailed(condition: string): AwsError {
  const message = 'At least one of the pre-conditions you specified did not hold';
  return new AwsError(412, 'PreconditionFailed', message, { Condition: condition });
}

/**
 * The precondition of a write: with `If-None-Match: *` no object may exist, with `If-Match` exactly this one must.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function writeCondition(headers: Headers, key: string): Precondition {
  const ifNoneMatch = headers['if-none-match'];
  const ifMatch = headers['if-match'];
  if ((ifNoneMatch !== undefined && ifNoneMatch !== '*') || ifMatch === '*') {
    const message = 'A header you provided implies functionality that is not implemented';
    throw new AwsError(501, 'NotImplemented', message);
  }
  return (current) => {
    if (ifNoneMatch !== undefined && current !== undefined) throw preconditionFailed('If-None-Match');
    if (ifMatch === undefined) return;
    if (current === undefined) throw noSuchKey(key);
    if (!names(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  };
}

/**
 * The precondition of a deletion: as for writes, but `*` requires any object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 */
export function deleteCondition(ifMatch: string | undefined, key: string): Precondition {
  return (current) => {
    if (ifMatch === undefined) return;
    if (current === undefined) throw noSuchKey(key);
    if (!names(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  };
}

/**
 * Throws if a read is not answered with the object: 412, or 304 as an error without a body. An ETag condition has precedence over one by
 * date (RFC 9110, 13.2.2). `prefix` is for the conditions on the source of a copy, where "not modified" is a 412, too.
 */
export function checkReadConditions(headers: Headers, record: ObjectRecord, prefix = ''): void {
  const ifMatch = headers[`${prefix}if-match`];
  const ifUnmodifiedSince = dateOf(headers[`${prefix}if-unmodified-since`]);
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  const ifModifiedSince = dateOf(headers[`${prefix}if-modified-since`]);
  const unmodified = (since: number | undefined) => since !== undefined && record.lastModified <= since;
  if (ifMatch !== undefined) {
    if (!names(ifMatch, record.etag)) throw preconditionFailed('If-Match');
  } else if (ifUnmodifiedSince !== undefined && !unmodified(ifUnmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const known = ifNoneMatch === undefined ? unmodified(ifModifiedSince) : names(ifNoneMatch, record.etag);
  if (!known) return;
  if (prefix !== '') throw preconditionFailed('If-None-Match');
  throw new AwsError(304, 'NotModified', 'Not Modified');
}

/** Parses a date; an invalid one is no condition. */
function dateOf(header: string | undefined): number | undefined {
  const time = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : time;
}

/** First and last byte of the single range requested; undefined means the whole object. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { first: number; last: number } | undefined {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header);
  const [, from = '', to = ''] = match ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < first) return undefined;
  if (first > last) {
    const details = { RangeRequested: header ?? '', ActualObjectSize: String(size) };
    throw new AwsError(416, 'InvalidRange', 'The requested range is not satisfiable', details);
  }
  return { first, last };
}
