import { describe, expect, it } from 'vitest';
import { ForgeError } from '../../../shared/forge/errors.ts';
import { SignInError } from '../../../shared/forge/sign-in.ts';
import { keepPersonGrant } from '../../../shared/store/person-grant-store.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { type ApiWorld, createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { gitHubHost } from '../../../test/support/synchronized.ts';

const path = `/me/forge-organizations?integration=${integrationKey}`;
const grant = { accessToken: 'ghu_secret' };

const grantTo = (world: ApiWorld) => keepPersonGrant(world.dependencies, userOf('owner'), gitHubHost, grant);

describe('integrations', () => {
  it('are shown without anything secret, and their problems to administrators', async () => {
    const world = await createApiWorld();
    world.forges.invalid = [{ entry: 2, problem: 'unknown forge' }];
    const { body, text } = await world.ask('member', { path: '/integrations' });
    expect(body.items).toEqual([
      {
        key: integrationKey,
        name: 'GitHub',
        connectsWith: ['app'],
        ...gitHubHost,
        isSignInOffered: true,
        installUrl: expect.stringMatching(
          /^https:\/\/github\.com\/apps\/registry\/installations\/new\?state=[\w-]{22}&/,
        ),
      },
    ]);
    expect(text).not.toMatch(/secret|never shown|problem/);
    const administrator = await world.ask('administrator', { path: '/installation/integrations' });
    expect(administrator.body.problems).toEqual([{ entry: 2, problem: 'unknown forge' }]);
  });
});

describe('organizations of a person', () => {
  it('are what the code host says, each with what stands in its way', async () => {
    const world = await createApiWorld();
    await grantTo(world);
    const { body, text } = await world.ask('owner', { path });
    expect(body.items).toMatchObject([
      { id: '900', login: 'acme', state: 'connected', organization: 'acme' },
      { id: '901', login: 'rocket', state: 'ready' },
      { id: '902', state: 'needs-access', installUrl: expect.stringMatching(/&target=902$/) },
      {
        id: '1',
        kind: 'personal',
        state: 'personal-account',
        note: expect.stringMatching(/personal account/),
      },
    ]);
    expect(text).not.toContain(grant.accessToken);
  });

  it('need a grant that is kept and alive: a problem says where to sign in again', async () => {
    const world = await createApiWorld();
    const without = await world.ask('owner', { path });
    expect([without.status, without.body.code]).toEqual([403, 'reauthentication-required']);
    expect(without.body.detail).toContain('https://console.example/sign-in');
    await grantTo(world);
    expect((await world.ask('member', { path })).status).toBe(403);
    world.forges.failure = new SignInError('grant-ended', 'taken back');
    expect((await world.ask('owner', { path })).body.code).toBe('reauthentication-required');
    world.forges.failure = undefined;
    world.advance(15 * 60_000);
    await world.signIn('owner');
    expect((await world.ask('owner', { path })).body.code).toBe('reauthentication-required');
  });

  it('are unknown while the code host does not answer, and where nobody can sign in', async () => {
    const world = await createApiWorld();
    await grantTo(world);
    world.forges.failure = new ForgeError('unavailable', 'an outage');
    const { status, body } = await world.ask('owner', { path });
    expect([status, body.code]).toEqual([409, 'too-early']);
    const other = await world.ask('owner', { path: '/me/forge-organizations?integration=other~x.example' });
    expect([other.status, other.body.code]).toEqual([422, 'invalid']);
  });
});
