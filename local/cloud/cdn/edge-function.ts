import { createHash, createHmac } from 'node:crypto';
import querystring from 'node:querystring';
import vm from 'node:vm';
import { z } from 'zod';
import type { CloudClock } from '../runtime/service.ts';
import type { EdgeRequest } from './edge-request.ts';

export interface EdgeFunctionOptions {
  readonly name: string;
  readonly code: string;
  /** The value of a key in the associated key-value store at the edge; undefined without a store. */
  readonly edgeValue: ((key: string) => string | undefined) | undefined;
  readonly clock: CloudClock;
  onLine(line: string): void;
}

export interface EdgeContext {
  readonly distributionId: string;
  readonly distributionDomainName: string;
  readonly requestId: string;
}

export interface GeneratedResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

/** The decision of a viewer-request function: the request continues, maybe changed, or is answered at once. */
export type EdgeDecision =
  | { readonly kind: 'request'; readonly request: EdgeRequest }
  | { readonly kind: 'response'; readonly response: GeneratedResponse };

export type EdgeFunction = (request: EdgeRequest, context: EdgeContext) => Promise<EdgeDecision>;

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions */
const CODE_LIMIT_BYTES = 10 * 1024;

const importLine = /^[ \t]*import\s+(\w+)\s+from\s+(['"][\w:]+['"]);?/gm;

/**
 * Compiles a CloudFront Function (runtime 2.0) for viewer requests. It runs in a context of its own with only that runtime's features; each
 * run starts with fresh top-level variables and a clock that does not advance.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 *
 * @throws Error when the code is too long or no script; the returned function throws what the code throws, and an Error when its result is
 * neither a request nor a response
 */
export function createEdgeFunction(options: EdgeFunctionOptions): EdgeFunction {
  if (Buffer.byteLength(options.code) > CODE_LIMIT_BYTES) {
    throw new Error(`the code of the function ${options.name} is longer than ${CODE_LIMIT_BYTES} bytes`);
  }
  const body = options.code.replace(
    importLine,
    (_, name: string, module: string) => `const ${name} = require(${module});`,
  );
  // All code is wrapped in a function, so that no top-level variable outlives a run.
  const script = new vm.Script(`(function () {${body}\nreturn handler;\n})()`, {
    filename: `${options.name}.js`,
  });
  let runStartedAt = 0;
  const sandbox = vm.createContext(globalsOf(options));
  const RealDate: DateConstructor = vm.runInContext('Date', sandbox);
  sandbox.Date = new Proxy(RealDate, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [runStartedAt] : args),
    get: (target, key) => (key === 'now' ? () => runStartedAt : Reflect.get(target, key)),
  });

  return async (request, context) => {
    runStartedAt = Math.floor(options.clock.now());
    const handler: unknown = script.runInContext(sandbox);
    if (typeof handler !== 'function') throw new Error(`the function ${options.name} has no handler`);
    const result: unknown = await handler(eventOf(request, context));
    return decisionOf(result, request);
  };
}

function globalsOf(options: EdgeFunctionOptions): Record<string, unknown> {
  const algorithms = new Set(['md5', 'sha1', 'sha256']);
  const known = (algorithm: string) => {
    if (!algorithms.has(algorithm)) throw new TypeError(`not supported algorithm: "${algorithm}"`);
    return algorithm;
  };
  const modules: Record<string, unknown> = {
    cloudfront: { kvs: () => keyValueStore(options) },
    crypto: {
      createHash: (algorithm: string) => createHash(known(algorithm)),
      createHmac: (algorithm: string, key: string | Buffer) => createHmac(known(algorithm), key),
    },
    querystring,
  };
  return {
    require(name: string) {
      const module = modules[name];
      if (module === undefined) throw new Error(`Cannot find module "${name}"`);
      return module;
    },
    console: { log: (...parts: unknown[]) => options.onLine(parts.map(String).join(' ')) },
    Buffer,
    TextEncoder,
    TextDecoder,
    atob,
    btoa,
  };
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html */
function keyValueStore({ edgeValue, name }: EdgeFunctionOptions) {
  if (edgeValue === undefined) throw new Error(`the function ${name} has no key-value store`);
  return {
    async get(key: string, { format = 'string' }: { format?: string } = {}): Promise<unknown> {
      const value = edgeValue(key);
      if (value === undefined) throw new Error('KeyNotFound');
      if (format === 'json') return JSON.parse(value);
      return format === 'bytes' ? Buffer.from(value) : value;
    },
    exists: async (key: string): Promise<boolean> => edgeValue(key) !== undefined,
  };
}

interface EventValue {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html */
function eventOf(request: EdgeRequest, context: EdgeContext): object {
  const headers = [...request.headers].flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  return {
    version: '1.0',
    context: { ...context, eventType: 'viewer-request' },
    viewer: { ip: request.viewerIp },
    request: {
      method: request.method,
      uri: request.uri,
      querystring: eventValues(request.query),
      headers: eventValues(headers),
      cookies: eventValues(request.cookies),
    },
  };
}

function eventValues(pairs: EdgeRequest['query']): Record<string, EventValue> {
  const values: Record<string, EventValue> = {};
  for (const [name, value] of pairs) {
    const earlier = values[name];
    const multiValue = earlier && [...(earlier.multiValue ?? [{ value: earlier.value }]), { value }];
    values[name] = { value, ...(multiValue && { multiValue }) };
  }
  return values;
}

const valueSchema = z.object({
  value: z.string(),
  multiValue: z.array(z.object({ value: z.string() })).optional(),
});
const valuesSchema = z.record(z.string(), valueSchema);

const requestSchema = z.object({
  method: z.string(),
  uri: z.string().startsWith('/'),
  querystring: z.union([valuesSchema, z.string()]).default({}),
  headers: valuesSchema.default({}),
  cookies: valuesSchema.default({}),
});

const responseSchema = z.object({
  statusCode: z.number().int().min(100).max(599),
  statusDescription: z.string().optional(),
  headers: valuesSchema.default({}),
  cookies: z.record(z.string(), valueSchema.extend({ attributes: z.string().optional() })).default({}),
  body: z
    .union([z.string(), z.object({ encoding: z.enum(['text', 'base64']), data: z.string() })])
    .default(''),
});

function decisionOf(result: unknown, request: EdgeRequest): EdgeDecision {
  const isResponse = typeof result === 'object' && result !== null && 'statusCode' in result;
  if (isResponse) return { kind: 'response', response: generated(responseSchema.parse(result)) };
  const changed = requestSchema.parse(result);
  if (changed.method !== request.method) throw new Error('the method of a request is read-only');
  const query = changed.querystring;
  return {
    kind: 'request',
    request: {
      ...request,
      uri: changed.uri,
      query: typeof query === 'string' ? [...new URLSearchParams(query)] : pairsOf(query),
      headers: new Map(
        Object.entries(changed.headers).map(([name, value]) => [name.toLowerCase(), texts(value)]),
      ),
      cookies: pairsOf(changed.cookies),
    },
  };
}

function generated(response: z.infer<typeof responseSchema>): GeneratedResponse {
  const headers = new Map(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), texts(value)]),
  );
  const cookies = Object.entries(response.cookies).map(
    ([name, { value, attributes }]) => `${name}=${value}${attributes ? `; ${attributes}` : ''}`,
  );
  if (cookies.length > 0) headers.set('set-cookie', cookies);
  const { body } = response;
  const bytes =
    typeof body === 'string'
      ? Buffer.from(body)
      : Buffer.from(body.data, body.encoding === 'text' ? 'utf8' : 'base64');
  return { status: response.statusCode, headers, body: bytes };
}

function texts({ value, multiValue }: z.infer<typeof valueSchema>): string[] {
  return multiValue ? multiValue.map((item) => item.value) : [value];
}

function pairsOf(values: z.infer<typeof valuesSchema>): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    texts(value).map((text): [string, string] => [name, text]),
  );
}
