import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BitbucketFixture, startFixture } from '../simulator-fixture.ts';

let bitbucket: BitbucketFixture;
const money = '/2.0/repositories/acme/money';
const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
beforeAll(async () => {
  bitbucket = await startFixture();
  const { changes } = bitbucket.simulator;
  await changes.run('push', {
    repository: 'acme/money',
    history: [
      {
        branch: 'feature/x',
        files: { 'a link': { symlink: 'composer.json' }, big: lfs, 'docs/a.md': '# A' },
      },
    ],
  });
});
afterAll(() => bitbucket.close());

const get = (path: string) => bitbucket.json('bob', path);

async function tipOf(branch: string): Promise<string> {
  return (await get(`${money}/refs/branches/${branch}`)).body.target.hash;
}

describe('refs', () => {
  const names = (body: { values: { name: string }[] }): string[] => body.values.map(({ name }) => name);

  it('are listed together by name, branches first, with their commits', async () => {
    const { body } = await get(
      `${money}/refs?fields=values.name,values.type,values.target.hash,values.target.date`,
    );
    expect(names(body)).toEqual(['feature/x', 'main', '1.0.0', '1.1.0', '2.0.0']);
    expect(body.values[0]).toEqual({
      ...{ name: 'feature/x', type: 'branch' },
      target: { hash: expect.stringMatching(/^[0-9a-f]{40}$/), date: expect.stringMatching(/\+00:00$/) },
    });
  });

  it('can be sorted by date and, naturally, by name, and filtered', async () => {
    const byDate = await get(`${money}/refs/tags?sort=-target.date`);
    expect(names(byDate.body)).toEqual(['2.0.0', '1.1.0', '1.0.0']);
    await bitbucket.simulator.changes.pushVersions('acme/clock', ['1.2.0', '1.10.0']);
    const clock = '/2.0/repositories/acme/clock/refs/tags';
    expect(names((await bitbucket.json('ann', `${clock}?sort=name`)).body)).toEqual(['1.2.0', '1.10.0']);
    expect(names((await bitbucket.json('ann', clock)).body)).toEqual(['1.10.0', '1.2.0']);
    const { hash } = byDate.body.values[0].target;
    expect(names((await get(`${money}/refs/tags?q=target.hash="${hash}"`)).body)).toEqual(['2.0.0']);
  });

  it('say of an annotated tag who made it', async () => {
    const { body } = await get(`${money}/refs/tags/2.0.0`);
    expect(body).toMatchObject({ message: 'Release 2.0.0', tagger: { user: { nickname: 'alice' } } });
    expect((await get(`${money}/refs/tags/1.0.0`)).body).toMatchObject({ message: null, tagger: null });
    expect((await get(`${money}/refs/tags/none`)).status).toBe(404);
  });
});

describe('files', () => {
  it('are sent as they are, with an ETag of their contents', async () => {
    const hash = await tipOf('main');
    const response = await bitbucket.api('bob', `${money}/src/${hash}/composer.json`);
    const etag = response.headers.get('etag') ?? '';
    expect(response.headers.get('content-disposition')).toContain('attachment');
    expect(JSON.parse(await response.text())).toEqual({ name: 'acme/money' });
    const older = await bitbucket.api('bob', `${money}/src/1.0.0/composer.json`);
    expect(older.headers.get('etag')).toBe(etag);
    const again = await bitbucket.api('bob', `${money}/src/${hash}/composer.json`, {
      headers: { 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
  });

  it('that are links or kept elsewhere say so', async () => {
    const at = `${money}/src/${await tipOf('feature/x')}`;
    expect((await get(`${at}/a link?format=meta`)).body).toMatchObject({
      ...{ type: 'commit_file', path: 'a link', attributes: ['link'], size: 'composer.json'.length },
    });
    expect((await bitbucket.api('bob', `${at}/big`)).status).toBe(301);
    expect((await get(`${at}/composer.json?format=meta`)).body.attributes).toEqual([]);
    expect((await get(`${at}/none`)).status).toBe(404);
  });

  it('of a folder are listed with the folders', async () => {
    const { body } = await get(`${money}/src/${await tipOf('feature/x')}/`);
    const types = body.values.map(({ path, type }: { path: string; type: string }) => `${type} ${path}`);
    expect(types).toContain('commit_directory docs');
    expect(types).toContain('commit_file composer.json');
  });

  it('have a history', async () => {
    const { body } = await get(`${money}/filehistory/${await tipOf('main')}/composer.json`);
    const first = await get(`${money}/refs/tags/1.0.0`);
    expect(body.values.map((each: { commit: { hash: string } }) => each.commit.hash)).toEqual([
      first.body.target.hash,
    ]);
  });
});

describe('commits', () => {
  const hashes = (body: { values: { hash: string }[] }): string[] => body.values.map(({ hash }) => hash);

  it('that a branch contains are none without it', async () => {
    const { hash } = (await get(`${money}/refs/tags/1.0.0`)).body.target;
    const branch = await tipOf('feature/x');
    expect((await get(`${money}/commits?include=${hash}&exclude=main`)).body.values).toEqual([]);
    expect(hashes((await get(`${money}/commits?include=feature/x&exclude=main`)).body)).toEqual([branch]);
    expect((await get(`${money}/merge-base/${hash}..main`)).body.hash).toBe(hash);
    expect((await get(`${money}/commits/main`)).body).not.toHaveProperty('size');
  });

  it('are found by id, and unknown ones are not', async () => {
    const { body } = await get(`${money}/commit/${await tipOf('main')}`);
    expect(body).toMatchObject({ type: 'commit', author: { user: { nickname: 'alice' } }, parents: [{}] });
    expect((await get(`${money}/commit/${'0'.repeat(40)}`)).status).toBe(404);
  });
});

describe('a repository', () => {
  it('is found by its UUID in any workspace, and after a rename', async () => {
    const { uuid } = bitbucket.repository('acme/money');
    const path = `/2.0/repositories/%7B%7D/${encodeURIComponent(uuid)}`;
    expect((await get(path)).body.full_name).toBe('acme/money');
    await bitbucket.simulator.changes.run('set-repository', { repository: 'acme/money', slug: 'cash' });
    expect((await get(path)).body.full_name).toBe('acme/cash');
    expect((await get(money)).status).toBe(404);
    await bitbucket.simulator.changes.run('set-repository', { repository: 'acme/cash', slug: 'money' });
  });

  it('that is empty has no main branch', async () => {
    const { body } = await bitbucket.json('alice', '/2.0/repositories/acme/empty');
    expect(body).toMatchObject({ mainbranch: null, has_issues: false, project: { key: 'SITE' } });
    expect((await get(money)).body.mainbranch).toEqual({ type: 'branch', name: 'main' });
    expect((await bitbucket.json('alice', '/2.0/repositories/acme/empty/commits')).body.values).toEqual([]);
  });
});

describe('archives', () => {
  const archive = (who: string | undefined, path = 'acme/money/get/1.0.0.zip') =>
    fetch(`${bitbucket.simulator.addresses.web}/${path}`, {
      headers: who === undefined ? {} : { authorization: who.includes(' ') ? who : bitbucket.basic(who) },
    });
  const type = async (response: Promise<Response>) => (await response).headers.get('content-type');

  it('come to whom the repository is shown', async () => {
    const response = await archive('bob');
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(Buffer.from(await response.arrayBuffer()).toString('latin1')).toContain('acme-money-');
    expect((await archive('carl')).status).toBe(404);
    expect((await archive('bob', 'acme/money/get/none.zip')).status).toBe(404);
  });

  it('are a page without a credential', async () => {
    const response = await archive(undefined);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await type(archive(undefined, 'acme/blog/get/main.zip'))).toContain('text/html');
  });

  it('may refuse tokens of OAuth consumers, but take access tokens', async () => {
    const { changes, state } = bitbucket.simulator;
    const { token } = await changes.run('create-access-token', { scopes: ['repository'] });
    state.grants.push({
      ...{ consumer: 'c', account: bitbucket.account('bob').uuid, accessToken: 'oauth' },
      ...{ scopes: ['repository'], createdAt: bitbucket.now(), revoked: false },
    });
    expect(await type(archive('Bearer oauth'))).toBe('application/zip');
    await changes.run('set-variant', { archivesTakeOAuth: false });
    expect(await type(archive('Bearer oauth'))).toContain('text/html');
    expect(await type(archive(`Bearer ${token}`))).toBe('application/zip');
  });

  it('meet faults', async () => {
    const { faults } = bitbucket.simulator;
    faults.add({ kind: 'archive-page', times: 1 });
    expect(await type(archive('bob'))).toContain('text/html');
    faults.add({ kind: 'truncated-archive', times: 1 });
    await expect(archive('bob').then((response) => response.arrayBuffer())).rejects.toThrow();
    faults.add({ kind: 'rate-limit', match: { surface: 'archive' }, times: 1 });
    expect((await archive('bob')).status).toBe(429);
  });
});
