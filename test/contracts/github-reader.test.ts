import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { effectivePermission, teamRepositories } from '../../local/forges/github/api/rights.ts';
import { nodeId } from '../../local/forges/github/state.ts';
import { defaultWorldFile, readWorld } from '../../local/forges/world/read-world.ts';
import { accessFactsOf, decideAccess } from '../../shared/domain/access.ts';
import type { Fact, FactKind } from '../../shared/domain/facts.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { OrganizationReader } from '../support/github-forge.ts';
import { gitHubScopes, layout } from '../support/traits.ts';
import { codeOf, factsOf, type GitHub, known, probed, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;

async function readAll(reader: OrganizationReader): Promise<readonly Fact[]> {
  const scopes = await Promise.all(gitHubScopes.map((scope) => factsOf(reader, scope)));
  return scopes.flat();
}

function ofKind<Kind extends FactKind>(facts: readonly Fact[], kind: Kind) {
  return facts.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
}

/** What each person and each team may read, decided from our facts, as `ann: billing money`. */
function decided(facts: readonly Fact[]): string[] {
  const access = accessFactsOf(facts);
  const names = new Map(access.repositories.map((fact) => [fact.repository, fact.name]));
  const line = (name: string, readable: ReadonlyMap<string, unknown>) =>
    `${name}: ${[...readable.keys()]
      .map((id) => names.get(asId(id)))
      .sort()
      .join(' ')}`;
  return [
    ...[...gitHub.state.users.values()].map((user) =>
      line(user.login, decideAccess({ kind: 'account', account: asId(user.id) }, access, 0)),
    ),
    ...ofKind(facts, 'team').map((fact) =>
      line(`team ${fact.slug}`, decideAccess({ kind: 'team', team: fact.team }, access, 0)),
    ),
  ].sort();
}

/** The same lines by the simulated GitHub's own rules. */
function granted(): string[] {
  const { state, acme } = gitHub;
  const repositories = [...state.repositories.values()].filter((each) => each.organizationId === acme.id);
  const line = (name: string, may: (id: number) => boolean) =>
    `${name}: ${repositories
      .filter((each) => each.visibility === 'public' || may(each.id))
      .map((each) => each.name)
      .sort()
      .join(' ')}`;
  return [
    ...[...state.users.values()].map((user) =>
      line(
        user.login,
        (id) => effectivePermission(state, known(state.repositories.get(id)), user.id) !== undefined,
      ),
    ),
    ...[...state.teams.values()].map((team) =>
      line(`team ${team.slug}`, (id) => teamRepositories(state, team).has(id)),
    ),
  ].sort();
}

describe('who may read what, decided from the facts of complete reads', () => {
  beforeAll(async () => {
    gitHub = await startGitHub(await readWorld(defaultWorldFile));
  });
  afterAll(() => gitHub.close());

  const changes: readonly [string, (github: GitHub) => Promise<unknown>][] = [
    ['in the beginning', async () => {}],
    [
      'once members may read',
      ({ simulator }) => simulator.changes.run('set-base-permission', { permission: 'read' }),
    ],
    [
      'once they may not',
      ({ simulator }) => simulator.changes.run('set-base-permission', { permission: 'none' }),
    ],
    [
      'once a team has another parent',
      ({ simulator }) => simulator.changes.run('set-team-parent', { team: 'payments', parent: 'storefront' }),
    ],
    [
      'once it has none',
      ({ simulator }) => simulator.changes.run('set-team-parent', { team: 'payments', parent: null }),
    ],
    [
      'once another is an owner',
      ({ simulator }) => simulator.changes.run('set-organization-role', { user: 'bob', role: 'owner' }),
    ],
    [
      'once a member is removed',
      ({ simulator }) => simulator.changes.run('remove-organization-member', { user: 'ann' }),
    ],
    [
      'once somebody is invited',
      ({ simulator }) => simulator.changes.run('add-organization-member', { user: 'olga', pending: true }),
    ],
    [
      'once a repository is public',
      ({ simulator }) =>
        simulator.changes.run('set-visibility', { repository: 'acme/payroll', visibility: 'public' }),
    ],
    [
      'once a collaborator is no more',
      ({ simulator }) =>
        simulator.changes.run('remove-collaborator', { repository: 'acme/theme', user: 'olga' }),
    ],
  ];
  test.each(changes)('%s', async (_, change) => {
    await change(gitHub);
    const facts = await readAll(gitHub.reader());
    expect(decided(facts)).toEqual(granted());
  });

  test("GitHub's own attributes for display are stored", async () => {
    const { state, acme } = gitHub;
    const facts = await readAll(gitHub.reader());
    const monolog = gitHub.repository('monolog');
    expect(ofKind(facts, 'repository').find(({ name }) => name === 'monolog')).toEqual({
      kind: 'repository',
      repository: String(monolog.id),
      handle: monolog.nodeId,
      name: 'monolog',
      fullName: 'acme/monolog',
      visibility: 'public',
      fork: true,
      archived: false,
      disabled: false,
      defaultBranch: 'main',
      createdAt: monolog.createdAt,
      pushedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      tagCount: 2,
      branchCount: 1,
    });
    expect(ofKind(facts, 'repository').find(({ name }) => name === 'legacy-shop')?.archived).toBe(true);
    expect(ofKind(facts, 'settings')).toEqual([
      { kind: 'settings', basePermission: 'none', membersRead: false, login: 'acme', name: 'Acme' },
    ]);
    expect(
      ofKind(facts, 'team')
        .map(({ slug }) => slug)
        .sort(),
    ).toEqual([...state.teams.values()].map(({ slug }) => slug).sort());
    expect(await gitHub.forge.installation(asId(gitHub.installation.id))).toEqual({
      id: String(acme.id),
      login: 'acme',
      suspended: false,
    });
  });
});

/** Adds people, teams and repositories beyond one page of every list. */
function fill({ state, acme }: GitHub): void {
  const fresh = () => {
    state.nextId += 1;
    return state.nextId;
  };
  const template = known([...state.repositories.values()][0]);
  const people = Array.from({ length: 230 }, (_, place) => {
    const id = fresh();
    state.users.set(id, { id, nodeId: nodeId('U', id), login: `person-${place}`, type: 'User' });
    return id;
  });
  const repositories = Array.from({ length: 120 }, (_, place) => {
    const id = fresh();
    const collaborators = new Map(place === 60 ? people.map((person) => [person, 'pull' as const]) : []);
    state.repositories.set(id, {
      ...template,
      id,
      nodeId: nodeId('R', id),
      name: `repository-${place}`,
      collaborators,
    });
    return id;
  });
  for (const person of people) {
    acme.members.set(person, { role: 'member', state: 'active' });
  }
  for (let place = 0; place < 60; place += 1) {
    const id = fresh();
    const large = place === 30;
    state.teams.set(id, {
      id,
      nodeId: nodeId('T', acme.id, id),
      organizationId: acme.id,
      slug: `team-${place}`,
      name: `team-${place}`,
      privacy: 'closed',
      members: new Map(large ? people.map((person) => [person, 'member']) : []),
      repositories: new Map(large ? repositories.map((repository) => [repository, 'push']) : []),
    });
  }
}

describe('an organization that does not fit on one page', () => {
  beforeAll(async () => {
    gitHub = await startGitHub();
    fill(gitHub);
  });
  afterEach(() => {
    gitHub.simulator.faults.remove();
  });
  afterAll(() => gitHub.close());

  test('is read completely, in few requests', async () => {
    const reader = await probed(gitHub);
    expect(reader.requests()).toBe(1);
    const facts = await readAll(reader);
    const counts = Object.fromEntries(
      layout.flatMap(({ kinds }) => kinds).map((kind) => [kind, ofKind(facts, kind).length]),
    );
    expect(counts).toEqual({
      settings: 1,
      member: 233,
      team: 62,
      'team-member': 231,
      // The large team's own, Engineering's, and Payments' own and inherited.
      'team-repository': 120 + 1 + 2,
      'role-member': 0,
      'role-team': 0,
      repository: 122,
      collaborator: 231,
    });
    // 1 probe, 1 settings, 3 pages of members, 3 of teams, 2 + 1 more of the large team, 3 of repositories, 2 more of one.
    expect(reader.requests()).toBe(1 + 1 + 3 + 3 + 3 + 3 + 2);
    expect(decided(facts)).toEqual(granted());
  });

  const lists = [
    ['members', 'Organization.membersWithRole'],
    ['teams', 'Organization.teams'],
    ['teams', 'Team.members'],
    ['teams', 'Team.repositories'],
    ['repositories', 'Organization.repositories'],
    ['repositories', 'Repository.collaborators'],
  ] as const;

  const below = lists.filter(([, list]) => !list.startsWith('Organization'));
  test.each(below)('R7: %s is incomplete while a page of %s is short', async (scope, list) => {
    const reader = await probed(gitHub);
    gitHub.simulator.faults.add({ kind: 'short-page', match: { list, page: '2' } });
    expect(await codeOf(reader.readScope(scope))).toBe('incomplete');
  });

  test.each(lists)('R11: %s is incomplete while pages of %s are empty', async (scope, list) => {
    const reader = await probed(gitHub);
    gitHub.simulator.faults.add({ kind: 'short-page', drop: 100, match: { list } });
    expect(await codeOf(reader.readScope(scope))).toBe('incomplete');
  });

  test.each(lists)('%s is complete although a page of %s was short once', async (scope, list) => {
    const reader = await probed(gitHub);
    const facts = await factsOf(reader, scope);
    gitHub.simulator.faults.add({ kind: 'short-page', times: 1, match: { list, page: '2' } });
    expect(await factsOf(reader, scope)).toEqual(facts);
    expect(gitHub.simulator.faults.list()).toEqual([]);
  });

  const gaveUp = lists.flatMap(([scope, list]) =>
    (['failing-page', 'resource-limits'] as const).map((kind) => [scope, kind, list] as const),
  );
  test.each(gaveUp)('R8: %s is complete after one %s of %s', async (scope, kind, list) => {
    const reader = await probed(gitHub);
    const facts = await factsOf(reader, scope);
    gitHub.simulator.faults.add({ kind, times: 1, match: { list, page: '2' } });
    expect(await factsOf(reader, scope)).toEqual(facts);
    expect(gitHub.simulator.faults.list()).toEqual([]);
  });

  test.each(lists)('R1: the read of %s fails when GitHub never serves a page of %s', async (scope, list) => {
    const reader = await probed(gitHub);
    gitHub.simulator.faults.add({ kind: 'resource-limits', match: { list } });
    expect(await codeOf(reader.readScope(scope))).toBe('incomplete');
  });

  test('with selected repositories shows those, and no others that are public', async () => {
    const { installation, state, simulator } = gitHub;
    const ours = [...state.repositories.values()].filter(({ name }) => name.startsWith('repository-'));
    installation.repositorySelection = 'selected';
    installation.repositoryIds = new Set(ours.slice(0, 110).map(({ id }) => id));
    gitHub.repository('money').visibility = 'public';
    const reader = await probed(gitHub);
    const facts = await factsOf(reader, 'repositories');
    expect(
      ofKind(facts, 'repository')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(
      ours
        .slice(0, 110)
        .map(({ name }) => name)
        .sort(),
    );
    expect(ofKind(facts, 'collaborator')).toHaveLength(230);
    // Two pages of the selection, three of repositories, and two more of one repository's collaborators.
    expect(reader.requests()).toBe(1 + 2 + 3 + 2);

    simulator.faults.add({ kind: 'short-page', match: { list: '/installation/repositories', page: '2' } });
    expect(await codeOf(reader.readScope('repositories'))).toBe('incomplete');
    simulator.faults.remove();
    simulator.faults.add({ kind: 'server-error', status: 502, times: 1, match: { surface: 'graphql' } });
    expect(await factsOf(reader, 'repositories')).toEqual(facts);
    installation.repositorySelection = 'all';
  });

  test('requests smaller pages after a gateway time-out', async () => {
    const reader = await probed(gitHub);
    gitHub.simulator.faults.add({
      kind: 'server-error',
      status: 504,
      times: 2,
      match: { surface: 'graphql' },
    });
    const before = reader.requests();
    expect(ofKind(await factsOf(reader, 'members'), 'member')).toHaveLength(233);
    // One of 100, one of 50, and then ten of 25.
    expect(reader.requests() - before).toBe(2 + 10);
  });
});
