import { createReport, type Path, type Report, reportContents, reportUnknownUsers } from './check-parts.ts';
import {
  accessRow,
  flattenGroups,
  type PlacedGroup,
  type WorldGitLabGroup,
  type WorldGitLabProject,
  type WorldGitLabSubgroup,
  type WorldVisibility,
} from './gitlab-group.ts';
import type { WorldProblem } from './world-error.ts';

/** Names across all groups of the file. */
export interface GitLabNames {
  /** Of all users, in lower case. */
  readonly logins: ReadonlySet<string>;
  /** Full paths of all groups and subgroups, in lower case. */
  readonly groups: ReadonlySet<string>;
}

/** With the custom roles of one top-level group. */
interface Names extends GitLabNames {
  readonly roles: ReadonlySet<string>;
}

const visibilities: readonly WorldVisibility[] = ['private', 'internal', 'public'];

export function checkGitLabGroup(
  top: WorldGitLabGroup,
  names: GitLabNames,
  place: Path,
): readonly WorldProblem[] {
  const report = createReport(place);
  if (names.logins.has(top.path.toLowerCase())) report.add(['path'], 'a user has this login');
  const levels = Object.values(top.members ?? {}).map((access) => accessRow(access).level);
  if (!levels.includes('owner')) report.add(['members'], 'there is no owner');
  const roles = new Set((top.roles ?? []).map(({ name }) => name));
  for (const placed of flattenGroups(top)) checkGroup(report, placed, { ...names, roles });
  return report.problems;
}

function checkGroup(report: Report, { group, fullPath, parent, place }: PlacedGroup, names: Names): void {
  if (parent !== undefined && 'forge' in group) {
    report.add([...place, 'forge'], 'only the top-level group says on which forge it is');
  }
  if (parent !== undefined && 'roles' in group) {
    report.add([...place, 'roles'], 'only a top-level group has custom roles');
  }
  checkNamespace(report, place, group, fullPath, parent, names);
  // Subgroups and projects of a group share one set of paths.
  const taken = new Set<string>();
  for (const kind of ['groups', 'projects'] as const) {
    (group[kind] ?? []).forEach(({ path }, index) => {
      if (taken.has(path.toLowerCase())) {
        report.add([...place, kind, index, 'path'], `"${path}" is there twice in ${fullPath}`);
      }
      taken.add(path.toLowerCase());
    });
  }
  (group.projects ?? []).forEach((project, index) => {
    const here = [...place, 'projects', index];
    checkNamespace(report, here, project, `${fullPath}/${project.path}`, group, names);
    reportContents(report, here, project, names.logins);
  });
}

/** Checks what groups and projects have in common. */
function checkNamespace(
  report: Report,
  at: Path,
  { visibility = 'private', members, sharedWithGroups }: WorldGitLabSubgroup | WorldGitLabProject,
  fullPath: string,
  parent: WorldGitLabSubgroup | undefined,
  { logins, groups, roles }: Names,
): void {
  reportUnknownUsers(report, [...at, 'members'], members, logins);
  for (const [login, access] of Object.entries(members ?? {})) {
    const { role } = accessRow(access);
    if (role !== undefined && !roles.has(role)) {
      report.add([...at, 'members', login, 'role'], `the top-level group has no role "${role}"`);
    }
  }
  for (const path of Object.keys(sharedWithGroups ?? {})) {
    const here = [...at, 'sharedWithGroups', path];
    if (!groups.has(path.toLowerCase())) report.add(here, `there is no group ${path} in this world`);
    else if (path.toLowerCase() === fullPath.toLowerCase())
      report.add(here, 'a group is not shared with itself');
  }
  // https://docs.gitlab.com/user/public_access/
  const most = parent?.visibility ?? 'private';
  if (parent !== undefined && visibilities.indexOf(visibility) > visibilities.indexOf(most)) {
    report.add([...at, 'visibility'], `nothing in a ${most} group is ${visibility}`);
  }
}
