import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGit } from '../git/run-git.ts';
import { type BitbucketFixture, startFixture } from './simulator-fixture.ts';
import { simulatedToken } from './state.ts';

let bitbucket: BitbucketFixture;
beforeAll(async () => {
  bitbucket = await startFixture();
});
afterAll(() => bitbucket.close());

const basic = (user: string, token: unknown): string => Buffer.from(`${user}:${token}`).toString('base64');

/** Whether `git ls-remote` lists the refs. */
async function lists(user: string, token: unknown, repository = 'acme/money'): Promise<boolean> {
  const header = `http.extraHeader=Authorization: Basic ${basic(user, token)}`;
  const url = `${bitbucket.simulator.addresses.web}/${repository}.git`;
  return runGit(['-c', header, '-c', 'credential.helper=', 'ls-remote', url]).then(
    (output) => output.includes('refs/heads/main'),
    () => false,
  );
}

describe('git over HTTPS', () => {
  it('takes API tokens with the user name for them, the nickname or the e-mail address', async () => {
    const token = simulatedToken('bob');
    expect(await lists('x-bitbucket-api-token-auth', token)).toBe(true);
    expect(await lists('bob', token)).toBe(true);
    expect(await lists('bob@users.noreply.bitbucket.example', token)).toBe(true);
    expect(await lists('x-token-auth', token)).toBe(false);
    expect(await lists('ann', token)).toBe(false);
    expect(await lists('x-bitbucket-api-token-auth', simulatedToken('carl'))).toBe(false);
  });

  it('takes access tokens with theirs, where they hold', async () => {
    const { changes } = bitbucket.simulator;
    const wanted = { repository: 'acme/money', scopes: ['repository' as const] };
    const { token } = await changes.run('create-access-token', wanted);
    expect(await lists('x-token-auth', token)).toBe(true);
    expect(await lists('x-bitbucket-api-token-auth', token)).toBe(false);
    expect(await lists('x-token-auth', token, 'acme/clock')).toBe(false);
  });

  it('needs the scope', async () => {
    const { changes } = bitbucket.simulator;
    const { token } = await changes.run('create-api-token', { user: 'bob', scopes: ['read:user:bitbucket'] });
    expect(await lists('x-bitbucket-api-token-auth', token)).toBe(false);
  });

  it('pushes with write permission, and sends one event', async () => {
    const services = `${bitbucket.simulator.addresses.web}/acme/money.git/info/refs?service=git-receive-pack`;
    const status = async (nickname: string) => {
      const authorization = `Basic ${basic('x-bitbucket-api-token-auth', simulatedToken(nickname))}`;
      return (await fetch(services, { headers: { authorization } })).status;
    };
    expect(await status('ann')).toBe(200);
    expect(await status('bob')).toBe(403);
    expect((await fetch(services)).status).toBe(401);
  });
});
