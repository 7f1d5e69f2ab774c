import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryTable, type MemoryTable } from '../../../test/support/memory-table.ts';
import {
  addSynchronized,
  forgeOrganizationId,
  gitHubHost,
  installationId,
  synchronizationId,
} from '../../../test/support/synchronized.ts';
import {
  asId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
} from '../../domain/ids.ts';
import {
  addInstallation,
  claimInstallation,
  findInstallation,
  setInstallationStatus,
} from '../../store/installation-store.ts';
import { keys } from '../../store/keys.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import { replaceRejected } from './replace-installation.ts';

const other = asId<InstallationId>(78);
const onGitHub = { ...gitHubHost, installation: other };
const acme = { id: forgeOrganizationId, login: 'acme', suspended: false };

let table: MemoryTable;
beforeEach(async () => {
  table = createMemoryTable();
  await addSynchronized(table);
  const rejected = { credentialState: 'credential-rejected', credentialStateSince: 1 };
  await table.update({ key: keys.synchronization(synchronizationId), set: rejected });
});

/** The installation that the synchronization is read with, after the schedule has looked. */
async function afterSchedule() {
  const synchronization = await findSynchronization(table, synchronizationId);
  if (synchronization === undefined) {
    throw new Error('there is no synchronization');
  }
  await replaceRejected({ table, logger: { info: () => {} } }, synchronization);
  return (await findSynchronization(table, synchronizationId))?.connection;
}

const readWith = (installation: InstallationId) => ({ kind: 'app-installation', installation });

describe('a rejected installation', () => {
  it('is replaced by another one of the same organization on the code host', async () => {
    await table.transact([addInstallation(onGitHub, acme)]);
    expect(await afterSchedule()).toEqual(readWith(other));
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'another organization, even one with its login',
      () => table.transact([addInstallation(onGitHub, { ...acme, id: asId<ForgeOrganizationId>(901) })]),
    ],
    [
      'an organization with its id on another host',
      () => table.transact([addInstallation({ ...onGitHub, baseUrl: 'https://git.example.com' }, acme)]),
    ],
    [
      'the same organization that is suspended',
      () => table.transact([addInstallation(onGitHub, { ...acme, suspended: true })]),
    ],
    [
      'the same organization that is removed',
      async () => {
        await table.transact([addInstallation(onGitHub, acme)]);
        const known = await findInstallation(table, onGitHub);
        await table.transact(known === undefined ? [] : [setInstallationStatus(known, 'removed')]);
      },
    ],
    [
      'the same organization that another one here has claimed',
      () =>
        table.transact([
          claimInstallation(
            onGitHub,
            acme,
            { organization: asId<OrganizationId>('org2'), synchronization: asId('sync2') },
            undefined,
          ),
        ]),
    ],
  ])('is not replaced by one of %s', async (_, add) => {
    await add();
    expect(await afterSchedule()).toEqual(readWith(installationId));
    expect(await findSynchronization(table, synchronizationId)).toMatchObject({
      credentialState: 'credential-rejected',
    });
  });
});
