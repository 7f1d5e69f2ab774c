/** Which of GitHub's answers make somebody an owner. */
import { expect, it } from 'vitest';
import { asId, type ForgeOrganizationId } from '../../domain/ids.ts';
import { createMemoryBudgets } from '../budget.ts';
import { secrets as secretsOf, settings as settingsOf } from './settings.ts';
import { signIn } from './sign-in.ts';
import { createTestClock, testKeyPem, tokenAnswer } from './test-api.ts';

const clock = createTestClock();
const integration = {
  forge: 'github',
  settings: settingsOf.parse({ appId: '7', clientId: 'the client' }),
  secrets: secretsOf.parse({ privateKey: testKeyPem, webhookSecret: 'b', clientSecret: 'c' }),
};
const grant = { accessToken: 'ghu_1' };
const acme = { id: 5, login: 'acme' };
const installation = { id: 42, target_type: 'Organization', suspended_at: null, account: acme };
const ann = { id: 4, login: 'ann', name: 'Ann Ames', avatar_url: 'https://avatars.example/4' };
const owner = { state: 'active', role: 'admin', organization: acme, user: ann };

interface World {
  readonly user?: object;
  readonly installations?: readonly object[];
  readonly total?: number;
  /** What the installation says of the person; a number is a status. */
  readonly membership?: object | number;
  /** The person's own list; a number is a status. */
  readonly memberships?: readonly object[] | number;
}

/** GitHub with these answers. */
function answering(world: World) {
  const { user = ann, installations = [installation], total, membership = owner, memberships = [] } = world;
  const asked: string[] = [];
  const fetch = async (input: string | URL | Request): Promise<Response> => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    asked.push(pathname);
    const answers: Record<string, unknown> = {
      '/user': user,
      '/user/installations': { total_count: total ?? installations.length, installations },
      '/user/memberships/orgs': memberships,
      '/app/installations/42/access_tokens': tokenAnswer('ghs_1').json,
      '/orgs/acme/memberships/ann': membership,
    };
    const answer = answers[pathname] ?? 404;
    const status = typeof answer === 'number' ? answer : pathname.endsWith('_tokens') ? 201 : 200;
    const body = typeof answer === 'number' ? { message: 'no' } : answer;
    return Response.json(body, { status });
  };
  return { asked, fetch, clock, budgets: createMemoryBudgets(), random: () => 0 };
}

const owns = (world: World): Promise<boolean> =>
  signIn.owns({ ...integration }, grant, asId<ForgeOrganizationId>(5), answering(world));
const owned = (world: World) => signIn.ownedOrganizations({ ...integration }, grant, answering(world));

const personal = { id: '4', login: 'ann', name: 'Ann Ames', kind: 'personal', connection: undefined };
const connected = {
  ...{ id: '5', login: 'acme', name: 'acme', kind: 'organization' },
  connection: { kind: 'app-installation', installation: '42' },
};

it('an active owner by the word of the installation owns the organization', async () => {
  expect(await owns({})).toBe(true);
  expect(await owned({})).toEqual([connected, personal]);
});

it.each<[string, World]>([
  ['a member', { membership: { ...owner, role: 'member' } }],
  ['who only pays the bills', { membership: { ...owner, role: 'billing_manager' } }],
  ['who was invited', { membership: { ...owner, state: 'pending' } }],
  ['who has another id under the login', { membership: { ...owner, user: { id: 9, login: 'ann' } } }],
  ['who owns another organization', { membership: { ...owner, organization: { ...acme, id: 6 } } }],
  ['no member', { membership: 404 }],
  ['somebody where the app may not see members', { membership: 403 }],
  ['who does not see the installation', { installations: [] }],
  ['who sees only a suspended one', { installations: [{ ...installation, suspended_at: '2026-01-01' }] }],
  ['who sees one on a person', { installations: [{ ...installation, target_type: 'User' }] }],
  [
    'who sees one on an enterprise',
    { installations: [{ ...installation, account: { id: 5, slug: 'acme' } }] },
  ],
])('nobody else does: %s', async (_, world) => {
  expect(await owns(world)).toBe(false);
  expect(await owned(world)).toEqual([personal]);
});

it('an organization without a working installation is shown if the person owns it by the own list', async () => {
  const memberships = [owner, { ...owner, role: 'member', organization: { id: 6, login: 'other' } }];
  const expected = [{ ...connected, connection: undefined }, personal];
  expect(await owned({ installations: [], memberships })).toEqual(expected);
  expect(await owns({ installations: [], memberships })).toBe(false);
});

it('no installation is asked about somebody whose own list says member', async () => {
  const services = answering({ memberships: [{ ...owner, role: 'member' }] });
  expect(await signIn.ownedOrganizations({ ...integration }, grant, services)).toEqual([personal]);
  expect(services.asked).not.toContain('/orgs/acme/memberships/ann');
});

it('an own list that the app may not see is as good as an empty one', async () => {
  expect(await owned({ memberships: 403 })).toEqual([connected, personal]);
});

it.each<[string, World, string]>([
  ['a list that does not add up', { total: 2 }, 'incomplete'],
  ['an outage of the own list', { memberships: 500 }, 'unavailable'],
  ['an outage at the installation', { membership: 503 }, 'unavailable'],
])('%s is an error', async (_, world, code) => {
  await expect(owned(world)).rejects.toMatchObject({ code });
});

it.each([
  ['is no address', { name: 'Ann Ames', avatar_url: 'ann.png' }, { name: 'Ann Ames' }],
  ['is of a script', { name: null, avatar_url: 'javascript:alert(1)' }, {}],
  ['is no text', { name: 7, avatar_url: 7 }, {}],
  ['is in order', { avatar_url: 'http://git.example/4' }, { avatarUrl: 'http://git.example/4' }],
])('a picture or a name that %s keeps nobody out', async (_, shown, expected) => {
  const user = { id: 4, login: 'ann', ...shown };
  expect(await signIn.identity({ ...integration }, grant, answering({ user }))).toEqual({
    account: '4',
    login: 'ann',
    ...expected,
  });
});
