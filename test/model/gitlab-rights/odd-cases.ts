/** The cases that the comparison is for. A run without one of them proves nothing about it. */
import { groupNamed, rolesInGroup, rolesOnProject, withAncestors } from './gitlab-rules.ts';
import type {
  DescribedGroup,
  DescribedInstance,
  DescribedMember,
  DescribedProject,
  DescribedUser,
  Invitation,
  Role,
} from './instance.ts';
import { topName } from './random-instances.ts';

type Is<Thing> = (thing: Thing, instance: DescribedInstance) => boolean;
type IsIn = (instance: DescribedInstance) => boolean;

/** A project whose code somebody could read. */
const inProjects =
  (is: Is<DescribedProject>): IsIn =>
  (instance) =>
    instance.projects.some((project) => project.repository !== 'disabled' && is(project, instance));

/** Somebody and a private project, where only roles count. */
const onPrivate = (
  is: (user: DescribedUser, project: DescribedProject, instance: DescribedInstance) => boolean,
) =>
  inProjects(
    (project, instance) =>
      project.visibility === 'private' && instance.users.some((user) => is(user, project, instance)),
  );

const inState = (state: DescribedUser['state']): IsIn =>
  onPrivate(
    (user, project, instance) =>
      user.state === state && rolesOnProject(instance, user, project).includes('Owner'),
  );

const withOnly = (role: Role, isVersion: (version: string) => boolean = () => true): IsIn =>
  onPrivate((user, project, instance) => {
    const roles = rolesOnProject(instance, user, project);
    return roles.length > 0 && roles.every((each) => each === role) && isVersion(instance.version);
  });

/** The direct memberships in a group, its ancestors and the project. */
const membersAbove = (project: DescribedProject, instance: DescribedInstance): readonly DescribedMember[] => [
  ...project.members,
  ...withAncestors(instance, groupNamed(instance, project.group)).flatMap(({ members }) => members),
];

const isRunning = ({ expiresIn }: Pick<Invitation, 'expiresIn'>): boolean =>
  expiresIn === undefined || expiresIn > 0;

const invitedToGroup = (is: Is<{ group: DescribedGroup; invited: DescribedGroup; how: Invitation }>) =>
  inProjects((project, instance) =>
    withAncestors(instance, groupNamed(instance, project.group)).some((group) =>
      group.invited.some((how) => is({ group, how, invited: groupNamed(instance, how.group) }, instance)),
    ),
  );
const invitedToProject = (is: Is<{ project: DescribedProject; invited: DescribedGroup; how: Invitation }>) =>
  inProjects((project, instance) =>
    project.invited.some((how) => is({ project, how, invited: groupNamed(instance, how.group) }, instance)),
  );

const inherits = ({ name }: DescribedGroup, instance: DescribedInstance): boolean => {
  const [own, ...above] = withAncestors(instance, groupNamed(instance, name));
  return above.some(({ members }) =>
    members.some(({ username }) => !own?.members.some((one) => one.username === username)),
  );
};

export const oddCases: Readonly<Record<string, IsIn>> = {
  'a member of a group two levels above': inProjects((project, instance) => {
    const [, , ...higher] = withAncestors(instance, groupNamed(instance, project.group));
    return higher.some(({ members }) => members.some(({ role }) => role === 'Reporter'));
  }),
  'a direct member of the project alone': onPrivate(
    ({ username }, project, instance) =>
      project.members.some((one) => one.username === username && one.role === 'Reporter') &&
      rolesInGroup(instance, username, groupNamed(instance, project.group)).length === 0,
  ),
  'a direct member of a group that is invited to a group': invitedToGroup(
    ({ invited, how }) => isRunning(how) && how.maximum !== 'Minimal Access' && invited.members.length > 0,
  ),
  'an inherited member of a group that is invited to a group': invitedToGroup(
    ({ invited, how }, instance) => isRunning(how) && inherits(invited, instance),
  ),
  'an inherited member of a group that is invited to a project': invitedToProject(
    ({ invited, how }, instance) => isRunning(how) && inherits(invited, instance),
  ),
  'a group that is invited to one that is invited to a project': invitedToProject(
    ({ invited, how }, instance) =>
      isRunning(how) &&
      withAncestors(instance, invited).some((each) =>
        each.invited.some(
          (inner) => isRunning(inner) && groupNamed(instance, inner.group).members.length > 0,
        ),
      ),
  ),
  'a group that is invited to one that is invited to a group': invitedToGroup(
    ({ invited, how }) => isRunning(how) && invited.invited.some(isRunning),
  ),
  'an invitation that is over': invitedToProject(({ how }) => how.expiresIn === -40),
  'an invitation that ends today': invitedToProject(({ how }) => how.expiresIn === 0),
  'an invitation that ends tomorrow': invitedToProject(({ how }) => how.expiresIn === 1),
  'an invitation to a group that is over': invitedToGroup(({ how }) => !isRunning(how)),
  'an invitation with less than its members have': invitedToProject(
    ({ invited, how }) => how.maximum === 'Guest' && invited.members.some(({ role }) => role === 'Developer'),
  ),
  'an invitation with Minimal Access': invitedToGroup(({ how }) => how.maximum === 'Minimal Access'),
  'a project whose group locks sharing': invitedToProject(
    ({ project, how }, instance) => isRunning(how) && groupNamed(instance, project.group).sharingLocked,
  ),
  'a project whose group does not lock sharing, but the one above': invitedToProject(
    ({ project }, instance) => {
      const [own, above] = withAncestors(instance, groupNamed(instance, project.group));
      return own?.sharingLocked === false && above?.sharingLocked === true;
    },
  ),
  'a group of our own that is invited to a project': invitedToProject(
    ({ invited }, instance) => withAncestors(instance, invited).at(-1)?.name === topName,
  ),
  'a membership that is over': inProjects((project, instance) =>
    membersAbove(project, instance).some(({ expiresIn }) => expiresIn === -40),
  ),
  'a membership that ends today': inProjects((project, instance) =>
    membersAbove(project, instance).some(({ expiresIn }) => expiresIn === 0),
  ),
  'a membership that ends tomorrow': inProjects((project, instance) =>
    membersAbove(project, instance).some(({ expiresIn }) => expiresIn === 1),
  ),
  'somebody who waits': inProjects((project, instance) =>
    membersAbove(project, instance).some(({ awaiting, role }) => awaiting && role === 'Owner'),
  ),
  'somebody who waits in one place and not in another': onPrivate(({ username }, project, instance) => {
    const own = membersAbove(project, instance).filter((one) => one.username === username);
    return own.some(({ awaiting }) => awaiting) && own.some(({ awaiting }) => !awaiting);
  }),
  'somebody who waits in two places': onPrivate(
    ({ username }, project, instance) =>
      membersAbove(project, instance).filter((one) => one.username === username && one.awaiting).length > 1,
  ),
  'a custom role of guests': inProjects((project, instance) =>
    membersAbove(project, instance).some(({ custom, role }) => custom && role === 'Guest'),
  ),
  'a custom role that alone reads': onPrivate((user, project, instance) => {
    const own = membersAbove(project, instance).filter(({ username }) => username === user.username);
    return (
      instance.viewersInstall &&
      own.length > 0 &&
      own.every(({ role }) => role === 'Guest') &&
      own.some(({ custom }) => custom)
    );
  }),
  'a custom role that stays through an invited group': inProjects((project, instance) =>
    withAncestors(instance, groupNamed(instance, project.group)).some(({ invited }) =>
      invited.some(({ group, maximum }) =>
        groupNamed(instance, group).members.some(
          ({ custom, role }) =>
            custom && role === 'Guest' && maximum === 'Developer' && instance.viewersInstall,
        ),
      ),
    ),
  ),
  'a blocked owner': inState('blocked'),
  'a deactivated owner': inState('deactivated'),
  'a banned owner': inState('banned'),
  'an owner who waits for an administrator': inState('pending approval'),
  'a service account that reads': onPrivate(
    (user, project, instance) =>
      user.kind === 'service account' && rolesOnProject(instance, user, project).includes('Reporter'),
  ),
  'a bot that reads': onPrivate(
    (user, project, instance) =>
      user.kind === 'project bot' && rolesOnProject(instance, user, project).includes('Reporter'),
  ),
  'Minimal Access': inProjects((_, instance) =>
    instance.groups.some(
      ({ name, members }) => name === topName && members.some(({ role }) => role === 'Minimal Access'),
    ),
  ),
  'a guest alone': withOnly('Guest'),
  'a planner in 17.7': withOnly('Planner', (version) => version === '17.7'),
  'a planner before 18.7': withOnly('Planner', (version) => version === '18.6'),
  'a planner since 18.7': withOnly('Planner', (version) => version === '19.0'),
  'a security manager': withOnly('Security Manager'),
  'a guest of a public project that shows its code to members only': inProjects(
    (project, instance) =>
      project.visibility === 'public' &&
      project.repository === 'private' &&
      instance.users.some((user) => rolesOnProject(instance, user, project).join() === 'Guest'),
  ),
  'an external guest of an internal project': inProjects(
    (project, instance) =>
      project.visibility === 'internal' &&
      instance.users.some(
        (user) => user.external && rolesOnProject(instance, user, project).join() === 'Guest',
      ),
  ),
  'a guest of an internal project without external users': inProjects(
    (project, instance) =>
      project.visibility === 'internal' &&
      !instance.hasExternalUsers &&
      instance.users.some((user) => rolesOnProject(instance, user, project).join() === 'Guest'),
  ),
  'a project without a repository': ({ projects }) =>
    projects.some(({ repository }) => repository === 'disabled'),
  'an archived private project': inProjects(
    ({ archived, visibility }) => archived && visibility === 'private',
  ),
  'a private project that is to be deleted': inProjects(
    ({ pendingDeletion, visibility }) => pendingDeletion && visibility === 'private',
  ),
  'the Community Edition': ({ plan, projects }) => plan === 'community' && projects.length > 0,
};
