import {
  createReport,
  type Path,
  type Report,
  reportContents,
  reportTwice,
  reportUnknownUsers,
} from './check-parts.ts';
import {
  flattenTeams,
  predefinedRoles,
  teamSlug,
  type WorldGitHubOrganization,
  type WorldTeam,
} from './github-organization.ts';
import type { World } from './world.ts';
import type { WorldProblem } from './world-error.ts';

/** The data that the checks of one organization need. */
interface Checked {
  readonly report: Report;
  readonly organization: WorldGitHubOrganization;
  readonly hasEnterprise: boolean;
  /** Of all users, in lower case. */
  readonly logins: ReadonlySet<string>;
}

/** @param logins - of all users, in lower case */
export function checkGitHubOrganization(
  world: World,
  organization: WorldGitHubOrganization,
  logins: ReadonlySet<string>,
  place: Path,
): readonly WorldProblem[] {
  const report = createReport(place);
  const checked = { report, organization, hasEnterprise: world.enterprise !== undefined, logins };
  if (logins.has(organization.login.toLowerCase())) report.add(['login'], 'a user has this login');
  reportUnknownUsers(report, ['members'], organization.members, logins);
  if (!Object.values(organization.members ?? {}).includes('owner'))
    report.add(['members'], 'there is no owner');
  checkTeams(checked);
  checkRoles(checked);
  checkRepositories(checked);
  const selected = organization.installation?.repositories ?? 'all';
  if (selected !== 'all') requireRepositories(checked, ['installation', 'repositories'], selected.entries());
  return report.problems;
}

function checkTeams(checked: Checked): void {
  const { report, organization } = checked;
  const slugs = new Set<string>();
  const check = (teams: readonly WorldTeam[], at: Path, nested: boolean): void => {
    teams.forEach((team, index) => {
      const here = [...at, index];
      const slug = teamSlug(team.name);
      if (slugs.has(slug))
        report.add([...here, 'name'], `another team of ${organization.login} has the slug "${slug}"`);
      slugs.add(slug);
      checkKind(checked, team, here, nested);
      requireMembers(checked, [...here, 'members'], team.members);
      requireMembers(checked, [...here, 'maintainers'], team.maintainers);
      const names = Object.keys(team.repositories ?? {});
      requireRepositories(
        checked,
        [...here, 'repositories'],
        names.map((name) => [name, name]),
      );
      check(team.teams ?? [], [...here, 'teams'], true);
    });
  };
  check(organization.teams ?? [], ['teams'], false);
}

/** Secret teams and those of the enterprise cannot be nested. */
function checkKind({ report, hasEnterprise }: Checked, team: WorldTeam, here: Path, nested: boolean): void {
  if (team.secret && (nested || team.teams !== undefined)) {
    report.add([...here, 'secret'], 'a team with a parent or children cannot be secret');
  }
  if (team.enterprise && (nested || team.secret || team.teams !== undefined)) {
    report.add([...here, 'enterprise'], 'a team of the enterprise is neither nested nor secret');
  }
  if (team.enterprise && !hasEnterprise) {
    report.add([...here, 'enterprise'], 'teams of an enterprise need one at the top of the file');
  }
}

function checkRoles(checked: Checked): void {
  const { report, organization } = checked;
  const { roles = [] } = organization;
  const teamNames = new Set(flattenTeams(organization.teams).map(({ team }) => team.name));
  reportTwice(report, ['roles'], roles, 'name');
  roles.forEach((role, index) => {
    const here: Path = ['roles', index];
    if (role.base !== undefined && role.name in predefinedRoles) {
      report.add([...here, 'base'], `${role.name} is predefined, and has its own`);
    }
    requireMembers(checked, [...here, 'members'], role.members);
    (role.teams ?? []).forEach((team, position) => {
      if (!teamNames.has(team)) {
        report.add([...here, 'teams', position], `"${team}" is no team of ${organization.login}`);
      }
    });
  });
}

function checkRepositories({ report, organization, hasEnterprise, logins }: Checked): void {
  const { repositories = [] } = organization;
  reportTwice(report, ['repositories'], repositories, 'name');
  repositories.forEach((repository, index) => {
    const here: Path = ['repositories', index];
    reportUnknownUsers(report, [...here, 'collaborators'], repository.collaborators, logins);
    if (repository.visibility === 'internal' && !hasEnterprise) {
      report.add([...here, 'visibility'], 'internal repositories need an enterprise at the top of the file');
    }
    reportContents(report, here, repository, logins);
  });
}

function requireMembers({ report, organization }: Checked, at: Path, logins: readonly string[] = []): void {
  const members = new Set(Object.keys(organization.members ?? {}).map((login) => login.toLowerCase()));
  logins.forEach((login, position) => {
    if (!members.has(login.toLowerCase())) {
      report.add([...at, position], `"${login}" is no member of ${organization.login}`);
    }
  });
}

/** @param names - with the key or index of each */
function requireRepositories(
  { report, organization }: Checked,
  at: Path,
  names: Iterable<readonly [string | number, string]>,
): void {
  const known = new Set((organization.repositories ?? []).map(({ name }) => name));
  for (const [key, name] of names) {
    if (!known.has(name)) report.add([...at, key], `"${name}" is no repository of ${organization.login}`);
  }
}
