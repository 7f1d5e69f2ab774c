/** An organization with one synchronization in the table, as connecting it leaves them once its key is at the edge. */

import { edgeKeys, openOrganization } from '../../shared/domain/edge-keys.ts';
import {
  asId,
  type ConnectionId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
  type SynchronizationId,
} from '../../shared/domain/ids.ts';
import type { Synchronization } from '../../shared/domain/synchronization.ts';
import { claimInstallation } from '../../shared/store/installation-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { addOrganization } from '../../shared/store/organization-store.ts';
import { addSynchronization } from '../../shared/store/synchronization-store.ts';
import type { Operation, Table } from '../../shared/store/table.ts';

export const organizationId = asId<OrganizationId>('org1');
export const synchronizationId = asId<SynchronizationId>('sync1');
export const installationId = asId<InstallationId>(77);
/** github.com, whatever the address of its API. */
export const gitHubHost = { forge: 'github', baseUrl: 'https://github.com' } as const;
export const installation = { ...gitHubHost, installation: installationId } as const;
export const forgeOrganizationId = asId<ForgeOrganizationId>(900);

/** The forge organization, and the connection that it is read with. */
export type ForgeLink = Pick<Synchronization, 'forge' | 'baseUrl' | 'forgeOrganization' | 'connection'>;

const gitHubLink: ForgeLink = {
  ...gitHubHost,
  forgeOrganization: forgeOrganizationId,
  connection: { kind: 'app-installation', installation: installationId },
};

/** A workspace of Bitbucket, which finds nothing of what its credential may not see, and takes few requests in an hour. */
export const bitbucketLink: ForgeLink = {
  forge: 'bitbucket',
  baseUrl: 'https://bitbucket.example',
  forgeOrganization: forgeOrganizationId,
  connection: { kind: 'access-token', id: asId<ConnectionId>('c1') },
};

/** Adds them to the table. @param forge a link to another forge than GitHub */
export async function addSynchronized(
  table: Table,
  choice: 'all' | 'some' = 'some',
  forge: ForgeLink = gitHubLink,
): Promise<void> {
  const link = { organization: organizationId, synchronization: synchronizationId };
  await table.transact([
    ...addOrganization({ id: organizationId, slug: 'acme', name: 'Acme', ownedVendors: ['acme'] }),
    ...addSynchronization({
      id: synchronizationId,
      organization: organizationId,
      createdAt: Date.parse('2026-11-22T11:00:00Z'),
      ...forge,
      login: 'acme',
      choice,
    }),
    ...(forge === gitHubLink
      ? [
          claimInstallation(
            installation,
            { id: forgeOrganizationId, login: 'acme', suspended: false },
            link,
            undefined,
          ),
        ]
      : []),
    openAtEdge(organizationId, 'acme'),
  ]);
}

/** The organization's key at the edge, once it is there. */
export const openAtEdge = (organization: OrganizationId, slug: string): Operation => ({
  put: keys.edge(edgeKeys.organization(slug)),
  item: {
    value: openOrganization,
    published: openOrganization,
    wanted: 1,
    done: 1,
    subject: { kind: 'organization', organization },
  },
});
