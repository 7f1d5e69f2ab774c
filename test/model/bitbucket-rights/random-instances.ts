/** Small workspaces with all the odd cases, made by fast-check so that a failing one shrinks. */
import fc from 'fast-check';
import type {
  DescribedInstance,
  DescribedProject,
  DescribedWorkspace,
  ProjectPermission,
  RepositoryPermission,
  WorkspaceRole,
} from './instance.ts';

/** The workspace that is synchronized, and its owner, whose credential reads it. */
export const workspaceSlug = 'acme';
export const ownerName = 'alice';

const nicknames = [ownerName, 'ann', 'bob', 'cid', 'dea', 'eve'] as const;
const others = nicknames.slice(1);
/** Both workspaces use the same names, since these are unique only within one. */
const groupNames = ['core', 'readers', 'labs'] as const;
const projectKeys = ['CORE', 'SITE', 'LABS'] as const;
const slugs = ['apple', 'birch', 'cedar', 'daisy', 'elder'] as const;

const repositoryPermission = fc.constantFrom<RepositoryPermission[]>('read', 'write', 'admin');
const projectPermission = fc.constantFrom<ProjectPermission[]>('read', 'write', 'create-repo', 'admin');

/** Few entries of a map. */
const few = <Key, Value>(
  keys: readonly Key[],
  values: fc.Arbitrary<Value>,
  maxLength: number,
): fc.Arbitrary<ReadonlyMap<Key, Value>> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...keys), values), { selector: ([key]) => key, maxLength })
    .map((entries) => new Map(entries));

const given = <Permission extends string>(permission: fc.Arbitrary<Permission>) => ({
  users: few<string, Permission>(others, permission, 2),
  groups: few<string, Permission>(groupNames, permission, 2),
});

const repository = fc.record({
  project: fc.nat(projectKeys.length - 1),
  isPrivate: fc.constantFrom(true, true, true, false),
  ...given(repositoryPermission),
});
const workspace = fc.record({
  roles: few<string, WorkspaceRole>(others, fc.constantFrom('member', 'member', 'owner', 'collaborator'), 4),
  groups: few<string, readonly string[]>(
    groupNames,
    fc.uniqueArray(fc.constantFrom(...nicknames), { maxLength: 3 }),
    groupNames.length,
  ),
  projects: fc.array(fc.record(given(projectPermission)), {
    minLength: 1,
    maxLength: projectKeys.length,
  }),
  repositories: fc.array(repository, { maxLength: slugs.length }),
});

const parts = fc.record({
  listsProjectGrants: fc.boolean(),
  groups: fc.constantFrom('served', 'served', 'served', 'served', 'empty', 'not-found', 'removed'),
  administration: fc.constantFrom('bitbucket', 'atlassian'),
  deactivated: few<string, number>(others, fc.constantFrom(0, 1, 13, 14, 40), 2),
  ours: workspace,
  theirs: workspace,
});
type DrawnWorkspace = typeof workspace extends fc.Arbitrary<infer Value> ? Value : never;

/** Any instance of two workspaces with up to six people, three groups, three projects and five repositories. */
export const instances: fc.Arbitrary<DescribedInstance> = parts.map(
  ({ deactivated, ours, theirs, listsProjectGrants, groups, administration }): DescribedInstance => ({
    ...{ listsProjectGrants, groups, administration },
    accounts: nicknames.map((nickname) => ({ nickname, deactivatedFor: deactivated.get(nickname) })),
    workspaces: [
      madePossible(workspaceSlug, new Map([...ours.roles, [ownerName, 'owner']]), ours),
      madePossible('other', theirs.roles, theirs),
    ],
  }),
);

/**
 * Leaves out permissions of groups that do not exist, and makes members of those who are in groups, and collaborators of those who were
 * given something.
 */
function madePossible(
  slug: string,
  roles: ReadonlyMap<string, WorkspaceRole>,
  drawn: DrawnWorkspace,
): DescribedWorkspace {
  const { groups } = drawn;
  const projects = drawn.projects.map((project, place): DescribedProject => {
    const own = drawn.repositories.flatMap((one, at) =>
      one.project % drawn.projects.length === place ? [{ one, slug: slugs[at] ?? '' }] : [],
    );
    return {
      key: projectKeys[place] ?? '',
      users: project.users,
      groups: existing(project.groups, groups),
      repositories: own.map(({ one, slug: name }) => ({
        ...{ slug: name, isPrivate: one.isPrivate, users: one.users },
        groups: existing(one.groups, groups),
      })),
    };
  });
  const people = new Map(roles);
  for (const nickname of [...groups.values()].flat()) {
    if (people.get(nickname) !== 'owner') people.set(nickname, 'member');
  }
  for (const { users } of projects.flatMap((project) => [project, ...project.repositories])) {
    for (const nickname of users.keys()) people.set(nickname, people.get(nickname) ?? 'collaborator');
  }
  return { slug, people, groups, projects };
}

const existing = <Value>(
  given: ReadonlyMap<string, Value>,
  groups: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, Value> => new Map([...given].filter(([name]) => groups.has(name)));
