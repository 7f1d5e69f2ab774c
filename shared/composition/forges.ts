/** The forges that this installation knows, from its secret. */
import type { SynchronizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { createGitHubForge, type GitHubForge, gitHubAppSecretSchema } from '../forge/github/forge.ts';
import { required } from '../runtime/config.ts';
import { createCredentialBudget } from '../store/budget-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { createSecretReader } from './clients.ts';

/**
 * The GitHub App of this installation; its secret is read once per execution environment.
 *
 * @param table where all workers keep what they know of the credentials' limits
 * @param budgetOf how that is kept
 */
export function createForgeSource(
  table: Table,
  budgetOf = createCredentialBudget,
): () => Promise<GitHubForge> {
  const secret = createSecretReader();
  let forge: Promise<GitHubForge> | undefined;
  return () => {
    forge ??= secret(required('gitHubAppSecretArn')).then((text) =>
      createGitHubForge({
        secret: gitHubAppSecretSchema.parse(JSON.parse(text)),
        baseUrl: required('gitHubApiUrl'),
        budgets: (credential) => budgetOf(table, 'github', credential),
      }),
    );
    forge.catch(() => {
      forge = undefined;
    });
    return forge;
  };
}

/** The reader of what the synchronization's credential may see. */
export async function readerFor(forge: () => Promise<GitHubForge>, synchronization: Synchronization) {
  return (await forge()).organization(synchronization.installation, synchronization.forgeOrganization);
}

/** The reader of the repository that a package comes from. */
export function packageReader(table: Table, forge: () => Promise<GitHubForge>) {
  return async (found: { readonly synchronization: SynchronizationId }) => {
    const synchronization = await findSynchronization(table, found.synchronization);
    if (!synchronization) {
      throw new Error('a package has no synchronization');
    }
    return readerFor(forge, synchronization);
  };
}
