/** What opens and closes a run, and what ends one early. */
import type { Synchronization } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { StructureReader } from '../../forge/forge.ts';

/**
 * An answer from the wrong organization, or with a suspended app, may look like a whole read of nothing.
 *
 * @throws ForgeError `credential-rejected`
 */
export async function probe({
  reader,
  synchronization,
}: {
  readonly reader: StructureReader;
  readonly synchronization: Synchronization;
}): Promise<void> {
  const organization = await reader.probe();
  if (organization.id !== synchronization.forgeOrganization) {
    throw new ForgeError('credential-rejected', 'the credential speaks for another organization');
  }
  if (organization.suspended) {
    throw new ForgeError('credential-rejected', 'the app is suspended in the organization');
  }
}

/** Whether the other scopes need not be asked for. */
export function endsRun(error: unknown): boolean {
  return error instanceof ForgeError && ['credential-rejected', 'gone', 'rate-limited'].includes(error.code);
}
