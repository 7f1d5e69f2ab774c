/**
 * Replaces an installation: an app that is removed and installed again has a new one. Its forge organization stays with its
 * synchronization, so the new installation replaces the removed one, whichever of the two deliveries comes first.
 */
import { installationOf } from '../../domain/connection.ts';
import type { ForgeOrganizationId, InstallationId } from '../../domain/ids.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { ForgeOrganization } from '../../forge/forge.ts';
import type { Logger } from '../../runtime/logger.ts';
import {
  claimInstallation,
  findInstallation,
  type InstallationOnHost,
  listInstallations,
  retireInstallation,
  type StoredInstallation,
} from '../../store/installation-store.ts';
import { findClaim, findSynchronization, useConnection } from '../../store/synchronization-store.ts';
import { ConflictError, type Operation, type Table } from '../../store/table.ts';

export interface InstallationReplacement {
  readonly organization: NonNullable<StoredInstallation['organization']>;
  readonly synchronization: NonNullable<StoredInstallation['synchronization']>;
  /** The replaced installation counts as removed. */
  readonly operations: readonly Operation[];
}

/** Replaces a synchronization's removed installation when a new one is announced for its forge organization. */
export async function replaceByNew(
  table: Table,
  id: InstallationOnHost,
  announced: ForgeOrganization,
  known: StoredInstallation | undefined,
): Promise<InstallationReplacement | undefined> {
  const { installation, ...host } = id;
  const claim = await findClaim(table, { ...host, forgeOrganization: announced.id });
  const synchronization = claim && (await findSynchronization(table, claim.synchronization));
  const current = synchronization && installationOf(synchronization.connection);
  if (claim === undefined || current === undefined || current === installation) {
    return undefined;
  }
  const before = await findInstallation(table, { ...host, installation: current });
  return before?.status === 'removed' ? replacementBy(claim, id, announced, known, before) : undefined;
}

/**
 * Replaces an installation that the forge rejects, whose removal may never have been delivered, by another one announced for its
 * forge organization. An organization installs an App only once, so the rejected one is gone.
 */
export async function replaceRejected(
  { table, logger }: { readonly table: Table; readonly logger: Pick<Logger, 'info'> },
  synchronization: Synchronization,
): Promise<void> {
  if (synchronization.credentialState !== 'credential-rejected') {
    return;
  }
  const installation = installationOf(synchronization.connection);
  const { forge, baseUrl } = synchronization;
  const rejected = installation && (await findInstallation(table, { forge, baseUrl, installation }));
  const replacement = rejected && (await replaceByKnown(table, rejected));
  if (replacement === undefined) {
    return;
  }
  try {
    await table.transact(replacement.operations);
  } catch (error) {
    if (error instanceof ConflictError) {
      // Another worker was faster.
      return;
    }
    throw error;
  }
  const { organization, id } = synchronization;
  logger.info('a rejected installation was replaced by a new one', {
    organization,
    synchronization: id,
  });
}

/** Replaces the synchronization's installation on its removal, if another one was announced for its forge organization before. */
export async function replaceByKnown(
  table: Table,
  removed: StoredInstallation,
): Promise<InstallationReplacement | undefined> {
  const { organization, synchronization, forgeOrganization } = removed;
  if (organization === undefined || synchronization === undefined) {
    return undefined;
  }
  const current = await findSynchronization(table, synchronization);
  if (current === undefined || installationOf(current.connection) !== removed.installation) {
    return undefined;
  }
  const { forge, baseUrl } = current;
  const other = (await listInstallations(table)).find(
    (one) =>
      one.forge === forge &&
      one.baseUrl === baseUrl &&
      one.forgeOrganization === forgeOrganization &&
      one.state === 'unclaimed' &&
      one.status === 'active',
  );
  return other === undefined
    ? undefined
    : replacementBy(
        { organization, synchronization },
        { forge, baseUrl, installation: other.installation },
        { id: forgeOrganization, login: other.login },
        other,
        removed,
      );
}

function replacementBy(
  link: Pick<InstallationReplacement, 'organization' | 'synchronization'>,
  id: InstallationOnHost,
  forgeOrganization: { readonly id: ForgeOrganizationId; readonly login: string },
  known: StoredInstallation | undefined,
  replaced: StoredInstallation,
): InstallationReplacement {
  const connectionBy = (installation: InstallationId) =>
    ({ kind: 'app-installation', installation }) as const;
  return {
    ...link,
    operations: [
      claimInstallation(id, { ...forgeOrganization, suspended: false }, link, known),
      ...retireInstallation(replaced, link.synchronization),
      useConnection(link.synchronization, connectionBy(id.installation), connectionBy(replaced.installation)),
    ],
  };
}
