import type { WorldBitbucketPermissions, WorldBitbucketWorkspace } from './bitbucket-workspace.ts';
import { createReport, type Path, reportContents, reportTwice, reportUnknownUsers } from './check-parts.ts';
import type { WorldProblem } from './world-error.ts';

/** @param logins - of all users, in lower case */
export function checkBitbucketWorkspace(
  workspace: WorldBitbucketWorkspace,
  logins: ReadonlySet<string>,
  place: Path,
): readonly WorldProblem[] {
  const report = createReport(place);
  const { slug, members = {}, groups = [], projects = [] } = workspace;
  reportUnknownUsers(report, ['members'], members, logins);
  if (!Object.values(members).includes('owner')) report.add(['members'], 'there is no owner');
  reportTwice(report, ['groups'], groups, 'name');
  const memberLogins = new Set(Object.keys(members).map((login) => login.toLowerCase()));
  groups.forEach((group, index) => {
    (group.members ?? []).forEach((login, position) => {
      if (!memberLogins.has(login.toLowerCase())) {
        report.add(['groups', index, 'members', position], `"${login}" is no member of ${slug}`);
      }
    });
  });

  const groupNames = new Set(groups.map(({ name }) => name));
  const checkPermissions = (permissions: WorldBitbucketPermissions<string> | undefined, at: Path): void => {
    reportUnknownUsers(report, [...at, 'users'], permissions?.users, logins);
    for (const name of Object.keys(permissions?.groups ?? {})) {
      if (!groupNames.has(name)) report.add([...at, 'groups', name], `"${name}" is no group of ${slug}`);
    }
  };
  reportTwice(report, ['projects'], projects, 'key');
  // A repository's address does not contain its project.
  const slugs = new Set<string>();
  projects.forEach((project, index) => {
    checkPermissions(project.permissions, ['projects', index, 'permissions']);
    (project.repositories ?? []).forEach((repository, position) => {
      const here: Path = ['projects', index, 'repositories', position];
      if (slugs.has(repository.slug))
        report.add([...here, 'slug'], `"${repository.slug}" is there twice in ${slug}`);
      slugs.add(repository.slug);
      checkPermissions(repository.permissions, [...here, 'permissions']);
      reportContents(report, here, repository, logins);
    });
  });
  return report.problems;
}
