import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ServiceResponse } from '../runtime/service.ts';
import { element } from './xml.ts';

/** An error response of an AWS service; `code` is the name under which the SDK throws it. */
export class AwsError extends Error {
  readonly status: number;
  readonly code: string;
  /** Additional members of the error: elements in S3's XML, fields in JSON. */
  readonly details: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = code;
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/**
 * Parses the body of a request.
 *
 * @throws AwsError whose message names the fields and never their values
 */
export function parsedInput<Value>(schema: z.ZodType<Value>, body: unknown): Value {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new AwsError(400, 'ValidationException', z.prettifyError(result.error));
}

/** An error in S3's form; the answer to a HEAD request has no body. */
export function xmlError(error: AwsError, method: string): ServiceResponse {
  const requestId = randomUUID();
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': requestId };
  // RFC 9110: neither the answer to a HEAD request nor a 304 has a body.
  if (method === 'HEAD' || error.status === 304) return { status: error.status, headers, body: '' };
  const members = { Code: error.code, Message: error.message, ...error.details, RequestId: requestId };
  const inner = Object.entries(members).map(([name, value]) => element(name, value));
  return {
    status: error.status,
    headers,
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join('')}</Error>`,
  };
}

/** The form of an error in the AWS JSON protocols, with the type in the body and as a header. */
export function jsonError(error: AwsError, headers: Readonly<Record<string, string>> = {}): ServiceResponse {
  return {
    status: error.status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': randomUUID(),
      'x-amzn-errortype': error.code,
      ...headers,
    },
    body: JSON.stringify({
      __type: error.code,
      message: error.message,
      Message: error.message,
      ...error.details,
    }),
  };
}
