import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GitLabFixture, startFixture } from '../../simulator-fixture.ts';
import { personalToken } from '../../state.ts';

let gitLab: GitLabFixture;
beforeAll(async () => {
  gitLab = await startFixture();
});
afterAll(() => gitLab.close());
afterEach(async () => {
  await gitLab.simulator.changes.run('set-variant', { version: '19.5' });
});

async function send(body: unknown, token = personalToken('alice')) {
  const response = await fetch(`${gitLab.simulator.addresses.web}/api/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: JSON.parse(await response.text()) };
}
const ask = async (query: string, variables?: object, username = 'alice') =>
  (await send({ query, variables }, personalToken(username))).json;

describe('members', () => {
  const members = 'nodes { user { username } accessLevel { integerValue stringValue } expiresAt }';

  it('of many projects are listed with their relations', async () => {
    await gitLab.simulator.changes.run('set-member', {
      source: 'acme/core/money',
      user: 'bob',
      level: 'reporter',
      expires: '2026-12-31',
    });
    const query = `query Structure($path: ID!) { group(fullPath: $path) { projects(includeSubgroups: true, first: 20) {
      nodes { id fullPath projectMembers(relations: [DIRECT]) { ${members} pageInfo { hasNextPage } } } } } }`;
    const { data } = await ask(query, { path: 'acme' });
    const { nodes } = data.group.projects;
    expect(nodes.map(({ fullPath }: { fullPath: string }) => fullPath)).toEqual([
      'acme/core/empty',
      'acme/core/clock',
      'acme/core/money',
    ]);
    expect(nodes[2]).toMatchObject({
      id: `gid://gitlab/Project/${gitLab.project('acme/core/money').id}`,
      projectMembers: {
        nodes: [
          {
            user: { username: 'bob' },
            accessLevel: { integerValue: 20, stringValue: 'REPORTER' },
            expiresAt: '2026-12-31T00:00:00Z',
          },
        ],
        pageInfo: { hasNextPage: false },
      },
    });
  });

  it.each([
    ['[DIRECT]', ['ann']],
    ['[DIRECT, INHERITED]', ['alice', 'ann', 'bob']],
    ['[SHARED_FROM_GROUPS]', ['carl']],
  ])('of a group by the relations %s', async (relations, expected) => {
    const query = `{ group(fullPath: "acme/core") { groupMembers(relations: ${relations}) { ${members} } } }`;
    const { data } = await ask(query);
    const names = data.group.groupMembers.nodes.map(
      ({ user }: { user: { username: string } }) => user.username,
    );
    expect(names).toEqual(expected);
  });
});

describe('files', () => {
  const blobs = (ref: string, paths = '["composer.json"]') =>
    `blobs(ref: "${ref}", paths: ${paths}) { nodes { path oid rawTextBlob } }`;
  const ofMoney = (fields: string) => `{ project(fullPath: "acme/core/money") { repository { ${fields} } } }`;

  it('of several refs are read in one query; what is missing is left out', async () => {
    const { data } = await ask(
      ofMoney(`a: ${blobs('1.0.0')} b: ${blobs('2.0.0', '["composer.json", "none"]')} c: ${blobs('none')}`),
    );
    const { a, b, c } = data.project.repository;
    expect(JSON.parse(a.nodes[0].rawTextBlob)).toEqual({ name: 'acme/money' });
    expect([b.nodes.length, b.nodes[0].oid === a.nodes[0].oid, c.nodes]).toEqual([1, true, []]);
  });

  it('are null to who may not read code, and so is a project that he does not see', async () => {
    await gitLab.simulator.changes.run('set-member', {
      source: 'acme/core/money',
      user: 'bob',
      level: 'guest',
    });
    expect((await ask(ofMoney(blobs('1.0.0')), undefined, 'bob')).data.project).toEqual({ repository: null });
    await gitLab.simulator.changes.run('create-user', { user: 'eve' });
    expect((await ask(ofMoney('empty'), undefined, 'eve')).data).toEqual({ project: null });
  });

  it('come with the addresses of the project and its newest commit, by its path of now', async () => {
    const fields =
      'httpUrlToRepo sshUrlToRepo issuesEnabled repository { rootRef tree { lastCommit { sha } } }';
    const of = async (path: string) =>
      (await ask(`{ project(fullPath: "${path}") { ${fields} } }`)).data.project;
    const { repository, ...addresses } = await of('acme/core/money');
    const rest = async (path: string) =>
      JSON.parse(await (await gitLab.api('alice', `/projects/acme%2Fcore%2Fmoney${path}`)).text());
    const [project, branch] = [await rest(''), await rest('/repository/branches/main')];
    expect(addresses).toEqual({
      ...{ httpUrlToRepo: project.http_url_to_repo, sshUrlToRepo: project.ssh_url_to_repo },
      issuesEnabled: project.issues_enabled,
    });
    expect(repository).toMatchObject({ rootRef: 'main', tree: { lastCommit: { sha: expect.any(String) } } });
    expect(branch).toMatchObject({ commit: { id: repository.tree.lastCommit.sha } });
    expect((await of('acme/core/empty')).repository).toEqual({ rootRef: null, tree: null });
    expect(await of(String(gitLab.project('acme/core/money').id))).toBeNull();
  });

  it('are given one at a time in 18.4 and 18.5', async () => {
    await gitLab.simulator.changes.run('set-variant', { version: '18.5' });
    expect((await ask(ofMoney(blobs('1.0.0')))).errors).toBeUndefined();
    const { errors } = await ask(ofMoney(`a: ${blobs('1.0.0')} b: ${blobs('1.1.0')}`));
    expect(errors).toHaveLength(1);
  });
});

describe('limits', () => {
  const aliases = (count: number, field: string) =>
    Array.from({ length: count }, (_, at) => `f${at}: ${field}`).join(' ');
  const score = async (fields: string) =>
    (await ask(`{ queryComplexity { score limit } ${fields} }`)).data?.queryComplexity;

  it('count fields, resolvers and the items of lists', async () => {
    // queryComplexity, score and limit are 3; a project is its fields and 1.
    expect(await score('project(fullPath: "acme/core/money") { id name }')).toEqual({ score: 6, limit: 250 });
    // nodes and path are 2, the resolver 3 with its one path; doubled for a hundred items, or 1 % for one.
    const blobs = (first: string) =>
      `project(fullPath: "acme/core/money") { repository { blobs(paths: ["a"]${first}) { nodes { path } } } }`;
    expect((await score(blobs(''))).score).toBe(3 + 2 + 10);
    expect((await score(blobs(', first: 1'))).score).toBe(3 + 2 + 5);
    // lastCommit is 10 and sha 1, the resolver of trees 2; a field that asks Gitaly 2.
    const newest =
      'project(fullPath: "acme/core/money") { repository { rootRef tree { lastCommit { sha } } } }';
    expect((await score(newest)).score).toBe(3 + 2 + 2 + 13);
    // nodes and id are 2, the resolver 11; doubled.
    expect((await score('group(fullPath: "acme") { projects { nodes { id } } }')).score).toBe(3 + 1 + 26);
  });

  it('refuse more than 250', async () => {
    const { errors } = await ask(`{ ${aliases(130, 'project(fullPath: "a") { id }')} }`);
    expect(errors[0].message).toBe('Query has complexity of 260, which exceeds max complexity of 250');
    const branches =
      '{ project(fullPath: "acme/core/money") { repository { branchNames(searchPattern: "*", offset: 0, limit: 9) } } }';
    expect((await ask(branches)).data.project.repository.branchNames).toEqual(['main']);
  });

  it('refuse more than 10,000 characters, and answer a list of queries', async () => {
    expect(await send({ query: `{ currentUser { id } ${' '.repeat(10_000)} }` })).toMatchObject({
      status: 422,
      json: { errors: [{ message: 'Query too large' }] },
    });
    const { json } = await send([
      { query: '{ currentUser { username } }' },
      { query: '{ metadata { version } }' },
    ]);
    expect(json).toEqual([
      { data: { currentUser: { username: 'alice' } } },
      { data: { metadata: { version: '19.5.0-ee' } } },
    ]);
  });

  it('give at most a hundred items, with a cursor for the next', async () => {
    const page = (args: string) =>
      `{ group(fullPath: "acme") { projects(includeSubgroups: true ${args}) { nodes { path } pageInfo { hasNextPage endCursor } } } }`;
    const { projects } = (await ask(page('first: 2'))).data.group;
    expect([projects.nodes.length, projects.pageInfo.hasNextPage]).toEqual([2, true]);
    const next = (await ask(page(`first: 2, after: "${projects.pageInfo.endCursor}"`))).data.group;
    expect(next.projects).toMatchObject({ nodes: [{ path: 'money' }], pageInfo: { hasNextPage: false } });
  });
});

it('tokens that are unknown, or do not read the API, are invalid', async () => {
  const { token } = await gitLab.simulator.changes.run('create-token', {
    user: 'ann',
    scopes: ['read_user'],
  });
  for (const value of ['unknown', `${token}`]) {
    expect(await send({ query: '{ currentUser { id } }' }, value)).toEqual({
      status: 401,
      json: { errors: [{ message: 'Invalid token' }] },
    });
  }
});

it('fields that the simulator does not have are refused as unknown', async () => {
  const { errors } = await ask('{ currentUser { snippets } }');
  expect(errors[0].message).toContain('Cannot query field "snippets" on type "CurrentUser"');
});
