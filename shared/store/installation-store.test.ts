import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryTable, type MemoryTable } from '../../test/support/memory-table.ts';
import {
  addSynchronized,
  forgeOrganizationId,
  gitHubHost,
  installationId,
  synchronizationId,
} from '../../test/support/synchronized.ts';
import {
  findInstallation,
  listInstallations,
  releaseInstallation,
  setInstallationStatus,
} from './installation-store.ts';
import { keys } from './keys.ts';
import { findSynchronization, useConnection } from './synchronization-store.ts';

const ours = { ...gitHubHost, installation: installationId };
const elsewhere = { ...ours, baseUrl: 'https://github.example.com' };

/** Items as an earlier release wrote them: keys of installations without the host, synchronizations without a connection. */
async function writeAsBefore(table: MemoryTable): Promise<void> {
  const { baseUrl: _, ...item } = (await table.get(keys.installation(gitHubHost, installationId))) ?? {};
  await table.transact([
    { delete: keys.installation(gitHubHost, installationId) },
    { put: keys.installationWithoutHost(installationId), item },
    {
      update: {
        key: keys.synchronization(synchronizationId),
        set: { installation: installationId },
        remove: ['connection'],
      },
    },
  ]);
}

let table: MemoryTable;
beforeEach(async () => {
  table = createMemoryTable();
  await addSynchronized(table);
});

describe('an installation', () => {
  it('is distinct from one with the same number on another host', async () => {
    expect(await findInstallation(table, ours)).toMatchObject({ synchronization: synchronizationId });
    expect(await findInstallation(table, elsewhere)).toBeUndefined();
  });

  it('that was stored without its host is found on the host of that time, and on no other', async () => {
    await writeAsBefore(table);
    expect(await findInstallation(table, ours)).toMatchObject({
      synchronization: synchronizationId,
      forgeOrganization: forgeOrganizationId,
    });
    expect(await findInstallation(table, elsewhere)).toBeUndefined();
  });

  it('that was stored without its host and never connected is not found on another host', async () => {
    await writeAsBefore(table);
    const [before] = await listInstallations(table);
    await table.transact(before === undefined ? [] : [releaseInstallation(before, synchronizationId)]);
    expect(await findInstallation(table, elsewhere)).toBeUndefined();
    expect(await findInstallation(table, ours)).toMatchObject({ state: 'unclaimed' });
    expect(await listInstallations(table)).toMatchObject([gitHubHost]);
  });

  it('that was stored without its host is updated under its old key', async () => {
    await writeAsBefore(table);
    const found = await findInstallation(table, ours);
    await table.transact(found === undefined ? [] : [setInstallationStatus(found, 'suspended')]);
    expect(await listInstallations(table)).toMatchObject([{ status: 'suspended' }]);
  });
});

it('gives the connection of a synchronization that was stored with an installation only', async () => {
  await writeAsBefore(table);
  const connection = { kind: 'app-installation', installation: installationId };
  expect(await findSynchronization(table, synchronizationId)).toMatchObject({ connection });
  const another = { kind: 'app-installation', installation: elsewhere.installation } as const;
  await table.transact([useConnection(synchronizationId, another, another)]);
  expect(await findSynchronization(table, synchronizationId)).toMatchObject({ connection: another });
});
