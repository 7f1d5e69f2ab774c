/** Fills an organization beyond one page of every list, for the contract tests. */
import { nodeId, type Repository, type Team } from '../../local/forges/github/state.ts';
import { type GitHub, known } from './github-fixture.ts';

/** Creates rows in the simulator's state, with ids and node ids in GitHub's form and without webhooks. */
export function createFiller({ state, acme }: GitHub) {
  const template = known([...state.repositories.values()][0]);
  const fresh = (): number => {
    state.nextId += 1;
    return state.nextId;
  };
  return {
    people(count: number): readonly number[] {
      return Array.from({ length: count }, (_, place) => {
        const id = fresh();
        state.users.set(id, { id, nodeId: nodeId('U', id), login: `person-${place}-${id}`, type: 'User' });
        acme.members.set(id, { role: 'member', state: 'active' });
        return id;
      });
    },
    /** Adds repositories that all share the git directory of an existing one. */
    repositories(count: number, more: (place: number) => Partial<Repository> = () => ({})) {
      return Array.from({ length: count }, (_, place) => {
        const id = fresh();
        const name = `repository-${place}-${id}`;
        const made = { ...template, id, nodeId: nodeId('R', id), name, collaborators: new Map() };
        state.repositories.set(id, { ...made, ...more(place) });
        return id;
      });
    },
    team(slug: string, more: Partial<Team> = {}): Team {
      const id = fresh();
      const team: Team = {
        id,
        nodeId: nodeId('T', acme.id, id),
        organizationId: acme.id,
        slug,
        name: slug,
        privacy: 'closed',
        members: new Map(),
        repositories: new Map(),
        ...more,
      };
      state.teams.set(id, team);
      return team;
    },
  };
}
