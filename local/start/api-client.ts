/** Sends an operator's requests to the API. */
import { setTimeout as sleep } from 'node:timers/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { type CallerErrorCode, callerErrorCodes } from '../../shared/domain/caller-error.ts';
import { operatorNameHeader } from '../../shared/runtime/environment.ts';
import { AdminError } from './admin-error.ts';

export interface ApiAddress {
  /** Of the console's host, without a slash at its end. */
  readonly consoleBaseUrl: string;
  /** The operator's key. Asked for once, with the first request. */
  operatorKey(): Promise<string>;
  /** The person for whom all is done, for the history. */
  readonly by?: string | undefined;
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1. */
  readonly path: string;
  readonly body?: unknown;
  /** The person who does it, for the history, if not that of the address. */
  readonly by?: string | undefined;
  /** `*`: whatever is there is changed, by whomever it was written. */
  readonly ifMatch?: '*';
}

export interface ApiClient {
  /** @returns the JSON of the answer; undefined where it has no body. @throws AdminError */
  request(request: ApiRequest): Promise<unknown>;
}

/** Times that a request is sent again after it was one too many. */
const patience = 3;

export function createApiClient({ consoleBaseUrl, operatorKey, by: always }: ApiAddress): ApiClient {
  let key: Promise<string> | undefined;
  return {
    async request({ method = 'GET', path, body, by = always, ifMatch }) {
      key ??= operatorKey();
      const headers = {
        authorization: `Bearer ${await key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(by === undefined ? {} : { [operatorNameHeader]: encodeURIComponent(by) }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      };
      for (let tries = 0; ; tries++) {
        const answer = await send(new URL(`${consoleBaseUrl}/api/v1${path}`), {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          // The key goes to this address alone.
          redirect: 'error',
        });
        const text = await answer.text();
        if (answer.ok) {
          return text === '' ? undefined : JSON.parse(text);
        }
        if (answer.status !== 429 || tries === patience) {
          throw errorOf(answer.status, text);
        }
        await sleep(Number(answer.headers.get('retry-after') ?? 1) * 1000);
      }
    },
  };
}

async function send(url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new AdminError(`${url.origin} does not answer: ${cause}`);
  }
}

const Problem = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z
    .array(z.object({ pointer: z.string().optional(), parameter: z.string().optional(), detail: z.string() }))
    .default([]),
});

/** Which code of a caller's error a problem of a request comes to; those of a caller's error stand for themselves. */
const codes: Readonly<Record<string, CallerErrorCode>> = {
  malformed: 'invalid',
  'too-large': 'invalid',
  'unsupported-media-type': 'invalid',
  unauthenticated: 'forbidden',
  'reauthentication-required': 'forbidden',
  'cross-site': 'forbidden',
  'precondition-failed': 'conflict',
  'rate-limited': 'too-early',
};

function errorOf(status: number, text: string): AdminError {
  const parsed = Problem.safeParse(parsedJson(text));
  if (!parsed.success) {
    return new AdminError(
      `the API answered ${status}, and not in its own form: is this the console's address?`,
    );
  }
  const { code, detail, errors } = parsed.data;
  const fields = errors.map((one) =>
    `${one.parameter ?? one.pointer?.slice(1).replaceAll('/', '.') ?? ''} ${one.detail}`.trim(),
  );
  return new AdminError(
    fields.length === 0 ? detail : `${detail.replace(/\.$/, '')}: ${fields.join('; ')}`,
    callerErrorCodes.find((one) => one === code) ?? codes[code],
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How a client reaches the gateway of the local cloud. */
export interface GatewayAccess {
  readonly url: string;
  /** Opens everything there. */
  readonly accessKeyId: string;
}

/**
 * The operator's key as the deployment made it.
 *
 * @param secret the stack's output OperatorKeySecretName
 * @param gateway of the local cloud; undefined: AWS, with the caller's credentials
 * @throws AdminError when it cannot be read
 */
export async function readOperatorKey(secret: string, gateway: GatewayAccess | undefined): Promise<string> {
  const client = new SecretsManagerClient(
    gateway === undefined
      ? {}
      : {
          endpoint: gateway.url,
          region: 'us-east-1',
          credentials: { accessKeyId: gateway.accessKeyId, secretAccessKey: 'local' },
        },
  );
  try {
    const { SecretString: key } = await client.send(new GetSecretValueCommand({ SecretId: secret }));
    if (key === undefined) {
      throw new AdminError('the secret of the operator key has no text');
    }
    return key;
  } catch (error) {
    throw error instanceof AdminError
      ? error
      : new AdminError(`the operator key cannot be read: ${error instanceof Error ? error.message : error}`);
  } finally {
    client.destroy();
  }
}
