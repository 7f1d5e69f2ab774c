import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { asId, type ForgeRepositoryId } from '../../domain/ids.ts';
import { RefusedAddressError } from '../../runtime/guarded-fetch.ts';
import { createMemoryBudgets } from '../budget.ts';
import type { ForgeErrorCode } from '../errors.ts';
import type { ForgeClient } from '../module.ts';
import { createTestGitLab, type TestAnswer, worldOf } from './test-api.ts';

const world = worldOf({ groups: 2, projects: 3, graphql: false });

/** The error of a probe that is answered like this. */
async function errorOf(answer: TestAnswer | Error) {
  const lab = createTestGitLab();
  lab.answer = () => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const error = await lab
    .open()
    .structure.probe()
    .catch((thrown: unknown) => thrown);
  return { error, lab };
}

describe('R2, R5, R34: what an answer means', () => {
  test.each<readonly [TestAnswer | Error, ForgeErrorCode]>([
    [{ status: 401, json: { message: '401 Unauthorized' } }, 'credential-rejected'],
    [{ status: 403, json: { error: 'insufficient_scope' } }, 'insufficient-scope'],
    [{ status: 404, json: { message: '404 Group Not Found' } }, 'credential-rejected'],
    [{ status: 406, text: '' }, 'unexpected'],
    [{ status: 410, json: {} }, 'gone'],
    [{ status: 429, text: 'Retry later' }, 'rate-limited'],
    [{ status: 500, json: {} }, 'unavailable'],
    [{ status: 502, text: '<html>' }, 'unavailable'],
    [{ status: 503, text: 'Deploy in progress' }, 'unavailable'],
    // A sign-in page in front of the instance.
    [{ text: '<html>Sign in</html>' }, 'incomplete'],
    [{ status: 302, headers: { location: 'https://elsewhere.example/' } }, 'unexpected'],
    [{ json: { id: 1, path: 'acme' } }, 'incomplete'],
    [new TypeError('fetch failed'), 'unavailable'],
    [Object.assign(new Error('late'), { name: 'TimeoutError' }), 'unavailable'],
  ])('%o is %s', async (answer, code) => {
    const { error } = await errorOf(answer);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('glpat');
  });

  test('a refused address is named, and why', async () => {
    const cause = new RefusedAddressError('gitlab.internal is in a private network');
    const { error } = await errorOf(new TypeError('fetch failed', { cause }));
    expect(String(error)).toContain(cause.message);
  });

  test('R3: an answer about another group is none', async () => {
    const lab = createTestGitLab();
    lab.answer = (request) => world({ ...request, path: '/api/v4/groups/2' });
    await expect(lab.open().structure.probe()).rejects.toMatchObject({ code: 'incomplete' });
  });
});

describe('limits', () => {
  test.each([
    [{ 'retry-after': '90' }, 90_000],
    [{ 'retry-after': 'Sat, 28 Nov 2026 00:02:00 GMT' }, 120_000],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '1795824060' }, 60_000],
    [{}, 60_000],
  ])('R33: after %o nobody asks before the end that it states', async (headers, waitMs) => {
    const { error, lab } = await errorOf({ status: 429, headers });
    expect(error).toMatchObject({ notBefore: lab.clock.time + waitMs });
    lab.clock.time += waitMs - 1;
    await expect(lab.open().structure.probe()).rejects.toMatchObject({ code: 'rate-limited' });
    expect(lab.requests).toHaveLength(1);
    lab.clock.time += 1;
    lab.answer = world;
    expect(await lab.open().structure.probe()).toMatchObject({ login: 'g1' });
  });

  test('R29: no more requests are sent than an endpoint takes, by no process', async () => {
    const lab = createTestGitLab();
    lab.answer = world;
    const budgets = createMemoryBudgets();
    const { structure } = lab.open({ budgets });
    for (let count = 0; count < 400; count += 1) await structure.probe();
    const notBefore = lab.clock.time + 60_000;
    await expect(structure.probe()).rejects.toMatchObject({ code: 'rate-limited', notBefore });
    expect(lab.requests).toHaveLength(400);
    // Another process only shares what is stored.
    const other = createTestGitLab();
    other.answer = world;
    await expect(other.open({ budgets }).structure.probe()).rejects.toMatchObject({ notBefore });
    lab.clock.time = notBefore;
    expect(await structure.probe()).toMatchObject({ login: 'g1' });
  });
});

test('R29: readers of contents in ten processes ask together for no more than an endpoint takes, and hold up no rights', async () => {
  const budgets = createMemoryBudgets();
  const repository = asId<ForgeRepositoryId>(1000);
  const look = async (): Promise<number> => {
    const lab = createTestGitLab();
    // A commit that is not found: then the project is asked for.
    lab.answer = () => ({ status: 404, json: {} });
    const { contents, structure } = lab.open({ budgets });
    for (let count = 0; count < 100; count += 1) {
      await contents.contains({ repository, handle: undefined }, 'f'.repeat(40)).catch(() => {});
    }
    const asked = lab.requests.filter(({ path }) => path.endsWith('/projects/1000')).length;
    lab.answer = world;
    expect(await structure.readScope('repository:1000')).toHaveProperty('done');
    return asked;
  };
  const asked = await Promise.all(Array.from({ length: 10 }, look));
  expect(asked).toEqual(Array(10).fill(36));
});

describe('R29, R33: workers in ten processes together', () => {
  const repository = asId<ForgeRepositoryId>(1000);
  const hash = (commit: number): string => commit.toString(16).padStart(40, '0');

  const head = {
    ...{
      id: 1000,
      path_with_namespace: 'g1/p',
      visibility: 'private',
      archived: false,
      default_branch: null,
    },
    ...{ web_url: 'https://git.example/gitlab/g1/p', issues_enabled: true },
    ...{
      http_url_to_repo: 'https://git.example/gitlab/g1/p.git',
      ssh_url_to_repo: 'git@git.example:g1/p.git',
    },
  };

  /** What ten processes, which share nothing but the table, request of the project's files and archives. */
  async function asked(work: (contents: ForgeClient['contents']) => Promise<unknown>): Promise<number> {
    const budgets = createMemoryBudgets();
    const one = async (): Promise<number> => {
      const lab = createTestGitLab();
      lab.answer = ({ path }) => {
        if (path.endsWith('/graphql')) return { json: { errors: [{ message: 'not here' }] } };
        if (path.includes('/repository/tags')) {
          const commits = Array.from({ length: 100 }, (_, commit) => commit);
          return {
            json: commits.map((commit) => ({
              name: `v${commit}`,
              commit: { id: hash(commit), committed_date: '2026-11-28T00:00:00Z' },
            })),
          };
        }
        if (path.includes('/repository/branches')) return { json: [] };
        if (path.includes('/archive.zip'))
          return { text: 'PK', headers: { 'content-type': 'application/zip' } };
        return path.includes('/files/') ? { status: 404, json: {} } : { json: head };
      };
      await work(lab.open({ budgets }).contents).catch(() => {});
      return lab.requests.filter(({ path }) => /\/files\/|archive/.test(path)).length;
    };
    const counts = await Promise.all(Array.from({ length: 10 }, one));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  test('read 500 files in a minute', async () => {
    expect(await asked((contents) => contents.readRefs({ repository, handle: undefined }))).toBe(500);
  });

  test.each([
    [false, 5],
    [true, 3],
  ])(
    'read that many archives of a project in a minute, in the background %s: %i',
    async (isBackground, most) => {
      const read = async (contents: ForgeClient['contents']) => {
        for (let count = 0; count < 3; count += 1) {
          const signal = AbortSignal.timeout(5000);
          await (
            await contents.readArchive({ repository, handle: undefined }, hash(1), signal, { isBackground })
          ).toArray();
        }
      };
      expect(await asked(read)).toBe(most);
    },
  );
});

describe('pages', () => {
  const paged = (link: string) => {
    const lab = createTestGitLab();
    lab.answer = (request) =>
      request.path.startsWith('/api/v4/groups/1/descendant_groups')
        ? { json: [], headers: { link: `<${link}>; rel="next", <https://git.example/>; rel="first"` } }
        : world(request);
    return lab;
  };

  test.each([
    'https://elsewhere.example/gitlab/api/v4/groups?page=2',
    'https://git.example/other/api/v4/groups?page=2',
    'https://git.example/gitlab/api/v4-other/groups?page=2',
    'https://git.example/gitlab/api/v4/../../admin',
    'http://git.example/gitlab/api/v4/groups?page=2',
    'http://[',
  ])('R7, R37: %s is not followed', async (link) => {
    const lab = paged(link);
    await expect(lab.open().structure.readScope('members')).rejects.toMatchObject({ code: 'unexpected' });
    expect(lab.requests.filter(({ path }) => path.includes('page=2'))).toEqual([]);
  });

  test('R7: a list that is shorter than its total is incomplete', async () => {
    const lab = createTestGitLab();
    lab.answer = (request) => {
      const answer = world(request) as TestAnswer;
      return request.path.includes('/projects?') ? { ...answer, headers: { 'x-total': '4' } } : answer;
    };
    await expect(lab.open().structure.readScope('repositories')).rejects.toMatchObject({
      code: 'incomplete',
    });
  });
});

test('the address has the relative URL root, and the token is sent in a header', async () => {
  const lab = createTestGitLab();
  lab.answer = world;
  await lab.open().structure.probe();
  const [request] = lab.requests;
  expect(request?.url.href).toBe('https://git.example/gitlab/api/v4/groups/1?with_projects=false');
  expect(request?.authorization).toBe('Bearer glpat-secret');
});

describe('access tokens', () => {
  test('R4: one that GitLab refuses is rejected, and not asked with again', async () => {
    const { error, lab } = await errorOf({ status: 401 });
    expect(error).toMatchObject({ code: 'credential-rejected' });
    expect(lab.rejections).toEqual(['credential-rejected']);
    expect(lab.requests).toHaveLength(1);
  });

  test('R32: one of any length and alphabet is sent as it is, and no error shows it', async () => {
    const token = `eyJ-._~+/=${'7_x.'.repeat(800)}`;
    const lab = createTestGitLab({ kind: 'token', accessToken: token, rotates: false });
    for (const status of [400, 403, 404, 500, 401]) {
      lab.answer = () => ({ status, json: { error: 'refused', message: `not ${token}` } });
      const error = await lab
        .open()
        .structure.probe()
        .then(undefined, (failure: unknown) => failure);
      expect(error).toBeInstanceOf(Error);
      expect(inspect(error, { depth: 5, maxStringLength: null })).not.toContain(token);
    }
    expect(new Set(lab.requests.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${token}`]),
    );
  });
});
