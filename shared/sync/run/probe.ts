/** The probe that opens and closes a run, and the errors that end one early. */
import type { Synchronization } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { StructureReader } from '../../forge/forge.ts';

/**
 * Checks that the credential works for the right organization. An answer from another organization, or for a
 * suspended app, may look like a complete read of nothing.
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
    throw new ForgeError('credential-rejected', 'the credential belongs to a different organization');
  }
  if (organization.suspended) {
    throw new ForgeError('credential-rejected', 'the app is suspended in the organization');
  }
}

/** Whether reading the other scopes would fail in the same way. */
export function endsRun(error: unknown): boolean {
  return error instanceof ForgeError && ['credential-rejected', 'gone', 'rate-limited'].includes(error.code);
}
