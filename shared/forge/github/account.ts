/** Reads which account an installation of our app belongs to. */
import type { InstallationId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import type { ForgeOrganization } from '../forge.ts';
import type { Requests } from './requests.ts';
import { installationSchema } from './schema.ts';

export interface Account extends ForgeOrganization {
  readonly nodeId: string;
  /** Whether the app has access to selected repositories only. */
  readonly selected: boolean;
  /**
   * Whether the app may read organization roles, a permission that nothing else needs. Only enterprise plans have roles, so it also
   * indicates that there may be teams of an enterprise.
   */
  readonly readsEnterprise: boolean;
}

/**
 * Reads the installation with the app's own credential, which works for a suspended one too.
 *
 * @throws ForgeError `credential-rejected` when there is no such installation (any more)
 */
export async function readInstallation(requests: Requests, installation: InstallationId): Promise<Account> {
  const answer = await requests
    .get('GET /app/installations/{installation_id}', { installation_id: installation }, installationSchema)
    .catch((error: unknown) => {
      if (error instanceof ForgeError && error.code === 'not-found') {
        throw new ForgeError('credential-rejected', 'the app is no longer installed there', {
          cause: error,
        });
      }
      throw error;
    });
  if (answer.target_type !== 'Organization') {
    throw new ForgeError(
      'unexpected',
      `the app is installed on a ${answer.target_type}, not on an organization`,
    );
  }
  const { id, login, node_id: nodeId } = answer.account;
  const selected = answer.repository_selection === 'selected';
  const readsEnterprise = answer.permissions.organization_custom_org_roles !== undefined;
  return { id, login, nodeId, selected, readsEnterprise, suspended: answer.suspended_at !== null };
}
