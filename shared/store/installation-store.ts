/** Installations of our App on a forge: known from deliveries, claimed when an organization is connected. */
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
import { absent, all, any, equal, missing, present } from './condition.ts';
import { type Key, keys, ranges } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

/** According to the last delivery; only a probe knows for sure. */
export type InstallationStatus = 'active' | 'suspended' | 'removed';

const InstallationItem = z.object({
  installation: z.string().transform((text) => asId<InstallationId>(text)),
  forge: z.string(),
  /** Missing in items from before installations named their host. */
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
  /** Undefined if the host is unknown. */
  readonly baseUrl: string | undefined;
  /** The key of its item. */
  readonly key: Key;
};

/** Identifies an installation: two hosts of a forge may use the same number. */
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

/** Stores an installation that a delivery announced; if it is known, only its name and status are updated. */
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
 * Links the installation to a synchronization, and creates it if its announcement was lost. Fails if another one claimed it.
 *
 * @param known the stored installation
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
    when: any(absent, equal('state', 'unclaimed'), equal('synchronization', link.synchronization)),
  };
}

/** Unlinks the installation from a deleted synchronization, so that it can be connected again. Fails if it is another's. */
export function releaseInstallation(
  { key }: StoredInstallation,
  synchronization: SynchronizationId,
): Operation {
  return { update: { key, set: unlinked }, when: equal('synchronization', synchronization) };
}

/**
 * Unlinks an installation that another one replaces. It counts as removed, even where no delivery said so: an organization installs an
 * App only once, and as an active one it would be taken as a replacement itself.
 */
export function retireInstallation(
  { key, synchronization: linked }: StoredInstallation,
  synchronization: SynchronizationId,
): readonly Operation[] {
  if (linked !== undefined && linked !== synchronization) {
    return [];
  }
  const when = linked === undefined ? missing('synchronization') : equal('synchronization', linked);
  return [{ update: { key, set: { ...unlinked, status: 'removed' } }, when: all(present, when) }];
}

const unlinked = { state: 'unclaimed', organization: undefined, synchronization: undefined } as const;
