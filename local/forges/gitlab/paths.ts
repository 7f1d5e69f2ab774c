import type { GitLabState, Group, Project, User } from './state.ts';

/** The group and its ancestors, nearest first. */
export function lineageOf(state: GitLabState, group: Group): Group[] {
  const lineage: Group[] = [];
  for (let next: Group | undefined = group; next !== undefined; ) {
    lineage.push(next);
    next = next.parentId === undefined ? undefined : state.groups.get(next.parentId);
  }
  return lineage;
}

/** The group that contains a project. */
export function groupOf(state: GitLabState, { groupId, path }: Project): Group {
  const group = state.groups.get(groupId);
  if (group === undefined) throw new Error(`the group of ${path} does not exist`);
  return group;
}

/** The groups whose members a group or project inherits: of a group itself and its ancestors, of a project those of its group. */
export function groupsAbove(state: GitLabState, source: Group | Project): Group[] {
  return lineageOf(state, source.kind === 'group' ? source : groupOf(state, source));
}

export function fullPath(state: GitLabState, source: Group | Project): string {
  const groups = groupsAbove(state, source).map(({ path }) => path);
  return [...groups.reverse(), ...(source.kind === 'project' ? [source.path] : [])].join('/');
}

export function fullName(state: GitLabState, source: Group | Project): string {
  const names = groupsAbove(state, source).map(({ name }) => name);
  return [...names.reverse(), ...(source.kind === 'project' ? [source.name] : [])].join(' / ');
}

export function topLevelOf(state: GitLabState, source: Group | Project): Group {
  const top = groupsAbove(state, source).at(-1);
  if (top === undefined) throw new Error(`${source.path} has no top-level group`);
  return top;
}

/** Subgroups at any depth, without the group itself, by id. */
export function descendantsOf(state: GitLabState, group: Group): Group[] {
  return [...state.groups.values()]
    .filter((other) => other !== group && lineageOf(state, other).includes(group))
    .sort((a, b) => a.id - b.id);
}

/** A group's own projects, or those of its subgroups too, by id. */
export function projectsOf(state: GitLabState, group: Group, withSubgroups: boolean): Project[] {
  return [...state.projects.values()]
    .filter((project) =>
      withSubgroups ? groupsAbove(state, project).includes(group) : project.groupId === group.id,
    )
    .sort((a, b) => a.id - b.id);
}

/** Finds a group by id or full path, without regard to case. */
export function findGroup(state: GitLabState, idOrPath: string): Group | undefined {
  if (/^\d+$/.test(idOrPath)) return state.groups.get(Number(idOrPath));
  const wanted = idOrPath.toLowerCase();
  return [...state.groups.values()].find((group) => fullPath(state, group).toLowerCase() === wanted);
}

/** Finds a project by id or full path, also by a former one. */
export function findProject(
  state: GitLabState,
  idOrPath: string,
): { readonly project: Project; readonly former: boolean } | undefined {
  const wanted = idOrPath.toLowerCase();
  const current = /^\d+$/.test(idOrPath)
    ? state.projects.get(Number(idOrPath))
    : [...state.projects.values()].find((project) => fullPath(state, project).toLowerCase() === wanted);
  if (current !== undefined) return { project: current, former: false };
  const project = state.projects.get(state.formerPaths.get(wanted) ?? -1);
  return project && { project, former: true };
}

/** Finds a user without regard to case. */
export function findUser(state: GitLabState, username: string): User | undefined {
  const wanted = username.toLowerCase();
  return [...state.users.values()].find((user) => user.username.toLowerCase() === wanted);
}
