import { expect, it } from 'vitest';
import { AdminError } from './admin-error.ts';
import type { ApiRequest } from './api-client.ts';
import { apiCommands } from './api-commands.ts';

const synchronizations = { items: [{ id: 's1', login: 'acme' }] };

/** Carries the command out with an API that answers by path; an undefined answer is not found. */
async function run(name: string, input: object, answers: Readonly<Record<string, unknown>>) {
  const requests: ApiRequest[] = [];
  const request = async (asked: ApiRequest): Promise<unknown> => {
    requests.push(asked);
    const answer = answers[asked.path];
    if (answer === undefined) {
      throw new AdminError('There is nothing here.', 'not-found');
    }
    return answer;
  };
  const answer = await apiCommands[name]?.({ request }, input);
  return { answer, requests };
}

it('finds the synchronization, and asks for the progress of what it requested', async () => {
  const path = '/organizations/acme/synchronizations/s1';
  const answers = {
    '/organizations/acme/synchronizations': synchronizations,
    [`${path}/runs`]: 'requested',
    [`${path}/progress?asked=now`]: 'progress',
  };
  expect((await run('synchronize-organization', { slug: 'acme' }, answers)).answer).toBe('requested');
  const later = await run('synchronize-organization', { slug: 'acme', asked: 'now' }, answers);
  expect(later.answer).toBe('progress');
});

it.each([
  [
    { slug: 'acme', synchronization: 'x' },
    synchronizations,
    'acme has no synchronization x; it has s1 (acme)',
  ],
  [{ slug: 'acme' }, { items: [] }, 'acme is not synchronized with a forge'],
  [
    { slug: 'acme' },
    { items: [...synchronizations.items, { id: 's2', login: 'other' }] },
    'acme has several synchronizations; choose one: s1 (acme), s2 (other)',
  ],
])('says which synchronizations there are for %o', async (input, described, text) => {
  const ran = run('undo-run', { ...input, number: 1 }, { '/organizations/acme/synchronizations': described });
  await expect(ran).rejects.toThrow(text);
});

it('shows all changes of a run, page by page', async () => {
  const path = '/organizations/acme/synchronizations/s1/runs/7';
  const { answer } = await run(
    'list-runs',
    { slug: 'acme', number: 7 },
    {
      '/organizations/acme/synchronizations': synchronizations,
      [path]: { number: 7 },
      [`${path}/changes?limit=100`]: { items: ['one'], next: 'a+b' },
      [`${path}/changes?limit=100&cursor=a%2Bb`]: { items: ['two'] },
    },
  );
  expect(answer).toEqual({ run: { number: 7, changes: ['one', 'two'] } });
});

it('says that an organization does not exist, or how far it is deleted', async () => {
  const deleted = '/installation/deleted-organizations?slug=gone';
  const never = run('describe-organization', { slug: 'gone' }, { [deleted]: { items: [] } });
  await expect(never).rejects.toMatchObject({
    message: 'unknown organization gone; status lists them',
    code: 'not-found',
  });
  const items = [{ slug: 'gone', detail: 'it was deleted' }];
  const gone = run('describe-organization', { slug: 'gone' }, { [deleted]: { items } });
  await expect(gone).rejects.toThrow('it was deleted');
});

it('keeps what the API says of a package that does not exist', async () => {
  const input = { slug: 'acme', package: 'acme/lib' };
  const ran = run('delete-package', input, { '/organizations/acme': {} });
  await expect(ran).rejects.toThrow('There is nothing here.');
});

it('shows what would be deleted without a name and a reason', async () => {
  const path = '/organizations/acme/packages/acme/lib/delete';
  const { requests } = await run('delete-package', { slug: 'acme', package: 'acme/lib' }, { [path]: {} });
  const body = { keepArchives: false, why: 'only shown' };
  expect(requests).toEqual([{ method: 'POST', path, by: undefined, body }]);
});

it('makes a token as it is told, and shows it with the address to use it at', async () => {
  const made = { id: 't1', secret: 'rprt_t_1', principal: 't.s1.7', url: 'https://registry.example/acme' };
  const input = { organization: 'acme', for: { kind: 'team', slug: 'core' }, expiresAt: null };
  const { answer, requests } = await run('issue-token', input, {
    '/organizations/acme/tokens': { ...made, state: 'waiting' },
  });
  const { organization: _, ...body } = input;
  expect(requests).toEqual([{ method: 'POST', path: '/organizations/acme/tokens', body }]);
  const { secret, ...shown } = made;
  expect(answer).toEqual({ ...shown, token: secret, user: 'token' });
});

it('sets what it is told, whoever set something before, and shows what is set', async () => {
  const settings = { publishesSource: false, publishesOutsideCode: true, scans: 2 };
  const answers = { '/organizations/acme/settings': settings };
  const vendors = await run('set-owned-vendors', { slug: 'acme', vendors: ['acme'] }, answers);
  expect(vendors.answer).toEqual({ scans: 2 });
  expect(vendors.requests).toMatchObject([
    { method: 'PATCH', ifMatch: '*', body: { ownedVendors: ['acme'] } },
  ]);
  const changed = await run('set-publishing', { slug: 'acme', source: false }, answers);
  expect(changed.answer).toEqual({ source: false, outsideCode: true });
  expect(changed.requests).toMatchObject([{ method: 'PATCH', body: { publishesSource: false } }]);
  const shown = await run('set-publishing', { slug: 'acme' }, answers);
  expect(shown.requests).toEqual([{ path: '/organizations/acme/settings' }]);
});

it('connects an installation of whichever code host it is told', async () => {
  const from = { installation: '77', repositories: 'all', baseUrl: 'https://git.example' };
  const input = { slug: 'acme', ownedVendors: ['acme'], ...from };
  const { requests } = await run('connect-organization', input, { '/installation/organizations': {} });
  expect(requests).toEqual([
    {
      method: 'POST',
      path: '/installation/organizations',
      body: { slug: 'acme', name: undefined, ownedVendors: ['acme'], from },
    },
  ]);
});

it('chooses repositories by their names, and shows which they are', async () => {
  const answers = { '/organizations/acme/packages': { chosen: 1, repositories: ['acme/lib'] } };
  const { answer, requests } = await run('choose-packages', { slug: 'acme', repositories: ['lib'] }, answers);
  expect(answer).toEqual({ chosen: ['acme/lib'] });
  expect(requests).toMatchObject([{ method: 'POST', body: { repositories: ['lib'], forks: false } }]);
});

it.each([
  ['Lib', 's1~7'],
  ['acme/Lib', 's1~7'],
  ['7', 's1~7'],
])('lists what a repository leaves out, named as %s', async (repository, id) => {
  const repositories = '/organizations/acme/repositories';
  const leftOut = { repository: 'acme/Lib', scannedAt: 'then', count: 2 };
  const list = `${repositories}/${encodeURIComponent(id)}/left-out?limit=100`;
  const found = {
    items: [
      { id: 's1~6', name: 'acme/Lib-two' },
      { id, name: 'acme/Lib' },
    ],
  };
  const listOf = (name: string) =>
    `${repositories}?synchronization=s1&name=${encodeURIComponent(name)}&limit=100`;
  const { answer } = await run(
    'list-left-out',
    { slug: 'acme', repository },
    {
      '/organizations/acme/synchronizations': synchronizations,
      [listOf('Lib')]: found,
      [listOf('acme/Lib')]: found,
      [listOf('7')]: { items: [] },
      [`${repositories}/${encodeURIComponent(id)}`]: {},
      [list]: { ...leftOut, items: ['one'], next: 'x' },
      [`${list}&cursor=x`]: { ...leftOut, items: ['two'] },
    },
  );
  expect(answer).toEqual({ repository: 'acme/Lib', scanned: 'then', count: 2, leftOut: ['one', 'two'] });
});

it('says that there is no such repository', async () => {
  const ran = run(
    'list-left-out',
    { slug: 'acme', repository: 'x' },
    {
      '/organizations/acme/synchronizations': synchronizations,
      '/organizations/acme/repositories?synchronization=s1&name=x&limit=100': { items: [] },
    },
  );
  await expect(ran).rejects.toMatchObject({
    code: 'not-found',
    message: 'unknown repository x; status lists them',
  });
});

it('deletes a synchronization with its packages', async () => {
  const answers = {
    '/organizations/acme/synchronizations': synchronizations,
    '/organizations/acme/synchronizations/s1': { done: true },
  };
  const input = { slug: 'acme', confirm: 'acme', by: 'ann', why: 'it moved' };
  const { requests } = await run('delete-synchronization', input, answers);
  expect(requests.at(-1)).toEqual({
    method: 'DELETE',
    path: '/organizations/acme/synchronizations/s1',
    by: 'ann',
    body: { packages: 'delete', confirm: 'acme', why: 'it moved' },
  });
});

it('asks for a preview, and puts its changes where they belong', async () => {
  const path = '/organizations/acme/synchronizations/s1/previews';
  const scope = { scope: 'members', outcome: 'whole', changes: 1, held: 2, deferred: 0 };
  const change = (kind: string, text: string) => ({ scope: 'members', kind, text });
  const answers = {
    '/organizations/acme/synchronizations': synchronizations,
    [path]: { number: 3, state: 'waiting' },
    [`${path}/3`]: { number: 3, state: 'done', requests: 4, scopes: [scope] },
    [`${path}/3/changes?limit=100`]: { items: [change('change', 'one'), change('held', 'two')], next: 'x' },
    [`${path}/3/changes?limit=100&cursor=x`]: { items: [change('held', 'three')] },
  };
  expect((await run('preview-run', { slug: 'acme' }, answers)).answer).toEqual({
    number: 3,
    state: 'waiting',
  });
  expect((await run('preview-run', { slug: 'acme', number: 3 }, answers)).answer).toEqual({
    ...{ number: 3, state: 'done', requests: 4 },
    scopes: [{ ...scope, changes: ['one'], held: ['two', 'three'], deferred: [] }],
  });
});
