import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServiceRequest, ServiceResponse } from '../runtime/service.ts';
import { type AwsError, jsonError, xmlError } from './aws-error.ts';
import { keyValueOperation } from './key-values-operation.ts';
import { objectOperation } from './object-operations.ts';
import { queueError } from './queue-service.ts';

export type ServiceName =
  | 's3'
  | 'sqs'
  | 'secretsmanager'
  | 'ssm'
  | 'kms'
  | 'cloudfront-keyvaluestore'
  | 'dynamodb'
  | 'lambda';

/** A call to a service: caller, service and operation. */
export interface ServiceCall {
  readonly service: ServiceName;
  /** The operation's name in the SDK, for example `PutObject`; `unknown` if we do not know it. */
  readonly operation: string;
  /** The client by the access key id of its signature: a function's name, for example. */
  readonly caller: string;
  readonly request: ServiceRequest;
}

const SERVICES: Readonly<Record<string, ServiceName>> = {
  s3: 's3',
  sqs: 'sqs',
  secretsmanager: 'secretsmanager',
  ssm: 'ssm',
  kms: 'kms',
  'cloudfront-keyvaluestore': 'cloudfront-keyvaluestore',
  dynamodb: 'dynamodb',
  lambda: 'lambda',
};

/**
 * The access key id by which a client proves that it belongs to this local cloud, and says who it is. Signatures are not verified, so
 * the id is the secret.
 */
export const accessKeyIdOf = (accessKey: string, caller: string): string => `${accessKey}.${caller}`;

/** The caller of an access key id; undefined for one that does not begin with the key. */
function callerOf(accessKeyId: string, accessKey: string): string | undefined {
  const [, key = '', caller] = /^([^.]*)\.(.+)$/s.exec(accessKeyId) ?? [];
  return timingSafeEqual(digest(key), digest(accessKey)) ? caller : undefined;
}

/** Equal lengths, for the comparison in constant time. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whether a program on this machine may have sent the request, and not a web page: pages of other hosts send their own `Origin`, and
 * one whose host name was made to resolve to this machine (DNS rebinding) sends that name as `Host`.
 */
export const isFromProgram = (headers: ServiceRequest['headers'], host: string): boolean =>
  headers.host === host && headers.origin === undefined;

/**
 * Reads caller, service and operation from a signed request; undefined for one that is not signed, has no access key id of this local
 * cloud, or is for an unknown service. The signature itself is not verified. SigV4 scopes are `key/date/region/service/aws4_request`,
 * SigV4A's have no region.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 */
export function readCall(request: ServiceRequest, accessKey: string): ServiceCall | undefined {
  const scope = /^AWS4-\S+ Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1]?.split('/');
  const service = SERVICES[scope?.at(-2) ?? ''];
  const accessKeyId = scope?.slice(
    0,
    scope.length - (request.headers.authorization?.startsWith('AWS4-ECDSA') ? 3 : 4),
  );
  const caller = callerOf(accessKeyId?.join('/') ?? '', accessKey);
  if (service === undefined || caller === undefined) return undefined;
  return { service, operation: operationOf(service, request), caller, request };
}

function operationOf(service: ServiceName, request: ServiceRequest): string {
  if (service === 's3') return objectOperation(request);
  if (service === 'cloudfront-keyvaluestore') return keyValueOperation(request)?.name ?? 'unknown';
  if (service === 'lambda') return invokedFunction(request) === undefined ? 'unknown' : 'Invoke';
  return request.headers['x-amz-target']?.split('.').at(-1) ?? 'unknown';
}

/** The function that a Lambda request invokes, also if it is given by ARN. */
export function invokedFunction({ method, target }: ServiceRequest): string | undefined {
  const [, name] = /^\/2015-03-31\/functions\/((?:[\w.:$-]|%3A)+)\/invocations(?:\?|$)/i.exec(target) ?? [];
  if (method !== 'POST' || name === undefined) return undefined;
  const parts = decodeURIComponent(name).split(':');
  return parts.length > 1 ? parts[parts.indexOf('function') + 1] : parts[0];
}

/** Formats an error as the SDK's client of this service expects it. */
export function errorFor(service: ServiceName, error: AwsError, method: string): ServiceResponse {
  if (service === 's3') return xmlError(error, method);
  if (service === 'sqs') return queueError(error);
  return jsonError(error);
}
