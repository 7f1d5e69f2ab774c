import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runGit } from '../git/run-git.ts';
import { createAppJwt, type SimulatorFixture, startFixture, testApp } from './simulator-fixture.ts';

const execute = promisify(execFile);
let fixture: SimulatorFixture;
let checkout: string;

beforeEach(async () => {
  fixture = await startFixture();
  checkout = await mkdtemp(join(tmpdir(), 'checkout-'));
});
afterEach(async () => {
  await fixture.close();
  await rm(checkout, { recursive: true, force: true });
});

async function git(...args: string[]): Promise<string> {
  const { stdout } = await execute('git', args, {
    cwd: checkout,
    env: {
      PATH: process.env.PATH ?? '',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Ann',
      GIT_AUTHOR_EMAIL: 'ann@users.noreply.github.com',
      GIT_COMMITTER_NAME: 'Ann',
      GIT_COMMITTER_EMAIL: 'ann@users.noreply.github.com',
    },
  });
  return stdout.trim();
}

const clone = (login: string, repository: string): Promise<string> =>
  git('clone', '--quiet', fixture.remote(login, repository), '.');

describe('a push of a tag', () => {
  it('sends one push and one create, signed over the exact bytes', async () => {
    await clone('ann', 'acme/billing');
    await git('tag', '-a', '-m', 'First', '1.0.0');
    await git('push', '--quiet', 'origin', '1.0.0');
    await fixture.simulator.idle();

    expect(fixture.receiver.events()).toEqual(['push', 'create']);
    const [push, create] = fixture.receiver.received;
    expect(push?.payload).toMatchObject({
      ref: 'refs/tags/1.0.0',
      before: '0'.repeat(40),
      after: await git('rev-parse', '1.0.0'),
      created: true,
      deleted: false,
      base_ref: 'refs/heads/main',
      commits: [],
      head_commit: { id: await git('rev-parse', '1.0.0^{commit}') },
      repository: { full_name: 'acme/billing' },
      pusher: { name: 'ann' },
      sender: { login: 'ann' },
      organization: { login: 'acme' },
    });
    expect(create?.payload).toMatchObject({
      ref: '1.0.0',
      ref_type: 'tag',
      master_branch: 'main',
      pusher_type: 'user',
    });
    const signature = createHmac('sha256', testApp.webhookSecret)
      .update(push?.body ?? '')
      .digest('hex');
    expect(push?.headers).toMatchObject({
      'x-hub-signature-256': `sha256=${signature}`,
      'content-type': 'application/json',
      'x-github-hook-installation-target-type': 'integration',
      'x-github-hook-installation-target-id': '1001',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
    });
    expect(push?.headers['x-github-delivery']).not.toBe(create?.headers['x-github-delivery']);
  });

  it('moves pushedAt, and a deletion alone does not', async () => {
    const repository = [...fixture.simulator.state.repositories.values()].find(
      ({ name }) => name === 'billing',
    );
    const before = repository?.pushedAt ?? '';
    await clone('ann', 'acme/billing');
    await git('push', '--quiet', 'origin', 'HEAD:refs/tags/1.0.0');
    const after = repository?.pushedAt ?? '';
    expect(after > before).toBe(true);
    if (repository !== undefined) repository.pushedAt = before;
    await git('push', '--quiet', 'origin', ':refs/tags/1.0.0');
    expect(repository?.pushedAt).toBe(before);
    await fixture.simulator.idle();
    expect(fixture.receiver.events().slice(2)).toEqual(['push', 'delete']);
    expect(fixture.receiver.received[2]?.payload).toMatchObject({
      deleted: true,
      after: '0'.repeat(40),
      head_commit: null,
    });
  });

  it('sends no events for more than three tags at once, but still one for the branch pushed with them', async () => {
    await clone('ann', 'acme/billing');
    for (const tag of ['1.0.0', '1.0.1', '1.0.2', '1.0.3']) await git('tag', tag);
    await git('push', '--quiet', 'origin', '--tags');
    await fixture.simulator.idle();
    expect(fixture.receiver.events()).toEqual([]);

    for (const tag of ['2.0.0', '2.0.1', '2.0.2', '2.0.3']) await git('tag', tag);
    await git('push', '--quiet', 'origin', '--tags', 'HEAD:refs/heads/next');
    await fixture.simulator.idle();
    expect(fixture.receiver.events()).toEqual(['push', 'create']);
    expect(fixture.receiver.received[0]?.payload).toMatchObject({ ref: 'refs/heads/next' });
  });
});

describe('a push of a branch', () => {
  it('lists its new commits with their files, oldest first', async () => {
    await clone('ann', 'acme/billing');
    await writeFile(join(checkout, 'a b.txt'), 'one');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'Add a file\n\nWith a body');
    await git('rm', '--quiet', 'a b.txt');
    await writeFile(join(checkout, 'composer.json'), '{"name":"acme/billing","type":"library"}');
    await git('commit', '--quiet', '-a', '-m', 'Change things');
    await git('push', '--quiet');
    await fixture.simulator.idle();
    expect(fixture.receiver.events()).toEqual(['push']);
    expect(fixture.receiver.received[0]?.payload).toMatchObject({
      created: false,
      forced: false,
      commits: [
        {
          message: 'Add a file\n\nWith a body',
          added: ['a b.txt'],
          removed: [],
          modified: [],
          author: { username: 'ann' },
        },
        { message: 'Change things', added: [], removed: ['a b.txt'], modified: ['composer.json'] },
      ],
      head_commit: { id: await git('rev-parse', 'HEAD') },
    });
  });

  it('reports when it was forced', async () => {
    await clone('ann', 'acme/billing');
    await git('commit', '--quiet', '--amend', '-m', 'Another history');
    await git('push', '--quiet', '--force');
    await fixture.simulator.idle();
    expect(fixture.receiver.received[0]?.payload).toMatchObject({ forced: true });
  });

  it('into an empty repository makes it the default branch', async () => {
    const { id } = await fixture.simulator.changes.run('create-repository', { name: 'empty' });
    await git('init', '--quiet', '--initial-branch=trunk');
    await git('commit', '--quiet', '--allow-empty', '-m', 'Start');
    await git('push', '--quiet', fixture.remote('alice', 'acme/empty'), 'trunk');
    expect(fixture.simulator.state.repositories.get(Number(id))?.defaultBranch).toBe('trunk');
    await expect(
      git('ls-remote', '--symref', fixture.remote('alice', 'acme/empty'), 'HEAD'),
    ).resolves.toContain('ref: refs/heads/trunk\tHEAD');
  });
});

describe('access', () => {
  it.each([
    ['alice', 'acme/billing', 'reads and writes'],
    ['ann', 'acme/billing', 'reads and writes'],
    ['ann', 'acme/money', 'reads'],
    ['olga', 'acme/money', 'reads'],
    ['bob', 'acme/money', 'nothing'],
    ['olga', 'acme/billing', 'nothing'],
    ['alice', 'acme/none', 'nothing'],
    ['nobody', 'acme/money', 'unknown'],
  ])('%s on %s: %s', async (login, repository, expected) => {
    await git('init', '--quiet');
    await git('commit', '--quiet', '--allow-empty', '-m', 'x');
    const remote = fixture.remote(login, repository);
    const read = await git('ls-remote', remote).then(() => '', String);
    const write = await git('push', '--quiet', remote, 'HEAD:refs/tags/x').then(() => '', String);
    if (expected === 'nothing') {
      expect(read).toContain('Repository not found');
      expect(write).toContain('Repository not found');
    } else if (expected === 'unknown') {
      expect(read).toContain('Authentication failed');
    } else {
      expect(read).toBe('');
      if (expected === 'reads') expect(write).toContain(`403`);
      else expect(write).toBe('');
    }
  });

  it('is denied without a credential, except to read public repositories', async () => {
    const anonymous = `${fixture.simulator.addresses.web}/acme/money.git`;
    await expect(git('ls-remote', anonymous)).rejects.toThrow('could not read Username');
    await fixture.simulator.changes.run('set-visibility', { repository: 'money', visibility: 'public' });
    await expect(git('ls-remote', anonymous)).resolves.toContain('refs/tags/1.0.0');
    await expect(git('ls-remote', '--heads', fixture.remote('bob', 'acme/money'))).resolves.toContain(
      'refs/heads/main',
    );
  });

  it('is denied for pushes to an archived repository and for everything on a disabled one', async () => {
    await clone('ann', 'acme/billing');
    await fixture.simulator.changes.run('archive-repository', { repository: 'billing' });
    await expect(git('push', 'origin', 'HEAD:refs/tags/x')).rejects.toThrow('403');
    await git('fetch', '--quiet');
    await fixture.simulator.changes.run('set-blocked', { repository: 'billing', disabled: true });
    await expect(git('fetch')).rejects.toThrow('403');
  });

  it('is granted to installation tokens, with the app as sender', async () => {
    const [installation] = fixture.simulator.state.installations.values();
    if (installation !== undefined) installation.permissions.contents = 'write';
    const answer = await fetch(
      `${fixture.simulator.addresses.api}/app/installations/${installation?.id}/access_tokens`,
      { method: 'POST', headers: { authorization: `Bearer ${createAppJwt(fixture.simulator.state.app)}` } },
    );
    const body: unknown = await answer.json();
    const token = typeof body === 'object' && body !== null && 'token' in body ? String(body.token) : '';
    const remote = fixture.simulator.addresses.web.replace('://', `://x-access-token:${token}@`);
    await git('clone', '--quiet', `${remote}/acme/billing.git`, '.');
    await git('push', '--quiet', 'origin', 'HEAD:refs/tags/1.0.0');
    await fixture.simulator.idle();
    expect(fixture.receiver.received[0]?.payload).toMatchObject({
      sender: { login: 'repertoire-simulated[bot]', type: 'Bot' },
    });
    await expect(git('ls-remote', `${remote}/other/gift.git`)).rejects.toThrow('Repository not found');
  });
});

describe('the git server', () => {
  it('shows only heads and tags, and accepts no other refs', async () => {
    const [repository] = fixture.simulator.state.repositories.values();
    const directory = repository?.gitDirectory ?? '';
    await runGit(['--git-dir', directory, 'update-ref', 'refs/pull/1/head', 'refs/heads/main']);
    for (const version of ['0', '2']) {
      const shown = await git(
        '-c',
        `protocol.version=${version}`,
        'ls-remote',
        fixture.remote('alice', 'acme/money'),
      );
      expect(shown).toContain('refs/heads/main');
      expect(shown).not.toContain('refs/pull');
    }
    await clone('alice', 'acme/money');
    await expect(git('push', 'origin', 'HEAD:refs/pull/2/head')).rejects.toThrow('hidden ref');
  });

  it('follows a former name, until another repository takes it', async () => {
    const old = fixture.remote('alice', 'acme/money');
    await fixture.simulator.changes.run('rename-repository', { repository: 'money', to: 'cash' });
    await expect(git('ls-remote', '--tags', old)).resolves.toContain('refs/tags/1.1.0');
    await fixture.simulator.changes.run('create-repository', { name: 'money' });
    await expect(git('ls-remote', '--tags', old)).resolves.toBe('');
  });

  it('serves any commit of a fork network under either name', async () => {
    await fixture.simulator.changes.run('fork-repository', { repository: 'money', organization: 'other' });
    await fixture.simulator.changes.run('push', { repository: 'other/money', history: [{ tags: '9.9.9' }] });
    const listed = await git('ls-remote', fixture.remote('bob', 'other/money'), 'refs/tags/9.9.9');
    await git('init', '--quiet');
    await git('fetch', '--quiet', fixture.remote('alice', 'acme/money'), listed.slice(0, 40));
    await expect(git('log', '-1', '--format=%s', 'FETCH_HEAD')).resolves.toBe('Release 9.9.9');
    await expect(git('ls-remote', fixture.remote('alice', 'acme/money'), '9.9.9')).resolves.toBe('');
  });
});
