/** Invokes functions that have no HTTP route, as an operator does on AWS. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type CallerErrorCode, callerErrorCodes } from '../../shared/domain/caller-error.ts';

/** The function refused the call (`code` says why), failed, or could not be invoked. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  /** What the caller can do about it; undefined when the function failed. */
  readonly code: CallerErrorCode | undefined;

  constructor(message: string, code?: CallerErrorCode) {
    super(message);
    this.code = code;
  }
}

export interface AdminClient {
  /** @throws AdminError */
  invoke(functionName: string, input: unknown): Promise<unknown>;
  close(): void;
}

/** The stack's name, the prefix of its functions' names. */
const stackName = 'Repertoire';

/** @param endpoint of the local cloud's gateway; undefined: AWS, with the caller's credentials */
export function createAdminClient(endpoint: string | undefined): AdminClient {
  const client = new LambdaClient(
    endpoint === undefined
      ? {}
      : { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'operator', secretAccessKey: 'local' } },
  );
  return {
    async invoke(functionName, input) {
      const answer = await client.send(
        new InvokeCommand({
          FunctionName: `${stackName}-${functionName}`,
          Payload: Buffer.from(JSON.stringify(input)),
        }),
      );
      const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null');
      if (answer.FunctionError !== undefined) {
        const message =
          isObject(payload) && typeof payload.errorMessage === 'string' ? payload.errorMessage : '';
        throw new AdminError(`${functionName} failed: ${message || answer.FunctionError}`);
      }
      if (!isObject(payload) || typeof payload.ok !== 'boolean') {
        throw new AdminError(`${functionName} returned an invalid answer`);
      }
      if (!payload.ok) {
        throw new AdminError(
          String(payload.error),
          callerErrorCodes.find((code) => code === payload.code),
        );
      }
      return payload.result;
    },
    close: () => client.destroy(),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
