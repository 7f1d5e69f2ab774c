/** The probe that opens and closes a run, and the errors that end one early. */
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { ForgeOrganization, StructureReader } from '../../forge/forge.ts';
import type { Clock } from '../../runtime/clock.ts';

export interface Probed {
  readonly reader: StructureReader;
  readonly synchronization: Synchronization;
  readonly traits: Pick<ForgeTraits, 'notFoundMs'>;
  readonly dependencies: { readonly clock: Clock };
}

/**
 * Checks that the credential works for the right organization. An answer from another organization, or for a
 * suspended app, may look like a complete read of nothing.
 *
 * @throws ForgeError `credential-rejected`; `organization-not-found` where it is not found, and nothing has been read for as long as an outage may
 * take; until then `unavailable`
 */
export async function probe(probed: Probed): Promise<void> {
  const { reader, synchronization } = probed;
  const organization = await reader.probe().catch((error: unknown) => notFound(probed, error));
  if (organization.id !== synchronization.forgeOrganization) {
    throw new ForgeError('credential-rejected', 'the credential belongs to a different organization');
  }
  if (organization.suspended) {
    throw new ForgeError('credential-rejected', 'the app is suspended in the organization');
  }
}

/** @throws ForgeError */
function notFound({ synchronization, traits, dependencies }: Probed, error: unknown): ForgeOrganization {
  if (!(error instanceof ForgeError) || error.code !== 'not-found') {
    throw error;
  }
  const { createdAt, lastSuccessAt } = synchronization;
  const successes = Object.values(lastSuccessAt);
  const lastAt = successes.length === 0 ? createdAt : Math.max(...successes);
  const hasLasted = dependencies.clock.now() - lastAt >= (traits.notFoundMs ?? 0);
  throw new ForgeError(hasLasted ? 'organization-not-found' : 'unavailable', error.message, { cause: error });
}

/** Whether reading the other scopes would fail in the same way. */
export function endsRun(error: unknown): boolean {
  return error instanceof ForgeError && ['credential-rejected', 'gone', 'rate-limited'].includes(error.code);
}
