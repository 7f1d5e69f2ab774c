/** An operator's commands, carried out by the API. */
import { AdminError } from './admin-error.ts';
import { type ApiAddress, createApiClient } from './api-client.ts';
import { apiCommands } from './api-commands.ts';

export interface AdminClient {
  /** Carries a command out. @throws AdminError */
  invoke(name: string, input: unknown): Promise<unknown>;
}

export function createAdminClient(api: ApiAddress): AdminClient {
  const apiClient = createApiClient(api);
  return {
    async invoke(name, input) {
      const command = apiCommands[name];
      if (command === undefined) {
        throw new AdminError(`there is no command ${name}`, 'invalid');
      }
      return command(apiClient, input);
    },
  };
}
