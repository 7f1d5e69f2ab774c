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
