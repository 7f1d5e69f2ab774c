import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock, type GitLabFixture, startFixture } from '../simulator-fixture.ts';

const clock = createTestClock();
let gitLab: GitLabFixture;
beforeAll(async () => {
  gitLab = await startFixture({ clock, variant: { offering: 'gitlab.com', version: '18.6' } });
});
afterAll(() => gitLab.close());
afterEach(() => gitLab.simulator.renewLimits());

/** Sends so many requests, and the one after them. */
async function exceed(count: number, path: string, username = 'alice'): Promise<Response> {
  for (let sent = 0; sent < count; sent++) {
    const response = await gitLab.api(username, path);
    await response.arrayBuffer();
    expect(response.status).toBe(200);
  }
  return gitLab.api(username, path);
}

describe('limits of GitLab.com', () => {
  it.each([
    [60, '/groups/acme%2Fcore/invited_groups'],
    [60, '/projects/acme%2Fcore%2Fmoney/members/all'],
    [200, '/groups/acme/members/all'],
  ])('are %i a minute for %s', async (most, path) => {
    const response = await exceed(most, path);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(response.headers.get('ratelimit-limit')).toBe(`${most}`);
    expect(await response.json()).toEqual({
      message: { error: 'This endpoint has been requested too many times. Try again later.' },
    });
    expect((await gitLab.api('bob', path)).status).toBe(200);
    clock.step(60_000);
    expect((await gitLab.api('alice', path)).status).toBe(200);
  });

  it("of a project's members count over all projects, those of a group's for each group", async () => {
    await exceed(59, '/projects/acme%2Fcore%2Fmoney/members/all');
    expect((await gitLab.api('alice', '/projects/acme%2Fcore%2Fclock/members/all')).status).toBe(429);
    await exceed(200, '/groups/acme/members/all');
    expect((await gitLab.api('alice', '/groups/acme%2Fcore/members/all')).status).toBe(200);
  });

  it('are 2,000 a minute for all requests of a user, told with every answer', async () => {
    const first = await gitLab.api('alice', '/version');
    expect(Object.fromEntries([...first.headers].filter(([name]) => name.startsWith('ratelimit')))).toEqual({
      'ratelimit-limit': '2000',
      'ratelimit-name': 'throttle_authenticated_api',
      'ratelimit-observed': '1',
      'ratelimit-remaining': '1999',
      'ratelimit-reset': `${Math.ceil(clock.now() / 1000) + 60}`,
    });
    const last = await exceed(1999, '/version');
    expect([last.status, last.headers.get('retry-after'), await last.text()]).toEqual([
      429,
      '60',
      'Retry later\n',
    ]);
  }, 30_000);
});

it('files have a limit of their own', async () => {
  const path = (file: string) => `/projects/acme%2Fcore%2Fmoney/repository/files/${file}?ref=main`;
  const first = await gitLab.api('ann', path('composer.json'));
  expect(first.headers.get('ratelimit-name')).toBe('throttle_authenticated_files_api');
  expect(first.headers.get('ratelimit-limit')).toBe('500');
});

it('git bans an address for 15 minutes after 300 failed authentications in a minute', async () => {
  const ask = async (): Promise<number> => {
    const response = await fetch(
      `${gitLab.simulator.addresses.web}/acme/core/money.git/info/refs?service=git-upload-pack`,
    );
    await response.arrayBuffer();
    return response.status;
  };
  for (let count = 0; count < 300; count++) expect(await ask()).toBe(401);
  expect(await ask()).toBe(403);
  clock.step(15 * 60_000);
  expect(await ask()).toBe(401);
});

it('self-managed instances have only those that cannot be configured', async () => {
  await gitLab.simulator.changes.run('set-variant', { offering: 'self-managed' });
  const { status, headers } = await exceed(61, '/groups/acme%2Fcore/invited_groups');
  expect([status, headers.get('ratelimit-limit')]).toEqual([200, null]);
  expect((await exceed(200, '/groups/acme/members/all')).status).toBe(429);
  await gitLab.simulator.changes.run('set-variant', { offering: 'gitlab.com' });
});
