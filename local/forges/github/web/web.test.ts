/** The simulated GitHub's pages and OAuth endpoints, as a browser and an App's server meet them. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formsOf, openForm, submit } from '../../../browser/html-form.ts';
import { type SimulatorFixture, startFixture } from '../simulator-fixture.ts';

const callback = 'https://console.example/back';
const setupUrl = 'https://console.example/installed';
const verifier = 'v'.repeat(43);
const clock = {
  ahead: 0,
  now: () => Date.now() + clock.ahead,
  after(delayMs: number, run: () => void) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

let fixture: SimulatorFixture;
beforeAll(async () => {
  fixture = await startFixture({ clock });
  Object.assign(fixture.simulator.state.app, { callbackUrls: [callback], setupUrl });
});
afterAll(() => fixture.close());

const web = (path: string, query: Record<string, string> = {}): string =>
  `${fixture.simulator.addresses.web}${path}?${new URLSearchParams(query)}`;

const authorizeAddress = (more: Record<string, string> = {}): string =>
  web('/login/oauth/authorize', {
    client_id: fixture.simulator.state.app.clientId,
    redirect_uri: callback,
    state: 'a "state" & more',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  });

const queryOf = (location: string | undefined): Record<string, string> =>
  Object.fromEntries(new URL(location ?? '').searchParams);

async function codeFor(login: string): Promise<string> {
  const { location } = await submit(await openForm(authorizeAddress()), { login });
  return queryOf(location).code ?? '';
}

/** A request of the App's server, with its secret. */
async function token(fields: Record<string, string>, accept = 'application/json') {
  const { clientId, clientSecret } = fixture.simulator.state.app;
  const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...fields });
  const response = await fetch(web('/login/oauth/access_token'), {
    method: 'POST',
    headers: { accept },
    body,
  });
  const text = await response.text();
  const answer: Record<string, unknown> = accept.includes('json')
    ? JSON.parse(text)
    : Object.fromEntries(new URLSearchParams(text));
  return { status: response.status, answer };
}

const grantFor = async (login: string) =>
  (await token({ code: await codeFor(login), code_verifier: verifier })).answer;

async function api(path: string, authorization: string, init: RequestInit = {}) {
  const response = await fetch(`${fixture.simulator.addresses.api}${path}`, {
    ...init,
    headers: { authorization },
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts on the shape of each answer itself
  const body: any = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, body };
}

describe('the sign-in page', () => {
  it('offers everybody who is not suspended, and preselects whom it was asked for', async () => {
    const { changes } = fixture.simulator;
    await changes.run('suspend-user', { user: 'olga' });
    const html = await (await fetch(authorizeAddress({ login: 'ann' }))).text();
    expect(formsOf(html, authorizeAddress())[0]?.buttons.map(([, value]) => value)).toEqual([
      ...['alice', 'ann', 'bob', 'true'],
    ]);
    expect(html).toMatch(/value="ann" autofocus/);
    await changes.run('unsuspend-user', { user: 'olga' });
  });

  it('sends back to the App with a code, its state and the issuer', async () => {
    const { status, location } = await submit(await openForm(authorizeAddress()), { login: 'ann' });
    expect([status, location?.startsWith(`${callback}?`)]).toEqual([302, true]);
    expect(queryOf(location)).toEqual({
      code: expect.stringMatching(/^[0-9a-f]{20}$/),
      state: 'a "state" & more',
      iss: `${fixture.simulator.addresses.web}/login/oauth`,
    });
  });

  it.each([
    ['another path', `${callback}/more`],
    ['a query', `${callback}?a`],
    ['another host', 'https://console.example.org/back'],
  ])('sends nobody to an address that is not registered: %s', async (_, redirect) => {
    const response = await fetch(authorizeAddress({ redirect_uri: redirect }), { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('not associated with this application');
    const form = await openForm(authorizeAddress());
    const tampered = { ...form, hidden: { ...form.hidden, redirect_uri: redirect } };
    expect(await submit(tampered, { login: 'ann' })).toMatchObject({ status: 400, location: undefined });
  });

  it('knows no other App', async () => {
    expect((await fetch(authorizeAddress({ client_id: 'Iv23another' }))).status).toBe(404);
  });
});

describe('the token endpoint', () => {
  it('answers in a form unless JSON is accepted', async () => {
    const { status, answer } = await token({ code: await codeFor('ann'), code_verifier: verifier }, '*/*');
    expect({ status, answer }).toMatchObject({
      status: 200,
      answer: { access_token: expect.stringMatching(/^ghu_\w{36}$/), expires_in: '28800', scope: '' },
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['another verifier', { code_verifier: 'another' }, 'bad_verification_code'],
    ['no verifier', {}, 'bad_verification_code'],
    ['another secret', { code_verifier: verifier, client_secret: 'no' }, 'incorrect_client_credentials'],
    ['another address', { code_verifier: verifier, redirect_uri: `${callback}/` }, 'redirect_uri_mismatch'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('refuses with status 200: %s', async (_, fields, error) => {
    expect(await token({ code: await codeFor('ann'), ...fields })).toMatchObject({
      status: 200,
      answer: { error, error_description: expect.any(String) },
    });
  });

  it('refreshes once, and ends both old tokens', async () => {
    const first = await grantFor('ann');
    const refresh = { grant_type: 'refresh_token', refresh_token: `${first.refresh_token}` };
    const second = (await token(refresh)).answer;
    expect((await api('/user', `Bearer ${second.access_token}`)).body).toMatchObject({ login: 'ann' });
    expect((await api('/user', `Bearer ${first.access_token}`)).status).toBe(401);
    expect((await token(refresh)).answer).toMatchObject({ error: 'bad_refresh_token' });
  });

  it('gives a token for eight hours', async () => {
    const { access_token: granted } = await grantFor('ann');
    clock.ahead += 8 * 3600_000 - 60_000;
    expect((await api('/user', `Bearer ${granted}`)).status).toBe(200);
    clock.ahead += 60_000;
    expect((await api('/user', `Bearer ${granted}`)).body).toMatchObject({ message: 'Bad credentials' });
  });
});

describe('a person’s token', () => {
  it('sees installations by the repositories that both may read', async () => {
    const [installation] = fixture.simulator.state.installations.values();
    const seen: Record<string, unknown> = {};
    for (const login of ['alice', 'ann', 'bob', 'olga']) {
      const bearer = `Bearer ${(await grantFor(login)).access_token}`;
      const { body } = await api('/user/installations', bearer);
      const path = `/user/installations/${installation?.id}/repositories`;
      const repositories = (await api(path, bearer)).body.repositories ?? [];
      seen[login] = [body.total_count, ...repositories.map(({ name }: { name: string }) => name)];
    }
    expect(seen).toEqual({
      alice: [1, 'money', 'billing'],
      ann: [1, 'money', 'billing'],
      // A member without any repository, and an outside collaborator.
      bob: [0],
      olga: [1, 'money'],
    });
  });

  it('shows memberships with their roles, without organizations that hide them from the App', async () => {
    const { changes } = fixture.simulator;
    const bearer = `Bearer ${(await grantFor('bob')).access_token}`;
    const roles = async () =>
      (await api('/user/memberships/orgs?state=active', bearer)).body.map(
        (each: { organization: { login: string }; role: string }) => [each.organization.login, each.role],
      );
    expect(await roles()).toEqual([
      ['acme', 'member'],
      ['other', 'admin'],
    ]);
    await changes.run('set-app-permissions', { permissions: { contents: 'read' } });
    expect(await roles()).toEqual([['other', 'admin']]);
    await changes.run('set-app-permissions', { permissions: { contents: 'read', members: 'read' } });
  });

  it('is what those routes want, and no other credential', async () => {
    const { clientId, clientSecret } = fixture.simulator.state.app;
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    expect((await fetch(`${fixture.simulator.addresses.api}/user`)).status).toBe(401);
    expect((await api('/user', basic)).status).toBe(401);
    const wrong = `Basic ${Buffer.from(`${clientId}:no`).toString('base64')}`;
    expect((await api(`/applications/${clientId}/token`, wrong, { method: 'DELETE' })).status).toBe(401);
  });

  it.each(['token', 'grant'])('ends when the App deletes its %s', async (what) => {
    const { clientId, clientSecret } = fixture.simulator.state.app;
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const [one, other] = [await grantFor('ann'), await grantFor('ann')];
    const body = JSON.stringify({ access_token: one.access_token });
    expect((await api(`/applications/${clientId}/${what}`, basic, { method: 'DELETE', body })).status).toBe(
      204,
    );
    expect((await api('/user', `Bearer ${one.access_token}`)).status).toBe(401);
    expect((await api('/user', `Bearer ${other.access_token}`)).status).toBe(what === 'grant' ? 401 : 200);
  });
});

describe('installing the App', () => {
  it('installs as an owner, asks as a member, and goes on to the set-up address', async () => {
    const { state } = fixture.simulator;
    const address = web(`/apps/${state.app.slug}/installations/new`, { state: 'of the browser' });
    const form = await openForm(address);
    await fixture.simulator.changes.run('add-organization-member', { organization: 'other', user: 'ann' });
    const asked = await submit({ ...form, buttons: [['login', 'ann']] }, { login: 'ann' });
    expect(queryOf(asked.location)).toEqual({ setup_action: 'request', state: 'of the browser' });
    const { location } = await submit(form, { login: 'bob' });
    const [, installed] = [...state.installations.values()];
    expect(location?.startsWith(`${setupUrl}?`)).toBe(true);
    expect(queryOf(location)).toEqual({
      installation_id: `${installed?.id}`,
      setup_action: 'install',
      state: 'of the browser',
    });
    expect(formsOf(await (await fetch(address)).text(), address)).toEqual([]);
  });
});

describe('registering an App from a manifest', () => {
  it('asks the person, and gives all that belongs to the App once', async () => {
    const { addresses, state } = fixture.simulator;
    const manifest = {
      name: 'Acme & Sons',
      url: 'https://console.example',
      hook_attributes: { url: 'https://console.example/webhooks' },
      redirect_url: 'https://console.example/registered',
      callback_urls: [callback],
      setup_url: setupUrl,
      default_permissions: { contents: 'read' },
      default_events: ['push'],
    };
    const before = state.app.id;
    const page = await fetch(web('/organizations/acme/settings/apps/new', { state: 'a state' }), {
      method: 'POST',
      body: new URLSearchParams({ manifest: JSON.stringify(manifest) }),
    });
    const [form] = formsOf(await page.text(), addresses.web);
    const { location } = await submit(form ?? { action: '', hidden: {}, buttons: [] }, { create: 'true' });
    expect(location).toMatch(/^https:\/\/console\.example\/registered\?/);
    const { code, state: given } = queryOf(location);
    expect([given, state.app.id]).toEqual(['a state', before]);
    const convert = () => fetch(`${addresses.api}/app-manifests/${code}/conversions`, { method: 'POST' });
    const answer = await convert();
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({
      id: state.app.id,
      name: 'Acme & Sons',
      slug: 'acme-sons',
      client_id: state.app.clientId,
      client_secret: expect.any(String),
      webhook_secret: expect.any(String),
      pem: expect.stringContaining('PRIVATE KEY'),
    });
    expect(state.app).toMatchObject({ webhookUrl: 'https://console.example/webhooks', setupUrl });
    expect([state.installations.size, (await convert()).status]).toEqual([0, 404]);
  });

  it('refuses a manifest that cannot be', async () => {
    const body = new URLSearchParams({ manifest: '{"name":"x"}' });
    const response = await fetch(web('/settings/apps/new'), { method: 'POST', body });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain('redirect_url');
  });
});
