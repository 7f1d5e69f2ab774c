import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ServiceRequest } from '../runtime/service.ts';
import { AwsError } from './aws-error.ts';

/** A client's upload, after all its checksums were verified. */
export interface VerifiedBody {
  readonly body: Buffer;
  /** The `x-amz-checksum-…` header sent with the body, stored with the object as S3 does. */
  readonly checksum: Readonly<Record<string, string>>;
}

const CHECKSUMS: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  'x-amz-checksum-crc32': (body) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return sum;
  },
  'x-amz-checksum-sha1': (body) => createHash('sha1').update(body).digest(),
  'x-amz-checksum-sha256': (body) => createHash('sha256').update(body).digest(),
};

/**
 * Decodes the payload of an S3 upload and verifies every checksum sent with it. Throws S3's error when one is wrong.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function verifiedBody(request: ServiceRequest): VerifiedBody {
  const { body, trailers } = decoded(request);
  const sent = { ...request.headers, ...trailers };
  const md5 = sent['content-md5'];
  if (md5 !== undefined && createHash('md5').update(body).digest('base64') !== md5) {
    throw new AwsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const sha256 = sent['x-amz-content-sha256'];
  if (sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256)) {
    if (createHash('sha256').update(body).digest('hex') !== sha256) {
      const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
      throw new AwsError(400, 'XAmzContentSHA256Mismatch', message);
    }
  }
  const checksum: Record<string, string> = {};
  for (const [name, value] of Object.entries(sent)) {
    if (/^x-amz-checksum-(crc32c|crc64nvme)$/.test(name)) {
      throw new AwsError(501, 'NotImplemented', `This local store cannot verify ${name}.`);
    }
    const compute = CHECKSUMS[name];
    if (compute === undefined) continue;
    if (compute(body).toString('base64') !== value) {
      const algorithm = name.slice('x-amz-checksum-'.length).toUpperCase();
      throw new AwsError(
        400,
        'BadDigest',
        `The ${algorithm} you specified did not match the calculated checksum.`,
      );
    }
    checksum[name] = value;
  }
  return { body, checksum };
}

interface DecodedBody {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

/** Decodes `aws-chunked`. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html */
function decoded(request: ServiceRequest): DecodedBody {
  if (!request.headers['x-amz-content-sha256']?.startsWith('STREAMING-'))
    return { body: request.body, trailers: {} };
  const parts: Buffer[] = [];
  let at = 0;
  const line = (): string => {
    const end = request.body.indexOf('\r\n', at);
    if (end === -1) throw new AwsError(400, 'IncompleteBody', 'The request body terminated unexpectedly.');
    const text = request.body.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  for (;;) {
    const size = Number.parseInt(line(), 16);
    if (!Number.isInteger(size)) throw new AwsError(400, 'InvalidRequest', 'A chunk has no size.');
    if (size === 0) break;
    parts.push(request.body.subarray(at, at + size));
    at += size;
    if (line() !== '') throw new AwsError(400, 'InvalidRequest', 'A chunk is longer than its size.');
  }
  const trailers: Record<string, string> = {};
  while (at < request.body.length) {
    const [name, value] = line().split(/:(.*)/s);
    if (name !== undefined && value !== undefined) trailers[name.toLowerCase()] = value.trim();
  }
  const body = Buffer.concat(parts);
  if (Number(request.headers['x-amz-decoded-content-length']) !== body.length) {
    const message = 'You did not provide the number of bytes specified by the Content-Length HTTP header.';
    throw new AwsError(400, 'IncompleteBody', message);
  }
  const promised = request.headers['x-amz-trailer'];
  if (promised !== undefined && trailers[promised.toLowerCase()] === undefined) {
    throw new AwsError(
      400,
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed.',
    );
  }
  return { body, trailers };
}
