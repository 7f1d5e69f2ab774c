/** Tokens for contents, which owners enter beside what an organization is read with. */
import { beforeEach, describe, expect, it } from 'vitest';
import { asId, type SynchronizationId } from '../../../shared/domain/ids.ts';
import { Secret } from '../../../shared/runtime/secret.ts';
import { keys } from '../../../shared/store/keys.ts';
import { keepPersonGrant } from '../../../shared/store/person-grant-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { type ApiWorld, createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { gitHubHost } from '../../../test/support/synchronized.ts';

const token = 'glpat-secret-token';
const from = { integration: integrationKey, organization: '901' };

let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld();
  const credential = { secret: new Secret({ token }), validUntil: undefined, renews: false };
  world.forges.accessTokens = new Map([
    [token, { credential, missing: [], scopes: [], limits: [], unneeded: [] }],
  ]);
  world.forges.owned = world.forges.owned.map((one) => ({ ...one, connection: undefined }));
  const grant = { accessToken: 'granted', refreshToken: 'refresh', expiresAt: 1_900_000_000_000 };
  await keepPersonGrant(world.dependencies, userOf('stranger'), gitHubHost, grant);
});
const create = (body: object) =>
  world.ask('stranger', { method: 'POST', path: '/organizations', body: { slug: 'rocket', ...body } });
const stored = (part: string): readonly string[] =>
  [...world.table.dump().keys()].filter((name) => name.includes(part));

describe('a token for contents', () => {
  const contents = 'part-of-it';
  beforeEach(() => {
    world.forges.contentsTokens = new Map([[contents, []]]);
  });

  it('is stored beside what the owner granted, and its state is shown', async () => {
    const { status, body } = await create({ from: { ...from, contentsToken: contents } });
    expect([status, body.limits]).toEqual([201, ['It reads a part.']]);
    expect(JSON.stringify([...world.table.dump()])).not.toContain(contents);
    const shown = async () =>
      (await world.ask('stranger', { path: '/organizations/rocket/connections' })).body.items[0];
    expect(await shown()).toMatchObject({ kind: 'oauth-grant', contents: { state: 'working' } });

    const connection = (await findSynchronization(world.table, asId<SynchronizationId>(body.synchronization)))
      ?.connection;
    if (connection === undefined || !('id' in connection)) throw new Error('it has no credential');
    await world.table.update({
      key: keys.credential(connection.id),
      set: { contentsRejectedAt: 1_800_000_000_000 },
    });
    expect(await shown()).toMatchObject({
      state: 'working',
      contents: { state: 'credential-rejected', stateSince: '2027-01-15T08:00:00.000Z' },
      advice: expect.stringContaining('token for contents'),
    });
  });

  it('is refused with what it lacks, and where a connection has one credential', async () => {
    const wrong = await create({ from: { ...from, accessToken: token, contentsToken: 'wrong' } });
    expect([wrong.status, wrong.body.errors]).toEqual([
      422,
      [{ pointer: '/from/contentsToken', detail: 'It is unknown.' }],
    ]);
    world.forges.contentsTokens = undefined;
    expect((await create({ from: { ...from, contentsToken: contents } })).status).toBe(422);
    expect(stored('CREDENTIAL')).toEqual([]);
  });
});
