import { describe, expect, it } from 'vitest';
import { asId, type ForgeAccountId } from '../../../shared/domain/ids.ts';
import { cookiesOf } from '../../../shared/runtime/http-handler.ts';
import { answerSignIn } from '../../../shared/sign-in/routes.ts';
import {
  changeInstallationSettings,
  findInstallationSettings,
} from '../../../shared/store/installation-settings.ts';
import { findPersonGrant } from '../../../shared/store/person-grant-store.ts';
import { signInLog } from '../../../shared/store/sign-in-log.ts';
import { findUser } from '../../../shared/store/user-store.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import {
  type ApiWorld,
  consoleBaseUrl,
  createApiWorld,
  type Person,
  userOf,
} from '../../../test/support/api-world.ts';
import { gitHubHost } from '../../../test/support/synchronized.ts';

const minute = 60_000;
const body = { integration: integrationKey, returnTo: '/tokens' };
const links = '/me/accounts/links';
const holderOf = (world: ApiWorld, account: string) =>
  findUser(world.table, { ...gitHubHost, account: asId<ForgeAccountId>(account) });

/** The browser of a person, at the API and at the routes that a code host leads back to. */
function browserOf(world: ApiWorld, person: Person) {
  const { forges, dependencies } = world;
  return {
    begin: (path: string, more = {}) =>
      world.ask(person, { method: 'POST', path, body: { ...body, ...more } }),
    /** Goes to the code host, and comes back as who has the account. @returns where the browser is led to */
    async goOn(
      begun: Awaited<ReturnType<ApiWorld['ask']>>,
      account: string,
      change = (address: string) => address,
    ) {
      expect(begun.status, begun.text).toBe(200);
      world.keepCookies(person, begun.cookies);
      const { pathname, searchParams } = new URL(
        change(forges.signInHost.back(begun.body.authorizeUrl, account)),
      );
      const answer = await answerSignIn(
        {
          ...dependencies,
          ...forges,
          logger: { warn() {}, error() {} },
          registrations: undefined as never,
          isSetUpCode: async () => false,
        },
        {
          ...{ method: 'GET', path: pathname, parameters: {}, query: searchParams, body: Buffer.from('') },
          headers: { 'x-repertoire-viewer': '198.51.100.7' },
          cookies: cookiesOf(world.cookiesOf(person).split('; ')),
        },
      );
      world.keepCookies(person, answer.cookies ?? []);
      return [answer.status, answer.headers?.location];
    },
  };
}

describe('a console', () => {
  it('is told whom to sign in with, before anybody is signed in', async () => {
    const world = await createApiWorld();
    const hosts = await world.ask('nobody', { path: '/sign-in-hosts' });
    expect(hosts.body).toEqual({
      isSetUp: true,
      items: [
        { ...gitHubHost, key: integrationKey, name: 'GitHub', start: `/sign-in/start/${integrationKey}` },
      ],
    });
    const settings = await findInstallationSettings(world.table);
    await world.table.transact([changeInstallationSettings(settings, { administrators: [] })]);
    expect((await world.ask('nobody', { path: '/sign-in-hosts' })).body).toEqual({
      isSetUp: false,
      items: [],
    });
  });

  it('links a further account', async () => {
    const world = await createApiWorld();
    const browser = browserOf(world, 'member');
    const begun = await browser.begin(links);
    expect(await browser.goOn(begun, '500')).toEqual([303, '/tokens?outcome=done']);
    expect(await holderOf(world, '500')).toBe(userOf('member'));
    // Nothing of it was for choosing an organization.
    expect(new URL(begun.body.authorizeUrl).searchParams.get('forConnecting')).toBe('false');
    expect(await findPersonGrant(world.dependencies, userOf('member'), gitHubHost)).toBeUndefined();
  });

  it('links an account and lists its organizations at once', async () => {
    const world = await createApiWorld();
    const browser = browserOf(world, 'member');
    const begun = await browser.begin(links, { forOrganizations: true });
    expect(new URL(begun.body.authorizeUrl).searchParams.get('forConnecting')).toBe('true');
    await browser.goOn(begun, '500');
    const listed = await world.ask('member', {
      path: `/me/forge-organizations?integration=${integrationKey}`,
    });
    expect([listed.status, listed.body.items.length]).toEqual([200, 4]);
  });

  it('proves again who somebody is, for what needs it', async () => {
    const world = await createApiWorld();
    await world.signIn('member', world.now() - 15 * minute);
    const browser = browserOf(world, 'member');
    expect((await browser.begin(links)).body.code).toBe('reauthentication-required');
    const begun = await browser.begin('/me/authentications');
    expect(await browser.goOn(begun, '1')).toEqual([303, '/tokens?outcome=refused&reason=another-user']);
    expect(await browser.goOn(await browser.begin('/me/authentications'), '2')).toEqual([
      303,
      '/tokens?outcome=done',
    ]);
    expect((await browser.begin(links)).status).toBe(200);
  });

  it('connects an organization by what its owner grants', async () => {
    const world = await createApiWorld();
    const browser = browserOf(world, 'stranger');
    const path = `/me/forge-organizations?integration=${integrationKey}`;
    const before = await world.ask('stranger', { path });
    expect([before.body.code, before.body.detail]).toEqual([
      'reauthentication-required',
      expect.stringContaining('/me/forge-organizations/choices'),
    ]);
    const begun = await browser.begin('/me/forge-organizations/choices', { returnTo: '/connect' });
    expect(await browser.goOn(begun, '4')).toEqual([303, '/connect?outcome=done']);
    expect((await world.ask('stranger', { path })).status).toBe(200);
    const made = await world.ask('stranger', {
      method: 'POST',
      path: '/organizations',
      body: {
        slug: 'rocket',
        from: { integration: integrationKey, organization: '901', repositories: 'all' },
        ownedVendors: ['rocket'],
      },
    });
    expect(made.status, made.text).toBe(201);
  });

  it('makes two users one whose accounts the person has proved, and only those two', async () => {
    const world = await createApiWorld();
    const browser = browserOf(world, 'member');
    const merge = { method: 'POST', path: '/me/merge' };
    const stranger = { user: userOf('stranger') };
    expect((await world.ask('member', { ...merge, body: stranger })).status).toBe(404);
    expect(await browser.goOn(await browser.begin(links), '4')).toEqual([303, '/tokens?outcome=taken']);
    expect(await holderOf(world, '4')).toBe(userOf('stranger'));
    expect((await world.ask('member', { path: '/me/merge' })).body).toEqual({
      user: userOf('stranger'),
      login: 'stranger-login',
      until: '2026-11-22T12:15:00.000Z',
    });
    expect((await world.ask('member', { ...merge, body: { user: userOf('owner') } })).status).toBe(404);
    const merged = await world.ask('member', { ...merge, body: stranger });
    expect([merged.status, merged.cookies]).toEqual([204, [expect.stringContaining('__Host-merge=;')]]);
    expect(await holderOf(world, '4')).toBe(userOf('member'));
  });

  it('merges nobody by a proof of another session', async () => {
    const world = await createApiWorld();
    const browser = browserOf(world, 'member');
    await browser.goOn(await browser.begin(links), '4');
    await browser.goOn(await browser.begin('/me/authentications'), '2');
    expect((await world.ask('member', { path: '/me/merge' })).status).toBe(404);
    const body = { user: userOf('stranger') };
    expect((await world.ask('member', { method: 'POST', path: '/me/merge', body })).status).toBe(404);
  });

  it('is told that a person declined, that the code host failed, and that it was refused', async () => {
    const world = await createApiWorld();
    const browser = browserOf(world, 'member');
    const declined = (address: string) => address.replace(/code=[^&]+/, 'error=access_denied');
    expect(await browser.goOn(await browser.begin(links), '500', declined)).toEqual([
      303,
      '/tokens?outcome=failed&reason=denied',
    ]);
    for (let account = 500; account < 519; account++) {
      world.advance(10_000);
      await browser.goOn(await browser.begin(links), String(account));
    }
    expect(await browser.goOn(await browser.begin(links), '600')).toEqual([
      303,
      '/tokens?outcome=refused&reason=conflict',
    ]);
    expect((await signInLog(world.table, 3)).map(({ act }) => act)).toContain('account-link-begun');
  });
});

describe('a beginning', () => {
  it.each(['//evil.example', 'https://evil.example/', '/tokens/', '/tokens?a=b', '/me'])(
    'leads back to no other page than those of this registry: %s',
    async (returnTo) => {
      const world = await createApiWorld();
      const before = world.stored();
      const path = '/me/authentications';
      const answer = await world.ask('member', { method: 'POST', path, body: { ...body, returnTo } });
      expect([answer.status, answer.body.errors, answer.cookies]).toEqual([
        422,
        [{ pointer: '/returnTo', detail: expect.any(String) }],
        [],
      ]);
      expect(world.stored()).toEqual(before);
    },
  );

  it('is one of ten in a minute, so that nobody fills the log of sign-ins', async () => {
    const world = await createApiWorld();
    const { begin } = browserOf(world, 'member');
    for (let sent = 0; sent < 10; sent++) {
      expect((await begin(sent % 2 === 0 ? links : '/me/authentications')).status).toBe(200);
    }
    const refused = await begin('/me/forge-organizations/choices');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect(await signInLog(world.table, 20)).toHaveLength(10);
    world.advance(60_000);
    expect((await begin(links)).status).toBe(200);
  });

  it('leads to no code host that people cannot sign in with', async () => {
    const world = await createApiWorld();
    const answer = await world.ask('member', {
      ...{ method: 'POST', path: '/me/authentications' },
      body: { ...body, integration: 'gitea~git.example.com' },
    });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/integration']);
  });

  it('binds the answer to the browser, the session and the registered address', async () => {
    const world = await createApiWorld();
    const browser = browserOf(world, 'member');
    const begun = await browser.begin(links);
    const { searchParams } = new URL(begun.body.authorizeUrl);
    expect(searchParams.get('redirectUri')).toBe(`${consoleBaseUrl}/sign-in/callback/${integrationKey}`);
    expect(begun.cookies).toEqual([expect.stringMatching(/^__Host-sign-in=.*HttpOnly.*SameSite=Lax/)]);
    const other = browserOf(world, 'stranger');
    expect((await other.goOn({ ...begun, cookies: [] }, '500'))[0]).toBe(400);
    await world.signIn('member');
    expect(await browser.goOn(begun, '500')).toEqual([303, '/tokens?outcome=refused&reason=another-session']);
    expect(await holderOf(world, '500')).toBeUndefined();
  });
});
