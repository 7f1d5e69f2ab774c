import { expect, test } from 'vitest';
import { factKey } from '../../domain/facts.ts';
import { namesIn } from '../../domain/scopes.ts';
import { createTestGitLab, member, type TestAnswer, type TestGitLab, worldOf } from './test-api.ts';
import { gitLabTraits } from './traits.ts';

/** Reads everything as a run does, between two probes. @returns the keys of all facts */
async function readAll(lab: TestGitLab): Promise<readonly string[]> {
  const { structure } = lab.open();
  await structure.probe();
  const keys: string[] = [];
  for (const scope of namesIn(gitLabTraits.scopes)) {
    const step = await structure.readScope(scope);
    if (!('done' in step)) throw new Error(`${scope} was not read in one step`);
    keys.push(...step.done.facts.map(factKey));
  }
  await structure.probe();
  return keys.sort();
}

test('500 projects in 30 groups cost at most 60 requests with GraphQL, and 590 by REST, for the same facts', async () => {
  const found = [];
  for (const { graphql, most } of [
    { graphql: true, most: 60 },
    { graphql: false, most: 590 },
  ]) {
    const lab = createTestGitLab();
    lab.answer = worldOf({ groups: 30, projects: 500, graphql });
    found.push(await readAll(lab));
    expect(lab.requests.length).toBeLessThanOrEqual(most);
  }
  expect(found[0]).toEqual(found[1]);
  expect(found[0]?.filter((key) => key.startsWith('collaborator#'))).toHaveLength(500);
});

test('R17: nothing is asked of the whole instance', async () => {
  const lab = createTestGitLab();
  lab.answer = worldOf({ groups: 3, projects: 4, graphql: false });
  await readAll(lab);
  const paths = lab.requests.map(({ path }) => path.replace('/api/v4', ''));
  const own = /^\/(groups|projects)\/\d+|^\/(user|metadata)$|^\/api\/graphql$/;
  expect(paths.filter((path) => !own.test(path))).toEqual([]);
});

const broken: readonly (readonly [string, object])[] = [
  [
    'a field that an older version lacks',
    { errors: [{ message: "Field 'descendantGroups' doesn't exist" }] },
  ],
  ['members that are not shown', { data: { group: null } }],
];

test.each(broken)('R8: members are read by REST where GraphQL answers with %s', async (_, json) => {
  const lab = createTestGitLab();
  const all = worldOf({ groups: 3, projects: 4, graphql: true });
  const wanted = await readAll(Object.assign(createTestGitLab(), { answer: all }));
  lab.answer = (request) => (request.path === '/api/graphql' ? { json } : all(request));
  expect(await readAll(lab)).toEqual(wanted);
});

test('R8: a query that is too complex is asked again in smaller portions', async () => {
  const lab = createTestGitLab();
  const all = worldOf({ groups: 3, projects: 150, graphql: true });
  const sizes: number[] = [];
  lab.answer = (request) => {
    if (request.path !== '/api/graphql') return all(request);
    const { size } = JSON.parse(request.body).variables;
    sizes.push(size);
    return size > 40
      ? {
          json: { errors: [{ message: 'Query has complexity of 300, which exceeds max complexity of 250' }] },
        }
      : all(request);
  };
  const { structure } = lab.open();
  expect(await structure.readScope('repositories')).toHaveProperty('done');
  expect(sizes.slice(0, 4)).toEqual([100, 50, 25, 25]);
  expect(lab.requests.some(({ path }) => /projects\/\d+\/members/.test(path))).toBe(false);
});

test('R14: a membership that waits for a seat counts for nothing, though GraphQL lists it and GitLab names each person once', async () => {
  const lab = createTestGitLab();
  const all = worldOf({ groups: 3, projects: 0, graphql: true });
  lab.answer = async (request) => {
    const { json, ...rest } = await all(request);
    if (request.path.includes('/pending_members')) {
      return {
        json: [{ id: 99, username: 'u2', approved: false, invited: false }],
        headers: { 'x-total': '1' },
      };
    }
    return /groups\/2\/members\?/.test(request.path) && Array.isArray(json)
      ? { ...rest, json: json.map((one) => ({ ...one, membership_state: 'awaiting' })) }
      : { ...rest, json };
  };
  const keys = await readAll(lab);
  expect(keys).toEqual(expect.arrayContaining(['team-member#1#1', 'team-member#3#3']));
  expect(keys.filter((key) => key.startsWith('team-member#2'))).toEqual([]);
  const lists = lab.requests.flatMap(({ path }) => /groups\/\d+\/members(?=\?)/.exec(path) ?? []);
  expect(lists, 'only the list of the group that has somebody who waits').toEqual(['groups/2/members']);
});

/** The group as it is shown to somebody, by whom its fields for owners are not seen. */
const shownTo = (member: TestAnswer) => {
  const lab = createTestGitLab();
  const all = worldOf({ groups: 1, projects: 0, graphql: true });
  lab.answer = async (request) => {
    if (request.path.includes('/members/all/7')) return member;
    const { json, ...rest } = await all(request);
    const { runners_token: _, ...shown } = Object(json);
    return request.path.startsWith('/api/v4/groups/1?') ? { ...rest, json: shown } : { ...rest, json };
  };
  return lab.open().structure;
};

test.each([
  ['no member', { status: 404, json: {} }],
  ['a maintainer', { json: member(7, 40) }],
])('R3, R4: a credential whose account is %s of the group is found out by each probe', async (_, answer) => {
  const structure = shownTo(answer);
  await expect(structure.probe()).rejects.toMatchObject({ code: 'insufficient-scope' });
  await expect(structure.readScope('settings')).rejects.toMatchObject({ code: 'insufficient-scope' });
});

test('an owner is believed where GitLab shows nothing of the group to owners alone', async () => {
  expect(await shownTo({ json: member(7, 50) }).probe()).toMatchObject({ id: '1' });
});

/** GitLab's own list of the members of a project. */
const listing = (lab: TestGitLab, answer: TestAnswer): void => {
  const all = worldOf({ groups: 1, projects: 1, graphql: true });
  lab.answer = (request) => (/projects\/1000\/members\/all/.test(request.path) ? answer : all(request));
};
const listed = (...ids: readonly number[]) => ({
  json: ids.map((id) => member(id)),
  headers: { 'x-total': `${ids.length}` },
});
const readMembers = async (lab: TestGitLab) => {
  const step = await lab.open().structure.readScope('members');
  if (!('done' in step)) throw new Error('it was not read in one step');
  return step.done;
};

test('who reads a project by its memberships is held against GitLab’s own list: a difference is told, and changes no fact', async () => {
  const lab = createTestGitLab();
  listing(lab, listed(1, 1000));
  const agreed = await readMembers(lab);
  expect(agreed.compared).toEqual([{ repository: '1000', difference: undefined }]);
  const asked = lab.requests.filter(({ path }) => path.includes('/projects/1000/')).map(({ path }) => path);
  expect(asked, 'two requests more').toHaveLength(2);

  listing(lab, listed(1, 7, 8));
  const { compared, facts } = await readMembers(lab);
  expect(compared).toEqual([
    {
      repository: '1000',
      difference:
        'GitLab lists as readers of g1/p1000, but who reads nothing here: u7, u8. GitLab does not list as readers of g1/p1000, but who read it here: u1000',
    },
  ]);
  expect(facts).toEqual(agreed.facts);
});

test.each([
  [true, 12],
  [false, 8],
])(
  'several projects are compared in each read, and all in turn; with GraphQL %s: at most %i requests',
  async (graphql, most) => {
    const lab = createTestGitLab();
    const all = worldOf({ groups: 2, projects: 20, graphql });
    lab.answer = (request) => {
      const [, id] = /projects\/(\d+)\/members\/all/.exec(request.path) ?? [];
      return id === undefined ? all(request) : listed(...new Set([1, 1 + (Number(id) % 2), Number(id)]));
    };
    const seen = new Set<string>();
    for (let turn = 0; turn < 6; turn += 1) {
      lab.requests.splice(0);
      const { compared = [] } = await readMembers(lab);
      expect(lab.requests.filter(({ path }) => path.includes('/projects/')).length).toBeLessThanOrEqual(most);
      expect(compared).toHaveLength(most / 2);
      for (const { repository } of compared) seen.add(repository);
      lab.clock.time += 600_000;
    }
    expect(seen.size).toBe(20);
  },
);

test('R16: a level that we do not know reads nothing, and is told', async () => {
  const lab = createTestGitLab();
  const { json, headers } = listed(1, 1000);
  listing(lab, { json: [...json, member(9, 35)], headers: { ...headers, 'x-total': '3' } });
  const [compared] = (await readMembers(lab)).compared ?? [];
  expect(compared).toHaveProperty(
    'difference',
    'unknown levels in g1/p1000, which read nothing here: level 35',
  );
});

test.each([429, 403, 500])('an answer %s instead of that list ends no read, and is told', async (status) => {
  const lab = createTestGitLab();
  listing(lab, { status, json: {} });
  const [compared] = (await readMembers(lab)).compared ?? [];
  expect(compared).toMatchObject({ repository: '1000', failure: expect.stringContaining('g1/p1000: ') });
});
