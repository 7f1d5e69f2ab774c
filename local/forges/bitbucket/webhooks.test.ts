import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BitbucketFixture, startFixture } from './simulator-fixture.ts';

let bitbucket: BitbucketFixture;
beforeAll(async () => {
  bitbucket = await startFixture();
});
afterAll(() => bitbucket.close());
beforeEach(() => {
  bitbucket.state.hooks.clear();
  bitbucket.receiver.received.length = 0;
  bitbucket.receiver.status = 202;
});

const ofWorkspace = '/2.0/workspaces/acme/hooks';
const ofRepository = '/2.0/repositories/acme/money/hooks';

const send = (path: string, method: string, body: object, who = 'alice') =>
  bitbucket.json(who, path, { method, body: JSON.stringify(body) });
const create = (more: object = {}, path = ofWorkspace) =>
  send(path, 'POST', { url: bitbucket.receiver.url, events: ['repo:push'], ...more });
const one = (uuid: string, path = ofWorkspace): string => `${path}/${encodeURIComponent(uuid)}`;

async function push(tags = ['9.0.0'], repository = 'acme/money') {
  const { changes } = bitbucket.simulator;
  const refs = Object.fromEntries(tags.map((tag) => [`refs/tags/${tag}`, 'refs/heads/main']));
  await changes.run('set-refs', { repository, refs });
  await bitbucket.simulator.idle();
  await changes.run('set-refs', {
    repository,
    refs: Object.fromEntries(tags.map((tag) => [`refs/tags/${tag}`, null])),
  });
  await bitbucket.simulator.idle();
}

describe('hooks', () => {
  it('never show their secret, keep it unless it is named, and lose it when it is emptied', async () => {
    const { status, body } = await create({ secret: 'secret', description: 'ours' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ secret_set: true, subject_type: 'workspace', active: true });
    expect(JSON.stringify(body)).not.toContain('"secret":');
    const kept = await send(one(body.uuid), 'PUT', { description: 'still ours' });
    expect(kept.body).toMatchObject({ secret_set: true, description: 'still ours' });
    expect((await send(one(body.uuid), 'PUT', { secret: null })).body.secret_set).toBe(false);
    await send(one(body.uuid), 'PUT', { secret: 'secret' });
    expect((await send(one(body.uuid), 'PUT', { secret: '' })).body.secret_set).toBe(false);
    expect((await bitbucket.api('alice', one(body.uuid), { method: 'DELETE' })).status).toBe(204);
    expect((await bitbucket.json('alice', ofWorkspace)).body.values).toEqual([]);
  });

  it('are for administrators of their workspace or repository', async () => {
    expect((await send(ofWorkspace, 'POST', {}, 'ann')).status).toBe(403);
    expect((await send(ofRepository, 'POST', {}, 'ann')).status).toBe(403);
    expect((await create({}, ofRepository)).body).toMatchObject({ subject_type: 'repository' });
    expect((await bitbucket.json('alice', ofWorkspace)).body.values).toEqual([]);
  });

  it.each([
    { events: ['member:added'] },
    { events: [] },
    { url: 'ftp://host' },
    { secret: 'x'.repeat(129) },
    { url: undefined },
  ])('are refused: %j', async (given) => {
    expect((await create(given)).status).toBe(400);
  });

  it('take the events that are listed for their kind, none of which tells of people', async () => {
    const { body } = await bitbucket.json(undefined, '/2.0/hook_events/workspace?pagelen=100');
    const events = body.values.map(({ event }: { event: string }) => event);
    expect(events).toContain('repo:created');
    expect(events.filter((event: string) => /member|permission|group/.test(event))).toEqual([]);
    expect((await create({ events })).status).toBe(201);
    expect((await create({ events: ['repo:created'] }, ofRepository)).status).toBe(400);
  });
});

describe('deliveries', () => {
  it('say which hook and which request they are of, and are signed with a secret only', async () => {
    const { body: hook } = await create({ secret: 'secret' });
    await create({}, ofRepository);
    await push();
    const [signed, plain] = bitbucket.receiver.received;
    expect(signed?.headers).toMatchObject({
      'x-event-key': 'repo:push',
      'x-hook-uuid': hook.uuid.slice(1, -1),
      'x-request-uuid': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-attempt-number': '1',
      'x-hub-signature': `sha256=${createHmac('sha256', 'secret')
        .update(signed?.body ?? '')
        .digest('hex')}`,
    });
    expect(plain?.headers).not.toHaveProperty('x-hub-signature');
  });

  it('are tried twice more after 5xx, with the same id', async () => {
    await create();
    bitbucket.receiver.status = 503;
    await push(['8.0.0']);
    const { received } = bitbucket.receiver;
    expect(received.slice(0, 3).map(({ headers }) => headers['x-attempt-number'])).toEqual(['1', '2', '3']);
    expect(new Set(received.slice(0, 3).map(({ headers }) => headers['x-request-uuid'])).size).toBe(1);
    received.length = 0;
    bitbucket.receiver.status = 404;
    await push(['8.0.0']);
    expect(received).toHaveLength(2);
  });

  it('of hooks that are inactive, of another event or of another repository do not come', async () => {
    await create({ active: false });
    await create({ events: ['repo:updated'] });
    await create({}, '/2.0/repositories/acme/clock/hooks');
    await push();
    expect(bitbucket.receiver.received).toEqual([]);
  });

  it('of more than 256 KB are not sent', async () => {
    await create();
    const pushed = async (kilobytes: number) => {
      const history = [{ message: 'x'.repeat(kilobytes * 1024), files: { 'A.md': `${kilobytes}` } }];
      await bitbucket.simulator.changes.run('push', { repository: 'acme/clock', history });
      await bitbucket.simulator.idle();
      return bitbucket.receiver.received.splice(0).length;
    };
    expect([await pushed(1), await pushed(256)]).toEqual([1, 0]);
  });
});

describe('a push', () => {
  const changesOf = () =>
    bitbucket.receiver.received.map(({ payload }) => payload as { push: { changes: object[] } });

  it('tells what was created and what was deleted', async () => {
    await create();
    await push(['6.0.0']);
    const [created, deleted] = changesOf();
    expect(created).toMatchObject({
      repository: { uuid: bitbucket.repository('acme/money').uuid, full_name: 'acme/money' },
      actor: { nickname: 'alice' },
      push: {
        changes: [
          { created: true, closed: false, forced: false, old: null, new: { type: 'tag', name: '6.0.0' } },
        ],
      },
    });
    expect(deleted?.push.changes).toMatchObject([{ closed: true, new: null, old: { name: '6.0.0' } }]);
  });

  it('has five commits of a branch, and says that there are more', async () => {
    await create();
    const history = Array.from({ length: 6 }, (_, index) => ({ files: { [`f${index}`]: 'x' } }));
    await bitbucket.simulator.changes.run('push', { repository: 'acme/money', history });
    await bitbucket.simulator.idle();
    const [pushed] = changesOf();
    expect(pushed?.push.changes).toMatchObject([{ truncated: true, commits: { length: 5 } }]);
    const refs = { 'refs/heads/main': 'refs/tags/1.0.0' };
    await bitbucket.simulator.changes.run('set-refs', { repository: 'acme/money', refs });
    await bitbucket.simulator.idle();
    expect(changesOf()[1]?.push.changes).toMatchObject([{ forced: true, truncated: false, commits: [] }]);
  });
});

it('what happens to repositories and projects is told', async () => {
  const events = ['repo:created', 'repo:deleted', 'repo:updated', 'repo:transfer', 'project:updated'];
  await create({ events });
  const { changes } = bitbucket.simulator;
  await changes.run('create-repository', { project: 'acme/SITE', slug: 'new' });
  await bitbucket.simulator.idle();
  await changes.run('set-repository', { repository: 'acme/new', slug: 'newer', private: false });
  await bitbucket.simulator.idle();
  await changes.run('rename-project', { project: 'acme/SITE', name: 'Website' });
  await bitbucket.simulator.idle();
  await changes.run('delete-repository', { repository: 'acme/newer' });
  await bitbucket.simulator.idle();
  const { received } = bitbucket.receiver;
  expect(received.map(({ headers }) => headers['x-event-key'])).toEqual([
    ...['repo:created', 'repo:updated', 'project:updated', 'repo:deleted'],
  ]);
  expect(received[1]?.payload.changes).toEqual({
    full_name: { old: 'acme/new', new: 'acme/newer' },
    is_private: { old: true, new: false },
  });
  expect(received[3]?.payload).toMatchObject({ repository: { full_name: 'acme/newer' } });
});

it('a repository that moves is told to the workspace where it is now', async () => {
  await create({ events: ['repo:transfer'] });
  const { changes } = bitbucket.simulator;
  await changes.run('transfer-repository', { repository: 'acme/empty', project: 'other/X' });
  await bitbucket.simulator.idle();
  expect(bitbucket.receiver.received).toEqual([]);
  await changes.run('transfer-repository', { repository: 'other/empty', project: 'acme/SITE' });
  await bitbucket.simulator.idle();
  expect(bitbucket.receiver.received[0]?.payload).toMatchObject({ previous_owner: { slug: 'other' } });
});

it('the log keeps what was sent, and a test can send it again', async () => {
  await create();
  await push(['5.0.0']);
  const [delivery] = bitbucket.state.deliveries.slice(-2);
  expect(delivery).toMatchObject({ event: 'repo:push', statusCode: 202, redelivery: false });
  bitbucket.receiver.received.length = 0;
  const control = (path: string, init: RequestInit = {}) =>
    fetch(`${bitbucket.simulator.addresses.control}${path}`, {
      ...init,
      headers: { 'content-type': 'application/json' },
    });
  expect((await control(`/deliveries/${delivery?.id}/redeliver`, { method: 'POST' })).status).toBe(202);
  await control('/idle', { method: 'POST', body: '{}' });
  expect(bitbucket.receiver.received[0]?.headers['x-request-uuid']).toBe(delivery?.guid);
  const state = (await (await control('/state')).json()) as Record<string, unknown>;
  expect(state).toMatchObject({ workspaces: [{ slug: 'acme' }, { slug: 'other' }] });
});
