import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { CloudClock, CloudService, ServiceRequest, ServiceResponse } from '../runtime/service.ts';
import { AwsError, jsonError } from './aws-error.ts';
import {
  accessKeyIdOf,
  errorFor,
  invokedFunction,
  isFromProgram,
  readCall,
  type ServiceCall,
  type ServiceName,
} from './gateway-call.ts';

/** What goes wrong with a call; without `error` and `drop` it is only delayed. */
export interface Fault {
  /** Whether the fault strikes before the service does its work or after. */
  readonly when: 'before' | 'after';
  /** On the cloud's clock. */
  readonly delayMs?: number;
  readonly error?: { readonly status: number; readonly code: string; readonly message?: string };
  /** Breaks the connection, so that the caller never learns the outcome. */
  readonly drop?: boolean;
  /** Runs at that moment, while the caller still waits; it may for example end the caller. */
  readonly act?: () => Promise<unknown>;
}

/** Decides on every call, and may wait. */
export type Intercept = (call: ServiceCall) => 'pass' | Fault | Promise<'pass' | Fault>;

export interface InvokeResult {
  readonly payload: Buffer | string;
  /** `Unhandled` or `Handled` when the function threw. */
  readonly functionError?: string;
}

export type InvokeFunction = (
  name: string,
  payload: Buffer,
  type: 'RequestResponse' | 'Event',
) => Promise<InvokeResult>;

export interface GatewayOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** What access key ids begin with. Whoever has it may do everything, so it is a secret of one run. */
  readonly accessKey: string;
  readonly clock: CloudClock;
  readonly objects?: CloudService;
  readonly queues?: CloudService;
  readonly secrets?: CloudService;
  readonly parameters?: CloudService;
  readonly encryptionKeys?: CloudService;
  readonly keyValues?: CloudService;
  /** Base URL of a server that speaks DynamoDB's protocol. */
  readonly table?: { readonly endpoint: string };
  readonly invoke?: InvokeFunction;
  /** Throws an AwsError for a call that the caller may not make. */
  readonly authorize?: (call: ServiceCall) => void;
  /** Reports errors inside a service: a defect of the local cloud, answered with 500. */
  readonly onError?: (error: unknown, call?: ServiceCall) => void;
}

export interface RecordedCalls {
  readonly service: ServiceName;
  readonly operation: string;
  readonly caller: string;
  readonly count: number;
}

export interface Gateway {
  readonly url: string;
  readonly port: number;
  /** The access key id for a client, to be kept from others. */
  accessKeyId(caller: string): string;
  /** How many calls of each kind were received since the start or the last `forget`, including intercepted ones. */
  recorded(): RecordedCalls[];
  forget(): void;
  /** Replaces the hook that decides on every call; undefined lets all pass. */
  intercept(hook: Intercept | undefined): void;
  close(): Promise<void>;
}

/**
 * Starts one server on 127.0.0.1 for all AWS services that the functions use, to be given as `AWS_ENDPOINT_URL`. It finds the service by
 * the scope of the signature. S3 must be used path-style, as the SDK does with an IP address. Other users of the machine and web pages
 * reach the port too: it answers only clients that have its access key, at its own address.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const counts = new Map<string, RecordedCalls>();
  const agent = new Agent({ keepAlive: true });
  let hook: Intercept | undefined;

  const services: Readonly<Record<ServiceName, CloudService | undefined>> = {
    s3: options.objects,
    sqs: options.queues,
    secretsmanager: options.secrets,
    ssm: options.parameters,
    kms: options.encryptionKeys,
    'cloudfront-keyvaluestore': options.keyValues,
    dynamodb: options.table && proxyTo(options.table.endpoint, agent),
    lambda: options.invoke && functionService(options.invoke),
  };

  function count({ service, operation, caller }: ServiceCall): void {
    const key = JSON.stringify([service, operation, caller]);
    counts.set(key, { service, operation, caller, count: (counts.get(key)?.count ?? 0) + 1 });
  }

  async function serve(call: ServiceCall): Promise<ServiceResponse> {
    const service = services[call.service];
    if (service === undefined) {
      const error = new AwsError(501, 'NotImplemented', `This local cloud has no service ${call.service}.`);
      return errorFor(call.service, error, call.request.method);
    }
    try {
      options.authorize?.(call);
      return await service.handle(call.request);
    } catch (error) {
      if (error instanceof AwsError) return errorFor(call.service, error, call.request.method);
      options.onError?.(error, call);
      const failure = new AwsError(500, 'InternalError', 'The local service failed.');
      return errorFor(call.service, failure, call.request.method);
    }
  }

  /** Undefined when the connection is to break. */
  async function answer(request: ServiceRequest): Promise<ServiceResponse | undefined> {
    const { port } = server.address() as AddressInfo;
    const call = isFromProgram(request.headers, `127.0.0.1:${port}`)
      ? readCall(request, options.accessKey)
      : undefined;
    if (call === undefined) {
      const message = 'The request is not signed with a key of this local cloud, for a service of it.';
      return jsonError(new AwsError(403, 'MissingAuthenticationToken', message));
    }
    count(call);
    const fault = (await hook?.(call)) ?? 'pass';
    if (fault === 'pass') return await serve(call);
    const response = fault.when === 'after' ? await serve(call) : undefined;
    if (fault.delayMs !== undefined) await wait(options.clock, fault.delayMs);
    await fault.act?.();
    if (fault.drop) return undefined;
    if (fault.error !== undefined) {
      const { status, code, message = 'Injected fault' } = fault.error;
      return errorFor(call.service, new AwsError(status, code, message), request.method);
    }
    return response ?? (await serve(call));
  }

  async function onRequest(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    const request = await readRequest(incoming, gone.signal);
    const response = await answer(request);
    if (response === undefined) {
      incoming.socket.destroy();
      return;
    }
    const length = String(Buffer.byteLength(response.body));
    const bodyless = request.method === 'HEAD' || response.status === 304 || response.status === 204;
    outgoing.writeHead(
      response.status,
      bodyless ? response.headers : { 'content-length': length, ...response.headers },
    );
    outgoing.end(response.body);
  }

  const server = createServer((incoming, outgoing) => {
    onRequest(incoming, outgoing).catch((error: unknown) => {
      // A client that disconnects in the middle of a request is no defect.
      if (!incoming.socket.destroyed) options.onError?.(error);
      incoming.socket.destroy();
    });
  });
  // Functions keep connections open for long; a server that closes idle ones races with their next request.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    accessKeyId: (caller) => accessKeyIdOf(options.accessKey, caller),
    recorded: () => [...counts.values()],
    forget: () => counts.clear(),
    intercept(next) {
      hook = next;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function wait(clock: CloudClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

async function readRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<ServiceRequest> {
  const body = await buffer(incoming);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const { method = 'GET', url: target = '/' } = incoming;
  return { method, target, headers, body, signal };
}

/** Forwards requests unchanged. */
function proxyTo(endpoint: string, agent: Agent): CloudService {
  return {
    handle: (request) =>
      new Promise((resolve, reject) => {
        const { connection: _, 'transfer-encoding': __, ...headers } = request.headers;
        const outgoing = httpRequest(
          new URL(request.target, endpoint),
          {
            method: request.method,
            agent,
            headers: { ...headers, 'content-length': String(request.body.length) },
          },
          (incoming) => {
            readRequest(incoming, new AbortController().signal).then((read) => {
              const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...kept } = read.headers;
              resolve({ status: incoming.statusCode ?? 502, headers: kept, body: read.body });
            }, reject);
          },
        );
        outgoing.on('error', reject);
        outgoing.end(request.body);
      }),
  };
}

/** Lambda's Invoke. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
function functionService(invoke: InvokeFunction): CloudService {
  return {
    async handle(request) {
      const name = invokedFunction(request);
      const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
      if (name === undefined || (type !== 'RequestResponse' && type !== 'Event')) {
        const message = 'This local service only invokes functions, now or as an event.';
        return errorFor('lambda', new AwsError(501, 'NotImplemented', message), request.method);
      }
      const { payload, functionError } = await invoke(name, request.body, type);
      if (type === 'Event') return { status: 202, headers: {}, body: '' };
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'x-amz-executed-version': '$LATEST',
      };
      if (functionError !== undefined) headers['x-amz-function-error'] = functionError;
      return { status: 200, headers, body: payload };
    },
  };
}
