/** GitHub's adapter fulfils the contract of all forges, against the simulated GitHub. */
import { createHmac, randomUUID } from 'node:crypto';
import { appPermissions } from '../../local/forges/github/app-identity.ts';
import type { GitHubFaultKind } from '../../local/forges/github/fault-kinds.ts';
import { asId } from '../../shared/domain/ids.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import { gitHub } from '../../shared/forge/github/module.ts';
import { commitOn } from './commit-on.ts';
import type { Answer, Delivery, ForgeFixture, LongList, WorldChanges } from './forge-contract/fixture.ts';
import { forgeContract } from './forge-contract.ts';
import { createFiller } from './github-fill.ts';
import { type GitHub, known, startGitHub } from './github-fixture.ts';
import { signInFixture } from './github-sign-in-fixture.ts';

const pageSize = 100;
const lists: Readonly<Partial<Record<LongList, string>>> = {
  members: 'Organization.membersWithRole',
  teams: 'Organization.teams',
  repositories: 'Organization.repositories',
};
const answers: Readonly<
  Record<Exclude<Answer, 'forbidden'>, { readonly kind: GitHubFaultKind; readonly status?: number }>
> = {
  unavailable: { kind: 'server-error', status: 503 },
  gone: { kind: 'server-error', status: 410 },
  unauthorized: { kind: 'bad-credential' },
  'too-many-requests': { kind: 'secondary-limit' },
};

const signed = (secret: string, body: string, event: string): Delivery => ({
  body,
  headers: {
    'x-github-event': event,
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  },
});

async function start(): Promise<ForgeFixture> {
  const github = await startGitHub();
  const { simulator, receiver, state, acme, installation, clock } = github;
  const { faults } = simulator;
  const budgets = createMemoryBudgets();
  const { webhookSecret: secret } = state.app;
  return {
    traits: gitHub.traits,
    changes: changesOf(github),
    fill: async () => fill(github),
    fault(fault) {
      faults.remove();
      installation.permissions = { ...appPermissions };
      if (fault === undefined) return;
      if ('shortPagesOf' in fault) {
        faults.add({ kind: 'short-page', match: { list: known(lists[fault.shortPagesOf]), page: '2' } });
      } else if (fault.answers === 'forbidden') {
        installation.permissions = { metadata: 'read' };
      } else {
        faults.add(answers[fault.answers]);
      }
    },
    async open() {
      const reader = github.makeForge(budgets).organization(asId(installation.id), asId(acme.id));
      return { structure: reader, contents: reader, requests: reader.requests };
    },
    requests: () => simulator.requests.summary().total,
    clock: {
      now: clock.now,
      advance(ms) {
        clock.ahead += ms;
      },
    },
    deliveries: {
      webhooks: gitHub.webhooks,
      reports: {
        ...{ member: 'what', team: 'what', repository: 'what' },
        ...{ 'team-member': 'what', 'team-repository': 'what', collaborator: 'what' },
      },
      async take() {
        await simulator.idle();
        return receiver.received.splice(0);
      },
      secret,
      signsBody: true,
      madeWith: (other, { body, headers }) => signed(other, body, headers['x-github-event'] ?? ''),
      withoutObject: signed(secret, '{"installation":{"id":1}}', 'push'),
      unknown: signed(secret, '{"installation":{"id":1}}', 'weather'),
    },
    signIn: signInFixture(github),
    close: () => github.close(),
  };
}

/** Writes directly to the simulator's state, which avoids hundreds of webhooks. */
function fill(github: GitHub): number {
  const count = 2 * pageSize + 1;
  const filler = createFiller(github);
  const people = filler.people(count);
  const repositories = filler.repositories(count);
  for (let place = 0; place < count; place += 1) {
    const isTied = place % pageSize === 0;
    filler.team(`filled-${place}`, {
      members: new Map(isTied ? [[known(people[place]), 'member']] : []),
      repositories: new Map(isTied ? [[known(repositories[place]), 'pull']] : []),
    });
  }
  return count;
}

function changesOf({ simulator, state, acme }: GitHub): WorldChanges {
  const { changes } = simulator;
  let count = 0;
  const fresh = (): string => `made-${++count}`;
  const user = (id: string): string => known(state.users.get(Number(id))).login;
  const team = (id: string): string => known(state.teams.get(Number(id))).slug;
  const found = (id: string) => known(state.repositories.get(Number(id)));
  const repository = (id: string): string => `${acme.login}/${found(id).name}`;
  const idIn = <Made extends { id: number }>(made: unknown): never => asId<never>((made as Made).id);
  return {
    async addMember() {
      const login = fresh();
      const account = idIn(await changes.run('create-user', { user: login }));
      await changes.run('add-organization-member', { user: login });
      return account;
    },
    removeMember: async (id) => void (await changes.run('remove-organization-member', { user: user(id) })),
    async addTeam() {
      const name = fresh();
      await changes.run('create-team', { name });
      return asId(known([...state.teams.values()].find(({ slug }) => slug === name)).id);
    },
    removeTeam: async (id) => void (await changes.run('delete-team', { team: team(id) })),
    addTeamMember: async (id, account) =>
      void (await changes.run('add-team-member', { team: team(id), user: user(account) })),
    removeTeamMember: async (id, account) =>
      void (await changes.run('remove-team-member', { team: team(id), user: user(account) })),
    grant: async (id, one) =>
      void (await changes.run('set-team-repository', {
        team: team(id),
        repository: repository(one),
        permission: 'pull',
      })),
    revoke: async (id, one) =>
      void (await changes.run('remove-team-repository', { team: team(id), repository: repository(one) })),
    addRepository: async (name) => idIn(await changes.run('create-repository', { name })),
    removeRepository: async (id) =>
      void (await changes.run('delete-repository', { repository: repository(id), events: 'observed' })),
    renameRepository: async (id, to) =>
      void (await changes.run('rename-repository', { repository: repository(id), to })),
    addCollaborator: async (id, account) =>
      void (await changes.run('set-collaborator', {
        repository: repository(id),
        user: user(account),
        permission: 'pull',
      })),
    removeCollaborator: async (id, account) =>
      void (await changes.run('remove-collaborator', { repository: repository(id), user: user(account) })),
    async push(id, kind, ref, manifest) {
      const name = `refs/${kind === 'tag' ? 'tags' : 'heads'}/${ref}`;
      const commit = await commitOn(found(id).gitDirectory, name, JSON.stringify({ name: manifest }));
      await changes.run('set-refs', { repository: repository(id), refs: { [name]: commit } });
      return commit;
    },
    removeRef: async (id, kind, ref) =>
      void (await changes.run('set-refs', {
        repository: repository(id),
        refs: { [`refs/${kind === 'tag' ? 'tags' : 'heads'}/${ref}`]: null },
      })),
  };
}

forgeContract('GitHub', start, { without: ['credential', 'hooks'] });
