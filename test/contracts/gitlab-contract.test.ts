/** GitLab's adapter fulfils the contract of all forges, against the simulated GitLab. */
import { createHmac, randomUUID } from 'node:crypto';
import { fullPath } from '../../local/forges/gitlab/paths.ts';
import type { Variant } from '../../local/forges/gitlab/variants.ts';
import { asId } from '../../shared/domain/ids.ts';
import { gitLab } from '../../shared/forge/gitlab/module.ts';
import { commitOn } from './commit-on.ts';
import type { Answer, Delivery, ForgeFixture, LongList, WorldChanges } from './forge-contract/fixture.ts';
import { forgeContract } from './forge-contract.ts';
import { type GitLab, known, startGitLab } from './gitlab-fixture.ts';
import { hooksFixture } from './gitlab-hooks-fixture.ts';

const pageSize = 100;
const token = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const statuses: Readonly<Record<Exclude<Answer, 'unauthorized' | 'too-many-requests'>, number>> = {
  unavailable: 503,
  gone: 410,
  forbidden: 403,
};
const lists: Readonly<Partial<Record<LongList, string>>> = {
  members: '/groups/{id}/members',
  repositories: '/groups/{id}/projects',
};

/** A delivery that is signed as since 19.0. */
function signed(secret: string, body: string): Delivery {
  const [id, time] = [randomUUID(), '1781000000'];
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
  return {
    body,
    headers: { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` },
  };
}

/** @param tokenOf whose access token is used in place of a grant, which does not have the scope that hooks need */
async function start(variant: Partial<Variant> = {}, tokenOf?: string): Promise<ForgeFixture> {
  const lab = await startGitLab({ variant });
  if (tokenOf !== undefined) {
    await lab.useToken(await lab.createToken({ user: tokenOf, scopes: ['api'], expires: '2027-01-01' }));
  }
  const { gitlab, simulator, clock, organization, services, integration } = lab;
  const { faults } = simulator;
  const events = { push_events: true, tag_push_events: true, member_events: true, subgroup_events: true };
  const hook = { url: gitlab.hookUrl, signing_token: token, project_events: true, ...events };
  const added = await gitlab.api('alice', `/groups/${organization}/hooks`, {
    ...{ method: 'POST', body: JSON.stringify(hook) },
  });
  if (added.status !== 201) throw new Error(`the hook was not added: ${added.status} ${await added.text()}`);
  const login = (account: string): string => known(simulator.state.users.get(Number(account))).username;
  let people = 0;
  return {
    traits: gitLab.traits,
    changes: changesOf(lab),
    fill: () => fill(lab),
    fault(fault) {
      faults.remove();
      if (fault === undefined) return;
      if ('shortPagesOf' in fault) {
        faults.add({ kind: 'short-page', match: { list: known(lists[fault.shortPagesOf]), page: '2' } });
      } else if (fault.answers === 'unauthorized') {
        faults.add({ kind: 'bad-credential' });
      } else if (fault.answers === 'too-many-requests') {
        faults.add({ kind: 'rate-limit', retryAfter: 60 });
      } else {
        faults.add({ kind: 'server-error', status: statuses[fault.answers] });
      }
    },
    open: lab.open,
    requests: () => simulator.requests.summary().total,
    clock: { now: clock.now, advance: (ms) => clock.step(ms) },
    deliveries: {
      webhooks: gitLab.webhooks,
      reports: { member: 'where', team: 'what', repository: 'what', 'team-member': 'what' },
      async take() {
        await simulator.idle();
        return gitlab.received.splice(0);
      },
      secret: token,
      signsBody: true,
      madeWith: (other, { body }) => ({ body, headers: { 'x-gitlab-token': other } }),
      withoutObject: signed(token, '{"event_name":"push"}'),
      unknown: signed(token, '{"event_name":"weather"}'),
    },
    hooks: hooksFixture(lab),
    credential: {
      exchanges: lab.exchanges,
      lifeMs: 2 * 3600_000,
      revoke: () => {
        for (const grant of simulator.state.grants) grant.revoked = true;
      },
    },
    signIn: {
      ...{ signIn: lab.signIn, integration, services, redirectUri: lab.redirectUri, organization },
      withWrongSecret: { ...integration, secrets: gitLab.secrets.parse({ clientSecret: 'another' }) },
      hasPkce: true,
      codeLifeMs: 10 * 60_000,
      async addPerson(role) {
        const user = `person-${++people}`;
        await simulator.changes.run('create-user', { user });
        const level = role === 'owner' ? 'owner' : 'guest';
        await simulator.changes.run('set-member', { source: 'acme', user, level });
        return asId(gitlab.user(user).id);
      },
      setRole: async (account, role) =>
        void (await simulator.changes.run('set-member', {
          ...{ source: 'acme', user: login(account), level: role === 'owner' ? 'owner' : 'guest' },
        })),
      visit: (address, account) => lab.visit(address, account && login(account)),
      revoke: async (account) =>
        void (await simulator.changes.run('revoke-authorization', { user: login(account) })),
    },
    close: lab.close,
  };
}

/** Two pages and more of each list. Writes directly to the simulator's state, which avoids hundreds of webhooks. */
async function fill(lab: GitLab): Promise<number> {
  const count = 2 * pageSize + 1;
  const { gitlab, simulator } = lab;
  const { changes } = simulator;
  const { members } = gitlab.group('acme');
  for (let place = 0; place < count; place += 1) {
    const user = `filled-${place}`;
    await changes.run('create-user', { user });
    members.set(gitlab.user(user).id, { level: 10, createdAt: '2026-01-01T00:00:00Z' });
    await changes.run('create-project', { group: 'acme', path: user });
  }
  for (let place = 0; place < 3; place += 1) {
    await changes.run('set-member', {
      source: `acme/filled-${place}`,
      user: `filled-${place}`,
      level: 'reporter',
    });
  }
  gitlab.received.splice(0);
  return count;
}

function changesOf({ gitlab, simulator }: GitLab): WorldChanges {
  const { changes, state } = simulator;
  let count = 0;
  const fresh = (): string => `made-${++count}`;
  const login = (id: string): string => known(state.users.get(Number(id))).username;
  const group = (id: string): string => fullPath(state, known(state.groups.get(Number(id))));
  const project = (id: string): string => fullPath(state, known(state.projects.get(Number(id))));
  return {
    async addMember() {
      const user = fresh();
      await changes.run('create-user', { user });
      await changes.run('set-member', { source: 'acme', user, level: 'guest' });
      return asId(gitlab.user(user).id);
    },
    /** Also from groups and projects below, as GitLab does unless it is told otherwise. */
    async removeMember(account) {
      for (const source of [...state.groups.values(), ...state.projects.values()]) {
        if (source.members.has(Number(account))) {
          await changes.run('remove-member', { source: fullPath(state, source), user: login(account) });
        }
      }
    },
    async addTeam() {
      const path = fresh();
      await changes.run('create-group', { parent: 'acme', path });
      return asId(gitlab.group(`acme/${path}`).id);
    },
    removeTeam: async (team) => void (await changes.run('delete', { source: group(team), now: true })),
    addTeamMember: async (team, account) =>
      void (await changes.run('set-member', {
        ...{ source: group(team), user: login(account), level: 'developer' },
      })),
    removeTeamMember: async (team, account) =>
      void (await changes.run('remove-member', { source: group(team), user: login(account) })),
    grant: async (team, repository) =>
      void (await changes.run('share', {
        source: project(repository),
        with: group(team),
        level: 'reporter',
      })),
    revoke: async (team, repository) =>
      void (await changes.run('unshare', { source: project(repository), with: group(team) })),
    async addRepository(path) {
      await changes.run('create-project', { group: 'acme', path });
      return asId(gitlab.project(`acme/${path}`).id);
    },
    removeRepository: async (id) => void (await changes.run('delete', { source: project(id), now: true })),
    renameRepository: async (id, to) => void (await changes.run('rename', { source: project(id), to })),
    addCollaborator: async (id, account) =>
      void (await changes.run('set-member', {
        ...{ source: project(id), user: login(account), level: 'reporter' },
      })),
    removeCollaborator: async (id, account) =>
      void (await changes.run('remove-member', { source: project(id), user: login(account) })),
    async push(id, kind, ref, name) {
      const full = `refs/${kind === 'tag' ? 'tags' : 'heads'}/${ref}`;
      const { gitDirectory } = known(state.projects.get(Number(id)));
      const commit = await commitOn(gitDirectory, full, JSON.stringify({ name }));
      await changes.run('set-refs', { project: project(id), refs: { [full]: commit } });
      return commit;
    },
    removeRef: async (id, kind, ref) =>
      void (await changes.run('set-refs', {
        project: project(id),
        refs: { [`refs/${kind === 'tag' ? 'tags' : 'heads'}/${ref}`]: null },
      })),
  };
}

forgeContract('GitLab', () => start(), { without: ['hooks'] });
// Only there failing hooks are disabled unless the administrator wants it.
forgeContract('GitLab.com', () => start({ offering: 'gitlab.com' }, 'alice'), {
  without: ['scopes', 'steps', 'failures', 'contents', 'deliveries', 'credential', 'signIn'],
});
