/** Installations of our app on the forge: known from its deliveries, claimed when an organization is connected. */
import { z } from 'zod';
import {
  asId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
  type SynchronizationId,
} from '../domain/ids.ts';
import { forgeIds } from '../domain/synchronization.ts';
import type { ForgeId, ForgeOrganization } from '../forge/forge.ts';
import { absent, any, equal, present } from './condition.ts';
import { keys, ranges } from './keys.ts';
import type { Operation, Table } from './table.ts';

/** What the last delivery said of it; only a probe knows. */
export type InstallationStatus = 'active' | 'suspended' | 'removed';

const InstallationItem = z.object({
  installation: z.string().transform((text) => asId<InstallationId>(text)),
  forge: z.enum(forgeIds),
  forgeOrganization: z.string().transform((text) => asId<ForgeOrganizationId>(text)),
  login: z.string(),
  status: z.enum(['active', 'suspended', 'removed']),
  state: z.enum(['unclaimed', 'claimed']),
  /** Of a claimed one, so that a delivery finds its synchronization with one read. */
  organization: z
    .string()
    .transform((text) => asId<OrganizationId>(text))
    .optional(),
  synchronization: z
    .string()
    .transform((text) => asId<SynchronizationId>(text))
    .optional(),
});
export type StoredInstallation = z.infer<typeof InstallationItem>;

export async function findInstallation(
  table: Table,
  id: InstallationId,
): Promise<StoredInstallation | undefined> {
  const item = await table.get(keys.installation(id));
  return item === undefined ? undefined : InstallationItem.parse(item);
}

export async function listInstallations(table: Table): Promise<readonly StoredInstallation[]> {
  const { pk, sk } = ranges.installations();
  const items = await table.query(pk, sk);
  return items.map((item) => InstallationItem.parse(item));
}

function attributes(id: InstallationId, forge: ForgeId, organization: ForgeOrganization) {
  return { installation: id, forge, forgeOrganization: organization.id, login: organization.login };
}

/** An installation that a delivery announced; one known already only gets the name and status. */
export function addInstallation(
  id: InstallationId,
  forge: ForgeId,
  organization: ForgeOrganization,
): Operation {
  return {
    update: {
      key: keys.installation(id),
      set: {
        ...attributes(id, forge, organization),
        status: organization.suspended ? 'suspended' : 'active',
      },
      setIfMissing: { state: 'unclaimed' },
    },
  };
}

export function setInstallationStatus(id: InstallationId, status: InstallationStatus): Operation {
  return { update: { key: keys.installation(id), set: { status } }, when: present };
}

/** Ties the installation to a synchronization; one whose announcement was lost is made. Fails if it is claimed. */
export function claimInstallation(
  id: InstallationId,
  forge: ForgeId,
  forgeOrganization: ForgeOrganization,
  tie: { readonly organization: OrganizationId; readonly synchronization: SynchronizationId },
): Operation {
  return {
    put: keys.installation(id),
    item: { ...attributes(id, forge, forgeOrganization), status: 'active', state: 'claimed', ...tie },
    when: any(absent, equal('state', 'unclaimed')),
  };
}

/** Unties the installation from a deleted synchronization, so that it can be connected again. Fails if it is another's. */
export function releaseInstallation(id: InstallationId, synchronization: SynchronizationId): Operation {
  return {
    update: {
      key: keys.installation(id),
      set: { state: 'unclaimed', organization: undefined, synchronization: undefined },
    },
    when: equal('synchronization', synchronization),
  };
}
