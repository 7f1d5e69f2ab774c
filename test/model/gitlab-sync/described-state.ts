/** The simulated GitLab's state as the naive rules describe it. Groups and projects are named by their ids, since paths change. */
import { levelNumbers } from '../../../local/forges/gitlab/levels.ts';
import { topLevelOf } from '../../../local/forges/gitlab/paths.ts';
import type { GitLabState, GroupLink, Member, Source } from '../../../local/forges/gitlab/state.ts';
import {
  type DescribedInstance,
  type DescribedMember,
  type DescribedUser,
  type Invitation,
  type Role,
  roles,
} from '../gitlab-rights/instance.ts';
import { topName } from '../gitlab-rights/random-instances.ts';

const dayMs = 24 * 3600 * 1000;
const roleOf = (level: number): Role => {
  const found = roles.find((role) => levelNumbers[named(role)] === level);
  if (found === undefined) {
    throw new RangeError(`no role has the level ${level}`);
  }
  return found;
};
const named = (role: Role): keyof typeof levelNumbers =>
  role.toLowerCase().replace(' ', '_') as keyof typeof levelNumbers;

const states: Readonly<Record<string, DescribedUser['state']>> = {
  active: 'active',
  blocked: 'blocked',
  deactivated: 'deactivated',
  banned: 'banned',
  blocked_pending_approval: 'pending approval',
};

/** @param now milliseconds since the epoch */
export function describeState(state: GitLabState, topId: number, now: number): DescribedInstance {
  const nameOf = (id: number): string => (id === topId ? topName : `group ${id}`);
  const endsIn = (expiresAt: string | undefined): number | undefined =>
    expiresAt === undefined ? undefined : (Date.parse(expiresAt) - now) / dayMs;
  const member = ([id, { level, roleId, awaiting, expiresAt }]: [number, Member]): DescribedMember[] => {
    const user = state.users.get(id);
    return user === undefined
      ? []
      : [
          {
            username: user.username,
            role: roleOf(level),
            custom: roleId !== undefined,
            expiresIn: endsIn(expiresAt),
            awaiting: awaiting === true,
          },
        ];
  };
  const link = ([id, { level, expiresAt }]: [number, GroupLink]): Invitation[] =>
    state.groups.has(id) ? [{ group: nameOf(id), maximum: roleOf(level), expiresIn: endsIn(expiresAt) }] : [];
  const people = ({ members, sharedWith }: Source) => ({
    members: [...members].flatMap(member),
    invited: [...sharedWith].flatMap(link),
  });
  return {
    version: state.variant.version,
    plan: 'ultimate',
    hasExternalUsers: true,
    viewersInstall: false,
    users: [...state.users.values()].map(({ username, external, admin: administrator, state: is }) => ({
      ...{ username, external, administrator, kind: 'person' },
      state: states[is] ?? 'blocked',
    })),
    groups: [...state.groups.values()].map((group) => ({
      name: nameOf(group.id),
      parent: group.parentId === undefined ? undefined : nameOf(group.parentId),
      visibility: group.visibility,
      sharingLocked: group.shareWithGroupLock,
      ...people(group),
    })),
    projects: [...state.projects.values()]
      .filter((project) => topLevelOf(state, project).id === topId)
      .map((project) => ({
        name: `${project.id}`,
        group: nameOf(project.groupId),
        visibility: project.visibility,
        repository: project.repositoryAccess,
        archived: project.archived,
        pendingDeletion: project.deletionOn !== undefined,
        ...people(project),
      })),
  };
}
