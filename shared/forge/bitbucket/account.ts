/** The workspace that a connection reads. */
import type { z } from 'zod';
import type { ForgeOrganizationId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import { expectSame } from '../http.ts';
import type { Requests } from './requests.ts';
import { ownMembershipSchema, workspaceSchema } from './schema.ts';

export type Account = z.infer<typeof workspaceSchema>;

/**
 * Reads the workspace. For 45 minutes on 2025-02-11 Bitbucket did not find workspaces that existed, so that alone proves nothing.
 *
 * @throws ForgeError `unavailable` when it is not found
 */
export async function readAccount(requests: Requests, workspace: ForgeOrganizationId): Promise<Account> {
  const route = { route: '/2.0/workspaces/:workspace', path: { workspace } };
  const account = await requests.get(route, workspaceSchema).catch(notFoundAsUnavailable);
  expectSame(account.uuid, workspace);
  return account;
}

/**
 * Only its administrators see everybody's permissions, and all repositories.
 *
 * @throws ForgeError `insufficient-scope`; `unavailable` when nothing is found, as for the workspace itself
 */
export async function expectAdministrator(requests: Requests, workspace: ForgeOrganizationId): Promise<void> {
  const route = { route: '/2.0/user/workspaces/:workspace/permission', path: { workspace } };
  const { permission } = await requests.get(route, ownMembershipSchema).catch(notFoundAsUnavailable);
  if (permission !== 'owner') {
    throw new ForgeError(
      'insufficient-scope',
      'the account of the credential does not administer the workspace',
    );
  }
}

function notFoundAsUnavailable(error: unknown): never {
  if (error instanceof ForgeError && error.code === 'not-found') {
    throw new ForgeError('unavailable', 'Bitbucket does not find the workspace', { cause: error });
  }
  throw error;
}
