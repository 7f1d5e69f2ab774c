import { randomUUID } from 'node:crypto';
import type { CloudService, ServiceResponse } from '../service.ts';
import type { FunctionHost } from './host.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const SYNC_PAYLOAD_LIMIT = 6 * 1024 * 1024;
const ASYNC_PAYLOAD_LIMIT = 1024 * 1024;

const invocation = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?.*)?$/;

/**
 * The Invoke operation of Lambda's API: RequestResponse and Event.
 *
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createLambdaService(host: FunctionHost): CloudService {
  return {
    async handle(request) {
      const [, encodedName] = invocation.exec(request.target) ?? [];
      if (encodedName === undefined || request.method !== 'POST') {
        return failure(404, 'UnknownOperationException', 'Only Invoke is known to the local cloud');
      }
      const name = functionName(decodeURIComponent(encodedName));
      if (!host.has(name)) return failure(404, 'ResourceNotFoundException', `Function not found: ${name}`);
      const payload = request.body.length > 0 ? request.body.toString() : '{}';
      if (!isJson(payload)) {
        return failure(400, 'InvalidRequestContentException', 'Could not parse request body into json');
      }
      const isEvent = request.headers['x-amz-invocation-type'] === 'Event';
      const limit = isEvent ? ASYNC_PAYLOAD_LIMIT : SYNC_PAYLOAD_LIMIT;
      if (request.body.length > limit) {
        const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
        return failure(413, 'RequestTooLargeException', message);
      }
      if (isEvent) {
        host.invokeLater(name, payload);
        return { status: 202, headers: ids(), body: '' };
      }
      const outcome = await host.invoke(name, payload);
      if (outcome === undefined) return failure(429, 'TooManyRequestsException', 'Rate Exceeded.');
      if (outcome.kind === 'error') return functionError(outcome.error);
      if (Buffer.byteLength(outcome.payload) > SYNC_PAYLOAD_LIMIT) {
        return functionError({
          errorType: 'Function.ResponseSizeTooLarge',
          errorMessage: `Response payload size exceeded maximum allowed payload size (${SYNC_PAYLOAD_LIMIT} bytes).`,
        });
      }
      return {
        status: 200,
        headers: { ...ids(), 'x-amz-executed-version': '$LATEST' },
        body: outcome.payload,
      };
    },
  };
}

/** The plain name in a name, a partial ARN or an ARN. */
export function functionName(nameOrArn: string): string {
  const parts = nameOrArn.split(':');
  const index = parts.indexOf('function');
  return (index < 0 ? parts[0] : parts[index + 1]) ?? nameOrArn;
}

function functionError(error: object): ServiceResponse {
  return {
    status: 200,
    headers: { ...ids(), 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify(error),
  };
}

function failure(status: number, type: string, message: string): ServiceResponse {
  return {
    status,
    headers: { ...ids(), 'x-amzn-errortype': type },
    body: JSON.stringify({ Type: 'User', message, Message: message }),
  };
}

function ids(): Record<string, string> {
  return { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
