/** R7: lists longer than one page and longer than ten pages. */
import { describe, expect, test } from 'vitest';
import { teamRepositories } from '../../local/forges/github/api/rights.ts';
import { createFiller } from './github-fill.ts';
import { factsOf, readWhole, startGitHub } from './github-fixture.ts';

describe.each([101, 1001])('R7: with %d of everything', (count) => {
  test('every list is read to its end', async () => {
    const gitHub = await startGitHub();
    const { acme, state, installation } = gitHub;
    acme.members.clear();
    for (const known of [state.teams, state.repositories]) {
      for (const { id } of [...known.values()].slice(1)) known.delete(id);
    }
    const [first] = state.repositories.values();
    first?.collaborators.clear();
    const [engineering] = state.teams.values();
    engineering?.repositories.clear();
    const fill = createFiller(gitHub);
    const people = fill.people(count);
    const collaborators = new Map(people.map((person) => [person, 'pull' as const]));
    const repositories = fill.repositories(count - 1, (place) => (place === 0 ? { collaborators } : {}));
    const all = [...state.repositories.keys()];
    const large = fill.team('large', {
      members: new Map(people.map((person) => [person, 'member'])),
      repositories: new Map(all.map((repository) => [repository, 'pull'])),
    });
    for (let place = 0; place < count - 2; place += 1) fill.team(`team-${place}`);
    const read = async () => {
      const reader = gitHub.reader();
      const facts = [];
      for (const scope of ['members', 'teams', 'repositories'] as const)
        facts.push(...(await factsOf(reader, scope)));
      return Object.groupBy(facts, ({ kind }) => kind);
    };
    const counts = Object.entries(await read()).map(([kind, facts]) => [kind, facts?.length]);
    expect(Object.fromEntries(counts)).toEqual({
      member: count,
      team: count,
      'team-member': count,
      'team-repository': count,
      repository: count,
      collaborator: count,
    });
    expect(teamRepositories(state, large).size).toBe(count);
    // The parts that have them, and the same repositories as a selection.
    const team = await readWhole(gitHub.reader(), `team:${large.id}`, { handle: large.nodeId });
    expect(team.facts).toHaveLength(1 + 2 * count);
    const crowded = repositories[0] ?? 0;
    const { nodeId } = state.repositories.get(crowded) ?? {};
    const repository = await readWhole(gitHub.reader(), `repository:${crowded}`, { handle: nodeId });
    expect(repository.facts).toHaveLength(1 + count);
    installation.repositorySelection = 'selected';
    installation.repositoryIds = new Set(all);
    expect((await read()).repository).toHaveLength(count);
    await gitHub.close();
  }, 60_000);
});
