import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { byOwner } from '../../test/support/by-owner.ts';
import { aFact, createMemoryForge } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { createRecordingQueue } from '../../test/support/recording-queue.ts';
import {
  addSynchronized,
  forgeOrganizationId,
  gitHubHost,
  installation,
  installationId,
  organizationId,
  synchronizationId,
} from '../../test/support/synchronized.ts';
import { CallerError } from '../domain/caller-error.ts';
import type { Fact } from '../domain/facts.ts';
import { asId, type InstallationId, type SynchronizationId } from '../domain/ids.ts';
import { ForgeError } from '../forge/errors.ts';
import { putFact } from '../store/fact-store.ts';
import {
  addInstallation,
  claimInstallation,
  findInstallation,
  setInstallationStatus,
} from '../store/installation-store.ts';
import { keys } from '../store/keys.ts';
import { findOrganizationSettings } from '../store/organization-settings.ts';
import { findOrganization, findOrganizationBySlug } from '../store/organization-store.ts';
import { findChoice } from '../store/scan-store.ts';
import { findSynchronization, listSynchronizations } from '../store/synchronization-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { changeSettings } from './change-settings.ts';
import { choosePackages } from './choose-packages.ts';
import { type ConnectOrganizationInput, connectOrganization } from './connect-organization.ts';
import { describeInstallation, describeOrganization } from './describe-organization.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const clock = { now: () => now };

const repositories = [
  aFact.repository(10, { name: 'Billing', fullName: 'acme/Billing' }),
  aFact.repository(11, { name: 'shop', fullName: 'acme/shop' }),
  aFact.repository(12, { name: 'fork', fullName: 'acme/fork', fork: true }),
];

const onGitHub = (id: string | number) => ({ ...gitHubHost, installation: asId<InstallationId>(id) });

const installed = (id: InstallationId) => ({ kind: 'app-installation', installation: id }) as const;

async function createUnconnected() {
  const table = createMemoryTable();
  const forge = createMemoryForge(repositories);
  await table.transact([addInstallation(installation, forge.organization)]);
  const workQueue = createRecordingQueue();
  const connect = (differences: Partial<ConnectOrganizationInput> = {}) =>
    connectOrganization(
      {
        table,
        workQueue,
        clock,
        randomBytes,
        open: async () => forge.reader(),
      },
      {
        slug: 'acme',
        host: gitHubHost,
        connection: installed(installationId),
        repositories: 'all',
        ownedVendors: ['acme'],
        ...differences,
      },
    );
  return { table, forge, workQueue, connect };
}

async function storeFacts(table: Table, facts: readonly Fact[]): Promise<void> {
  await table.transact(facts.map((fact) => putFact(synchronizationId, fact, 1)));
}

describe('connectOrganization', () => {
  it('creates the organization and its synchronization, and requests every scope', async () => {
    const { table, workQueue, connect } = await createUnconnected();
    const { organization, synchronization } = await connect();
    expect(await findOrganizationBySlug(table, 'acme')).toMatchObject({
      id: organization,
      slug: 'acme',
      name: 'acme',
      ownedVendors: ['acme'],
    });
    expect(await findSynchronization(table, synchronization)).toMatchObject({
      organization,
      forge: 'github',
      forgeOrganization: forgeOrganizationId,
      connection: { kind: 'app-installation', installation: installationId },
      choice: 'all',
      credentialState: 'working',
    });
    expect(await listSynchronizations(table)).toEqual([{ organization, synchronization }]);
    expect(await findInstallation(table, installation)).toMatchObject({
      state: 'claimed',
      organization,
      synchronization,
    });
    expect(workQueue.sent.map(({ message }) => message.scope)).toEqual([
      'settings',
      'members',
      'teams',
      'roles',
      'repositories',
      undefined,
    ]);
    // Written before any token exists: the edge refuses tokens of an organization that has no key there.
    expect(workQueue.sent.at(-1)).toMatchObject({ queue: 'publish-access', message: { keys: ['o/acme'] } });
    expect(await table.pending('publish-access', { before: now, limit: 10 })).toMatchObject([
      { sk: 'o/acme', value: 'open' },
    ]);
    expect(await table.pending('sync', { before: now, limit: 10 })).toHaveLength(5);
  });

  it('stores the ids of the named repositories, with or without their owner, in any case', async () => {
    const { table, connect } = await createUnconnected();
    const { synchronization } = await connect({ repositories: ['billing', 'ACME/fork'] });
    expect((await findSynchronization(table, synchronization))?.choice).toBe('some');
    const chosen = await table.query(`SYNC#${synchronization}`, 'CHOICE#');
    expect(chosen.map((item) => [item.repository, item.chosen])).toEqual([
      ['10', true],
      ['12', true],
    ]);
  });

  it('lists the repositories that do not exist, and creates nothing', async () => {
    const { table, connect } = await createUnconnected();
    await expect(connect({ repositories: ['shop', 'nope', 'none'] })).rejects.toThrow(
      new CallerError('not-found', 'no such repository: nope, none'),
    );
    expect(await listSynchronizations(table)).toEqual([]);
  });

  it.each([
    ['Acme', 'lower-case'],
    ['-acme', 'lower-case'],
    ['a'.repeat(41), 'lower-case'],
    ['downloads', 'reserved'],
    ['api', 'reserved'],
  ])('refuses the slug %s', async (slug, words) => {
    const { connect } = await createUnconnected();
    await expect(connect({ slug })).rejects.toThrow(words);
  });

  it('refuses an invalid vendor name', async () => {
    const { connect } = await createUnconnected();
    await expect(connect({ ownedVendors: ['acme', 'Acme/x'] })).rejects.toThrow('not a vendor name: Acme/x');
  });

  it('takes a slug, an installation and a forge organization only once', async () => {
    const { connect } = await createUnconnected();
    await connect();
    await expect(connect({ slug: 'other' })).rejects.toThrow('installation 77 is already connected');
    const second = asId<InstallationId>(78);
    await expect(connect({ slug: 'other', connection: installed(second) })).rejects.toThrow(
      'acme is already connected',
    );
    await expect(connect({ connection: installed(second) })).rejects.toThrow('the slug acme is taken');
  });

  it('connects an installation only once, whoever asks', async () => {
    const { table, forge } = await createUnconnected();
    const link = { organization: organizationId, synchronization: synchronizationId };
    const claimFor = (synchronization: SynchronizationId) =>
      claimInstallation(installation, forge.organization, { ...link, synchronization }, undefined);
    await table.transact([claimFor(synchronizationId)]);
    const other = asId<SynchronizationId>('another1');
    await expect(table.transact([claimFor(other)])).rejects.toThrow(ConflictError);
  });

  it('lets only one of two simultaneous calls connect', async () => {
    const { table, connect } = await createUnconnected();
    const outcomes = await Promise.allSettled([connect(), connect({ slug: 'other' }), connect()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await listSynchronizations(table)).toHaveLength(1);
  });

  it('connects an installation whose delivery was lost, but none that is suspended or gone', async () => {
    const { table, forge, connect } = await createUnconnected();
    const unannounced = asId<InstallationId>(80);
    forge.organization = { ...forge.organization, suspended: true };
    await expect(connect({ connection: installed(unannounced) })).rejects.toThrow('suspended');
    forge.organization = { ...forge.organization, suspended: false };
    forge.before = () => {
      throw new ForgeError('credential-rejected', 'the app is no longer installed there');
    };
    await expect(connect({ connection: installed(unannounced), repositories: ['shop'] })).rejects.toThrow(
      'credential-rejected: the app is no longer installed there',
    );
    forge.before = () => {};
    await connect({ connection: installed(unannounced) });
    expect(await findInstallation(table, onGitHub(unannounced))).toMatchObject({ state: 'claimed' });
  });
});

describe('choosePackages', () => {
  async function createConnected() {
    const table = createMemoryTable();
    await addSynchronized(table);
    await storeFacts(table, repositories);
    const workQueue = createRecordingQueue();
    const organization = await findOrganization(table, organizationId);
    if (organization === undefined) {
      throw new Error('no organization');
    }
    const choice = (id: number) => findChoice(table, synchronizationId, asId(id));
    return {
      table,
      workQueue,
      organization,
      choices: async () => [await choice(10), await choice(11), await choice(12)],
      choose: (list: 'all' | readonly string[], forks = false) =>
        choosePackages({ table, workQueue, clock }, organization, { repositories: list, forks }),
    };
  }

  it('chooses the named repositories, forks too, and requests their scans', async () => {
    const { workQueue, choices, choose } = await createConnected();
    expect(await choose(['billing', 'fork'])).toEqual(['acme/Billing', 'acme/fork']);
    expect(await choices()).toEqual([true, undefined, true]);
    expect(workQueue.sent.map(({ message }) => message.repository)).toEqual(['10', '12']);
  });

  it('chooses all but forks, and forks too on request', async () => {
    const { table, choices, choose } = await createConnected();
    await choose('all');
    expect(await choices()).toEqual([true, true, undefined]);
    expect((await findSynchronization(table, synchronizationId))?.choice).toBe('all');
    await choose('all', true);
    expect(await choices()).toEqual([true, true, true]);
  });

  it('lists unknown names, and chooses nothing', async () => {
    const { choices, choose } = await createConnected();
    await expect(choose(['shop', 'nope'])).rejects.toThrow('no such repository: nope');
    expect(await choices()).toEqual([undefined, undefined, undefined]);
  });

  it('stores vendors and requests scans of repositories whose names wait', async () => {
    const { table, workQueue, organization } = await createConnected();
    await table.transact([
      {
        put: keys.scan(synchronizationId, '10'),
        item: { waiting: [{ name: 'other/billing', directory: '', reason: 'vendor-not-owned' }] },
      },
      { put: keys.scan(synchronizationId, '11'), item: { waiting: [] } },
    ]);
    const set = async (ownedVendors: readonly string[]) =>
      changeSettings(
        { table, workQueue, clock, randomBytes },
        organization,
        await findOrganizationSettings(table, organizationId),
        { ownedVendors: [...ownedVendors] },
        byOwner,
      );
    expect((await set(['acme', 'other'])).scans).toBe(1);
    expect((await findOrganization(table, organizationId))?.ownedVendors).toEqual(['acme', 'other']);
    expect(workQueue.sent.map(({ message }) => message.repository)).toEqual(['10']);
    await expect(set(['no vendor'])).rejects.toThrow(CallerError);
  });

  it('describes counts, pending work and failures', async () => {
    const { table, organization, choose } = await createConnected();
    await storeFacts(table, [aFact.member(1), aFact.member(2), aFact.team(5), aFact.teamMember(5, 1)]);
    await choose(['shop']);
    await table.transact([
      {
        put: keys.scan(synchronizationId, '10'),
        item: {
          waiting: [{ name: 'other/billing', directory: '', reason: 'vendor-not-owned' }],
          lastFailure: { at: now, code: 'unavailable', message: 'no answer' },
        },
      },
      {
        put: keys.package(organizationId, 1),
        item: {
          number: 1,
          name: 'acme/shop',
          synchronization: synchronizationId,
          repository: '11',
          directory: '',
          state: 'available',
          versionCount: 3,
          wanted: 2,
          done: 1,
        },
      },
      { put: keys.edge('p/acme/acme/shop'), item: { wanted: 1 } },
      { put: keys.edge('p/acme2/acme/shop'), item: { wanted: 1 } },
    ]);
    expect(await describeOrganization(table, organization, now)).toMatchObject({
      slug: 'acme',
      ownedVendors: ['acme'],
      counts: { members: 2, teams: 1, repositories: 3, packages: { available: 1 }, versions: 3 },
      pending: { scopes: 0, scans: 1, packages: 1, grants: 0, principals: 0, edge: 1, total: 3 },
      synchronizations: [
        {
          credentialState: 'working',
          scanFailures: [{ repository: 'acme/Billing', code: 'unavailable', at: '2026-11-22T12:00:00.000Z' }],
        },
      ],
      waiting: [{ name: 'other/billing', repository: 'acme/Billing', reason: 'vendor-not-owned' }],
      proposedVendors: ['other'],
      packages: [{ number: 1, name: 'acme/shop', state: 'available', versions: 3 }],
    });
  });

  it('lists organizations, and installations that are not connected', async () => {
    const { table } = await createConnected();
    await table.transact([
      addInstallation(onGitHub(90), {
        id: asId(901),
        login: 'initech',
        suspended: false,
      }),
    ]);
    expect(await describeInstallation(table)).toEqual({
      organizations: [{ slug: 'acme', name: 'Acme' }],
      unclaimedInstallations: [{ installation: '90', ...gitHubHost, login: 'initech', status: 'active' }],
    });
  });

  it('shows the current login of the forge organization, and no other installation under an old one', async () => {
    const { table, organization } = await createConnected();
    await storeFacts(table, [{ ...aFact.settings(), login: 'acme-inc' } as Fact]);
    await table.transact([
      addInstallation(onGitHub(91), {
        id: forgeOrganizationId,
        login: 'acme',
        suspended: false,
      }),
      addInstallation(onGitHub(92), { id: asId(902), login: 'gone', suspended: false }),
    ]);
    await table.transact([setInstallationStatus({ key: keys.installation(gitHubHost, '92') }, 'removed')]);
    // As it was stored before installations named their host.
    const { baseUrl: _, ...item } = (await table.get(keys.installation(gitHubHost, '91'))) ?? {};
    await table.transact([
      { put: keys.installationWithoutHost('93'), item: { ...item, installation: '93' } },
    ]);
    expect(await describeOrganization(table, organization, now)).toMatchObject({
      synchronizations: [{ login: 'acme-inc' }],
    });
    expect((await describeInstallation(table)).unclaimedInstallations).toEqual([]);
  });
});
