/** An operator's commands: requests to the API, and functions for what it has no route for. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { callerErrorCodes } from '../../shared/domain/caller-error.ts';
import { AdminError } from './admin-error.ts';
import { type ApiAddress, createApiClient } from './api-client.ts';
import { apiCommands } from './api-commands.ts';

export interface AdminClient {
  /** Carries a command out. @throws AdminError */
  invoke(functionName: string, input: unknown): Promise<unknown>;
  close(): void;
}

/** The stack's name, the prefix of its functions' names. */
const stackName = 'Repertoire';

export interface Reached {
  readonly api: ApiAddress;
  /** The local cloud's gateway; undefined: AWS, with the caller's credentials. */
  readonly gateway: string | undefined;
}

export function createAdminClient({ api, gateway: endpoint }: Reached): AdminClient {
  const apiClient = createApiClient(api);
  const client = new LambdaClient(
    endpoint === undefined
      ? {}
      : { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'operator', secretAccessKey: 'local' } },
  );
  return {
    async invoke(functionName, input) {
      const command = apiCommands[functionName];
      if (command !== undefined) {
        return command(apiClient, input);
      }
      if (endpoint === undefined && !process.env.AWS_REGION) {
        throw new AdminError(`${functionName} is a function in your AWS account: set AWS_REGION`, 'invalid');
      }
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
