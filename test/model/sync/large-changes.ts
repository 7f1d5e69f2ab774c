/** Changes that consist of several. */
import type { Repository, Team } from '../../../local/forges/github/state.ts';
import {
  acme,
  at,
  type ForgeChange,
  type ForgeNow,
  full,
  make,
  repositoriesOf,
  teamsOf,
  with1,
} from './forge-changes.ts';

const organization = (now: ForgeNow): string => acme(now)?.login ?? '';
const largestTeam = (now: ForgeNow): Team | undefined =>
  teamsOf(now).toSorted((one, other) => other.members.size - one.members.size)[0];
/** The repository with the most collaborators. */
const largestRepository = (now: ForgeNow): Repository | undefined =>
  repositoriesOf(now).toSorted((one, other) => other.collaborators.size - one.collaborators.size)[0];

/** All but two leave the largest team or repository. */
export function manyLeave(now: ForgeNow, what: 'a team' | 'a repository'): readonly ForgeChange[] {
  const loginsOf = (people: ReadonlyMap<number, unknown>): readonly string[] =>
    [...people.keys()].slice(2).flatMap((id) => now.state.users.get(id)?.login ?? []);
  return what === 'a team'
    ? with1(largestTeam(now), ({ slug, members }) =>
        loginsOf(members).flatMap((user) =>
          make('remove-team-member', { organization: organization(now), team: slug, user }),
        ),
      )
    : with1(largestRepository(now), (repository) =>
        loginsOf(repository.collaborators).flatMap((user) =>
          make('remove-collaborator', { repository: full(now, repository), user }),
        ),
      );
}

/** Removes as much at once as possible. */
export function largestGoes(
  now: ForgeNow,
  what: 'the largest team' | 'the largest repository' | 'nothing',
): readonly ForgeChange[] {
  switch (what) {
    case 'the largest team':
      return with1(largestTeam(now), ({ slug }) =>
        make('delete-team', { organization: organization(now), team: slug }),
      );
    case 'the largest repository':
      return with1(largestRepository(now), (repository) =>
        make('delete-repository', { repository: full(now, repository), events: 'documented' }),
      );
    case 'nothing':
      return [];
  }
}

/** Somebody leaves a team, and returns. */
export function leaveAndReturn(
  now: ForgeNow,
  [a, b]: readonly [number, number],
): readonly [readonly ForgeChange[], readonly ForgeChange[]] {
  const team = at(
    teamsOf(now).filter(({ members }) => members.size > 0),
    a,
  );
  const user = now.state.users.get(at([...(team?.members.keys() ?? [])], b) ?? 0);
  if (team === undefined || user === undefined) {
    return [[], []];
  }
  const row = { organization: organization(now), team: team.slug, user: user.login };
  return [make('remove-team-member', row), make('add-team-member', row)];
}
