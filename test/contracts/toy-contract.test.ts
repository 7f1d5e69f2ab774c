/** The toy forge fulfils the contract of all forges. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Fact } from '../../shared/domain/facts.ts';
import { asId, type ForgeAccountId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { aFact } from '../support/memory-forge.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { lifeMs } from '../support/token-forge.ts';
import { connectToy } from '../support/toy-connection.ts';
import type { ToyRef, ToySecrets } from '../support/toy-forge/api.ts';
import { toyTraits } from '../support/toy-forge/module.ts';
import { codeLifeMs } from '../support/toy-people.ts';
import { newToyId, pageSize, type ToyWorld } from '../support/toy-world.ts';
import {
  codeOfAnswer,
  type Delivery,
  type ForgeFixture,
  given,
  type WorldChanges,
} from './forge-contract/fixture.ts';
import { forgeContract } from './forge-contract.ts';

const secret = 'a shared secret';
const wrongSecrets: ToySecrets = { clientSecret: 'another' };

async function startToy(): Promise<ForgeFixture> {
  const clock = { time: Date.parse('2026-11-22T12:00:00Z'), now: () => clock.time };
  const { world, module, integration, services, open } = await connectToy(createMemoryTable(), clock);
  const sent: Delivery[] = [];
  const sendDelivery = (event: string, about: string): void => {
    const body = JSON.stringify({ id: randomUUID(), event, about });
    sent.push({ body, headers: { 'x-toy-token': secret } });
  };
  const changes = changesOf(world, sendDelivery);
  const delivery = (body: object): Delivery => ({
    body: JSON.stringify({ id: randomUUID(), ...body }),
    headers: { 'x-toy-token': secret },
  });
  return {
    traits: toyTraits,
    changes,
    fault(fault) {
      world.fault = (asked, page) => {
        if (fault === undefined) return 0;
        if ('shortPagesOf' in fault) return asked === fault.shortPagesOf && page > 1 ? 1 : 0;
        const limited = fault.answers === 'too-many-requests' ? { notBefore: clock.now() + 60_000 } : {};
        throw new ForgeError(codeOfAnswer[fault.answers], 'a fault', limited);
      };
    },
    open: () => open(),
    fill: () => fill(changes),
    requests: () => world.requests,
    clock: {
      now: clock.now,
      advance(ms) {
        clock.time += ms;
      },
    },
    deliveries: {
      webhooks: module.webhooks,
      reports: {
        ...{ member: 'what', team: 'what', repository: 'what' },
        ...{ 'team-member': 'where', 'team-repository': 'where', collaborator: 'where' },
      },
      take: async () => sent.splice(0),
      secret,
      signsBody: false,
      madeWith: (other, { body }) => ({ body, headers: { 'x-toy-token': other } }),
      withoutObject: delivery({ event: 'member removed' }),
      unknown: delivery({ event: 'weather changed', about: 'sun' }),
    },
    credential: { exchanges: () => world.tokens.exchanges, lifeMs, revoke: world.tokens.revoke },
    signIn: {
      signIn: given(module.signIn),
      integration,
      withWrongSecret: { ...integration, secrets: wrongSecrets },
      services,
      redirectUri: 'https://console.example/sign-in/callback/toy',
      hasPkce: false,
      codeLifeMs,
      organization: world.id,
      async addPerson(role) {
        const account = asId<ForgeAccountId>(newToyId());
        world.add({ kind: 'member', account, login: account, role });
        return account;
      },
      setRole: async (account, role) => world.add({ kind: 'member', account, login: account, role }),
      visit: async (address, account) => world.people.visit(address, account),
      revoke: async (account) => world.people.endGrants(account),
    },
    close: async () => {},
  };
}

async function fill(changes: WorldChanges): Promise<number> {
  const count = 2 * pageSize + 1;
  for (let place = 0; place < count; place += 1) {
    const account = await changes.addMember();
    const team = await changes.addTeam();
    const repository = await changes.addRepository(`filled-${place}`);
    if (place % pageSize === 0) {
      await changes.addTeamMember(team, account);
      await changes.grant(team, repository);
      await changes.addCollaborator(repository, account);
    }
  }
  return count;
}

function changesOf(world: ToyWorld, sendDelivery: (event: string, about: string) => void): WorldChanges {
  const id = () => asId<never>(newToyId());
  const add = (fact: Fact, event: string, about: string): void => {
    world.add(fact);
    sendDelivery(event, about);
  };
  const repositoryFact = (repository: ForgeRepositoryId, name: string) =>
    aFact.repository(0, { repository, name, fullName: `toys/${name}` });
  const refsOf = (repository: string, isTag: boolean, name: string) => {
    const refs = world.refs.get(repository) ?? [];
    const isIt = (ref: ToyRef): boolean => ref.isTag === isTag && ref.name === name;
    return { old: refs.find(isIt), others: refs.filter((ref) => !isIt(ref)) };
  };
  const removeRow = async (key: string, event: string, about: string): Promise<void> => {
    world.facts.delete(key);
    sendDelivery(event, about);
  };
  const remove = (kind: string) => async (about: string) => {
    world.remove(about);
    sendDelivery(`${kind} removed`, about);
  };
  return {
    async addMember() {
      const account = id();
      add({ kind: 'member', account, login: account, role: 'member' }, 'member added', account);
      return account;
    },
    removeMember: remove('member'),
    async addTeam() {
      const team = id();
      add({ kind: 'team', team, slug: team, name: team, parent: undefined }, 'team added', team);
      return team;
    },
    removeTeam: remove('team'),
    addTeamMember: async (team, account) =>
      add({ kind: 'team-member', team, account, login: account }, 'team changed', team),
    removeTeamMember: (team, account) => removeRow(`team-member#${account}#${team}`, 'team changed', team),
    grant: async (team, repository) =>
      add({ kind: 'team-repository', team, repository, permission: 'read', via: team }, 'team changed', team),
    revoke: (team, repository) => removeRow(`team-repository#${team}#${repository}`, 'team changed', team),
    async addRepository(name) {
      const repository = id();
      add(repositoryFact(repository, name), 'repository added', repository);
      return repository;
    },
    removeRepository: remove('repository'),
    renameRepository: async (repository, name) =>
      add(repositoryFact(repository, name), 'repository changed', repository),
    addCollaborator: async (repository, account) =>
      add(
        { kind: 'collaborator', repository, account, login: account, permission: 'read' },
        'repository changed',
        repository,
      ),
    removeCollaborator: (repository, account) =>
      removeRow(`collaborator#${account}#${repository}`, 'repository changed', repository),
    async push(repository, kind, name, manifest) {
      const commit = randomBytes(20).toString('hex');
      const isTag = kind === 'tag';
      const { old, others } = refsOf(repository, isTag, name);
      const made = {
        name,
        isTag,
        commit,
        date: '2026-11-01T00:00:00Z',
        manifest: JSON.stringify({ name: manifest }),
      };
      world.refs.set(repository, [...others, { ...made, history: [commit, ...(old?.history ?? [])] }]);
      sendDelivery('repository pushed', repository);
      return commit;
    },
    async removeRef(repository, kind, name) {
      world.refs.set(repository, refsOf(repository, kind === 'tag', name).others);
      sendDelivery('repository pushed', repository);
    },
  };
}

forgeContract('the toy forge', startToy, { without: ['hooks'] });
