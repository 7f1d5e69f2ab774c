/** A new forge is a folder and a line in the list of modules, and everything works, from its connection to what Composer gets. */
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { edgeKeys, openOrganization } from '../../shared/domain/edge-keys.ts';
import { factKey } from '../../shared/domain/facts.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { CredentialSource } from '../../shared/forge/credential.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import type { ForgeModule } from '../../shared/forge/module.ts';
import { modules } from '../../shared/forge/modules.ts';
import { deleteSynchronization } from '../../shared/organizations/delete-synchronization.ts';
import { Secret } from '../../shared/runtime/secret.ts';
import { loadScope } from '../../shared/store/fact-store.ts';
import { addHook, changeHookSecret, findHook, type HookDependencies } from '../../shared/store/hook-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { sourcesOf } from '../../shared/sync/webhooks/delivery-source.ts';
import { receiveDelivery } from '../../shared/sync/webhooks/receive-delivery.ts';
import { of } from '../support/deletions.ts';
import { aFact } from '../support/memory-forge.ts';
import { createRegistry, memoryServices, type Registry, settled } from '../support/registry-fixture.ts';
import { addSynchronized, synchronizationId } from '../support/synchronized.ts';
import { lifeMs } from '../support/token-forge.ts';
import { connectToy, toyConnection, toyHost } from '../support/toy-connection.ts';
import type { TokenPair } from '../support/toy-forge/api.ts';
import { toyTraits } from '../support/toy-forge/module.ts';
import { newToyId, type ToyWorld } from '../support/toy-world.ts';

const id = (): never => asId<never>(newToyId());
const [ann, bob, team, shop, vault] = [id(), id(), id(), id(), id()];
let registry: Registry;
let world: ToyWorld;
let tokens: { ann: string; bob: string };
/** Connects again with a new grant of the owner. */
let grant: () => Promise<void>;
let credential: CredentialSource<TokenPair>;

/** Names the hook in the URL that the toy forge sends deliveries to. */
const hook = { forge: 'toy', source: 'hook' } as const;
let hooks: HookDependencies;

/** Deliveries to a hook need no integration. */
const neverAsked = () => Promise.reject(new Error('the integrations secret cannot be read'));

/** Sends an event of the toy forge to the address of the synchronization's hook. */
async function deliver(event: string, about: string, secret = 'the secret'): Promise<number> {
  const { status } = await receiveDelivery(
    {
      ...registry,
      logger: { info: () => {}, warn: () => {} },
      sourcesOf: (address) => sourcesOf(address, neverAsked, findHook.bind(undefined, hooks)),
    },
    hook,
    {
      headers: { 'x-toy-token': secret },
      body: Buffer.from(JSON.stringify({ id: randomUUID(), event, about })),
    },
  );
  return status;
}

function push(repository: string, name: string, manifest: string): void {
  const commit = randomBytes(20).toString('hex');
  const ref = { name, commit, isTag: /^\d/.test(name), date: '2026-11-01T00:00:00Z', history: [commit] };
  const refs = world.refs.get(repository) ?? [];
  world.refs.set(repository, [...refs, { ...ref, manifest: JSON.stringify({ name: manifest }) }]);
}

const versions = async (token: string, name: string): Promise<string[]> => {
  const text = await registry.get(token, `/acme/p2/${name}.json`);
  const [list = []] = Object.values<{ version: string }[]>(JSON.parse(text).packages);
  return list.map(({ version }) => version);
};

beforeAll(async () => {
  const services = memoryServices();
  const toy = await connectToy(services.table, services.clock);
  world = toy.world;
  grant = toy.grant;
  credential = toy.credential();
  hooks = { ...services, cipher: toy.cipher };
  const first = new Secret('the one before');
  await services.table.transact(await addHook(hooks, hook, toyHost, synchronizationId, first));
  await changeHookSecret(hooks, hook, new Secret('the secret'));
  (modules as ForgeModule[]).push(toy.module as ForgeModule);
  const forgeOrganization = world.id;
  await addSynchronized(services.table, 'all', { ...toyHost, connection: toyConnection, forgeOrganization });
  const atEdge = new Map([[edgeKeys.organization('acme'), openOrganization]]);
  await services.keyValues.update(await services.keyValues.describe(), atEdge, []);
  registry = await createRegistry(services, [], async (_, { table }) => {
    const { structure, contents, requests } = await toy.open(table);
    return { ...structure, ...contents, requests };
  });
  const repository = (one: never, name: string) =>
    aFact.repository(0, { repository: one, name, fullName: `toys/${name}`, handle: undefined });
  world.add(
    { kind: 'member', account: ann, login: 'ann', role: 'member' },
    { kind: 'member', account: bob, login: 'bob', role: 'member' },
    { kind: 'team', team, slug: 'sellers', name: 'Sellers', parent: undefined },
    { kind: 'team-member', team, account: ann, login: 'ann' },
    { kind: 'team-repository', team, repository: shop, permission: 'read', via: team },
    repository(shop, 'shop'),
    repository(vault, 'vault'),
    { kind: 'collaborator', repository: vault, account: bob, login: 'bob', permission: 'read' },
  );
  push(shop, '1.0.0', 'acme/shop');
  push(shop, 'main', 'acme/shop');
  push(vault, '2.0.0', 'acme/vault');
  await settled(registry);
  const issue = async (login: string) => (await registry.issue({ kind: 'member', login })).token;
  tokens = { ann: await issue('ann'), bob: await issue('bob') };
  await registry.settleWithReconciles();
});

test('its facts are stored under ids of its own form', async () => {
  for (const { name } of toyTraits.scopes) {
    const { facts } = await loadScope(registry.table, synchronizationId, toyTraits.scopes, name);
    const kinds = new Set(facts.map(({ fact }) => fact.kind));
    const there = [...world.facts.values()].filter(({ kind }) => kinds.has(kind));
    expect(facts.map(({ fact }) => factKey(fact)).sort()).toEqual(there.map(factKey).sort());
  }
  expect([...world.facts.keys()].filter((key) => key.includes('#{'))).toHaveLength(8);
  expect(registry.errors).toEqual([]);
  expect(registry.logged).toEqual([]);
});

test('each person gets exactly the packages of the repositories that he may read', async () => {
  expect(await registry.listed(tokens.ann)).toEqual(['acme/shop']);
  expect(await registry.listed(tokens.bob)).toEqual(['acme/vault']);
  expect(await versions(tokens.ann, 'acme/shop')).toEqual(['1.0.0']);
  expect(await registry.get(tokens.ann, '/acme/p2/acme/vault.json')).toBe('404');
});

test('a push is received and published, with a token that was renewed meanwhile', async () => {
  await registry.clock.advance(2 * lifeMs);
  const before = world.tokens.exchanges;
  push(shop, '1.1.0', 'acme/shop');
  expect(await deliver('repository pushed', shop, 'another')).toBe(401);
  expect(await deliver('repository pushed', shop)).toBe(202);
  await registry.settleWithReconciles();
  expect((await versions(tokens.ann, 'acme/shop')).sort()).toEqual(['1.0.0', '1.1.0']);
  expect(world.tokens.exchanges).toBe(before + 1);
});

test('somebody who leaves loses everything with the delivery, although nothing can be read', async () => {
  world.remove(ann);
  world.fault = () => {
    throw new ForgeError('unavailable', 'an outage');
  };
  expect(await deliver('member removed', ann, 'the one before')).toBe(202);
  await registry.drain();
  expect(await registry.listed(tokens.ann)).toEqual([]);
  expect(await registry.listed(tokens.bob)).toEqual(['acme/vault']);
  world.fault = () => 0;
  await registry.settleWithReconciles();
  expect(await registry.listed(tokens.ann)).toEqual([]);
});

test('a grant that its owner revoked freezes the rights, and a new one continues', async () => {
  world.tokens.revoke();
  await settled(registry);
  const state = async () => (await findSynchronization(registry.table, synchronizationId))?.credentialState;
  expect(await state()).toBe('credential-rejected');
  expect(await registry.listed(tokens.bob)).toEqual(['acme/vault']);
  await grant();
  await settled(registry);
  expect(await state()).toBe('working');
});

test('with its synchronization the credential and the hooks are deleted, and a renewal under way does not restore it', async () => {
  const synchronization = await findSynchronization(registry.table, synchronizationId);
  if (synchronization === undefined) throw new Error('there is no synchronization');
  const renewed = credential.rotate(
    async (outdated) => {
      const sure = { confirm: synchronization.login, by: 'ann', why: 'sold' };
      await deleteSynchronization(of(registry), registry.organization, synchronization, sure);
      await registry.settle();
      return world.tokens.exchange(outdated);
    },
    await credential.current(),
  );
  await expect(renewed).rejects.toMatchObject({ code: 'credential-rejected' });
  await registry.settle();
  expect(await registry.table.get(keys.credential(toyConnection.id))).toBeUndefined();
  expect(await registry.table.get(keys.hook(hook.forge, hook.source))).toBeUndefined();
  expect(await deliver('member', ann)).toBe(401);
});
