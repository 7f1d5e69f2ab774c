/** Organizations of code hosts without Apps: they are read with an owner's grant, or with an access token that an owner enters. */
import { beforeEach, describe, expect, it } from 'vitest';
import { asId, type SynchronizationId } from '../../../shared/domain/ids.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import { revokeLapsedGrants } from '../../../shared/organizations/revoke-grants.ts';
import { Secret } from '../../../shared/runtime/secret.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { describeCredentials } from '../../../shared/store/connection-credentials.ts';
import { keys } from '../../../shared/store/keys.ts';
import { findOrganizationBySlug } from '../../../shared/store/organization-store.ts';
import { findPersonGrant, keepPersonGrant } from '../../../shared/store/person-grant-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { ConflictError } from '../../../shared/store/table.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { type ApiWorld, createApiWorld, type Person, userOf } from '../../../test/support/api-world.ts';
import { gitHubHost } from '../../../test/support/synchronized.ts';

const token = 'glpat-secret-token';
const narrow = 'glpat-narrow-token';
const grant = {
  accessToken: 'granted-access',
  refreshToken: 'granted-refresh',
  expiresAt: 1_900_000_000_000,
};
const from = { integration: integrationKey, organization: '901' };

let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld();
  const credential = {
    ...{ secret: new Secret({ token }), validUntil: Date.parse('2027-05-01'), renews: false },
  };
  world.forges.accessTokens = new Map([
    [
      token,
      {
        credential,
        missing: [],
        scopes: ['read'],
        limits: ['It installs no webhooks.'],
        unneeded: ['It may push.'],
      },
    ],
    [
      narrow,
      {
        credential,
        missing: ['It lacks a scope.', 'It is of no owner.'],
        scopes: [],
        limits: [],
        unneeded: [],
      },
    ],
  ]);
  world.forges.owned = world.forges.owned.map((one) => ({ ...one, connection: undefined }));
});

const give = (person: Person = 'stranger', given: typeof grant = grant) =>
  keepPersonGrant(world.dependencies, userOf(person), gitHubHost, given);
const create = (body: object, person: Person = 'stranger', headers = {}) =>
  world.ask(person, { method: 'POST', path: '/organizations', body: { slug: 'rocket', ...body }, headers });
const replace = (id: string, body: object, sender: Person | 'operator' = 'stranger') =>
  world.ask(sender, {
    method: 'PUT',
    path: `/organizations/rocket/synchronizations/${id}/connection`,
    body,
  });
const stored = (part: string): readonly string[] =>
  [...world.table.dump().keys()].filter((name) => name.includes(part));
const connectionOf = async (id: string) =>
  (await findSynchronization(world.table, asId<SynchronizationId>(id)))?.connection;
const dumped = (): string => JSON.stringify([...world.table.dump()]);

const isNowhere = (text: string): void => {
  for (const secret of [token, narrow, grant.accessToken, grant.refreshToken]) {
    expect(text).not.toContain(secret);
  }
};

describe('an organization is connected', () => {
  it('with what the owner granted, which stays, encrypted, and is not revoked', async () => {
    await give();
    const offered = await world.ask('stranger', {
      path: `/me/forge-organizations?integration=${integrationKey}`,
    });
    expect(offered.body.items).toContainEqual(expect.objectContaining({ login: 'rocket', state: 'ready' }));
    const { status, body } = await create({ from });
    expect([status, body.limits]).toEqual([201, []]);
    expect(await connectionOf(body.synchronization)).toEqual({ kind: 'oauth-grant', id: expect.any(String) });
    expect([stored('CREDENTIAL').length, stored('GRANT#github'), stored('REVOCATION')]).toEqual([1, [], []]);
    isNowhere(dumped());
  });

  it('with what the owner granted, if the code host says that it does: the rest is told', async () => {
    await give();
    const { connecting } = world.forges;
    const granted = (...missing: readonly string[]) => {
      world.forges.connecting = (integration) => ({
        ...(connecting(integration) as NonNullable<ReturnType<typeof connecting>>),
        checkGrant: async (credential) => ({
          ...{ credential, missing, scopes: ['read'], limits: ['It installs no webhooks.'], unneeded: [] },
        }),
      });
    };
    granted('It reads nothing.');
    const refused = await create({ from });
    expect([refused.status, refused.text, stored('CREDENTIAL')]).toEqual([
      ...[409, expect.stringContaining('cannot be used: It reads nothing.'), []],
    ]);
    granted();
    const { status, body } = await create({ from });
    expect([status, body.limits]).toEqual([201, ['It installs no webhooks.']]);
  });

  it('with an access token, and what was granted is revoked', async () => {
    await give();
    const { status, body, text } = await create({ from: { ...from, accessToken: token } });
    expect([status, body.limits, body.unneeded]).toEqual([
      ...[201, ['It installs no webhooks.'], ['It may push.']],
    ]);
    const connection = await connectionOf(body.synchronization);
    expect(connection).toEqual({ kind: 'access-token', id: expect.any(String) });
    const ids = connection !== undefined && 'id' in connection ? [connection.id] : [];
    expect([...(await describeCredentials(world.table, ids)).values()]).toMatchObject([
      {
        endsAt: Date.parse('2027-05-01'),
        scopes: ['read'],
        limits: ['It installs no webhooks.'],
        unneeded: ['It may push.'],
      },
    ]);
    expect([stored('GRANT#github').length, stored('REVOCATION').length]).toEqual([0, 1]);
    const organization = await findOrganizationBySlug(world.table, 'rocket');
    isNowhere(`${text}${dumped()}${JSON.stringify(await auditLog(world.table, organization?.id, 10))}`);
  });

  it('that the list of the code host lacks, if it says so when asked', async () => {
    await give();
    const owned = world.forges.owned;
    const { personForge } = world.forges;
    world.forges.personForge = (integration) => ({
      ...(personForge(integration) as NonNullable<ReturnType<typeof personForge>>),
      ownedOrganizations: async () => [],
      owns: async (_, id) => owned.some((one) => one.id === id),
    });
    expect((await create({ slug: 'none', from: { ...from, organization: '4711' } })).status).toBe(403);
    expect((await create({ from })).status).toBe(201);
  });

  it('to an organization that is there', async () => {
    expect((await create({})).status).toBe(201);
    await give();
    const path = '/organizations/rocket/synchronizations';
    const added = await world.ask('stranger', {
      ...{ method: 'POST', path },
      body: { ...from, accessToken: narrow },
    });
    expect([added.status, added.body.errors[0].pointer]).toEqual([422, '/accessToken']);
    const { status, body } = await world.ask('stranger', { method: 'POST', path, body: from });
    expect(status).toBe(201);
    expect(await connectionOf(body.id)).toMatchObject({ kind: 'oauth-grant' });
    const organization = await findOrganizationBySlug(world.table, 'rocket');
    expect(await auditLog(world.table, organization?.id, 5)).toContainEqual(
      expect.objectContaining({
        act: 'add-synchronization',
        after: expect.objectContaining({ connection: 'oauth-grant' }),
      }),
    );
  });

  it('by the operator with an owner’s access token', async () => {
    const request = { method: 'POST', path: '/installation/organizations' };
    const body = { slug: 'rocket', from: { ...from, accessToken: narrow } };
    const refused = await world.ask('operator', { ...request, body });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/from/accessToken']);
    const made = { ...body, from: { ...from, accessToken: token } };
    expect((await world.ask('operator', { ...request, body: made })).status).toBe(201);
  });
});

describe('nothing is stored', () => {
  it('of a token that lacks something: each thing is named', async () => {
    await give();
    const { status, body, text } = await create({ from: { ...from, accessToken: narrow } });
    expect([status, body.code, body.errors]).toEqual([
      ...[422, 'invalid'],
      [
        { pointer: '/from/accessToken', detail: 'It lacks a scope.' },
        { pointer: '/from/accessToken', detail: 'It is of no owner.' },
      ],
    ]);
    expect([stored('CREDENTIAL'), stored('GRANT#github').length]).toEqual([[], 1]);
    isNowhere(text + dumped());
  });

  it.each([
    ['whose owner asks nobody', '4711', 403],
    ['that is connected', '900', 409],
    ['that is a personal account', '1', 422],
  ])('for an organization %s, however good the token is', async (_, organization, status) => {
    await give();
    const answer = await create({ from: { ...from, organization, accessToken: token } });
    expect([answer.status, stored('CREDENTIAL')]).toEqual([status, []]);
  });

  it('without a grant that shows who owns it', async () => {
    const { status, body } = await create({ from: { ...from, accessToken: token } });
    expect([status, body.code]).toEqual([403, 'reauthentication-required']);
  });

  it('while the code host does not answer about the token', async () => {
    await give();
    const { connecting } = world.forges;
    world.forges.connecting = (integration) => ({
      ...(connecting(integration) as NonNullable<ReturnType<typeof connecting>>),
      checkToken: async () => {
        throw new ForgeError('unavailable', 'it is down');
      },
    });
    const { status, body } = await create({ from: { ...from, accessToken: token } });
    expect([status, body.code, stored('CREDENTIAL')]).toEqual([409, 'too-early', []]);
  });

  it('of a grant that cannot be renewed', async () => {
    await give('stranger', { accessToken: 'short', expiresAt: grant.expiresAt } as typeof grant);
    expect([(await create({ from })).status, stored('CREDENTIAL')]).toEqual([409, []]);
  });

  it('of a token where an App is installed', async () => {
    world.forges.accessTokens = undefined;
    await give();
    expect((await create({ from: { ...from, accessToken: token } })).status).toBe(422);
  });
});

it('of two requests with one grant, one gets it', async () => {
  await give();
  const find = async () =>
    (await findPersonGrant(world.dependencies, userOf('stranger'), gitHubHost))?.take ?? [];
  const [one, other] = [await find(), await find()];
  await world.table.transact(one);
  await expect(world.table.transact(other)).rejects.toThrow(ConflictError);
  expect((await create({ from })).body.code).toBe('reauthentication-required');
});

it('a creation that is repeated with its key connects once', async () => {
  await give();
  const key = { 'idempotency-key': 'mine' };
  const body = { from: { ...from, accessToken: token } };
  const [first, second] = [await create(body, 'stranger', key), await create(body, 'stranger', key)];
  expect([first.status, second.body]).toEqual([201, first.body]);
  expect(stored('CREDENTIAL')).toHaveLength(1);
  isNowhere(dumped());
});

describe('the connection of a synchronization is replaced', () => {
  const connected = async (): Promise<string> => {
    await give();
    return (await create({ from })).body.synchronization;
  };

  it('by a token, and by what another owner granted, and the secret before it is deleted', async () => {
    const id = await connected();
    const first = await connectionOf(id);
    await give();
    const { status, body } = await replace(id, { accessToken: token });
    expect([status, body.limits]).toEqual([200, ['It installs no webhooks.']]);
    const second = await connectionOf(id);
    expect(second).toMatchObject({ kind: 'access-token' });
    expect(stored('CREDENTIAL')).toHaveLength(1);
    await give();
    expect((await replace(id, {})).status).toBe(200);
    const third = await connectionOf(id);
    expect([third?.kind, new Set([first, second, third].map((one) => JSON.stringify(one))).size]).toEqual([
      ...['oauth-grant', 3],
    ]);
    expect(stored('CREDENTIAL')).toHaveLength(1);
  });

  /** What is revoked at the code host now. */
  const revoked = async (): Promise<readonly string[]> => {
    const ended: string[] = [];
    const { personForge } = world.forges;
    world.forges.personForge = (integration) => ({
      ...(personForge(integration) as NonNullable<ReturnType<typeof personForge>>),
      revoke: async ({ accessToken }) => void ended.push(accessToken),
    });
    await revokeLapsedGrants({ ...world.dependencies, logger: { warn() {} } });
    world.forges.personForge = personForge;
    return ended;
  };

  it('and what it was read with is revoked at the code host, unless an owner entered it', async () => {
    const id = await connected();
    await give('stranger', { ...grant, accessToken: 'second-access' });
    expect((await replace(id, {})).status).toBe(200);
    expect(await revoked()).toEqual(['granted-access']);
    await give('stranger', { ...grant, accessToken: 'third-access' });
    expect((await replace(id, { accessToken: token })).status).toBe(200);
    // With an access token, what was granted for choosing ends too.
    expect((await revoked()).toSorted()).toEqual(['second-access', 'third-access']);
    await give('stranger', { ...grant, accessToken: 'fourth-access' });
    expect((await replace(id, {})).status).toBe(200);
    expect([await revoked(), stored('REVOCATION')]).toEqual([[], []]);
    const body = { packages: 'keep', confirm: 'rocket', why: 'moved' };
    const path = `/organizations/rocket/synchronizations/${id}`;
    expect((await world.ask('stranger', { method: 'DELETE', path, body })).status).toBe(200);
    expect(await revoked()).toEqual(['fourth-access']);
  });

  it('not while it is being renewed, since what the code host issues then would be lost', async () => {
    const id = await connected();
    const connection = await connectionOf(id);
    const key = keys.credential(connection !== undefined && 'id' in connection ? connection.id : asId(''));
    await world.table.update({ key, set: { leaseUntil: world.now() + 60_000 } });
    await give();
    expect((await replace(id, {})).status).toBe(409);
    expect(await connectionOf(id)).toEqual(connection);
    world.advance(60_001);
    await world.signIn('stranger');
    expect((await replace(id, {})).status).toBe(200);
  });

  it('by the operator, with an owner’s token', async () => {
    const id = await connected();
    expect((await replace(id, {}, 'operator')).status).toBe(409);
    expect((await replace(id, { accessToken: narrow }, 'operator')).status).toBe(422);
    expect((await replace(id, { accessToken: token }, 'operator')).status).toBe(200);
    expect(await connectionOf(id)).toMatchObject({ kind: 'access-token' });
  });

  it('once, of two requests at the same moment', async () => {
    const id = await connected();
    await give();
    const { connecting } = world.forges;
    world.forges.connecting = (integration) => ({
      ...(connecting(integration) as NonNullable<ReturnType<typeof connecting>>),
      async checkToken(...given) {
        world.forges.connecting = connecting;
        expect((await replace(id, { accessToken: token }, 'operator')).status).toBe(200);
        return world.forges.connecting(integration)?.checkToken(...given) ?? Promise.reject();
      },
    });
    const { status } = await replace(id, { accessToken: token });
    expect([status, stored('CREDENTIAL').length]).toEqual([409, 1]);
  });

  it('not by who owns nothing there', async () => {
    const id = await connected();
    const before = await connectionOf(id);
    await give();
    world.forges.owned = [];
    expect((await replace(id, { accessToken: token })).status).toBe(403);
    expect(await connectionOf(id)).toEqual(before);
  });
});

it('the organization’s end deletes the secret', async () => {
  await give();
  const { synchronization } = (await create({ from })).body;
  const path = `/organizations/rocket/synchronizations/${synchronization}`;
  const body = { packages: 'keep', confirm: 'rocket', why: 'moved' };
  expect((await world.ask('stranger', { method: 'DELETE', path, body })).body.done).toBe(true);
  expect(stored('CREDENTIAL')).toEqual([]);
});

describe('an owner is told', () => {
  const advice = async () =>
    (await world.ask('stranger', { path: '/organizations/rocket/connections' })).body.items[0];
  const failed = (state: string, id: string) =>
    world.table.update({ key: keys.synchronization(id), set: { credentialState: state } });

  it('a week before a token ends that nothing renews, and nothing of what is renewed', async () => {
    await give();
    const { synchronization } = (await create({ from: { ...from, accessToken: token } })).body;
    const expiresAt = '2027-05-01T00:00:00.000Z';
    const noted = { scopes: ['read'], limits: ['It installs no webhooks.'], unneeded: ['It may push.'] };
    expect(await advice()).toMatchObject({ kind: 'access-token', expiresAt, ...noted });
    expect((await advice()).advice).toBeUndefined();
    world.advance(Date.parse(expiresAt) - world.now() - 8 * 24 * 3600_000);
    await world.signIn('stranger');
    expect((await advice()).advice).toBeUndefined();
    world.advance(24 * 3600_000);
    await world.signIn('stranger');
    expect((await advice()).advice).toMatch(/ends on 2027-05-01.*any owner can replace it/);
    await give('stranger', { ...grant, expiresAt: world.now() + 7_200_000 });
    expect((await replace(synchronization, {})).status).toBe(200);
    const { kind, ...granted } = await advice();
    expect([kind, granted.expiresAt, granted.advice]).toEqual(['oauth-grant', undefined, undefined]);
    expect([granted.limits, granted.unneeded]).toEqual([[], []]);
  });

  it.each([
    ['credential-rejected', /was revoked.*any owner can replace it/],
    ['insufficient-scope', /does not own rocket any more.*any owner can replace it/],
  ])('what to do when it is %s, which ends once another owner has done it', async (state, text) => {
    await give();
    const { synchronization } = (await create({ from })).body;
    await failed(state, synchronization);
    expect(await advice()).toMatchObject({ state, advice: expect.stringMatching(text) });
    await give();
    expect((await replace(synchronization, {})).status).toBe(200);
    const { state: now, advice: none } = await advice();
    expect([now, none]).toEqual(['working', undefined]);
  });
});
