/** Installations of our App on a forge: known from its deliveries, claimed when an organization is connected. */
import { z } from 'zod';
import {
  asId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
  type SynchronizationId,
} from '../domain/ids.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import type { ForgeOrganization } from '../forge/forge.ts';
import { findModule } from '../forge/modules.ts';
import { absent, any, equal, present } from './condition.ts';
import { type Key, keys, ranges } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

/** What the last delivery said of it; only a probe knows. */
export type InstallationStatus = 'active' | 'suspended' | 'removed';

const InstallationItem = z.object({
  installation: z.string().transform((text) => asId<InstallationId>(text)),
  forge: z.string(),
  /** Missing in one that was stored before installations named their host. */
  baseUrl: z.string().optional(),
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
export type StoredInstallation = Omit<z.infer<typeof InstallationItem>, 'baseUrl'> & {
  /** Undefined where nobody knows the host any more. */
  readonly baseUrl: string | undefined;
  /** Where it lies. */
  readonly key: Key;
};

/** Which installation is meant: two hosts of a forge may give the same number. */
export interface InstallationOnHost extends ForgeHost {
  readonly installation: InstallationId;
}

function parse(item: Item, key: Key): StoredInstallation {
  const parsed = InstallationItem.parse(item);
  return { ...parsed, baseUrl: parsed.baseUrl ?? findModule(parsed.forge)?.defaultBaseUrl, key };
}

export async function findInstallation(
  table: Table,
  { installation, ...host }: InstallationOnHost,
): Promise<StoredInstallation | undefined> {
  const key = keys.installation(host, installation);
  const older = keys.installationWithoutHost(installation);
  const [item, olderItem] = await table.getMany([key, older]);
  if (item !== undefined) {
    return parse(item, key);
  }
  const found = olderItem && parse(olderItem, older);
  return found?.forge === host.forge && found.baseUrl === host.baseUrl ? found : undefined;
}

export async function listInstallations(table: Table): Promise<readonly StoredInstallation[]> {
  const { pk, sk } = ranges.installations();
  const items = await table.query(pk, sk);
  return items.map((item) => parse(item, { pk: z.string().parse(item.pk), sk: z.string().parse(item.sk) }));
}

function attributes(id: InstallationOnHost, organization: ForgeOrganization) {
  return { ...id, forgeOrganization: organization.id, login: organization.login };
}

const keyOf = ({ installation, ...host }: InstallationOnHost, known?: StoredInstallation): Key =>
  known?.key ?? keys.installation(host, installation);

/** An installation that a delivery announced; one known already only gets the name and status. */
export function addInstallation(
  id: InstallationOnHost,
  organization: ForgeOrganization,
  known?: StoredInstallation,
): Operation {
  return {
    update: {
      key: keyOf(id, known),
      set: {
        ...attributes(id, organization),
        status: organization.suspended ? 'suspended' : 'active',
      },
      setIfMissing: { state: 'unclaimed' },
    },
  };
}

export function setInstallationStatus(
  { key }: Pick<StoredInstallation, 'key'>,
  status: InstallationStatus,
): Operation {
  return { update: { key, set: { status } }, when: present };
}

/**
 * Ties the installation to a synchronization; one whose announcement was lost is made. Fails if it is claimed.
 *
 * @param known what is stored of it
 */
export function claimInstallation(
  id: InstallationOnHost,
  forgeOrganization: ForgeOrganization,
  link: { readonly organization: OrganizationId; readonly synchronization: SynchronizationId },
  known: StoredInstallation | undefined,
): Operation {
  return {
    put: keyOf(id, known),
    item: { ...attributes(id, forgeOrganization), status: 'active', state: 'claimed', ...link },
    when: any(absent, equal('state', 'unclaimed')),
  };
}

/** Unties the installation from a deleted synchronization, so that it can be connected again. Fails if it is another's. */
export function releaseInstallation(
  { key }: StoredInstallation,
  synchronization: SynchronizationId,
): Operation {
  return {
    update: {
      key,
      set: { state: 'unclaimed', organization: undefined, synchronization: undefined },
    },
    when: equal('synchronization', synchronization),
  };
}
