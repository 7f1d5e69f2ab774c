import { createReport, type Path, reportContents, reportTwice, reportUnknownUsers } from './check-parts.ts';
import {
  flattenTeams,
  predefinedRoles,
  teamSlug,
  type WorldGitHubOrganization,
  type WorldTeam,
} from './github-organization.ts';
import type { World } from './world.ts';
import type { WorldProblem } from './world-error.ts';

/** @param logins - of all users, in small letters */
export function checkGitHubOrganization(
  world: World,
  organization: WorldGitHubOrganization,
  logins: ReadonlySet<string>,
  place: Path,
): readonly WorldProblem[] {
  const report = createReport(place);
  const repositories = organization.repositories ?? [];
  const names = new Set(repositories.map((repository) => repository.name));
  const members = new Set(Object.keys(organization.members ?? {}).map((login) => login.toLowerCase()));
  const needMember = (login: string, at: Path): void => {
    if (!members.has(login.toLowerCase())) report.add(at, `"${login}" is no member of ${organization.login}`);
  };
  const needRepository = (name: string, at: Path): void => {
    if (!names.has(name)) report.add(at, `"${name}" is no repository of ${organization.login}`);
  };

  if (logins.has(organization.login.toLowerCase())) report.add(['login'], 'a user has this login');
  reportUnknownUsers(report, ['members'], organization.members, logins);
  if (!Object.values(organization.members ?? {}).includes('owner'))
    report.add(['members'], 'there is no owner');
  reportTwice(report, ['repositories'], repositories, 'name');

  const slugs = new Set<string>();
  const checkTeams = (teams: readonly WorldTeam[], at: Path, nested: boolean): void => {
    teams.forEach((team, index) => {
      const here = [...at, index];
      const slug = teamSlug(team.name);
      if (slugs.has(slug))
        report.add([...here, 'name'], `another team of ${organization.login} has the slug "${slug}"`);
      slugs.add(slug);
      if (team.secret && (nested || team.teams !== undefined)) {
        report.add([...here, 'secret'], 'a team with a parent or children cannot be secret');
      }
      if (team.enterprise && (nested || team.secret || team.teams !== undefined)) {
        report.add([...here, 'enterprise'], 'a team of the enterprise is neither nested nor secret');
      }
      if (team.enterprise && world.enterprise === undefined) {
        report.add([...here, 'enterprise'], 'teams of an enterprise need one at the top of the file');
      }
      for (const key of ['members', 'maintainers'] as const) {
        (team[key] ?? []).forEach((login, position) => {
          needMember(login, [...here, key, position]);
        });
      }
      for (const name of Object.keys(team.repositories ?? {}))
        needRepository(name, [...here, 'repositories', name]);
      checkTeams(team.teams ?? [], [...here, 'teams'], true);
    });
  };
  checkTeams(organization.teams ?? [], ['teams'], false);

  const roles = organization.roles ?? [];
  const teamNames = new Set(flattenTeams(organization.teams).map(({ team }) => team.name));
  reportTwice(report, ['roles'], roles, 'name');
  roles.forEach((role, index) => {
    const here: Path = ['roles', index];
    if (role.base !== undefined && role.name in predefinedRoles) {
      report.add([...here, 'base'], `${role.name} is predefined, and has its own`);
    }
    (role.members ?? []).forEach((login, position) => {
      needMember(login, [...here, 'members', position]);
    });
    (role.teams ?? []).forEach((team, position) => {
      if (!teamNames.has(team)) {
        report.add([...here, 'teams', position], `"${team}" is no team of ${organization.login}`);
      }
    });
  });

  repositories.forEach((repository, index) => {
    const here: Path = ['repositories', index];
    reportUnknownUsers(report, [...here, 'collaborators'], repository.collaborators, logins);
    if (repository.visibility === 'internal' && world.enterprise === undefined) {
      report.add([...here, 'visibility'], 'internal repositories need an enterprise at the top of the file');
    }
    reportContents(report, here, repository, logins);
  });

  const selected = organization.installation?.repositories ?? 'all';
  if (selected !== 'all') {
    selected.forEach((name, index) => {
      needRepository(name, ['installation', 'repositories', index]);
    });
  }
  return report.problems;
}
