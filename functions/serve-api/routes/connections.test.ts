import { describe, expect, it } from 'vitest';
import { asId, type InstallationId } from '../../../shared/domain/ids.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { addInstallation, findInstallation } from '../../../shared/store/installation-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
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
const replace = (world: ApiWorld, sender: Sender = 'owner') =>
  world.ask(sender, {
    method: 'PUT',
    path: `/organizations/acme/synchronizations/${synchronizationId}/connection`,
  });
const connectionOf = async (world: ApiWorld) =>
  (await findSynchronization(world.table, synchronizationId))?.connection;
const current = { kind: 'app-installation', installation: installationId };

describe('the connection of a synchronization', () => {
  it.each<Sender>(['owner', 'operator'])(
    'is replaced by another one to the same organization, for the %s',
    async (sender) => {
      const world = await createApiWorld();
      await reinstalled(world);
      expect((await replace(world, sender)).status).toBe(204);
      expect(await connectionOf(world)).toEqual({ ...current, installation: anew });
      const find = (installation: InstallationId) =>
        findInstallation(world.table, { ...gitHubHost, installation });
      expect(await find(anew)).toMatchObject({ state: 'claimed', synchronization: synchronizationId });
      expect(await find(installationId)).toMatchObject({ state: 'unclaimed' });
      expect(await auditLog(world.table, organizationId, 1)).toMatchObject([
        { act: 'replace-connection', before: current, after: { installation: anew } },
      ]);
      // Everything is read again.
      expect(await world.table.get({ pk: `SYNC#${synchronizationId}`, sk: 'SCOPE#members' })).toMatchObject({
        wanted: 1,
      });
    },
  );

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
