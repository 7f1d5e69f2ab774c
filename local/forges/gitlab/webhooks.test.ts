import { createHmac, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestClock, type GitLabFixture, startFixture } from './simulator-fixture.ts';
import type { Variant } from './variants.ts';

let gitLab: GitLabFixture;
const clock = createTestClock();
afterEach(() => gitLab.close());

const start = async (variant: Partial<Variant> = {}) => {
  gitLab = await startFixture({ clock, variant });
};
const send = async (path: string, method: string, body?: object, username = 'alice') => {
  const response = await gitLab.api(username, path, { method, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
};
const allEvents = {
  push_events: true,
  tag_push_events: true,
  member_events: true,
  subgroup_events: true,
  project_events: true,
};
const addHook = async (where: string, more: object = {}) => {
  const { json } = await send(`${where}/hooks`, 'POST', { url: gitLab.hookUrl, ...allEvents, ...more });
  return json;
};
const run: GitLabFixture['simulator']['changes']['run'] = async (name, input) => {
  const result = await gitLab.simulator.changes.run(name, input);
  await gitLab.simulator.sent();
  return result;
};
const money = '/projects/acme%2Fcore%2Fmoney';
const push = (tags: string[]) => run('push', { project: 'acme/core/money', history: [{ tags }] });
const events = () => gitLab.received.map(({ headers }) => headers['x-gitlab-event']);

describe('hooks', () => {
  it('of groups need the paid plan and an owner, those of projects a maintainer', async () => {
    await start({ plan: 'free' });
    expect((await send('/groups/acme/hooks', 'GET')).status).toBe(404);
    expect((await send(`${money}/hooks`, 'GET', undefined, 'ann')).status).toBe(403);
    expect((await send(`${money}/hooks`, 'GET')).status).toBe(200);
    await run('set-variant', { plan: 'premium' });
    expect((await send('/groups/acme/hooks', 'GET')).json).toEqual([]);
  });

  it('never show their secrets, and another address without the token erases it', async () => {
    await start();
    const signing_token = `whsec_${randomBytes(32).toString('base64')}`;
    const hook = await addHook(money, { token: 'secret', signing_token });
    expect(hook).toMatchObject({
      token_present: true,
      signing_token_present: true,
      alert_status: 'executable',
    });
    expect(JSON.stringify(hook)).not.toContain('secret"');
    const put = (body: object) => send(`${money}/hooks/${hook.id}`, 'PUT', body);
    expect((await put({ url: gitLab.hookUrl, push_events: false })).json.token_present).toBe(true);
    expect((await put({ url: gitLab.hookUrl, token: '' })).json.token_present).toBe(false);
    await put({ url: gitLab.hookUrl, token: 'secret' });
    const updated = await put({ url: `${gitLab.hookUrl}/elsewhere` });
    expect(updated.json).toMatchObject({
      token_present: false,
      signing_token_present: true,
      push_events: false,
      tag_push_events: true,
    });
    expect((await send(`${money}/hooks/${hook.id}`, 'DELETE')).status).toBe(204);
  });

  it('are changed by whoever manages them: headers are added, removed one by one, and gone with the address', async () => {
    await start();
    const hook = await addHook(money, { custom_headers: [{ key: 'X-One', value: '1' }] });
    const path = `${money}/hooks/${hook.id}`;
    const put = async (more: object) =>
      (await send(path, 'PUT', { url: gitLab.hookUrl, ...more })).json.custom_headers;
    expect(await put({ custom_headers: [{ key: 'X-Two', value: '2' }] })).toEqual([
      { key: 'X-One' },
      { key: 'X-Two' },
    ]);
    expect(await put({ custom_headers: [] })).toHaveLength(2);
    expect((await send(`${path}/custom_headers/X-One`, 'DELETE')).status).toBe(204);
    expect((await send(`${path}/custom_headers/X-One`, 'DELETE')).status).toBe(404);
    expect((await send(`${path}/custom_headers/X-Three`, 'PUT', { value: '3' })).status).toBe(204);
    expect(await put({})).toEqual([{ key: 'X-Two' }, { key: 'X-Three' }]);
    expect((await put({ url: `${gitLab.hookUrl}/else` })) ?? []).toEqual([]);
  });

  it('before 19.0 ignore a signing token', async () => {
    await start({ version: '18.11' });
    const signing_token = `whsec_${randomBytes(32).toString('base64')}`;
    expect(await addHook(money, { signing_token })).not.toHaveProperty('signing_token_present');
    await push(['3.0.0']);
    expect(gitLab.received[0]?.headers).not.toHaveProperty('webhook-id');
  });
});

describe('deliveries', () => {
  it('of a push name its refs and commits, signed and with the token', async () => {
    await start();
    const key = randomBytes(32);
    const signing_token = `whsec_${key.toString('base64')}`;
    await addHook(money, { token: 'secret', signing_token });
    await push(['3.0.0']);
    expect(events()).toEqual(['Push Hook', 'Tag Push Hook']);
    const [pushed] = gitLab.received;
    expect(pushed?.payload).toMatchObject({
      object_kind: 'push',
      ref: 'refs/heads/main',
      project: { path_with_namespace: 'acme/core/money', visibility_level: 0 },
      total_commits_count: 1,
      user_username: 'alice',
    });
    const { headers = {}, body = '' } = pushed ?? {};
    expect(headers['x-gitlab-token']).toBe('secret');
    expect(headers['webhook-id']).toBe(headers['idempotency-key']);
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
  });

  it('have the body and headers that the hook gives them, but for those of GitLab', async () => {
    await start();
    const custom_webhook_template = '{"what":"{{object_kind}}","of":{{project.id}},"none":{{nothing}}}';
    const custom_headers = [
      { key: 'X-Team', value: 'core' },
      { key: 'idempotency-key', value: 'always' },
    ];
    await addHook(money, { custom_webhook_template, custom_headers, push_events_branch_filter: 'x' });
    await push(['3.0.0']);
    expect(gitLab.received).toHaveLength(1);
    const [{ payload, headers } = {}] = gitLab.received;
    expect(payload).toEqual({ what: 'tag_push', of: gitLab.project('acme/core/money').id, none: null });
    expect(headers).toMatchObject({ 'x-team': 'core', 'idempotency-key': headers?.['webhook-id'] });
  });

  it('fail without a request where the template gives no JSON', async () => {
    await start({ offering: 'gitlab.com' });
    const { id } = await addHook(money, {
      custom_webhook_template: '{{',
      branch_filter_strategy: 'all_branches',
    });
    await push(['3.0.0', '3.0.1']);
    await push(['3.0.2']);
    expect(gitLab.received).toEqual([]);
    expect((await send(`${money}/hooks/${id}`, 'GET')).json.alert_status).toBe('temporarily_disabled');
  });

  it('are left out for more than three tags in one push', async () => {
    await start();
    await addHook(money);
    await push(['3.0.0', '3.0.1', '3.0.2', '3.0.3']);
    expect(events()).toEqual(['Push Hook']);
  });

  it('reach the group hooks above, and tell members by the name of their role', async () => {
    await start();
    await addHook('/groups/acme');
    await run('set-member', { source: 'acme/core', user: 'bob', level: 'developer', expires: '2026-12-31' });
    await run('set-member', { source: 'acme/core', user: 'bob', level: 'guest' });
    await run('remove-member', { source: 'acme/core', user: 'bob' });
    expect(gitLab.received.map(({ payload }) => [payload.event_name, payload.group_access])).toEqual([
      ['user_add_to_group', 'Developer'],
      ['user_update_for_group', 'Guest'],
      ['user_remove_from_group', 'Guest'],
    ]);
    expect(gitLab.received[0]?.payload).toMatchObject({
      group_id: gitLab.group('acme/core').id,
      user_id: gitLab.user('bob').id,
      expires_at: '2026-12-31',
    });
  });

  it('tell no members of projects, who move the time of the last activity at most once an hour', async () => {
    await start();
    await addHook('/groups/acme');
    const activity = async (): Promise<string> => (await send(money, 'GET')).json.last_activity_at;
    const before = await activity();
    const source = 'acme/core/money';
    clock.step(3_600_000);
    await run('set-member', { source, user: 'bob', level: 'guest' });
    const joined = await activity();
    expect(joined).not.toBe(before);
    clock.step(3_599_000);
    await run('remove-member', { source, user: 'bob' });
    await run('set-member', { source, user: 'bob', level: 'guest' });
    clock.step(1_000);
    await run('set-member', { source, user: 'bob', level: 'reporter' });
    expect(await activity(), 'too early, and no activity').toBe(joined);
    await run('remove-member', { source, user: 'bob' });
    expect(await activity()).not.toBe(joined);
    expect(gitLab.received).toEqual([]);
  });

  it('tell new and deleted subgroups and projects, and not renamed, moved, shared or hidden ones', async () => {
    await start();
    await addHook('/groups/acme');
    await run('create-group', { parent: 'acme', path: 'lab' });
    await run('create-project', { group: 'acme/lab', path: 'new' });
    await run('rename', { source: 'acme/lab/new', to: 'newer' });
    await run('transfer', { source: 'acme/lab/newer', to: 'acme/core' });
    await run('share', { source: 'acme/core/newer', with: 'partners', level: 'reporter' });
    await run('set-member', { source: 'acme/core/newer', user: 'bob', level: 'reporter' });
    await run('set-visibility', { source: 'acme/core/newer', visibility: 'public' });
    await run('delete', { source: 'acme/core/newer', now: true });
    await run('delete', { source: 'acme/lab', now: true });
    expect(gitLab.received.map(({ payload }) => payload.event_name)).toEqual([
      'subgroup_create',
      'project_create',
      'project_destroy',
      'subgroup_destroy',
    ]);
  });

  it('sent again keep their key', async () => {
    await start();
    const hook = await addHook(money);
    await push(['3.0.0']);
    const [event] = (await send(`${money}/hooks/${hook.id}/events`, 'GET')).json;
    expect(event).toMatchObject({ trigger: 'tag_push_hooks', response_status: '200', url: gitLab.hookUrl });
    const resent = await send(`${money}/hooks/${hook.id}/events/${event.id}/resend`, 'POST');
    expect(resent).toMatchObject({ status: 201, json: { response_status: 200 } });
    const [, first, second] = gitLab.received.map(({ headers }) => headers);
    expect(second?.['idempotency-key']).toBe(first?.['idempotency-key']);
    expect(second?.['x-gitlab-event-uuid']).not.toBe(first?.['x-gitlab-event-uuid']);
  });
});

describe('a hook that fails', () => {
  const statusOf = async (id: number) => (await send(`${money}/hooks/${id}`, 'GET')).json;
  const fail = async (times: number) => {
    for (let count = 0; count < times; count++) {
      await run('push', { project: 'acme/core/money', history: [{}] });
    }
  };

  it('is disabled after four failures for a minute, then twice as long', async () => {
    await start({ offering: 'gitlab.com' });
    const { id } = await addHook(money);
    gitLab.answerWith(500);
    await fail(3);
    expect((await statusOf(id)).alert_status).toBe('executable');
    await fail(2);
    expect(gitLab.received).toHaveLength(4);
    expect(await statusOf(id)).toMatchObject({
      alert_status: 'temporarily_disabled',
      disabled_until: new Date(clock.now() + 60_000).toISOString(),
    });
    clock.step(60_001);
    await fail(1);
    expect((await statusOf(id)).disabled_until).toBe(new Date(clock.now() + 120_000).toISOString());
  });

  it('is disabled for good after forty, until a test succeeds', async () => {
    await start({ offering: 'gitlab.com' });
    const { id } = await addHook(money);
    gitLab.answerWith(400);
    const hook = gitLab.simulator.state.hooks.get(id);
    // As if it had failed for weeks.
    Object.assign(hook ?? {}, { failures: 38 });
    await fail(1);
    expect((await statusOf(id)).alert_status).toBe('temporarily_disabled');
    clock.step(24 * 60 * 60_000 + 1);
    await fail(1);
    expect((await statusOf(id)).alert_status).toBe('disabled');
    expect((await send(`${money}/hooks/${id}/test/push_events`, 'POST')).status).toBe(422);
    gitLab.answerWith(200);
    expect((await send(`${money}/hooks/${id}/test/push_events`, 'POST')).status).toBe(201);
    expect(await statusOf(id)).toMatchObject({ alert_status: 'executable', disabled_until: null });
  });

  it('was disabled for good after four answers of 4xx before 17.11, and never is on self-managed instances', async () => {
    await start({ offering: 'gitlab.com', version: '17.10' });
    const { id } = await addHook(money);
    gitLab.answerWith(404);
    await fail(4);
    expect((await statusOf(id)).alert_status).toBe('disabled');
    await run('set-variant', { offering: 'self-managed' });
    expect((await statusOf(id)).alert_status).toBe('executable');
  });

  it('is tested five times a minute', async () => {
    await start();
    const { id } = await addHook(money);
    for (let count = 0; count < 5; count++) {
      expect((await send(`${money}/hooks/${id}/test/push_events`, 'POST')).status).toBe(201);
    }
    expect((await send(`${money}/hooks/${id}/test/push_events`, 'POST')).status).toBe(429);
  });
});
