import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BitbucketFixture, startFixture } from '../simulator-fixture.ts';

let bitbucket: BitbucketFixture;
beforeAll(async () => {
  bitbucket = await startFixture();
});
afterAll(() => bitbucket.close());

const path = '/2.0/repositories/acme/money';

describe('410 has two meanings', () => {
  it.each([
    '/2.0/repositories',
    '/2.0/workspaces',
    '/2.0/user/permissions/workspaces',
    '/2.0/user/permissions/repositories',
    '/1.0/repositories/acme/money',
  ])('%s was removed, and says where that was announced', async (removed) => {
    const { status, body } = await bitbucket.json('alice', removed);
    expect(status).toBe(410);
    expect(body.error.data.announcement_url).toContain('https://developer.atlassian.com/');
  });

  it('what was taken for spam says nothing of an announcement', async () => {
    await bitbucket.simulator.changes.run('set-workspace', { spam: true });
    for (const gone of [path, '/2.0/workspaces/acme/members']) {
      const { status, body } = await bitbucket.json('alice', gone);
      expect(status).toBe(410);
      expect(body.error).not.toHaveProperty('data');
    }
    await bitbucket.simulator.changes.run('set-workspace', { spam: false });
    expect((await bitbucket.api('alice', path)).status).toBe(200);
  });
});

describe('faults', () => {
  it.each([
    ['timed-out', 555],
    ['removed-api', 410],
    ['taken-for-spam', 410],
    ['false-not-found', 404],
    ['server-error', 502],
    ['rate-limit', 429],
    ['bad-credential', 401],
  ] as const)('%s answers %i, once', async (kind, status) => {
    bitbucket.simulator.faults.add({ kind, times: 1, match: { group: 'repositories' } });
    expect((await bitbucket.api('alice', '/2.0/user')).status).toBe(200);
    expect((await bitbucket.api('alice', path)).status).toBe(status);
    expect((await bitbucket.api('alice', path)).status).toBe(200);
  });

  it('break the connection', async () => {
    bitbucket.simulator.faults.add({ kind: 'drop-connection', times: 1 });
    await expect(bitbucket.api('alice', path)).rejects.toThrow();
  });

  it('answer from the past', async () => {
    const { faults, changes } = bitbucket.simulator;
    faults.add({ kind: 'lagging-read', times: 1, seconds: 60 });
    await changes.run('set-repository', { repository: 'acme/money', description: 'New' });
    bitbucket.clock.step(1000);
    expect((await bitbucket.json('alice', path)).body.description).toBe('Amounts');
    expect((await bitbucket.json('alice', path)).body.description).toBe('New');
  });
});

it('a spent limit answers in plain text, without a time to come again, until an hour is over', async () => {
  const one = async () => bitbucket.api(undefined, '/2.0/repositories/acme/blog');
  let response = await one();
  for (let asked = 1; response.status === 200; asked += 1) {
    expect(asked).toBeLessThanOrEqual(60);
    response = await one();
  }
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBeNull();
  expect(response.headers.get('content-type')).toBe('text/plain');
  bitbucket.clock.step(60 * 60 * 1000);
  expect((await one()).status).toBe(200);
});

it('what is no endpoint is not found', async () => {
  expect((await bitbucket.api('alice', '/2.0/nothing')).status).toBe(404);
});
