import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FunctionHost } from './functions/host.ts';
import type { Engines } from './provision/plan.ts';
import type { CloudClock } from './runtime/service.ts';
import { AwsError } from './services/aws-error.ts';
import { createEncryptionKeyService } from './services/encryption-keys.ts';
import { type Gateway, type InvokeResult, startGateway } from './services/gateway.ts';
import type { ServiceCall } from './services/gateway-call.ts';
import { createKeyValueService, type KeyValueServiceOptions } from './services/key-values.ts';
import { createObjectStore } from './services/object-store.ts';
import { createParameterService } from './services/parameters.ts';
import { createQueueService, type QueueServiceOptions } from './services/queue-service.ts';
import { createSecretsService } from './services/secrets.ts';
import { ENDPOINT_VARIABLE, startTableService } from './services/table.ts';
import type { Pseudo } from './template/resource.ts';

/** Options of the services that tests vary; each is described with its service. */
export type ServiceBehavior = Pick<KeyValueServiceOptions, 'propagationMs' | 'refuseMissingDeletes'> &
  Pick<QueueServiceOptions, 'handsOutTwice'>;

export interface ServicesOptions {
  /** Each service keeps its data in a subfolder of it. */
  readonly directory: string;
  readonly gatewayPort: number;
  readonly behavior: ServiceBehavior;
  readonly pseudo: Pseudo;
  readonly clock: CloudClock;
  readonly host: FunctionHost;
  /** Throws an AwsError for a call that the caller may not make. */
  readonly authorize: (call: ServiceCall) => void;
  /** Receives functions that stop the services, in the order of their start. */
  readonly closers: (() => Promise<void>)[];
  /** Reports defects of the services. */
  onError(line: string): void;
}

/**
 * Starts the services and the gateway in front of them.
 *
 * @throws Error that names the gateway's port when it is in use
 */
export async function startServices(
  options: ServicesOptions,
): Promise<{ engines: Engines; gateway: Gateway }> {
  const { clock, host, closers } = options;
  const folder = (name: string) => join(options.directory, name);
  const table = await startTableService({
    directory: folder('table'),
    endpoint: process.env[ENDPOINT_VARIABLE],
  });
  closers.push(table.close);
  let gatewayUrl = '';
  const { accountId, region } = options.pseudo;
  const { handsOutTwice, ...keyValueBehavior } = options.behavior;
  const queues = createQueueService({
    clock,
    accountId,
    region,
    directory: folder('queues'),
    baseUrl: () => gatewayUrl,
    ...(handsOutTwice && { handsOutTwice }),
  });
  closers.push(queues.close);
  const objects = createObjectStore({ clock, directory: folder('objects') });
  closers.push(objects.close);
  const secrets = createSecretsService({ clock, directory: folder('secrets') });
  closers.push(secrets.close);
  const parameters = createParameterService({ clock });
  closers.push(parameters.close);
  const encryptionKeys = createEncryptionKeyService({ directory: folder('encryption-keys') });
  closers.push(encryptionKeys.close);
  const keyValues = createKeyValueService({
    clock,
    directory: folder('key-values'),
    ...keyValueBehavior,
  });
  closers.push(keyValues.close);
  const gateway = await startGateway({
    port: options.gatewayPort,
    accessKey: randomBytes(32).toString('hex'),
    clock,
    objects,
    queues,
    secrets,
    parameters,
    encryptionKeys,
    keyValues,
    table,
    authorize: options.authorize,
    invoke: (name, payload, type) => invoke(host, name, payload.toString(), type),
    onError: (error, call) => {
      const what = error instanceof Error ? error.stack : String(error);
      options.onError(`${call?.service} ${call?.operation}: ${what}`);
    },
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${options.gatewayPort}, wanted for the gateway, is in use`);
  });
  closers.push(gateway.close);
  gatewayUrl = gateway.url;
  const tableEndpoint = table.endpoint;
  const engines = { queues, objects, secrets, parameters, encryptionKeys, keyValues, tableEndpoint };
  return { engines, gateway };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const PAYLOAD_LIMIT_BYTES = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 } as const;

/** Lambda's Invoke. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
async function invoke(
  host: FunctionHost,
  name: string,
  payload: string,
  type: 'RequestResponse' | 'Event',
): Promise<InvokeResult> {
  if (!host.has(name)) throw new AwsError(404, 'ResourceNotFoundException', `Function not found: ${name}`);
  const limit = PAYLOAD_LIMIT_BYTES[type];
  if (Buffer.byteLength(payload) > limit) {
    const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
    throw new AwsError(413, 'RequestTooLargeException', message);
  }
  const event = payload === '' ? '{}' : payload;
  if (type === 'Event') {
    void host.invokeLater(name, event);
    return { payload: '' };
  }
  const outcome = await host.invoke(name, event);
  if (outcome === undefined) throw new AwsError(429, 'TooManyRequestsException', 'Rate Exceeded.');
  if (outcome.kind === 'result') return { payload: outcome.payload };
  return { payload: JSON.stringify(outcome.error), functionError: 'Unhandled' };
}
