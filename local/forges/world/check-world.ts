import { HistoryError, type HistoryStep, tagNames } from '../git/history.ts';
import {
  flattenTeams,
  predefinedRoles,
  teamSlug,
  type World,
  type WorldOrganization,
  type WorldTeam,
} from './world.ts';
import type { WorldProblem } from './world-error.ts';

type Path = readonly (string | number)[];

/** What a schema cannot say: names that must exist, be declared once, or not go together. */
export function checkWorld(world: World): WorldProblem[] {
  const logins = new Set(world.users.map((user) => user.login.toLowerCase()));
  return [
    ...duplicates(world.users, ['users'], 'login'),
    ...duplicates(world.organizations, ['organizations'], 'login'),
    ...duplicateIds(world),
    ...world.organizations.flatMap((organization, index) =>
      checkOrganization(world, organization, logins, ['organizations', index]),
    ),
  ];
}

function checkOrganization(
  world: World,
  organization: WorldOrganization,
  logins: ReadonlySet<string>,
  path: Path,
): WorldProblem[] {
  const problems: WorldProblem[] = [];
  const repositories = organization.repositories ?? [];
  const names = new Set(repositories.map((repository) => repository.name));
  const report = (at: Path, message: string): void => void problems.push({ path: [...path, ...at], message });
  const needUser = (login: string, at: Path): void => {
    if (!logins.has(login.toLowerCase())) report(at, `"${login}" is not in users`);
  };
  const members = new Set(Object.keys(organization.members ?? {}).map((login) => login.toLowerCase()));
  const needMember = (login: string, at: Path): void => {
    if (!members.has(login.toLowerCase())) report(at, `"${login}" is no member of ${organization.login}`);
  };
  const needRepository = (name: string, at: Path): void => {
    if (!names.has(name)) report(at, `"${name}" is no repository of ${organization.login}`);
  };

  if (logins.has(organization.login.toLowerCase())) report(['login'], 'a user has this login');
  for (const login of Object.keys(organization.members ?? {})) needUser(login, ['members', login]);
  if (!Object.values(organization.members ?? {}).includes('owner')) report(['members'], 'there is no owner');
  problems.push(...duplicates(repositories, [...path, 'repositories'], 'name'));

  const slugs = new Set<string>();
  const checkTeams = (teams: readonly WorldTeam[], at: Path, nested: boolean): void => {
    teams.forEach((team, index) => {
      const here = [...at, index];
      const slug = teamSlug(team.name);
      if (slugs.has(slug))
        report([...here, 'name'], `another team of ${organization.login} has the slug "${slug}"`);
      slugs.add(slug);
      if (team.secret && (nested || team.teams !== undefined)) {
        report([...here, 'secret'], 'a team with a parent or children cannot be secret');
      }
      if (team.enterprise && (nested || team.secret || team.teams !== undefined)) {
        report([...here, 'enterprise'], 'a team of the enterprise is neither nested nor secret');
      }
      if (team.enterprise && world.enterprise === undefined) {
        report([...here, 'enterprise'], 'teams of an enterprise need one at the top of the file');
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
  problems.push(...duplicates(roles, [...path, 'roles'], 'name'));
  roles.forEach((role, index) => {
    const here: Path = ['roles', index];
    if (role.base !== undefined && role.name in predefinedRoles) {
      report([...here, 'base'], `${role.name} is predefined, and has its own`);
    }
    (role.members ?? []).forEach((login, position) => {
      needMember(login, [...here, 'members', position]);
    });
    (role.teams ?? []).forEach((team, position) => {
      if (!teamNames.has(team)) {
        report([...here, 'teams', position], `"${team}" is no team of ${organization.login}`);
      }
    });
  });

  repositories.forEach((repository, index) => {
    const here: Path = ['repositories', index];
    for (const login of Object.keys(repository.collaborators ?? {}))
      needUser(login, [...here, 'collaborators', login]);
    if (repository.git !== undefined && repository.history !== undefined) {
      report([...here, 'git'], 'git and history exclude each other');
    }
    if (repository.visibility === 'internal' && world.enterprise === undefined) {
      report([...here, 'visibility'], 'internal repositories need an enterprise at the top of the file');
    }
    const history = checkHistory(repository.history ?? [], repository.defaultBranch ?? 'main', logins);
    for (const problem of history) report([...here, 'history', ...problem.path], problem.message);
  });

  const selected = organization.installation?.repositories ?? 'all';
  if (selected !== 'all') {
    selected.forEach((name, index) => {
      needRepository(name, ['installation', 'repositories', index]);
    });
  }
  return problems;
}

/** @param defaultBranch - the branch of steps that name none. */
export function checkHistory(
  history: readonly HistoryStep[],
  defaultBranch: string,
  logins: ReadonlySet<string>,
  existing: ReadonlySet<string> = new Set(),
): WorldProblem[] {
  const problems: WorldProblem[] = [];
  const known = new Set(existing);
  history.forEach((step, index) => {
    if (step.author !== undefined && !logins.has(step.author.toLowerCase())) {
      problems.push({ path: [index, 'author'], message: `"${step.author}" is not in users` });
    }
    if (step.from !== undefined && !known.has(step.from) && !/^[0-9a-f]{40}$/.test(step.from)) {
      problems.push({
        path: [index, 'from'],
        message: `there is no branch or tag "${step.from}" in the steps before`,
      });
    }
    known.add(step.branch ?? defaultBranch);
    try {
      for (const tag of tagNames(step.tags)) {
        if (known.has(tag)) problems.push({ path: [index, 'tags'], message: `"${tag}" is there already` });
        known.add(tag);
      }
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      problems.push({ path: [index, 'tags'], message: error.message });
    }
  });
  return problems;
}

function duplicates<Key extends 'login' | 'name'>(
  items: readonly { readonly [K in Key]: string }[],
  path: Path,
  key: Key,
): WorldProblem[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const name = item[key].toLowerCase();
    const twice = seen.has(name);
    seen.add(name);
    return twice ? [{ path: [...path, index, key], message: `"${item[key]}" is there twice` }] : [];
  });
}

function duplicateIds(world: World): WorldProblem[] {
  const ofKind = (kind: string, ids: readonly (number | undefined)[]): WorldProblem[] =>
    ids
      .filter((id, index) => id !== undefined && ids.indexOf(id) !== index)
      .map((id) => ({ path: ['organizations'], message: `two ${kind} have the id ${id}` }));
  return [
    ...ofKind(
      'users or organizations',
      [...world.users, ...world.organizations].map((account) => account.id),
    ),
    ...ofKind(
      'teams',
      world.organizations.flatMap(({ teams }) => flattenTeams(teams).map(({ team }) => team.id)),
    ),
    ...ofKind(
      'repositories',
      world.organizations.flatMap(({ repositories = [] }) => repositories.map((repository) => repository.id)),
    ),
  ];
}
