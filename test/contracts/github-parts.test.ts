/** Single teams, repositories and members: read by themselves they show the same as in the whole lists. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fact } from '../../shared/domain/facts.ts';
import { type PartScope, partOf } from '../../shared/domain/scopes.ts';
import type { Absence, ScopeRead } from '../../shared/forge/forge.ts';
import { createFiller } from './github-fill.ts';
import { codeOf, factsOf, type GitHub, known, probed, readWhole, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub();
});
afterEach(() => {
  gitHub.simulator.faults.remove();
});
afterAll(() => gitHub.close());

/** Reads a part. @returns it with the number of requests after the probe */
async function readPart(
  part: PartScope,
  handle?: string,
): Promise<{ readonly read: ScopeRead; readonly requests: number }> {
  const reader = await probed(gitHub);
  const before = reader.requests();
  const read = await readWhole(reader, part, { handle });
  return { read, requests: reader.requests() - before };
}

const sorted = (facts: readonly Fact[]): string[] => facts.map((fact) => JSON.stringify(fact)).sort();

/** The facts that the whole list has of these parts. */
async function listed(scope: 'members' | 'teams' | 'repositories', parts: readonly PartScope[]) {
  const facts = await factsOf(gitHub.reader(), scope);
  return facts.filter((fact) => {
    const part = partOf(fact);
    return part !== undefined && parts.includes(part);
  });
}

const team = (slug: string) => known([...gitHub.state.teams.values()].find((each) => each.slug === slug));
const user = (login: string) => known([...gitHub.state.users.values()].find((each) => each.login === login));
const gone = (part: PartScope, followUps: readonly string[] = [], absence?: Absence) => ({
  facts: [],
  covers: [part],
  absenceIsAuthoritative: true,
  absence,
  followUps,
});
const leftTo = (scope: string) => ({
  facts: [],
  covers: [],
  absenceIsAuthoritative: false,
  followUps: [scope],
});

describe('a team', () => {
  test('is read with its child teams, as the list shows them, in one request', async () => {
    const { id, nodeId } = team('engineering');
    const below = team('payments');
    const { read, requests } = await readPart(`team:${id}`, nodeId);
    expect(read).toMatchObject({
      covers: [`team:${id}`, `team:${below.id}`],
      absenceIsAuthoritative: false,
      followUps: [],
    });
    expect(sorted(read.facts)).toEqual(sorted(await listed('teams', read.covers)));
    expect(requests).toBe(1);
  });

  test('R13: has what it inherits from its ancestors, and only its own members', async () => {
    const fill = createFiller(gitHub);
    const [ann, bob] = [user('ann').id, user('bob').id];
    const money = gitHub.repository('money').id;
    const top = fill.team('top', { repositories: new Map([[money, 'pull']]) });
    const middle = fill.team('middle', { parentId: top.id, members: new Map([[bob, 'member']]) });
    const low = fill.team('low', { parentId: middle.id, members: new Map([[ann, 'member']]) });
    for (const { id, nodeId } of [top, middle, low]) {
      const { read, requests } = await readPart(`team:${id}`, nodeId);
      expect(sorted(read.facts)).toEqual(sorted(await listed('teams', read.covers)));
      expect(requests).toBe(1);
    }
    const { read } = await readPart(`team:${low.id}`, low.nodeId);
    expect(read.covers).toEqual([`team:${low.id}`]);
    expect(read.facts).toContainEqual({
      kind: 'team-repository',
      team: String(low.id),
      repository: String(money),
      permission: 'READ',
      via: String(top.id),
    });
    expect(read.facts.filter(({ kind }) => kind === 'team-member')).toMatchObject([{ account: String(ann) }]);
    for (const { id } of [top, middle, low]) gitHub.state.teams.delete(id);
  });

  test('with more than a page of rows is read page by page', async () => {
    const fill = createFiller(gitHub);
    const people = fill.people(230);
    const repositories = fill.repositories(120);
    const { id, nodeId } = fill.team('large', {
      parentId: fill.team('above', { repositories: new Map(repositories.map((each) => [each, 'pull'])) }).id,
      members: new Map(people.map((person) => [person, 'member'])),
    });
    const { read, requests } = await readPart(`team:${id}`, nodeId);
    expect(sorted(read.facts)).toEqual(sorted(await listed('teams', [`team:${id}`])));
    expect(read.facts).toHaveLength(1 + 230 + 120);
    // The team, two more pages of members, and one more of its own and of its ancestors' repositories each.
    expect(requests).toBe(1 + 2 + 1 + 1);
    gitHub.simulator.faults.add({ kind: 'short-page', match: { list: 'Team.members', page: '2' } });
    const reader = await probed(gitHub);
    expect(await codeOf(reader.readScope(`team:${id}`, { handle: nodeId }))).toBe('incomplete');
  });

  test('with too many descendants, ancestors or rows is left to the list', async () => {
    const fill = createFiller(gitHub);
    const crowded = fill.team('crowded');
    const children = Array.from({ length: 26 }, (_, place) =>
      fill.team(`c-${place}`, { parentId: crowded.id }),
    );
    expect((await readPart(`team:${crowded.id}`, crowded.nodeId)).read).toEqual(leftTo('teams'));
    gitHub.state.teams.delete(known(children.pop()).id);
    expect((await readPart(`team:${crowded.id}`, crowded.nodeId)).read.covers).toHaveLength(26);

    let deep = crowded;
    for (let depth = 1; depth <= 11; depth += 1) deep = fill.team(`deep-${depth}`, { parentId: deep.id });
    expect((await readPart(`team:${deep.id}`, deep.nodeId)).read).toEqual(leftTo('teams'));

    const people = fill.people(2101);
    const huge = fill.team('huge', { members: new Map(people.map((person) => [person, 'member'])) });
    const { read, requests } = await readPart(`team:${huge.id}`, huge.nodeId);
    expect(read).toEqual(leftTo('teams'));
    expect(requests).toBe(1);
    gitHub.state.teams.delete(huge.id);
    for (const person of people) {
      gitHub.acme.members.delete(person);
      gitHub.state.users.delete(person);
    }
  });

  test('of which only the number is known is left to the list, without a request', async () => {
    const { read, requests } = await readPart(`team:${team('engineering').id}`);
    expect(read).toEqual(leftTo('teams'));
    expect(requests).toBe(0);
  });

  test('that was deleted is absent, and its list has to be read', async () => {
    const { id, nodeId } = createFiller(gitHub).team('doomed');
    await gitHub.simulator.changes.run('delete-team', { team: 'doomed' });
    const { read, requests } = await readPart(`team:${id}`, nodeId);
    expect(read).toEqual(gone(`team:${id}`, ['teams']));
    // One by its id, and one by its number.
    expect(requests).toBe(2);
  });

  test('that is found by its number but not by its id is left to the list', async () => {
    const { id } = team('payments');
    expect((await readPart(`team:${id}`, 'MDQ6VGVhbTMyNTMzMjg=')).read).toEqual(leftTo('teams'));
  });

  test('is not confused with another one', async () => {
    const reader = await probed(gitHub);
    const { nodeId } = team('payments');
    expect(await codeOf(reader.readScope(`team:${team('engineering').id}`, { handle: nodeId }))).toBe(
      'incomplete',
    );
  });

  test.each([
    ['server-error', { status: 503 }, 'unavailable'],
    ['server-error', { status: 404 }, 'unavailable'],
    ['drop-connection', {}, 'unavailable'],
    ['rate-limit', {}, 'rate-limited'],
  ] as const)('R2: is not considered gone under a %s %o', async (kind, more, code) => {
    const { id, nodeId } = team('payments');
    const reader = await probed(gitHub);
    gitHub.simulator.faults.add({ kind, match: { surface: 'graphql' }, ...more });
    expect(await codeOf(reader.readScope(`team:${id}`, { handle: nodeId }))).toBe(code);
    gitHub.clock.ahead += 3_700_000;
  });
});

describe('a repository', () => {
  const part = (name: string): PartScope => `repository:${gitHub.repository(name).id}`;

  test('is read with its collaborators, as the list shows it, in one request', async () => {
    const { nodeId } = gitHub.repository('money');
    const { read, requests } = await readPart(part('money'), nodeId);
    expect(read).toMatchObject({ covers: [part('money')], absenceIsAuthoritative: false, followUps: [] });
    expect(sorted(read.facts)).toEqual(sorted(await listed('repositories', read.covers)));
    expect(read.facts).toMatchObject([
      { kind: 'repository', handle: nodeId, tagCount: 2, branchCount: 1 },
      { kind: 'collaborator', login: 'olga' },
    ]);
    expect(requests).toBe(1);
  });

  test('without any commit has no tags and no branches', async () => {
    await gitHub.simulator.changes.run('create-repository', { name: 'empty' });
    const { read } = await readPart(part('empty'), gitHub.repository('empty').nodeId);
    expect(read.facts).toMatchObject([{ kind: 'repository', tagCount: 0, branchCount: 0 }]);
  });

  test('R7: with more than a page of collaborators is read page by page', async () => {
    const fill = createFiller(gitHub);
    const people = fill.people(101);
    const collaborators = new Map(people.map((person) => [person, 'pull' as const]));
    const [id] = fill.repositories(1, () => ({ collaborators }));
    const { nodeId } = known(gitHub.state.repositories.get(known(id)));
    const { read, requests } = await readPart(`repository:${id}`, nodeId);
    expect(read.facts).toHaveLength(1 + 101);
    expect(requests).toBe(2);
  });

  test('of which only the number is known is looked up by it first', async () => {
    const { read, requests } = await readPart(part('money'));
    expect(read.facts).toHaveLength(2);
    expect(requests).toBe(2);
    expect((await readPart('repository:987654')).read).toEqual(leftTo('repositories'));
  });

  test('that was deleted is absent', async () => {
    await gitHub.simulator.changes.run('create-repository', { name: 'doomed' });
    const { id, nodeId } = gitHub.repository('doomed');
    await gitHub.simulator.changes.run('delete-repository', { repository: 'acme/doomed' });
    const { read, requests } = await readPart(`repository:${id}`, nodeId);
    expect(read).toEqual(gone(`repository:${id}`, [], 'gone'));
    expect(requests).toBe(2);
  });

  test.each([
    // GitHub answers the same for one that was deleted.
    ['private', 'gone'],
    ['public', 'elsewhere'],
  ] as const)('that is %s and was transferred away is absent: %s', async (visibility, absence) => {
    const name = `sold-${visibility}`;
    await gitHub.simulator.changes.run('create-repository', { name });
    await gitHub.simulator.changes.run('set-visibility', { repository: `acme/${name}`, visibility });
    const { id, nodeId } = gitHub.repository(name);
    await gitHub.simulator.changes.run('transfer-repository', { repository: `acme/${name}`, to: 'other' });
    expect((await readPart(`repository:${id}`, nodeId)).read).toEqual(gone(`repository:${id}`, [], absence));
  });

  test('R6: keeps its identity when it is renamed and another one takes its name', async () => {
    const { simulator } = gitHub;
    await simulator.changes.run('create-repository', { name: 'first' });
    const first = gitHub.repository('first');
    await simulator.changes.run('rename-repository', { repository: 'acme/first', to: 'renamed' });
    await simulator.changes.run('create-repository', { name: 'first' });
    const second = gitHub.repository('first');
    const { read } = await readPart(`repository:${first.id}`, first.nodeId);
    expect(read.facts).toMatchObject([{ repository: String(first.id), name: 'renamed' }]);
    const reader = await probed(gitHub);
    expect(await codeOf(reader.readScope(`repository:${first.id}`, { handle: second.nodeId }))).toBe(
      'incomplete',
    );
  });

  test("R27: outside of the selection is absent; a public one is left to the list of the installation's repositories", async () => {
    const { installation, simulator } = gitHub;
    await simulator.changes.run('create-repository', { name: 'shown' });
    await simulator.changes.run('set-visibility', { repository: 'acme/shown', visibility: 'public' });
    await simulator.changes.run('select-repositories', { repositories: ['money'] });
    expect((await readPart(part('money'), gitHub.repository('money').nodeId)).read.facts).toHaveLength(2);
    expect((await readPart(part('billing'), gitHub.repository('billing').nodeId)).read).toEqual(
      gone(part('billing'), [], 'not-found'),
    );
    expect((await readPart(part('shown'), gitHub.repository('shown').nodeId)).read).toEqual(
      leftTo('repositories'),
    );
    const list = await readWhole(gitHub.reader(), 'repositories');
    expect(list.facts.filter(({ kind }) => kind === 'repository')).toMatchObject([{ name: 'money' }]);
    await simulator.changes.run('select-repositories', { repositories: 'all' });
    expect(installation.repositorySelection).toBe('all');
  });

  test('whose collaborators we may not see is an incomplete read, not one without collaborators', async () => {
    const { installation } = gitHub;
    const before = installation.permissions;
    const { administration: _, ...permissions } = before;
    installation.permissions = permissions;
    const reader = await probed(gitHub);
    const { nodeId } = gitHub.repository('money');
    expect(await codeOf(reader.readScope(part('money'), { handle: nodeId }))).toBe('insufficient-scope');
    installation.permissions = before;
  });
});

describe('a member', () => {
  const part = (login: string): PartScope => `member:${user(login).id}`;

  test.each(['alice', 'ann'])('%s is read as the list shows him, in two requests', async (login) => {
    const { read, requests } = await readPart(part(login));
    expect(read).toMatchObject({ covers: [part(login)], absenceIsAuthoritative: false, followUps: [] });
    expect(read.facts).toEqual(await listed('members', read.covers));
    expect(read.facts).toMatchObject([{ login, role: login === 'alice' ? 'owner' : 'member' }]);
    expect(requests).toBe(2);
  });

  test('R14: is none while only invited, and is one after accepting', async () => {
    const { changes } = gitHub.simulator;
    await changes.run('create-user', { user: 'guest' });
    await changes.run('add-organization-member', { user: 'guest', pending: true });
    expect((await readPart(part('guest'))).read).toEqual(gone(part('guest')));
    expect(await listed('members', [part('guest')])).toEqual([]);
    await changes.run('add-organization-member', { user: 'guest' });
    expect((await readPart(part('guest'))).read.facts).toHaveLength(1);
    await changes.run('remove-organization-member', { user: 'guest' });
    const { read, requests } = await readPart(part('guest'));
    expect(read).toEqual(gone(part('guest')));
    // The organization is read again, since it may have another login by now.
    expect(requests).toBe(3);
  });

  test('R6: is found under a new login, and not confused with the account that takes the old one', async () => {
    const { changes } = gitHub.simulator;
    await changes.run('create-user', { user: 'first-login' });
    await changes.run('add-organization-member', { user: 'first-login' });
    const { id } = user('first-login');
    await changes.run('rename-user', { user: 'first-login', to: 'second-login' });
    await changes.run('create-user', { user: 'first-login' });
    expect((await readPart(`member:${id}`)).read.facts).toMatchObject([{ login: 'second-login' }]);
    expect((await readPart(part('first-login'))).read).toEqual(gone(part('first-login')));
  });

  test('whose account is deleted is absent', async () => {
    expect((await readPart('member:987654')).read).toEqual(gone('member:987654'));
    // R10: a 404 from REST is no proof that the account is gone.
    const reader = await probed(gitHub);
    gitHub.simulator.faults.add({ kind: 'server-error', status: 404, match: { surface: 'rest' } });
    expect(await codeOf(reader.readScope(part('ann')))).toBe('incomplete');
  });

  test('of an organization that changed its login is unknown, not gone', async () => {
    const { changes } = gitHub.simulator;
    const reader = await probed(gitHub);
    await changes.run('rename-organization', { organization: 'acme', to: 'acme-corp' });
    expect(await codeOf(reader.readScope(part('ann')))).toBe('incomplete');
    await changes.run('rename-organization', { organization: 'acme-corp', to: 'acme' });
    expect(await codeOf(reader.readScope(part('ann')))).toBe('no error');
  });

  test('is not considered gone without the permission to read members', async () => {
    const { installation } = gitHub;
    const before = installation.permissions;
    const { members: _, ...permissions } = before;
    installation.permissions = permissions;
    expect(await codeOf((await probed(gitHub)).readScope(part('ann')))).toBe('insufficient-scope');
    installation.permissions = before;
  });
});
