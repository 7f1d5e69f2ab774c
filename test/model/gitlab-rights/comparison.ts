/**
 * What the product should decide for an instance: the rules' answers, without what the product cannot know or ignores. Each of these
 * differences has a name, and a run of the comparison has to meet it. None lets anybody read what GitLab does not.
 */
import {
  groupNamed,
  mayAnyoneRead,
  mayRead,
  maySee,
  mayView,
  rolesInGroup,
  rolesOnProject,
} from './gitlab-rules.ts';
import type { DescribedGroup, DescribedInstance, DescribedProject, DescribedUser } from './instance.ts';
import { ownerName, topName } from './random-instances.ts';

export interface Difference {
  readonly name: string;
  /** The instance as the product sees it. */
  readonly told?: (instance: DescribedInstance) => DescribedInstance;
  /** Whether the product leaves the project out, whatever the rules say. */
  readonly leavesOut?: (
    instance: DescribedInstance,
    user: DescribedUser,
    project: DescribedProject,
  ) => boolean;
}

export const differences: readonly Difference[] = [
  {
    // 404 for the group, so nobody learns who is in it.
    name: 'a private group that the owner does not see has no members',
    told: (instance) => ({
      ...instance,
      groups: instance.groups.map((group) =>
        isSeen(instance, group) ? group : { ...group, parent: undefined, members: [], invited: [] },
      ),
    }),
  },
  {
    // Only administrators see who is one: https://docs.gitlab.com/api/users/
    name: 'administrators of the instance have the rights that they would have without being one',
    told: (instance) => ({
      ...instance,
      users: instance.users.map((user) => ({ ...user, administrator: false })),
    }),
  },
  {
    // No list of members says who is external. https://docs.gitlab.com/api/group_members/
    name: 'where there may be external users, everybody counts as one',
    told: (instance) => ({
      ...instance,
      users: instance.users.map((user) => ({ ...user, external: instance.hasExternalUsers })),
    }),
  },
  {
    // Lists of members do not name the other users of the instance.
    name: 'internal projects are for members of the top-level group or of the project, not for others of the instance',
    leavesOut: (instance, user, project) =>
      project.visibility === 'internal' &&
      rolesInGroup(instance, user.username, groupNamed(instance, topName)).length === 0 &&
      rolesOnProject(instance, user, project).length === 0,
  },
];

function isSeen(instance: DescribedInstance, group: DescribedGroup): boolean {
  const owner = instance.users.find(({ username }) => username === ownerName);
  return owner !== undefined && maySee(instance, owner, group);
}

/**
 * Names of the projects that the user may read in the product; undefined is anyone on the internet.
 *
 * @param but a difference that is not applied
 */
export function expectedFor(
  instance: DescribedInstance,
  username: string | undefined,
  but?: Difference,
): string[] {
  const applied = differences.filter((difference) => difference !== but);
  const told = applied.reduce((all, difference) => difference.told?.(all) ?? all, instance);
  const user = told.users.find((each) => each.username === username);
  return told.projects
    .filter(
      (project) => mayAnyoneRead(project) || (user !== undefined && reads(told, user, project, applied)),
    )
    .map(({ name }) => name)
    .sort();
}

const reads = (
  instance: DescribedInstance,
  user: DescribedUser,
  project: DescribedProject,
  applied: readonly Difference[],
): boolean =>
  (instance.viewersInstall ? mayView : mayRead)(instance, user, project) &&
  !applied.some(({ leavesOut }) => leavesOut?.(instance, user, project) ?? false);

/**
 * Names of the projects that the user may read on GitLab, or view where viewers count as readers; undefined is anyone on the internet.
 */
export function allowedTo(instance: DescribedInstance, username: string | undefined): string[] {
  const user = instance.users.find((each) => each.username === username);
  const may = instance.viewersInstall ? mayView : mayRead;
  return instance.projects
    .filter((project) => (user === undefined ? mayAnyoneRead(project) : may(instance, user, project)))
    .map(({ name }) => name)
    .sort();
}
