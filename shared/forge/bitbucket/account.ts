/** The workspace that a connection reads. */
import type { z } from 'zod';
import type { ForgeOrganizationId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import { expectSame } from '../http.ts';
import type { Requests } from './requests.ts';
import { ownMembershipSchema, workspaceSchema } from './schema.ts';

export type Account = z.infer<typeof workspaceSchema>;

async function findAccount(requests: Requests, workspace: ForgeOrganizationId): Promise<Account> {
  const route = { route: '/2.0/workspaces/:workspace', path: { workspace } };
  const account = await requests.get(route, workspaceSchema);
  expectSame(account.uuid, workspace);
  return account;
}

/**
 * Reads the workspace. For 45 minutes on 2025-02-11 Bitbucket did not find workspaces that existed, so that alone proves nothing.
 *
 * @throws ForgeError `unavailable` when it is not found
 */
export const readAccount = (requests: Requests, workspace: ForgeOrganizationId): Promise<Account> =>
  findAccount(requests, workspace).catch(notFoundAs('unavailable'));

/** Whether the account of the credential administers the workspace. @throws ForgeError */
export async function isAdministrator(requests: Requests, workspace: ForgeOrganizationId): Promise<boolean> {
  const route = { route: '/2.0/user/workspaces/:workspace/permission', path: { workspace } };
  return (await requests.get(route, ownMembershipSchema)).permission === 'owner';
}

async function findRole(requests: Requests, workspace: ForgeOrganizationId): Promise<void> {
  if (!(await isAdministrator(requests, workspace))) {
    throw new ForgeError(
      'insufficient-scope',
      'the account of the credential does not administer the workspace',
    );
  }
}

/**
 * Only its administrators see everybody's permissions, and all repositories.
 *
 * @throws ForgeError `insufficient-scope`; `unavailable` when nothing is found, as for the workspace itself
 */
export const expectAdministrator = (requests: Requests, workspace: ForgeOrganizationId): Promise<void> =>
  findRole(requests, workspace).catch(notFoundAs('unavailable'));

/**
 * The workspace, as its administrator sees it.
 *
 * @throws ForgeError `not-found`, which proves nothing until it has lasted; `insufficient-scope`
 */
export async function identify(requests: Requests, workspace: ForgeOrganizationId): Promise<Account> {
  try {
    const account = await findAccount(requests, workspace);
    await findRole(requests, workspace);
    return account;
  } catch (error) {
    return notFoundAs('not-found')(error);
  }
}

const notFoundAs =
  (code: 'unavailable' | 'not-found') =>
  (error: unknown): never => {
    if (error instanceof ForgeError && error.code === 'not-found') {
      throw new ForgeError(code, 'Bitbucket does not find the workspace', { cause: error });
    }
    throw error;
  };
