import { describe, expect, it } from 'vitest';
import { asId, type InstallationId } from '../../../shared/domain/ids.ts';
import type { Synchronization } from '../../../shared/domain/synchronization.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import {
  addInstallation,
  claimInstallation,
  findInstallation,
} from '../../../shared/store/installation-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { replaceRejected } from '../../../shared/sync/webhooks/replace-installation.ts';
import { reinstalled } from '../../../test/support/api-organization-examples.ts';
import { type ApiWorld, createApiWorld, type Sender } from '../../../test/support/api-world.ts';
import {
  forgeOrganizationId,
  gitHubHost,
  installationId,
  organizationId,
  synchronizationId,
} from '../../../test/support/synchronized.ts';

const anew = asId<InstallationId>(99);
const replace = (world: ApiWorld, sender: Sender = 'owner', body: object = {}) =>
  world.ask(sender, {
    method: 'PUT',
    path: `/organizations/acme/synchronizations/${synchronizationId}/connection`,
    body,
  });
const connectionOf = async (world: ApiWorld) =>
  (await findSynchronization(world.table, synchronizationId))?.connection;
const rejected = (world: ApiWorld) =>
  world.table.update({
    key: keys.synchronization(synchronizationId),
    set: { credentialState: 'credential-rejected', credentialScope: 'members', credentialStateSince: 1 },
  });
const current = { kind: 'app-installation', installation: installationId };

describe('the connection of a synchronization', () => {
  it.each<Sender>(['owner', 'operator'])(
    'is replaced by another one to the same organization, for the %s',
    async (sender) => {
      const world = await createApiWorld();
      await reinstalled(world);
      expect((await replace(world, sender)).status).toBe(200);
      expect(await connectionOf(world)).toEqual({ ...current, installation: anew });
      const find = (installation: InstallationId) =>
        findInstallation(world.table, { ...gitHubHost, installation });
      expect(await find(anew)).toMatchObject({ state: 'claimed', synchronization: synchronizationId });
      expect(await find(installationId)).toMatchObject({ state: 'unclaimed', status: 'removed' });
      expect(await auditLog(world.table, organizationId, 1)).toMatchObject([
        { act: 'replace-connection', before: current, after: { installation: anew } },
      ]);
      // Everything is read again.
      expect(await world.table.get({ pk: `SYNC#${synchronizationId}`, sk: 'SCOPE#members' })).toMatchObject({
        wanted: 1,
      });
    },
  );

  it.each<Sender>(['owner', 'operator'])(
    'stays the chosen one when it is rejected later, for the %s',
    async (sender) => {
      const world = await createApiWorld();
      await reinstalled(world);
      await rejected(world);
      expect((await replace(world, sender)).status).toBe(200);
      expect(await findSynchronization(world.table, synchronizationId)).toMatchObject({
        credentialState: 'working',
        credentialScope: undefined,
        credentialStateSince: undefined,
      });
      await rejected(world);
      await replaceRejected(
        { table: world.table, logger: { info() {} } },
        (await findSynchronization(world.table, synchronizationId)) as Synchronization,
      );
      expect(await connectionOf(world)).toEqual({ ...current, installation: anew });
    },
  );

  it.each<Sender>(['owner', 'operator'])(
    'is replaced by one that the same synchronization has claimed, for the %s',
    async (sender) => {
      const world = await createApiWorld();
      await reinstalled(world);
      const known = await findInstallation(world.table, { ...gitHubHost, installation: anew });
      await world.table.transact([
        claimInstallation(
          { ...gitHubHost, installation: anew },
          { id: forgeOrganizationId, login: 'acme', suspended: false },
          { organization: organizationId, synchronization: synchronizationId },
          known,
        ),
      ]);
      expect((await replace(world, sender)).status).toBe(200);
      expect(await connectionOf(world)).toEqual({ ...current, installation: anew });
    },
  );

  it('is replaced for the operator by the one that works, past another that does not', async () => {
    const world = await createApiWorld();
    await reinstalled(world);
    // It is listed first, and moved to another organization.
    const moved = asId<InstallationId>(11);
    world.forges.organizations.set(moved, { id: asId(901), login: 'rocket', suspended: false });
    const acme = { id: forgeOrganizationId, login: 'acme', suspended: false };
    await world.table.transact([addInstallation({ ...gitHubHost, installation: moved }, acme)]);
    expect((await replace(world, 'operator')).status).toBe(200);
    expect(await connectionOf(world)).toEqual({ ...current, installation: anew });
  });

  it('stays while the code host says that the person owns no such organization', async () => {
    const world = await createApiWorld();
    await reinstalled(world);
    world.forges.owned = world.forges.owned.filter(({ id }) => id !== forgeOrganizationId);
    expect((await replace(world)).status).toBe(403);
    expect(await connectionOf(world)).toEqual(current);
  });

  it('stays when the other one is that of another organization', async () => {
    const world = await createApiWorld();
    await reinstalled(world);
    world.forges.organizations.set(anew, { id: asId(901), login: 'rocket', suspended: false });
    expect((await replace(world)).status).toBe(409);
    expect(await connectionOf(world)).toEqual(current);
  });

  it('stays when there is no other one', async () => {
    const world = await createApiWorld();
    await reinstalled(world);
    world.forges.owned = world.forges.owned.map((one) => ({
      ...one,
      connection: { kind: 'app-installation', installation: installationId },
    }));
    expect((await replace(world)).body.detail).toContain('install the App there anew');
    await world.table.transact([
      addInstallation(
        { ...gitHubHost, installation: anew },
        { id: forgeOrganizationId, login: 'acme', suspended: true },
      ),
    ]);
    expect((await replace(world, 'operator')).status).toBe(409);
    expect(await connectionOf(world)).toEqual(current);
  });
});
