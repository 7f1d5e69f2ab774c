/** Requests for the routes of organizations, code hosts and synchronizations. */
import {
  asId,
  type ConnectionId,
  type ForgeOrganizationId,
  type InstallationId,
  type SynchronizationId,
} from '../../shared/domain/ids.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { addInstallation } from '../../shared/store/installation-store.ts';
import { keepPersonGrant } from '../../shared/store/person-grant-store.ts';
import {
  addSynchronization,
  findSynchronization,
  noteSuccess,
} from '../../shared/store/synchronization-store.ts';
import type { Example } from './api-example.ts';
import { integrationKey } from './api-forges.ts';
import { type ApiWorld, type Person, userOf } from './api-world.ts';
import { aFact } from './memory-forge.ts';
import { forgeOrganizationId, gitHubHost, organizationId, synchronizationId } from './synchronized.ts';

/** `rocket` gave access, and the person has just signed in. */
const granted =
  (person: Person) =>
  async (world: ApiWorld): Promise<undefined> => {
    await keepPersonGrant(world.dependencies, userOf(person), gitHubHost, { accessToken: 'ghu_1' });
    await world.table.transact([
      addInstallation(
        { ...gitHubHost, installation: asId<InstallationId>(78) },
        { id: asId<ForgeOrganizationId>(901), login: 'rocket', suspended: false },
      ),
    ]);
  };

/** `acme` removed the App and installed it again, and its owner has just signed in. */
export async function reinstalled(world: ApiWorld): Promise<undefined> {
  await granted('owner')(world);
  const id = asId<InstallationId>(99);
  const acme = { id: forgeOrganizationId, login: 'acme', suspended: false };
  world.forges.organizations.set(id, acme);
  world.forges.owned = world.forges.owned.map((one) =>
    one.id === acme.id ? { ...one, connection: { kind: 'app-installation', installation: id } } : one,
  );
  await world.table.transact([addInstallation({ ...gitHubHost, installation: id }, acme)]);
}

export const secondSynchronization = asId<SynchronizationId>('sync2');

/** A second synchronization of `acme`, whose owners were read. @param owner the account that owns it */
export async function addSecond(world: ApiWorld, owner = 1): Promise<void> {
  await world.table.transact([
    ...addSynchronization({
      id: secondSynchronization,
      organization: organizationId,
      createdAt: world.now(),
      ...gitHubHost,
      forgeOrganization: asId<ForgeOrganizationId>(903),
      login: 'acme-labs',
      connection: { kind: 'app-installation', installation: asId<InstallationId>(79) },
      choice: 'all',
    }),
    putFact(secondSynchronization, aFact.member(owner, 'owner'), 1, { changedAt: world.now(), gives: true }),
  ]);
  for (const id of [synchronizationId, secondSynchronization]) {
    const synchronization = await findSynchronization(world.table, id);
    if (synchronization !== undefined) {
      await noteSuccess(world.table, synchronization, ['members'], world.now());
    }
  }
}

export const synchronizationWithViewers = asId<SynchronizationId>('sync3');

/** A synchronization of `acme` with a code host that has roles which view code and do not download it. */
export const addWithViewers = async (world: ApiWorld): Promise<undefined> => {
  await world.table.transact([
    ...addSynchronization({
      ...{ id: synchronizationWithViewers, organization: organizationId, createdAt: world.now() },
      ...{ forge: 'gitlab', baseUrl: 'https://gitlab.com', login: 'acme-labs', choice: 'all' },
      forgeOrganization: asId<ForgeOrganizationId>(904),
      connection: { kind: 'access-token', id: asId<ConnectionId>('token1') },
    }),
  ]);
};

export const registrationOf = (baseUrl: string) => ({
  ...{ forge: gitHubHost.forge, baseUrl, registryName: 'Registry' },
});

const rocket = { integration: integrationKey, organization: '901' };

export const organizationExamples: Readonly<Record<string, Example>> = {
  listIntegrations: {},
  readInstallationIntegrations: {},
  listForgeOrganizations: { query: `integration=${integrationKey}`, prepare: granted('member') },
  createOrganization: { body: { slug: 'rocket', from: rocket }, prepare: granted('member') },
  createOrganizationForOwners: { body: { slug: 'rocket', from: rocket }, prepare: granted('owner') },
  beginRegistration: { body: registrationOf('https://git.example') },
  completeRegistration: {
    async prepare(world) {
      const { body } = await world.ask('administrator', {
        method: 'POST',
        path: '/installation/registrations',
        body: registrationOf('https://git.example'),
      });
      const state = new URL(body.action).searchParams.get('state');
      return { body: { code: 'c0de', state } };
    },
  },
  enterClient: {
    body: {
      ...{ forge: 'gitlab', baseUrl: 'https://git.example/gitlab' },
      ...{ clientId: 'client', clientSecret: 'client-secret' },
    },
  },
  listSynchronizations: {},
  readSynchronization: { params: { synchronization: synchronizationId } },
  addSynchronization: { body: rocket, prepare: granted('owner') },
  setPrimarySynchronization: {
    params: { synchronization: secondSynchronization },
    async prepare(world) {
      await addSecond(world);
      return undefined;
    },
  },
  readCaution: { params: { synchronization: synchronizationId } },
  setViewers: {
    ...{ params: { synchronization: synchronizationWithViewers }, body: { install: true } },
    prepare: addWithViewers,
  },
  setArchives: { params: { synchronization: synchronizationId }, body: { store: false } },
  changeCaution: { params: { synchronization: synchronizationId }, body: { heldAbove: 10 } },
  endSynchronization: {
    params: { synchronization: synchronizationId },
    body: { packages: 'keep', confirm: 'acme', why: 'the company moves' },
  },
  readOverview: {},
  search: { query: 'name=ac' },
  readActivity: { query: 'days=7' },
  readImport: { params: { synchronization: synchronizationId } },
  listConnections: {},
  replaceConnection: {
    ...{ params: { synchronization: synchronizationId }, body: {} },
    prepare: reinstalled,
  },
  listWebhooks: {},
  listHooks: { params: { synchronization: synchronizationId } },
  listDeliveries: { params: { synchronization: synchronizationId } },
  listDeliveryAttempts: { params: { synchronization: synchronizationId } },
  redeliver: { params: { synchronization: synchronizationId, attempt: '1' } },
  readSettings: {},
  changeSettings: {
    body: { newMembers: 'active', branchesLeftOut: ['wip/*'], longestTokenDays: null },
    headers: { 'if-match': '"0"' },
  },
  exportOrganization: {},
  deleteOrganization: { body: { confirm: 'acme', why: 'the company closes' } },
};
