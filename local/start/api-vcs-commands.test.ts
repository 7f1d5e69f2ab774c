import { expect, it } from 'vitest';
import { AdminError } from './admin-error.ts';
import type { ApiRequest } from './api-client.ts';
import { apiVcsCommands } from './api-vcs-commands.ts';

const base = '/organizations/acme/vcs-repositories';
const one = {
  id: 'vcs-o~1',
  name: 'git.example.org/acme/billing',
  url: 'https://git.example.org/acme/billing.git',
};
const other = { id: 'vcs-o~2', name: 'svn.example.org/billing', url: 'https://svn.example.org/billing' };
const answers: Readonly<Record<string, unknown>> = {
  [`${base}?limit=1`]: { items: [one] },
  [`${base}?limit=100`]: { items: [one, other] },
  [`${base}/vcs-o~1`]: one,
  [`${base}/vcs-o~2`]: other,
  [`${base}/vcs-o~1/hook`]: { url: 'u', secret: 's' },
  '/organizations/acme/repositories/vcs-o~1/scan': { id: one.id },
  '/organizations/acme/teams?limit=100': {
    items: [
      { id: 't.s.1', slug: 'backend', name: 'Backend' },
      { id: 't.s.2', slug: 'twice', name: 'A' },
      { id: 't.x.2', slug: 'twice', name: 'B' },
    ],
  },
  [base]: one,
};

async function run(name: string, input: object) {
  const requests: ApiRequest[] = [];
  const request = async (asked: ApiRequest): Promise<unknown> => {
    requests.push(asked);
    if (!(asked.path in answers)) throw new AdminError('There is nothing here.', 'not-found');
    return answers[asked.path];
  };
  const answer = await apiVcsCommands[name]?.({ request }, { slug: 'acme', ...input });
  return { answer, last: requests.at(-1) };
}

it('finds a repository by its id, its URL and its name', async () => {
  for (const repository of [one.id, one.url, one.name]) {
    expect((await run('read-vcs-repository', { repository })).answer).toEqual(one);
  }
  await expect(run('read-vcs-repository', { repository: 'billing' })).rejects.toThrow(
    'several repositories are called billing; choose one: vcs-o~1 (git.example.org/acme/billing), vcs-o~2',
  );
  await expect(run('read-vcs-repository', { repository: 'x' })).rejects.toThrow('acme has no repository x');
});

it('names teams by their ids', async () => {
  const readers = { everyone: false, teams: ['backend', 't.s.1'] };
  const { last } = await run('add-vcs-repository', { url: one.url, credential: { kind: 'none' }, readers });
  expect(last).toEqual({
    ...{ method: 'POST', path: base },
    body: {
      ...{ url: one.url, credential: { kind: 'none' } },
      readers: { everyone: false, teams: ['t.s.1', 't.s.1'] },
    },
  });
  const wrong = (team: string) =>
    run('change-vcs-repository', { repository: one.id, readers: { everyone: false, teams: [team] } });
  await expect(wrong('x')).rejects.toThrow('acme has no team x');
  await expect(wrong('twice')).rejects.toThrow('choose one: t.s.2, t.x.2');
});

it('asks for scans and hooks, changes and removes', async () => {
  const repository = one.id;
  expect((await run('scan-vcs-repository', { repository })).last).toMatchObject({ method: 'POST' });
  expect((await run('renew-vcs-hook', { repository })).answer).toEqual({ url: 'u', secret: 's' });
  expect((await run('remove-vcs-repository', { repository })).last).toEqual({
    ...{ method: 'DELETE', path: `${base}/vcs-o~1` },
  });
  expect((await run('change-vcs-repository', { repository, acceptHostKey: 'SHA256:a' })).last).toEqual({
    ...{ method: 'PATCH', path: `${base}/vcs-o~1`, body: { acceptHostKey: 'SHA256:a' } },
  });
});
