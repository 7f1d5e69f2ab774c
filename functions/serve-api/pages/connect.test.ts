import { beforeEach, describe, expect, it } from 'vitest';
import { asId } from '../../../shared/domain/ids.ts';
import { slugProblem } from '../../../shared/domain/organization.ts';
import type { ConnectionNotes } from '../../../shared/forge/connecting.ts';
import { pageAnswer } from '../../../shared/runtime/page.ts';
import { Secret } from '../../../shared/runtime/secret.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { putFact } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { findOrganizationBySlug } from '../../../shared/store/organization-store.ts';
import { keepPersonGrant } from '../../../shared/store/person-grant-store.ts';
import { noteSuccess, synchronizationsOf } from '../../../shared/store/synchronization-store.ts';
import { changeUser, readUser } from '../../../shared/store/user-store.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { addPackages, repositoryIdOf } from '../../../test/support/api-packages.ts';
import { type ApiWorld, createApiWorld, type Person, userOf } from '../../../test/support/api-world.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { pageVisitor } from '../../../test/support/page-visitor.ts';
import { minute } from '../../../test/support/session-bench.ts';
import { gitHubHost, organizationId } from '../../../test/support/synchronized.ts';
import { connectedPage } from './connected-page.ts';

const path = `/connect/${integrationKey}`;

let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld();
});

/** A person's browser, who has just signed in and, if so, has just let the code host name the organizations. */
async function browserOf(person: Person, { isGranted = true } = {}) {
  if (isGranted) {
    await keepPersonGrant(world.dependencies, userOf(person), gitHubHost, {
      ...{ accessToken: 'ghu_secret', refreshToken: 'ghr_secret' },
    });
  }
  const { get, post } = await pageVisitor(world, userOf(person));
  return {
    get,
    post: (form: Record<string, string>, headers?: Record<string, string>) =>
      post(path, { organization: '901', ...form }, headers),
  };
}

it('lists what the person owns, and what stands in the way of connecting it', async () => {
  const { body = '' } = await (await browserOf('stranger')).get(path);
  expect(body).toContain('Connect rocket');
  expect(body).toContain(
    'name="vendors" maxlength="2000" autocomplete="off" spellcheck="false" value="rocket"',
  );
  expect(body).toMatch(
    /href="https:\/\/github\.com\/apps\/registry\/[^"]+target=902">Install the App on later/,
  );
  expect(body).toContain('Only organizations can be connected');
  expect(body).toContain('It is connected to an organization already.');
});

it('asks for the code host first, once what was allowed there has ended', async () => {
  const { body = '', headers } = await (await browserOf('stranger', { isGranted: false })).get('/connect');
  expect(body).toContain(`action="/sign-in/start/${encodeURIComponent(integrationKey)}"`);
  expect(body).toContain(`name="return" value="/connect/${encodeURIComponent(integrationKey)}"`);
  // Browsers hold the redirect after the form to this.
  expect(headers?.['content-security-policy']).toContain("form-action 'self';");
});

it('connects the organization as the API does, and shows its owners how far the import is', async () => {
  const browser = await browserOf('stranger');
  const form = {
    slug: 'rocket',
    name: '\u202eRocket Ltd\u2028',
    vendors: 'Rocket, moon',
    repositories: 'all',
  };
  const { status, headers } = await browser.post(form);
  expect([status, headers?.location]).toEqual([303, '/connected/rocket']);
  const organization = await findOrganizationBySlug(world.table, 'rocket');
  expect(organization).toMatchObject({ name: 'Rocket Ltd', ownedVendors: ['rocket', 'moon'] });
  const [synchronization] = organization ? await synchronizationsOf(world.table, organization.id) : [];
  expect(synchronization).toMatchObject({ login: 'rocket', choice: 'all' });
  const [entry] = await auditLog(world.table, organization?.id, 1);
  expect(entry).toMatchObject({
    act: 'create-organization',
    actor: { kind: 'user', id: userOf('stranger') },
  });

  const progress = await browser.get('/connected/rocket');
  expect(progress.body).toContain('Members: being read');
  expect(progress.headers?.refresh).toBe('5');
  expect((await (await browserOf('member')).get('/connected/rocket')).status).toBe(404);
});

it('leads to the organization again on a double click, and asks the code host again for another one', async () => {
  const browser = await browserOf('stranger');
  const form = { slug: 'rocket', vendors: '', repositories: 'all' };
  expect((await browser.post(form)).status).toBe(303);
  // What was allowed at the code host ended with the connection.
  const again = await browser.post(form);
  expect([again.status, again.headers?.location]).toEqual([303, '/connected/rocket']);
  const other = await browser.post({ ...form, slug: 'acme' });
  expect([other.status, other.body]).toEqual([200, expect.stringContaining('value="choose-organization"')]);
});

it('has the browser accept the slugs that we accept', async () => {
  const { body = '' } = await (await browserOf('stranger')).get(path);
  // As browsers read the attribute: https://html.spec.whatwg.org/#the-pattern-attribute
  const pattern = new RegExp(`^(?:${/ pattern="([^"]+)"/.exec(body)?.[1]})$`, 'v');
  for (const slug of ['a', 'rocket', 'rocket-2', '2', '-rocket', 'rocket-', 'Rocket', 'a b', '']) {
    expect([slug, pattern.test(slug)]).toEqual([slug, slugProblem(slug) === undefined]);
  }
});

it('offers to link an account, to who has none there', async () => {
  const browser = await browserOf('stranger', { isGranted: false });
  const user = await readUser(world.table, userOf('stranger'));
  if (user !== undefined) {
    await world.table.transact([changeUser(user, { accounts: [] })]);
  }
  const { body = '' } = await browser.get(path);
  expect(body).toContain('name="purpose" value="link"');
  expect(body).toContain(`name="return" value="${path}"`);
  expect(body).not.toContain('value="choose-organization"');
});

it('asks who signed in a while ago to confirm it, and leads back to the form', async () => {
  const browser = await browserOf('stranger');
  world.advance(15 * minute);
  const { status, body } = await browser.post({ slug: 'rocket' });
  expect([status, body]).toEqual([403, expect.stringContaining('value="authenticate-again"')]);
  expect(body).toContain(`name="return" value="${path}"`);
});

it.each([
  [{ repositories: 12, scanned: 7 }, 'Repositories scanned: 7 of 12', '5'],
  [{ repositories: undefined, scanned: 0 }, 'Members: being read', '5'],
  [
    { repositories: 12, scanned: 7, older: { unread: 900, until: Date.UTC(2026, 10, 22, 17, 30) } },
    '900 older ones follow, by about 2026-11-22 17:30 UTC',
    '5',
  ],
  [undefined, 'The first import is done.', undefined],
])('shows the import %j, and loads again until it is over', (progress, text, refresh) => {
  const answer = pageAnswer(
    connectedPage({
      organization: { id: asId('org1'), slug: 'acme', name: 'Acme', ownedVendors: [] },
      progress: {
        ...{ login: 'acme', progress, packages: [], waiting: [] },
        scopes: [{ name: 'members', isRead: progress?.repositories !== undefined }],
      },
      ...{ connections: [], registryBaseUrl: 'https://packages.example.com', formToken: '' },
    }),
  );
  expect(answer.body).toContain(text);
  expect(answer.headers?.refresh).toBe(refresh);
});

it('offers what nobody has chosen yet, and makes packages of what an owner ticks', async () => {
  const repository = 'sync1~5';
  const waiting = [
    { name: 'acme/later', reason: 'not-chosen', repository },
    { name: 'other/one', reason: 'vendor-not-owned', repository: 'sync1~6' },
  ] as const;
  const { content } = connectedPage({
    organization: { id: asId('org1'), slug: 'acme', name: 'Acme', ownedVendors: [] },
    progress: { login: 'acme', progress: undefined, packages: [], waiting, scopes: [] },
    ...{ connections: [], registryBaseUrl: 'https://packages.example.com', formToken: '' },
  });
  const text = String(content);
  expect(text.match(/name="repository" value="[^"]*"/g)).toEqual([`name="repository" value="${repository}"`]);
  expect(text).toContain('<code>other/one</code> has a vendor');

  await addPackages(world.table);
  const chosen = repositoryIdOf(7);
  const owner = await pageVisitor(world, userOf('owner'));
  const { status, headers } = await owner.post('/connected/acme', { choice: 'these', repository: chosen });
  expect([status, headers?.location]).toEqual([303, '/connected/acme']);
  const [entry] = await auditLog(world.table, organizationId, 1);
  expect(entry).toMatchObject({ act: 'choose-packages', after: { repositories: [chosen] } });

  const member = await pageVisitor(world, userOf('member'));
  expect((await member.post('/connected/acme', { choice: 'all' })).status).toBe(404);
  expect((await owner.post('/connected/acme', { choice: 'all', 'form-token': 'x' })).status).toBe(403);
});

describe('a form that cannot be carried out', () => {
  it.each([
    ['the slug is taken', { slug: 'other' }, 'the slug other is taken'],
    ['the slug is none', { slug: 'No Slug' }, 'a slug has 1 to 40'],
    ['a vendor is none', { slug: 'rocket', vendors: 'rocket/x' }, 'not a vendor name'],
  ])('comes back with what was typed: %s', async (_, fields, problem) => {
    const form = { name: 'My & Name', vendors: 'moon', repositories: 'later', ...fields };
    const { status, body = '' } = await (await browserOf('stranger')).post(form);
    expect([status, body]).toEqual([422, expect.stringContaining(problem)]);
    expect(body).toContain('value="My &amp; Name"');
    expect(body).toMatch(/value="later" checked/);
  });

  it.each<[string, Record<string, string>, Record<string, string> | undefined, number]>([
    ['of another site', {}, { origin: 'https://evil.example.com' }, 0],
    ['of another session', { 'form-token': 'another' }, undefined, 0],
    ['15 minutes after the sign-in', {}, undefined, 15],
  ])('%s changes nothing', async (_, form, headers, minutes) => {
    const browser = await browserOf('stranger');
    world.advance(minutes * minute);
    const { status } = await browser.post({ slug: 'rocket', ...form }, headers);
    expect(status).toBe(403);
    expect(await findOrganizationBySlug(world.table, 'rocket')).toBeUndefined();
  });
});

it('a code host that was added a moment ago is known by its key', async () => {
  const { integrations } = world.forges;
  world.forges.integrations = async () => ({ valid: [], invalid: [] });
  world.forges.newestIntegrations = async () => {
    world.forges.integrations = integrations;
    return integrations();
  };
  const page = await (await browserOf('stranger')).get(path);
  expect([page.status, page.body]).toEqual([200, expect.stringContaining('github.com')]);
});

describe('where no App is installed', () => {
  const token = 'glpat-secret';
  beforeEach(() => {
    const credential = { secret: new Secret({ token }), validUntil: undefined };
    const none: ConnectionNotes = { scopes: [], limits: [], unneeded: [] };
    const narrow = { credential, missing: ['It lacks a scope.', 'It ends today.'], ...none };
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
      ['narrow', narrow],
    ]);
    world.forges.owned = world.forges.owned.map((one) => ({ ...one, connection: undefined }));
  });
  const form = { slug: 'rocket', vendors: 'rocket' };
  const kindOf = async (slug: string) => {
    const organization = await findOrganizationBySlug(world.table, slug);
    const all = organization && (await synchronizationsOf(world.table, organization.id));
    return all?.map(({ connection }) => connection.kind);
  };

  it('one press connects with what was allowed', async () => {
    const browser = await browserOf('stranger');
    const { body = '' } = await browser.get(path);
    expect(body).toContain('Connect rocket');
    expect(body).toContain('type="password"');
    expect((await browser.post(form)).headers?.location).toBe('/connected/rocket');
    expect(await kindOf('rocket')).toEqual(['oauth-grant']);
  });

  it('a token that is entered with more than itself says so', async () => {
    const { connecting } = world.forges;
    world.forges.connecting = (integration) => ({
      ...(connecting(integration) as NonNullable<ReturnType<typeof connecting>>),
      tokenForm: 'a name, a colon and the token',
    });
    const { body } = await (await browserOf('stranger')).get(path);
    expect(body).toContain('a name, a colon and the token');
  });

  it.each([
    ['narrow', 'It lacks a scope. It ends today.'],
    ['not\u00fcne', 'This is no access token.'],
  ])(
    'a token that does not do is refused with what it lacks, and not shown again: %s',
    async (wrong, why) => {
      const browser = await browserOf('stranger');
      const { status, body = '' } = await browser.post({ ...form, token: wrong });
      expect([status, body.includes(why), body.includes(`"${wrong}"`)]).toEqual([422, true, false]);
      expect((await browser.post({ ...form, token })).headers?.location).toBe('/connected/rocket');
      expect(await kindOf('rocket')).toEqual(['access-token']);
    },
  );

  it('says what a token cannot do, and what it may do that is not needed', async () => {
    const browser = await browserOf('stranger');
    await browser.post({ ...form, token });
    expect((await browser.get('/plain')).body).toContain('href="/connected/rocket"');
    const { body = '' } = await browser.get('/connected/rocket');
    expect(body).toContain('<li>It installs no webhooks.</li>');
    expect(body).toContain('<li>It may push.</li>');
  });

  it('asks for a token for contents where there are such, and says what it lacks and cannot do', async () => {
    const browser = await browserOf('stranger');
    expect((await browser.get(path)).body).not.toContain('name="contents-token"');
    world.forges.contentsTokens = new Map([['part', []]]);
    expect((await browser.get(path)).body).toContain('name="contents-token"');
    const wrong = await browser.post({ ...form, 'contents-token': 'wrong' });
    expect([wrong.status, wrong.body]).toEqual([422, expect.stringContaining('It is unknown.')]);
    const made = await browser.post({ ...form, 'contents-token': 'part' });
    expect(made.headers?.location).toBe('/connected/rocket');
    expect((await browser.get('/connected/rocket')).body).toContain('<li>It reads a part.</li>');
    expect(await kindOf('rocket')).toEqual(['oauth-grant']);
  });

  it('an owner changes what it is read with, and nobody else', async () => {
    const browser = await browserOf('stranger');
    await browser.post(form);
    const change = { replace: 'true', token };
    const other = await browserOf('administrator');
    expect((await other.post(change)).status).toBe(422);
    expect(await kindOf('rocket')).toEqual(['oauth-grant']);
    const again = await browserOf('stranger');
    expect((await again.get(path)).body).toContain('Change what rocket is read with');
    expect((await again.post(change)).headers?.location).toBe('/connected/rocket');
    expect(await kindOf('rocket')).toEqual(['access-token']);
  });

  it('whoever became its owner there while it could not be read connects it anew', async () => {
    const browser = await browserOf('stranger');
    await browser.post(form);
    const organization = await findOrganizationBySlug(world.table, 'rocket');
    const [synchronization] = organization ? await synchronizationsOf(world.table, organization.id) : [];
    if (synchronization === undefined) throw new Error('it is not connected');
    const { id } = synchronization;
    await world.table.transact([
      putFact(id, aFact.member(4, 'owner'), 1, { changedAt: world.now(), gives: true }),
      putFact(id, aFact.member(2, 'member'), 1, { changedAt: world.now(), gives: true }),
    ]);
    await noteSuccess(world.table, synchronization, ['members'], world.now());
    const change = { replace: 'true', token };
    expect((await (await browserOf('member')).post(change)).status).toBe(422);
    const set = { credentialState: 'insufficient-scope' };
    await world.table.update({ key: keys.synchronization(id), set });
    const { body = '' } = await (await browserOf('stranger')).get('/connected/rocket');
    expect(body).toContain('any owner can replace it');
    const { owned } = world.forges;
    world.forges.owned = [];
    expect((await (await browserOf('member')).post(change)).status).toBe(422);
    world.forges.owned = owned;
    expect((await (await browserOf('outside')).post(change)).status).toBe(422);
    expect((await (await browserOf('member')).post(change)).headers?.location).toBe('/');
    expect(await kindOf('rocket')).toEqual(['access-token']);
  });
});
