/** What differs between GitLab's plans and versions in the management of hooks. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Variant } from '../../local/forges/gitlab/variants.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { HookPlace } from '../../shared/forge/hooks.ts';
import { errorOf } from './forge-contract/reading.ts';
import { type GitLab, known, startGitLab } from './gitlab-fixture.ts';
import { hooksFixture } from './gitlab-hooks-fixture.ts';

let lab: GitLab | undefined;
afterEach(() => lab?.close());

async function start(variant: Partial<Variant>, scope: 'api' | 'read_api' = 'api') {
  lab = await startGitLab({ variant });
  await lab.useToken(await lab.createToken({ user: 'alice', scopes: [scope], expires: '2027-01-01' }));
  const hooks = known((await lab.open()).hooks);
  const repository: HookPlace = {
    on: 'repository',
    repository: asId(lab.gitlab.project('acme/core/clock').id),
  };
  const url = `${lab.gitlab.hookUrl}/one`;
  const { state } = lab.simulator;
  return { lab, hooks, repository, url, stored: () => [...state.hooks.values()] };
}
const organization: HookPlace = { on: 'organization' };

test('only paid plans have hooks of groups', async () => {
  const free = await start({ plan: 'free' });
  expect(await free.hooks.list(organization)).toBeUndefined();
  expect(await free.hooks.list(free.repository)).toEqual([]);
});

test('deliveries are signed where the version has that, and the secret is not sent along', async () => {
  const { hooks, url, repository, stored } = await start({ version: '19.0' });
  await hooks.ensure(repository, { url, secret: hooks.newSecret(Buffer.alloc(32)) });
  expect(stored()).toMatchObject([{ signingToken: expect.stringMatching(/^whsec_/) }]);
  expect(stored()[0]?.token).toBeUndefined();
});

test('an earlier version sends the secret; after an update of GitLab the hook is changed', async () => {
  const { lab, hooks, url, repository, stored } = await start({ version: '18.11' });
  const wanted = { url, secret: hooks.newSecret(Buffer.alloc(32)) };
  expect(await hooks.ensure(repository, wanted)).toMatchObject({ isAsWanted: true });
  expect(stored()).toMatchObject([{ token: wanted.secret.reveal() }]);
  Object.assign(lab.simulator.state.variant, { version: '19.0' });
  const later = known((await lab.open()).hooks);
  const [listed] = known(await later.list(repository));
  expect(listed).toMatchObject({ isAsWanted: false });
  await later.ensure(repository, wanted, listed);
  expect(stored()).toMatchObject([{ signingToken: wanted.secret.reveal() }]);
  expect(stored()[0]?.token).toBeUndefined();
});

describe('where signing is switched off', () => {
  const off = { version: '19.0', isSigningOff: true };

  test('the secret is sent along, and the hook is as wanted until somebody changes it', async () => {
    const { lab, hooks, url, repository, stored } = await start(off);
    const wanted = { url, secret: hooks.newSecret(Buffer.alloc(32)) };
    const hook = await hooks.ensure(repository, wanted);
    expect(hook).toMatchObject({ isAsWanted: true });
    expect(stored()).toMatchObject([{ token: wanted.secret.reveal() }]);
    lab.simulator.requests.clear();
    expect(await hooks.list(repository)).toEqual([hook]);
    await hooksFixture(lab).spoil(hook.id, 'no secret');
    expect(await hooks.list(repository)).toMatchObject([{ isAsWanted: false }]);
  });

  test('it is noticed within an hour that it was switched on', async () => {
    const { lab, hooks, url, repository, stored } = await start(off);
    const wanted = { url, secret: hooks.newSecret(Buffer.alloc(32)) };
    await hooks.ensure(repository, wanted);
    Object.assign(lab.simulator.state.variant, { isSigningOff: false });
    lab.clock.step(3600_000);
    const [listed] = known(await hooks.list(repository));
    expect(listed).toMatchObject({ isAsWanted: false });
    await hooks.ensure(repository, wanted, listed);
    expect(stored()).toMatchObject([{ signingToken: wanted.secret.reveal() }]);
    expect(stored()[0]?.token).toBeUndefined();
  });
});

test.each([true, false])(
  'a hook has a secret in between two changes, also with signing off: %s',
  async (isSigningOff) => {
    const { lab, hooks: plain, url, repository, stored } = await start({ isSigningOff });
    const wanted = { url, secret: plain.newSecret(Buffer.alloc(32)) };
    const secrets: boolean[] = [];
    const send = lab.services.fetch;
    Object.assign(lab.services, {
      fetch: async (...request: Parameters<typeof fetch>) => {
        const answer = await send(...request);
        const isSigned = stored().every(({ signingToken }) => signingToken !== undefined);
        secrets.push((isSigned && !isSigningOff) || stored().every(({ token }) => token !== undefined));
        return answer;
      },
    });
    const hooks = known((await lab.open()).hooks);
    const hook = await hooks.ensure(repository, wanted);
    await hooks.ensure(repository, wanted, hook);
    expect(secrets.length).toBeGreaterThan(1);
    expect(secrets).toEqual(secrets.map(() => true));
  },
);

test('a token that only reads sees hooks, and may not install any', async () => {
  const { hooks, url, repository } = await start({}, 'read_api');
  expect(await hooks.list(organization)).toEqual([]);
  const installing = hooks.ensure(organization, { url, secret: hooks.newSecret(Buffer.alloc(32)) });
  expect((await errorOf(installing)).code).toBe('insufficient-scope');
  expect((await errorOf(hooks.remove(repository, '1'))).code).toBe('insufficient-scope');
});

describe('a maintainer can make deliveries of our hook', () => {
  const custom_headers = [{ key: 'X-Team', value: 'core' }];
  test.each([
    ['have another body', {}, { custom_webhook_template: '{"event_name":"{{event_name}}","project_id":1}' }],
    ['have further headers', {}, { custom_headers }],
    [
      'be of some branches only',
      {},
      { push_events_branch_filter: 'release-*', branch_filter_strategy: 'wildcard' },
    ],
    ['be of branches by a pattern', {}, { push_events_branch_filter: '^v', branch_filter_strategy: 'regex' }],
    [
      'have both, where they are not signed',
      { version: '18.0' },
      { custom_headers, custom_webhook_template: '[]' },
    ],
  ])('%s, which is noticed and undone', async (_, variant, change) => {
    const { lab, hooks, repository, url } = await start(variant);
    const wanted = { url, secret: hooks.newSecret(Buffer.alloc(32)) };
    const { id } = await hooks.ensure(repository, wanted);
    const [plain] = await hooksFixture(lab).pushed(repository, url);
    const path = `/projects/${lab.gitlab.project('acme/core/clock').id}/hooks/${id}`;
    const body = JSON.stringify({ url, token: wanted.secret.reveal(), ...change });
    expect((await lab.gitlab.api('alice', path, { method: 'PUT', body })).status).toBe(200);

    const [changed] = known(await hooks.list(repository));
    expect(changed).toMatchObject({ id, state: 'working', isAsWanted: false });
    const repaired = await hooks.ensure(repository, wanted, changed);
    expect(repaired).toMatchObject({ id, isAsWanted: true });
    expect(await hooks.list(repository)).toEqual([repaired]);
    const [delivery] = await hooksFixture(lab).pushed(repository, url);
    expect(Object.keys(JSON.parse(known(delivery).body))).toEqual(Object.keys(JSON.parse(known(plain).body)));
    expect(delivery?.headers).not.toHaveProperty('x-team');
  });
});

test('a disabled hook of a project without commits, which cannot be tested, is replaced', async () => {
  const { lab, hooks, url, stored } = await start({ offering: 'gitlab.com' });
  const place: HookPlace = {
    on: 'repository',
    repository: asId(lab.gitlab.project('acme/core/empty').id),
  };
  const wanted = { url, secret: hooks.newSecret(Buffer.alloc(32)) };
  const hook = await hooks.ensure(place, wanted);
  known(stored()[0]).failures = 40;
  expect(await hooks.ensure(place, wanted, hook)).toMatchObject({ state: 'working' });
  expect(stored()).toHaveLength(1);
});

describe('the log of a hook', () => {
  async function delivered(variant: Partial<Variant>) {
    const { lab, hooks, url, repository } = await start(variant);
    const secret = hooks.newSecret(Buffer.alloc(32));
    const hook = await hooks.ensure(repository, { url, secret });
    const { pushed } = hooksFixture(lab);
    await pushed(repository, url);
    lab.gitlab.answerWith(500);
    await pushed(repository, url);
    lab.gitlab.answerWith(200);
    return { lab, url, log: await hooks.log?.(repository, hook.id) };
  }

  test('shows what was delivered, and delivers it again as the same event', async () => {
    const { lab, log } = await delivered({});
    const before = known((await log?.page(undefined))?.attempts);
    expect(before).toMatchObject([
      { event: 'push', arrived: false, status: 500, at: lab.clock.now(), isRedelivery: false },
      { event: 'push', arrived: true, status: 200, isRedelivery: false },
    ]);
    await log?.redeliver(known(before[0]).id);
    await lab.simulator.idle();
    const after = await log?.page(undefined);
    expect(after?.attempts[0]).toMatchObject({ deliveryId: before[0]?.deliveryId, isRedelivery: true });
    expect(after?.next).toBeUndefined();
    const ids = lab.gitlab.received.map(({ headers }) => headers['idempotency-key']);
    expect(ids.at(-1)).toBe(before[0]?.deliveryId);
  });

  test('is not there in versions before 17.4, and without times before 19.0', async () => {
    expect((await delivered({ version: '17.3' })).log).toBeUndefined();
    await lab?.close();
    const { log } = await delivered({ version: '18.0' });
    expect((await log?.page(undefined))?.attempts).toHaveLength(2);
  });
});
