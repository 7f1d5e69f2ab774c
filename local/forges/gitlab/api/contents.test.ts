import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock, type GitLabFixture, startFixture } from '../simulator-fixture.ts';
import { personalToken } from '../state.ts';

let gitLab: GitLabFixture;
const clock = createTestClock();
beforeAll(async () => {
  gitLab = await startFixture({ clock });
});
afterAll(() => gitLab.close());

const base = '/projects/acme%2Fcore%2Fmoney/repository';
const read = async (path: string, username = 'ann') => {
  const response = await gitLab.api(username, `${base}${path}`);
  return { response, status: response.status, json: JSON.parse(await response.text()) };
};
const names = (json: { name: string }[]) => json.map(({ name }) => name);

/** Without the headers that `fetch` adds. */
function download(path: string, headers: Record<string, string> = {}) {
  const url = `${gitLab.simulator.addresses.web}/api/v4${path}`;
  return new Promise<{ status: number; disposition: string; retryAfter: string; body: Buffer }>(
    (resolve, reject) => {
      get(url, { headers: { 'private-token': personalToken('ann'), ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            disposition: response.headers['content-disposition'] ?? '',
            retryAfter: response.headers['retry-after'] ?? '',
            body: Buffer.concat(chunks),
          }),
        );
      }).on('error', reject);
    },
  );
}

describe('tags', () => {
  it('have their commit, and the tag object as target if they are annotated', async () => {
    const { json } = await read('/tags?order_by=name&sort=asc');
    expect(names(json)).toEqual(['1.0.0', '1.1.0', '2.0.0']);
    expect(json[0]).toMatchObject({ target: json[0].commit.id, message: '', commit: { parent_ids: [] } });
    expect(json[2].target).not.toBe(json[2].commit.id);
    expect(json[2]).toMatchObject({ message: 'Release 2.0.0' });
  });

  it('are newest first by default, and read by keyset with a next page after a full last one', async () => {
    const first = await read('/tags?pagination=keyset&per_page=2');
    expect(names(first.json)).toEqual(['2.0.0', '1.1.0']);
    expect(first.response.headers.get('link')).toContain('page_token=1.1.0');
    const last = await read('/tags?pagination=keyset&per_page=1&page_token=1.1.0');
    expect(names(last.json)).toEqual(['1.0.0']);
    expect(last.response.headers.get('link')).toContain('page_token=1.0.0');
    expect((await read('/tags?pagination=keyset&per_page=1&page_token=1.0.0')).json).toEqual([]);
    expect(await read('/tags?pagination=keyset&per_page=1&page_token=none')).toMatchObject({ status: 422 });
  });

  it('by number say on the first page that there is a second, which may be empty', async () => {
    const { response } = await read('/tags?per_page=100');
    expect(response.headers.get('x-next-page')).toBe('2');
    expect(response.headers.get('x-total')).toBe('3');
    expect(response.headers.get('link')).toContain('rel="next"');
    const second = await read('/tags?per_page=100&page=2');
    expect([second.json, second.response.headers.get('x-next-page')]).toEqual([[], '']);
  });
});

it('the list of branches is up to 30 seconds old, a single branch is not', async () => {
  expect(names((await read('/branches')).json)).toEqual(['main']);
  await gitLab.simulator.changes.run('set-refs', {
    project: 'acme/core/money',
    refs: { 'refs/heads/next': 'main' },
  });
  expect(names((await read('/branches')).json)).toEqual(['main']);
  expect((await read('/branches/next')).json).toMatchObject({ name: 'next', default: false });
  clock.step(30_000);
  expect(names((await read('/branches')).json)).toEqual(['main', 'next']);
  await gitLab.simulator.changes.run('set-refs', {
    project: 'acme/core/money',
    refs: { 'refs/heads/next': null },
  });
  clock.step(30_000);
});

describe('files', () => {
  it('are read raw or with their metadata', async () => {
    const raw = await gitLab.api('ann', `${base}/files/composer.json/raw?ref=1.0.0`);
    expect(JSON.parse(await raw.text())).toEqual({ name: 'acme/money' });
    expect(raw.headers.get('x-gitlab-blob-id')).toMatch(/^[0-9a-f]{40}$/);
    const { json } = await read('/files/src%2FMoney.php?ref=main');
    expect(json).toMatchObject({ file_name: 'Money.php', file_path: 'src/Money.php', encoding: 'base64' });
    expect(Buffer.from(json.content, 'base64').toString()).toBe('<?php');
  });

  it.each([
    ['/files/none/raw?ref=main', '404 File Not Found'],
    ['/files/composer.json/raw?ref=none', '404 Commit Not Found'],
    ['/tree?ref=none', '404 Tree Not Found'],
  ])('that are missing are refused: %s', async (path, message) => {
    expect(await read(path)).toMatchObject({ status: 404, json: { message } });
  });

  it('are listed with their blobs', async () => {
    expect((await read('/tree?ref=1.0.0')).json).toMatchObject([
      { name: 'src', type: 'tree', mode: '040000' },
      { name: 'CHANGELOG.md', type: 'blob', mode: '100644' },
      { name: 'composer.json', path: 'composer.json' },
    ]);
  });

  it('of a private project are not for guests, and the project does not exist for strangers', async () => {
    expect(await read('/tree', 'bob')).toMatchObject({ status: 403, json: { message: '403 Forbidden' } });
    expect((await gitLab.api(undefined, `${base}/tree`)).status).toBe(404);
  });
});

it('the refs that contain a commit are branches, then tags; an unreachable one has none', async () => {
  const { json: tags } = await read('/tags?order_by=name&sort=asc');
  const refs = await read(`/commits/${tags[1].commit.id}/refs?type=all`);
  expect(refs.json).toEqual([
    { type: 'branch', name: 'main' },
    { type: 'tag', name: '1.1.0' },
    { type: 'tag', name: '2.0.0' },
  ]);
  expect((await read(`/commits/${'0'.repeat(40)}/refs`)).json).toEqual({ message: '404 Commit Not Found' });
});

describe('archives', () => {
  const archive = `${base}/archive.zip?sha=1.0.0`;

  it('are named after project, ref and commit', async () => {
    gitLab.simulator.renewLimits();
    const { json } = await read('/tags/1.0.0');
    const { status, disposition } = await download(archive);
    expect(status).toBe(200);
    expect(disposition).toBe(`attachment; filename=money-1.0.0-${json.commit.id}.zip`);
  });

  it('are refused to what a browser embeds', async () => {
    gitLab.simulator.renewLimits();
    for (const mode of ['cors', 'no-cors', 'websocket']) {
      expect((await download(archive, { 'sec-fetch-mode': mode })).status).toBe(406);
    }
    expect((await download(archive, { accept: 'image/png' })).status).toBe(406);
    expect((await download(archive, { 'sec-fetch-mode': 'navigate' })).status).toBe(200);
  });

  it('are given five times a minute for each project and user', async () => {
    gitLab.simulator.renewLimits();
    for (let count = 0; count < 5; count++) expect((await download(archive)).status).toBe(200);
    const { status, retryAfter, body } = await download(archive);
    expect([status, retryAfter]).toEqual([429, '60']);
    expect(JSON.parse(body.toString())).toEqual({
      message: { error: 'This archive has been requested too many times. Try again later.' },
    });
    expect((await download(archive, { 'private-token': personalToken('alice') })).status).toBe(200);
    clock.step(60_000);
    expect((await download(archive)).status).toBe(200);
  });

  it('that cannot be made are not found, as if there were none', async () => {
    gitLab.simulator.renewLimits();
    gitLab.simulator.faults.add({ kind: 'archive-not-found', times: 1 });
    const { status, body } = await download(archive);
    expect([status, JSON.parse(body.toString())]).toEqual([404, { message: '404 File Not Found' }]);
  });
});

describe('git over HTTP', () => {
  const remote = (token: string, path = 'acme/core/money') =>
    `${gitLab.simulator.addresses.web.replace('://', `://oauth2:${token}@`)}/${path}.git`;
  // Asynchronous processes would do, too; the server runs in this one, so git must not block it.
  const git = async (...args: string[]): Promise<string> => {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    return (await promisify(execFile)('git', args, { env: { ...process.env, GIT_TERMINAL_PROMPT: '0' } }))
      .stdout;
  };

  it('serves whoever may download, with a token as password', async () => {
    expect(await git('ls-remote', '--tags', remote(personalToken('ann')))).toContain('refs/tags/1.0.0');
    await expect(git('ls-remote', remote(personalToken('bob')))).rejects.toThrow('403');
    await expect(git('ls-remote', remote('wrong'))).rejects.toThrow('Authentication failed');
    await expect(git('ls-remote', remote(personalToken('bob'), 'partners/none'))).rejects.toThrow(
      'not found',
    );
  });

  it('takes no token that only reads the API', async () => {
    const { token } = await gitLab.simulator.changes.run('create-token', {
      user: 'ann',
      scopes: ['read_api'],
    });
    await expect(git('ls-remote', remote(`${token}`))).rejects.toThrow('not found');
    const other = await gitLab.simulator.changes.run('create-token', {
      user: 'ann',
      scopes: ['read_repository'],
    });
    expect(await git('ls-remote', remote(`${other.token}`))).toContain('refs/heads/main');
  });

  it('takes pushes of developers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gitlab-clone-'));
    try {
      await git('clone', '--quiet', remote(personalToken('ann')), folder);
      writeFileSync(join(folder, 'new.txt'), 'new');
      execFileSync('git', ['-C', folder, 'add', '.']);
      const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
      execFileSync('git', ['-C', folder, ...who, 'commit', '--quiet', '-m', 'New']);
      await git('-C', folder, 'push', '--quiet', 'origin', 'HEAD:refs/heads/feature');
      expect((await read('/branches/feature')).json).toMatchObject({ commit: { title: 'New' } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
