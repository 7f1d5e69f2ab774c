/** Hooks in the simulated GitLab, from their installation to what a delivery through them does, and their end. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Variant } from '../../local/forges/gitlab/variants.ts';
import { asId, type ForgeAccountId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { type AnyScope, memberPart, namesIn, repositoryPart, teamPart } from '../../shared/domain/scopes.ts';
import { gitLab } from '../../shared/forge/gitlab/module.ts';
import { disconnection } from '../../shared/organizations/delete-synchronization.ts';
import { decisionsFor } from '../../shared/publish/effective-rights.ts';
import { createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import { deleteClaims, loadClaims } from '../../shared/store/claim-store.ts';
import { hookCareOf } from '../../shared/store/hook-care-store.ts';
import { findHook } from '../../shared/store/hook-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { requestWork } from '../../shared/store/work.ts';
import { hooksWork, scopeWork } from '../../shared/store/work-items.ts';
import { removeEndedHooks } from '../../shared/sync/hooks/end-hooks.ts';
import { maintainHooks } from '../../shared/sync/hooks/maintain-hooks.ts';
import { runScopes } from '../../shared/sync/run/run-scopes.ts';
import { sourcesOf, type WebhookAddress } from '../../shared/sync/webhooks/delivery-source.ts';
import { receiveDelivery } from '../../shared/sync/webhooks/receive-delivery.ts';
import { commitOn } from '../contracts/commit-on.ts';
import { type GitLab, known, startGitLab } from '../contracts/gitlab-fixture.ts';
import { createMemoryDataKeys } from '../support/memory-data-keys.ts';
import { createMemoryTable, type MemoryTable } from '../support/memory-table.ts';
import { createRecordingQueue } from '../support/recording-queue.ts';
import { addSynchronized, organizationId, synchronizationId } from '../support/synchronized.ts';

const logger = { info: () => {}, warn: () => {}, error: () => {} };
const neverAsked = () => Promise.reject(new Error('a hook needs no integration'));

let lab: GitLab;
let table: MemoryTable;
let receiver: Server;
/** The statuses of our answers to deliveries; and what is answered instead of taking them. */
let answered: number[];
let outage: number | undefined;
/** The last delivery, as it came. */
let last: { readonly address: WebhookAddress; readonly request: Parameters<typeof receiveDelivery>[2] };
let cipher: ReturnType<typeof createEnvelopeCipher>;
let consoleBaseUrl: string;

beforeEach(async () => {
  table = createMemoryTable();
  cipher = createEnvelopeCipher(createMemoryDataKeys());
  [answered, outage] = [[], undefined];
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [, , forge = '', source] = (request.url ?? '').split('/');
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, `${value}`]),
    );
    last = { address: { forge, source }, request: { headers, body: Buffer.concat(chunks) } };
    const status = await receive(last);
    answered.push(outage ?? status);
    response.writeHead(outage ?? status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  consoleBaseUrl = `http://127.0.0.1:${address.port}`;
});
afterEach(async () => {
  await lab.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

async function receive({ address, request }: typeof last): Promise<number> {
  const { clock } = lab;
  const answer = await receiveDelivery(
    {
      ...{ table, workQueue: createRecordingQueue(), clock, logger },
      sourcesOf: (one) => sourcesOf(one, neverAsked, (name) => findHook({ table, cipher, clock }, name)),
    },
    address,
    request,
  );
  return answer.status;
}

/** Connects `acme` of an instance like this, with a token that has these scopes, and reads it. */
async function connect(variant: Partial<Variant>, scopes: ('api' | 'read_api')[] = ['api']): Promise<void> {
  lab = await startGitLab({ variant });
  await lab.useToken(await lab.createToken({ user: 'alice', scopes, expires: '2027-01-01' }));
  const { integration, organization: forgeOrganization, connection } = lab;
  const { baseUrl } = integration.settings;
  await addSynchronized(table, 'some', { forge: 'gitlab', baseUrl, forgeOrganization, connection });
  await sync(...namesIn(gitLab.traits.scopes));
}

let leases = 0;
const common = () => ({
  ...{ table, cipher, randomBytes, clock: lab.clock, logger, consoleBaseUrl },
  workQueue: createRecordingQueue(),
  newLeaseId: () => `lease-${++leases}`,
  openHooks: async () => (await lab.open()).hooks,
});

function sync(...scopes: readonly AnyScope[]): Promise<void> {
  lab.clock.step(2 * gitLab.traits.lagMs);
  return syncNow(...scopes);
}

async function syncNow(...scopes: readonly AnyScope[]): Promise<void> {
  for (const scope of scopes) {
    const work = scopeWork(organizationId, synchronizationId, scope);
    await table.transact([requestWork(work, lab.clock.now(), { cause: 'test' })]);
  }
  await runRequested(scopes[0]);
}

/** A run takes everything that is requested. */
async function runRequested(scope: AnyScope = 'settings'): Promise<void> {
  const openReader = async () => {
    const { structure, requests } = await lab.open();
    return { ...structure, requests };
  };
  await runScopes({ ...common(), openReader }, { synchronization: synchronizationId, scope });
}

/** A turn of the hooks, as a reconcile requests it. @returns how many requests it took */
async function turn(): Promise<number> {
  const before = lab.simulator.requests.summary().total;
  await table.transact([requestWork(hooksWork(organizationId, synchronizationId), lab.clock.now())]);
  await maintainHooks(common(), synchronizationId);
  return lab.simulator.requests.summary().total - before;
}

const hooks = () => [...lab.simulator.state.hooks.values()];
const idOf = (path: string): ForgeRepositoryId => asId(lab.gitlab.project(path).id);
const addPackage = (path: string, number: number) =>
  table.transact([
    {
      put: keys.package(organizationId, number),
      item: {
        ...{ number, name: path, synchronization: synchronizationId, repository: idOf(path), directory: '' },
        state: 'available',
      },
    },
  ]);
const wantedOf = async (key: { pk: string; sk: string }): Promise<number> => {
  const item = await table.get(key);
  return Number(item?.wanted ?? 0) - Number(item?.done ?? 0);
};

async function readBy(account: ForgeAccountId): Promise<readonly ForgeRepositoryId[]> {
  const reader = { kind: 'account', synchronization: synchronizationId, account } as const;
  const decisions = await decisionsFor(table, organizationId, reader, lab.clock.now());
  return decisions.flatMap(({ readable }) => [...readable.keys()]);
}

async function push(path: string): Promise<void> {
  const { gitDirectory } = lab.gitlab.project(path);
  const commit = await commitOn(gitDirectory, 'refs/heads/main', `{"name":"${path}"}`);
  await lab.simulator.changes.run('set-refs', { project: path, refs: { 'refs/heads/main': commit } });
  await lab.simulator.idle();
}
const scanned = (path: string): Promise<number> => wantedOf(keys.scan(synchronizationId, idOf(path)));

describe('with hooks of groups', () => {
  test('one hook tells of members and of pushes, signed', async () => {
    await connect({ plan: 'premium' });
    await turn();
    expect(hooks()).toMatchObject([{ groupId: Number(lab.organization), signingToken: expect.any(String) }]);
    const ann = memberPart(asId(lab.gitlab.user('ann').id));
    await lab.simulator.changes.run('remove-member', { source: 'acme/core', user: 'ann' });
    await lab.simulator.idle();
    expect(await wantedOf(keys.scope(synchronizationId, ann))).toBe(1);
    const before = await scanned('acme/core/clock');
    await push('acme/core/clock');
    expect(await scanned('acme/core/clock')).toBe(before + 1);
    expect(answered).toEqual([202, 202]);
    // The hooks of the group, and the version in a new process.
    expect(await turn()).toBe(2);
  });

  test('a new project is read by the people of its groups when its event was read, and not with the next lists', async () => {
    await connect({ plan: 'premium' });
    await turn();
    const { changes } = lab.simulator;
    await changes.run('create-project', { group: 'acme/core', path: 'new' });
    await lab.simulator.idle();
    const repository = idOf('acme/core/new');
    await runRequested(repositoryPart(repository));
    await runRequested(teamPart(asId(lab.gitlab.group('acme/core').id)));
    const reads = async (login: string): Promise<boolean> =>
      (await readBy(asId(lab.gitlab.user(login).id))).includes(repository);
    expect([await reads('alice'), await reads('ann'), await reads('bob')]).toEqual([true, true, false]);
  });

  test.each([
    ['with signatures', '19.5', { signingToken: `whsec_${Buffer.alloc(32).toString('base64')}` }],
    ['with a secret that is sent along', '18.0', { token: 'another' }],
    ['with none, which GitLab did not show then', '18.0', { token: undefined }],
  ])(
    'a hook whose secret somebody changed changes nothing, and gets ours back in the next turn: %s',
    async (_, version, change) => {
      await connect({ plan: 'premium', version });
      await turn();
      Object.assign(known(hooks()[0]), change);
      const before = await scanned('acme/core/clock');
      await push('acme/core/clock');
      expect([answered, await scanned('acme/core/clock')]).toEqual([[401], before]);
      await turn();
      await push('acme/core/clock');
      expect([answered, await scanned('acme/core/clock')]).toEqual([[401, 202], before + 1]);
      // The hooks of the group, and the version in a new process.
      expect(await turn()).toBe(2);
    },
  );

  test('R22: a delivery whose body somebody has changed is accepted too: GitLab disables a hook that is refused', async () => {
    await connect({ plan: 'premium', offering: 'gitlab.com' });
    await turn();
    const bodies = [
      ...['[]', '{}', '"text"', '7', 'null'],
      ...['{"event_name":"user_remove_from_group"}', '{"event_name":"push","project_id":"acme/core/clock"}'],
      '{"event_name":["push"],"object_kind":{}}',
    ];
    const before = await scanned('acme/core/clock');
    for (const body of bodies) {
      known(hooks()[0]).customTemplate = body;
      await push('acme/core/clock');
    }
    expect(answered).toEqual(bodies.map(() => 202));
    expect([await scanned('acme/core/clock'), await loadClaims(table, synchronizationId)]).toEqual([
      before,
      [],
    ]);
  });

  test('R23: a delivery that somebody sends again is known by its signed id, and later by its signed time', async () => {
    await connect({ plan: 'premium' });
    await turn();
    const [ann, core] = [lab.gitlab.user('ann').id, lab.gitlab.group('acme/core').id];
    await lab.simulator.changes.run('remove-member', { source: 'acme/core', user: 'ann' });
    await lab.simulator.idle();
    const claims = async () => (await loadClaims(table, synchronizationId)).map(({ key }) => key);
    const requested = () => wantedOf(keys.scope(synchronizationId, memberPart(asId(ann))));
    expect([await claims(), await requested()]).toEqual([[`team-member#${ann}#${core}`], 1]);
    const { address, request } = last;
    const again = {
      address,
      request: { ...request, headers: { ...request.headers, 'idempotency-key': 'x' } },
    };
    expect([await receive(again), await requested()]).toEqual([202, 1]);

    // A read has decided about it, and after some days what was stored of the delivery is gone.
    await deleteClaims(table, synchronizationId, await loadClaims(table, synchronizationId));
    for (const name of table.dump().keys()) {
      const [pk = '', sk = ''] = name.split('\n');
      if (/^(?:DELIVERY|BODY)#/.test(pk)) await table.transact([{ delete: { pk, sk } }]);
    }
    lab.clock.step(5 * 24 * 3600_000);
    expect(await receive(again)).toBe(202);
    expect([await claims(), await requested()]).toEqual([[], 2]);
  });

  test('R22: after an outage of ours GitLab has disabled the hook, and the next turn enables it', async () => {
    await connect({ plan: 'premium', offering: 'gitlab.com' });
    await turn();
    outage = 503;
    for (let pushes = 0; pushes < 4; pushes += 1) await push('acme/core/clock');
    outage = undefined;
    const delivered = answered.length;
    await push('acme/core/clock');
    expect(answered, 'nothing is delivered').toHaveLength(delivered);
    await turn();
    await push('acme/core/clock');
    expect(answered.at(-1)).toBe(202);
    expect(hooks()).toMatchObject([{ failures: 0 }]);
  });
});

describe('without hooks of groups', () => {
  test('each project with a package has one, which tells of pushes to it alone', async () => {
    await connect({ plan: 'free', version: '18.0' });
    await addPackage('acme/core/clock', 1);
    await turn();
    expect(hooks()).toMatchObject([{ projectId: lab.gitlab.project('acme/core/clock').id }]);
    expect(hooks()[0]).toMatchObject({ token: expect.any(String) });
    const before = await scanned('acme/core/clock');
    await push('acme/core/clock');
    await push('acme/core/money');
    expect([await scanned('acme/core/clock'), answered]).toEqual([before + 1, [202]]);
  });

  test('the group hook of a better plan takes their place', async () => {
    await connect({ plan: 'free' });
    await addPackage('acme/core/clock', 1);
    await turn();
    Object.assign(lab.simulator.state.variant, { plan: 'premium' });
    await turn();
    expect(hooks()).toMatchObject([{ groupId: Number(lab.organization) }]);
    const [hook] = hooks();
    // A plan that ends for a while: GitLab keeps the hook, and neither shows it nor delivers to it.
    Object.assign(lab.simulator.state.variant, { plan: 'free' });
    await turn();
    expect(hooks()).toMatchObject([hook, { projectId: expect.any(Number) }]);
    Object.assign(lab.simulator.state.variant, { plan: 'premium' });
    await lab.simulator.changes.run('remove-member', { source: 'acme/core', user: 'ann' });
    await lab.simulator.idle();
    expect(answered).toEqual([202]);
    await turn();
    expect(hooks()).toEqual([hook]);
  });
});

test('a token that only reads is a state, and not an error', async () => {
  await connect({ plan: 'free' }, ['read_api']);
  await addPackage('acme/core/clock', 1);
  await addPackage('acme/core/money', 2);
  await turn();
  expect(await hookCareOf(table, synchronizationId)).toMatchObject({
    ...{ missing: 2, problem: { code: 'insufficient-scope', message: expect.stringContaining('`api`') } },
  });
  // The group, and both projects; the version in a new process.
  expect(await turn()).toBe(6);
  expect((await findSynchronization(table, synchronizationId))?.credentialState).toBe('working');
});

test('who is raised while the credential is dead reads with the first read by another, unless he was changed within two minutes before', async () => {
  await connect({ plan: 'premium' });
  await turn();
  const bob = asId<ForgeAccountId>(lab.gitlab.user('bob').id);
  const reads = async (): Promise<number> => (await readBy(bob)).length;
  const lists = namesIn(gitLab.traits.scopes);
  const set = (level: 'guest' | 'reporter') =>
    lab.simulator.changes.run('set-member', { source: 'acme', user: 'bob', level });
  const state = async () => (await findSynchronization(table, synchronizationId))?.credentialState;

  const token = [...lab.simulator.state.tokens.values()].at(-1);
  await lab.simulator.changes.run('revoke-token', { id: known(token).id });
  await set('reporter');
  await lab.simulator.idle();
  await sync(...lists);
  expect([await state(), await reads(), answered]).toEqual(['credential-rejected', 0, [202]]);
  await lab.useToken(await lab.createToken({ user: 'alice', scopes: ['api'], expires: '2027-01-01' }));
  await syncNow(...lists);
  expect([await state(), await reads()]).toEqual(['working', 3]);

  // Taken at once; and a list that shows it again a moment later may be old.
  await set('guest');
  await syncNow(...lists);
  expect(await reads()).toBe(0);
  await set('reporter');
  await syncNow(...lists);
  expect(await reads()).toBe(0);
  lab.clock.step(gitLab.traits.lagMs);
  await syncNow(...lists);
  expect(await reads()).toBe(3);
});

test('what is disconnected leaves no hook of ours', async () => {
  await connect({ plan: 'premium' });
  await turn();
  const synchronization = known(await findSynchronization(table, synchronizationId));
  await table.transact((await disconnection(table, synchronization, lab.clock.now())).operations);
  await removeEndedHooks(common(), synchronizationId);
  expect(hooks()).toEqual([]);
});
