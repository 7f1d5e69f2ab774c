/** Bitbucket's adapter fulfils the contract of all forges, against the simulated Bitbucket. */
import { createHmac, randomUUID } from 'node:crypto';
import { fullName } from '../../local/forges/bitbucket/find.ts';
import type { Variant } from '../../local/forges/bitbucket/variants.ts';
import { asId } from '../../shared/domain/ids.ts';
import { bitbucket } from '../../shared/forge/bitbucket/module.ts';
import { type Bitbucket, known, startBitbucket } from './bitbucket-fixture.ts';
import { hooksFixture } from './bitbucket-hooks-fixture.ts';
import { commitOn } from './commit-on.ts';
import type { Answer, Delivery, ForgeFixture, LongList, WorldChanges } from './forge-contract/fixture.ts';
import { forgeContract } from './forge-contract.ts';

const pageSize = 100;
const secret = 'the secret of the hook';
const kinds = {
  gone: { kind: 'removed-api' },
  unauthorized: { kind: 'bad-credential' },
  'too-many-requests': { kind: 'rate-limit', retryAfter: 60 },
  unavailable: { kind: 'server-error', status: 503 },
  forbidden: { kind: 'server-error', status: 403 },
} as const satisfies Record<Answer, unknown>;
const lists: Readonly<Partial<Record<LongList, string>>> = {
  members: '/2.0/workspaces/{workspace}/permissions',
  repositories: '/2.0/repositories/{workspace}',
  permissions: '/2.0/workspaces/{workspace}/permissions/repositories',
};

function signed(with_: string, body: string, event = 'repo:push'): Delivery {
  const signature = createHmac('sha256', with_).update(body).digest('hex');
  return {
    body,
    headers: {
      ...{ 'x-event-key': event, 'x-request-uuid': randomUUID(), 'x-hub-signature': `sha256=${signature}` },
    },
  };
}

async function start(variant: Partial<Variant> = {}): Promise<ForgeFixture> {
  const at = await startBitbucket({ variant });
  const { cloud, simulator, clock, organization, services, integration } = at;
  const { faults, state } = simulator;
  const events = ['repo:push', 'repo:created', 'repo:deleted', 'repo:updated', 'repo:transfer'];
  const hook = { url: cloud.receiver.url, secret, events };
  const added = await cloud.json('alice', '/2.0/workspaces/acme/hooks', {
    ...{ method: 'POST', body: JSON.stringify(hook) },
  });
  if (added.status !== 201) throw new Error(`the hook was not added: ${added.status}`);
  const login = (account: string): string => known(state.accounts.get(account)).nickname;
  let people = 0;
  return {
    traits: bitbucket.traits,
    changes: changesOf(at),
    fill: () => fill(at),
    unpaged: ['teams'],
    fault(fault) {
      faults.remove();
      if (fault === undefined) return;
      if ('shortPagesOf' in fault) {
        faults.add({ kind: 'short-page', match: { list: known(lists[fault.shortPagesOf]), page: '2' } });
      } else faults.add(kinds[fault.answers]);
    },
    open: at.open,
    requests: () => simulator.requests.summary().total,
    clock: { now: clock.now, advance: (ms) => clock.step(ms) },
    deliveries: {
      webhooks: bitbucket.webhooks,
      reports: { repository: 'what' },
      async take() {
        await simulator.idle();
        return cloud.receiver.received.splice(0);
      },
      ...{ secret, signsBody: true },
      madeWith: (other, { body }) => signed(other, body),
      withoutObject: signed(secret, '{"push":{"changes":[]}}'),
      unknown: signed(secret, '{}', 'weather:changed'),
    },
    hooks: hooksFixture(at),
    credential: {
      exchanges: () => state.grants.filter(({ refreshedAt }) => refreshedAt !== undefined).length,
      lifeMs: 2 * 3600_000,
      revoke: () => {
        for (const grant of state.grants) grant.revoked = true;
      },
    },
    signIn: {
      ...{ signIn: at.signIn, integration, services, redirectUri: at.redirectUri, organization },
      withWrongSecret: { ...integration, secrets: bitbucket.secrets.parse({ clientSecret: 'another' }) },
      hasPkce: false,
      codeLifeMs: 10 * 60_000,
      async addPerson(role) {
        const user = `person-${++people}`;
        await simulator.changes.run('create-user', { user });
        await simulator.changes.run('set-member', { user, role });
        return asId(cloud.account(user).uuid);
      },
      setRole: async (account, role) =>
        void (await simulator.changes.run('set-member', { user: login(account), role })),
      visit: (address, account) => at.visit(address, account && login(account)),
      revoke: async (account) =>
        void (await simulator.changes.run('revoke-authorization', { user: login(account) })),
    },
    close: at.close,
  };
}

/** Two pages and more of each list. Writes directly to the simulator's state, which avoids hundreds of webhooks. */
async function fill({ cloud, simulator }: Bitbucket): Promise<number> {
  const count = 2 * pageSize + 1;
  const { changes } = simulator;
  for (let place = 0; place < count; place += 1) {
    const user = `filled-${place}`;
    await changes.run('create-user', { user });
    await changes.run('set-member', { user, role: 'member' });
    await changes.run('create-repository', { project: 'acme/SITE', slug: user });
    const permission = { repository: `acme/${user}`, user, permission: 'read' as const };
    await changes.run('set-repository-permission', permission);
  }
  await simulator.idle();
  cloud.receiver.received.splice(0);
  return count;
}

function changesOf({ cloud, simulator }: Bitbucket): WorldChanges {
  const { changes, state } = simulator;
  let count = 0;
  const login = (id: string): string => known(state.accounts.get(id)).nickname;
  const repository = (id: string): string => fullName(state, known(state.repositories.get(id)));
  const never = (): never => {
    throw new Error('groups are only shown');
  };
  return {
    async addMember() {
      const user = `made-${++count}`;
      await changes.run('create-user', { user });
      await changes.run('set-member', { user, role: 'member' });
      return asId(cloud.account(user).uuid);
    },
    removeMember: async (account) => void (await changes.run('remove-member', { user: login(account) })),
    async addTeam() {
      const name = `group-${++count}`;
      await changes.run('create-group', { name });
      return asId(name);
    },
    removeTeam: async (team) => void (await changes.run('delete-group', { group: team })),
    addTeamMember: async (team, account) =>
      void (await changes.run('add-to-group', { group: team, user: login(account) })),
    removeTeamMember: async (team, account) =>
      void (await changes.run('remove-from-group', { group: team, user: login(account) })),
    ...{ grant: never, revoke: never },
    async addRepository(slug) {
      await changes.run('create-repository', { project: 'acme/SITE', slug });
      return asId(cloud.repository(`acme/${slug}`).uuid);
    },
    removeRepository: async (id) =>
      void (await changes.run('delete-repository', { repository: repository(id) })),
    renameRepository: async (id, slug) =>
      void (await changes.run('set-repository', { repository: repository(id), slug })),
    addCollaborator: async (id, account) =>
      void (await changes.run('set-repository-permission', {
        ...{ repository: repository(id), user: login(account), permission: 'read' },
      })),
    removeCollaborator: async (id, account) =>
      void (await changes.run('set-repository-permission', {
        ...{ repository: repository(id), user: login(account), permission: null },
      })),
    async push(id, kind, ref, name) {
      const full = `refs/${kind === 'tag' ? 'tags' : 'heads'}/${ref}`;
      const { gitDirectory } = known(state.repositories.get(id));
      const commit = await commitOn(gitDirectory, full, JSON.stringify({ name }));
      await changes.run('set-refs', { repository: repository(id), refs: { [full]: commit } });
      return commit;
    },
    removeRef: async (id, kind, ref) =>
      void (await changes.run('set-refs', {
        repository: repository(id),
        refs: { [`refs/${kind === 'tag' ? 'tags' : 'heads'}/${ref}`]: null },
      })),
  };
}

forgeContract('Bitbucket', () => start());
forgeContract(
  'Bitbucket, whose list lacks what is given on projects',
  () => start({ listsProjectGrants: false }),
  {
    without: ['failures', 'contents', 'deliveries', 'hooks', 'credential', 'signIn'],
  },
);
