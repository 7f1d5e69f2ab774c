/** A company of any size, the same for the same number. */
import type { HistoryStep } from '../../local/forges/git/history.ts';
import type {
  WorldGitHubOrganization,
  WorldRepository,
  WorldTeam,
} from '../../local/forges/world/github-organization.ts';
import type { GitHubWorld } from '../../local/forges/world/world.ts';

/**
 * So many repositories with a few refs each, and of people and teams what such a company has: for 500 repositories 300 members and
 * 60 teams, a third of them inside others. Two own it, everybody else reads through teams.
 */
export function generateWorld(repositoryCount: number): GitHubWorld {
  const memberCount = Math.max(3, Math.round(repositoryCount * 0.6));
  const teamCount = Math.max(2, Math.round(repositoryCount * 0.12));
  const logins = Array.from({ length: memberCount }, (_, at) => `user-${number(at)}`);
  const repositories = Array.from({ length: repositoryCount }, (_, at) => repositoryOf(at));
  const organization: WorldGitHubOrganization = {
    login: 'acme',
    name: 'Acme',
    basePermission: 'none',
    members: Object.fromEntries(logins.map((login, at) => [login, at < 2 ? 'owner' : 'member'])),
    teams: teamsOf(teamCount, logins.slice(2), repositories),
    repositories,
    installation: { repositories: 'all' },
  };
  return { users: logins.map((login) => ({ login })), organizations: [organization] };
}

/** Every third team stands inside the one before it. A repository belongs to one team, a member to one or two. */
function teamsOf(
  count: number,
  logins: readonly string[],
  repositories: readonly WorldRepository[],
): WorldTeam[] {
  const teams = Array.from({ length: count }, (_, at) => ({
    name: `Team ${number(at)}`,
    members: logins.filter(
      (_, member) => member % count === at || (member % 3 === 0 && (member + 7) % count === at),
    ),
    repositories: Object.fromEntries(
      repositories.flatMap(({ name }, repository) =>
        repository % count === at ? [[name, repository % 2 === 0 ? 'push' : 'pull'] as const] : [],
      ),
    ),
  }));
  return teams.flatMap((team, at): WorldTeam[] => {
    if (at % 3 === 2) return [];
    const child = at % 3 === 1 ? teams[at + 1] : undefined;
    return [child === undefined ? team : { ...team, teams: [child] }];
  });
}

function repositoryOf(at: number): WorldRepository {
  const name = `lib-${number(at)}`;
  const history: HistoryStep[] = [
    {
      manifest: {
        name: `acme/${name}`,
        description: `Library ${at}`,
        license: 'proprietary',
        require: { php: '>=8.1', ...(at > 0 && { [`acme/lib-${number(at >> 1)}`]: '^1.0' }) },
        autoload: { 'psr-4': { [`Acme\\Lib${at}\\`]: 'src/' } },
      },
      files: { 'src/Library.php': `<?php\n\nnamespace Acme\\Lib${at};\n\nfinal class Library\n{\n}\n` },
      tags: { from: 'v1.0.0', minors: 1 + (at % 2), patches: 2 },
    },
    ...(at % 4 === 0 ? [{ branch: '2.x', files: { 'CHANGES.md': 'Two\n' } }] : []),
  ];
  return { name, visibility: 'private', history };
}

function number(at: number): string {
  return String(at + 1).padStart(3, '0');
}
