import type { APIGatewayProxyEventV2, Context, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import { ConflictError } from '../domain/conflict-error.ts';
import { httpHandler } from './http-handler.ts';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from './http-message.ts';
import { createLogger } from './logger.ts';
import { problemAnswer } from './problem-details.ts';
import { queueHandler } from './queue-handler.ts';
import { scheduleHandler } from './schedule-handler.ts';

const secret = 'rprt_o_secret';
const context = {
  awsRequestId: 'request-1',
  functionName: 'Repertoire-test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:0:function:Repertoire-test',
  memoryLimitInMB: '512',
} as Context;

let lines: Record<string, unknown>[];
const keep = (line: string): void => void lines.push(JSON.parse(line));

beforeEach(() => {
  lines = [];
  // Powertools writes through the console only if this is set.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  // An operator may set this for debugging; without our override it would leak every body.
  vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'true');
  for (const method of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation(keep);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const event = (parts: Partial<APIGatewayProxyEventV2> & { readonly method?: string } = {}) => ({
  version: '2.0',
  routeKey: 'POST /things/{id}',
  rawPath: '/things/7',
  rawQueryString: '',
  headers: { authorization: `Bearer ${secret}` },
  isBase64Encoded: false,
  ...parts,
  requestContext: { requestId: 'api-1', http: { method: parts.method ?? 'POST' } },
});

/** Returns the request that a route receives for an event, and the response to API Gateway. */
async function ask(
  parts: Parameters<typeof event>[0],
  handle: (request: HttpRequest) => Promise<HttpAnswer> = async () => jsonAnswer(200, {}),
  options: Partial<Parameters<typeof httpHandler>[0]> = {},
) {
  let request: HttpRequest | undefined;
  const handler = httpHandler(
    { logger: createLogger('test'), bodyBytesMax: 100, isFromCdn: async () => true, ...options },
    async (one) => {
      request = one;
      return handle(one);
    },
  );
  return { result: await handler(event(parts) as APIGatewayProxyEventV2, context), request };
}

describe('an HTTP route', () => {
  it('refuses a request that did not come through the CDN', async () => {
    const { result, request } = await ask({}, undefined, { isFromCdn: async () => false });
    expect(result).toMatchObject({ statusCode: 403 });
    expect(request).toBeUndefined();
  });

  it('keeps every value of a query', async () => {
    const { request } = await ask({ rawQueryString: 'name=a,b&name=c%26d&flag&page=2' });
    expect(request?.query.getAll('name')).toEqual(['a,b', 'c&d']);
    expect([request?.query.get('flag'), request?.query.get('page'), request?.query.get('none')]).toEqual([
      '',
      '2',
      null,
    ]);
  });

  it('reads no cookie whose name a browser takes for another', async () => {
    const cookies = ['\u2000__Host-session=forged', '\u00a0__Host-session=forged', ' __Host-session=real\t'];
    const { request } = await ask({ cookies });
    expect([...(request?.cookies ?? [])]).toEqual([['__Host-session', 'real']]);
  });

  it('reads cookies as they were set', async () => {
    const cookies = [
      '__Host-session=a.b=c%20',
      'theme=dark',
      'theme=light',
      '=none',
      'broken',
      '__proto__=x',
    ];
    const { request } = await ask({ cookies });
    expect([...(request?.cookies ?? [])]).toEqual([
      ['__Host-session', 'a.b=c%20'],
      ['theme', 'dark'],
      ['__proto__', 'x'],
    ]);
  });

  it('sets each cookie in its own header', async () => {
    const cookies = ['a=1; Secure', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT'];
    const { result } = await ask({}, async () => ({ status: 204, cookies }));
    expect(result).toEqual({ statusCode: 204, headers: {}, cookies });
  });

  it.each([
    ['text', { body: 'ä'.repeat(50) }],
    ['bytes', { body: Buffer.alloc(100).toString('base64'), isBase64Encoded: true }],
  ])('accepts a body up to its limit: %s', async (_, parts) => {
    const { result, request } = await ask(parts);
    expect(result).toMatchObject({ statusCode: 200 });
    expect(request?.body).toHaveLength(100);
  });

  it.each([
    ['text', { body: `${'ä'.repeat(50)}x` }],
    ['bytes', { body: Buffer.alloc(101).toString('base64'), isBase64Encoded: true }],
  ])('rejects a larger one before anything reads it: %s', async (_, parts) => {
    const { result, request } = await ask(parts);
    expect(result).toMatchObject({
      statusCode: 413,
      body: '{"warning":"The body of this request is larger than 100 bytes."}',
    });
    expect(request).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('answers HEAD like GET, without the body', async () => {
    const { result } = await ask({ method: 'HEAD' });
    expect(result).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  });

  it("reports the caller's error in the form of its clients, and logs nothing", async () => {
    const refuse = async () => {
      throw new CallerError('invalid', 'no such scope');
    };
    expect((await ask({}, refuse)).result).toMatchObject({
      statusCode: 422,
      body: '{"warning":"no such scope"}',
    });
    const { result } = await ask({}, refuse, { answerProblem: problemAnswer });
    expect(result).toMatchObject({ headers: { 'content-type': 'application/problem+json' } });
    const meet = async () => {
      throw new ConflictError([0]);
    };
    expect((await ask({}, meet)).result).toMatchObject({ statusCode: 409 });
    expect(lines).toEqual([]);
  });

  it('answers an internal error with 500 and no details, which are in the log', async () => {
    const { result } = await ask({ body: secret }, async () => {
      throw new Error('the table is gone');
    });
    expect(result).toMatchObject({ statusCode: 500, body: expect.not.stringContaining('table') });
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        message: 'a request failed',
        path: '/things/7',
        function_request_id: 'request-1',
        function_name: 'Repertoire-test',
        correlation_id: 'api-1',
        error: { message: 'the table is gone' },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain(secret);
  });

  it('keeps nothing of one request in the log of the next, failed or not', async () => {
    const logger = createLogger('test');
    const handler = httpHandler(
      { logger, bodyBytesMax: 0, isFromCdn: async () => true },
      async ({ path }) => {
        logger.appendKeys({ delivery: path });
        throw path === '/refused' ? new CallerError('invalid', 'no') : new Error('ours');
      },
    );
    for (const rawPath of ['/failed', '/refused']) {
      await handler(event({ rawPath }) as APIGatewayProxyEventV2, context);
    }
    logger.info('afterwards');
    expect(lines.at(-1)).not.toHaveProperty('delivery');
    expect(lines.at(-1)).not.toHaveProperty('correlation_id');
  });
});

describe('a queue', () => {
  it('returns the failed messages, and logs each with its id', async () => {
    const logger = createLogger('test');
    const handler = queueHandler(z.object({ n: z.number() }), { logger }, async ({ n }) => {
      logger.info('at work');
      if (n === 2) {
        throw new Error('two');
      }
      return 'done';
    });
    const Records = ['{"n":1}', '{"n":2}', 'none', '{"n":3}'].map((body, place) => ({
      messageId: `m${place}`,
      body,
    }));
    const answer = await handler({ Records } as SQSEvent, context);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    const ids = lines.map(({ message, correlation_id: id }) => [message, id]);
    expect(ids).toEqual([
      ['a message does not match its schema', undefined],
      ['at work', 'm0'],
      ['at work', 'm1'],
      ['work on a message failed', 'm1'],
      ['at work', 'm3'],
    ]);
  });
});

describe('scheduled work', () => {
  it('fails its invocation, which the schedule retries, and logs an error', async () => {
    const logger = createLogger('test');
    expect(await scheduleHandler({ logger }, async () => 3)({}, context)).toBe(3);
    const failing = scheduleHandler({ logger }, async () => {
      throw new ConflictError([0]);
    });
    await expect(failing({}, context)).rejects.toThrow(ConflictError);
    expect(lines).toMatchObject([{ message: 'scheduled work failed', function_request_id: 'request-1' }]);
  });
});
