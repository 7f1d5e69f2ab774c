/** Changes on GitLab, given by a name and three numbers that choose among what exists. */
import type { ChangeName } from '../../../local/forges/gitlab/changes.ts';
import { fullPath } from '../../../local/forges/gitlab/paths.ts';
import type { GitLabState, Group, Project, User } from '../../../local/forges/gitlab/state.ts';
import { ownerName } from '../gitlab-rights/random-instances.ts';
import type { Numbers } from '../rights-sync/sequences.ts';

/** A change as the simulator takes it. */
export interface GitLabChange {
  readonly name: ChangeName;
  readonly input: Readonly<Record<string, unknown>>;
}
export interface GitLabNow {
  readonly state: GitLabState;
  readonly topId: number;
  readonly now: number;
}
type Make = (now: GitLabNow, numbers: Numbers) => GitLabChange | undefined;

const at = <Thing>(things: readonly Thing[], place: number): Thing | undefined =>
  things[place % Math.max(1, things.length)];
const groupsOf = ({ state }: GitLabNow): readonly Group[] => [...state.groups.values()];
const projectsOf = ({ state }: GitLabNow): readonly Project[] => [...state.projects.values()];
const sourcesOf = (now: GitLabNow): readonly (Group | Project)[] => [...groupsOf(now), ...projectsOf(now)];
/** The owner whose credential reads stays as he is. */
const people = ({ state }: GitLabNow): readonly User[] =>
  [...state.users.values()].filter(({ username }) => username !== ownerName);
const movable = (now: GitLabNow): readonly (Group | Project)[] =>
  sourcesOf(now).filter(({ id }) => id !== now.topId);

const levels = ['guest', 'planner', 'reporter', 'developer', 'owner', 'reporter'] as const;
const states = ['active', 'blocked', 'deactivated', 'banned', 'active'] as const;
const visibilities = ['private', 'internal', 'public'] as const;
const codeAccess = ['enabled', 'private', 'disabled', 'enabled'] as const;
const dayMs = 24 * 3600 * 1000;
const ends = [null, null, -1, 1, 400];
const end = (now: number, place: number): string | null => {
  const days = ends[place % ends.length] ?? null;
  return days === null ? null : new Date(now + days * dayMs).toISOString().slice(0, 10);
};

const chosen = <One, Other>(
  one: One | undefined,
  other: Other | undefined,
  make: (one: One, other: Other) => GitLabChange,
): GitLabChange | undefined => (one === undefined || other === undefined ? undefined : make(one, other));

const makes = {
  'set a member': (now, [a, b, c]) =>
    chosen(at(sourcesOf(now), a), at(people(now), b), (source, { username }) => ({
      name: 'set-member',
      input: {
        source: fullPath(now.state, source),
        user: username,
        level: levels[c % levels.length],
        expires: end(now.now, a + c),
        awaiting: (a + b + c) % 7 === 0,
      },
    })),
  'remove a member': (now, [a, b]) => {
    const removable = sourcesOf(now).flatMap((source) =>
      people(now).flatMap((user) => (source.members.has(user.id) ? [{ source, user }] : [])),
    );
    return chosen(at(removable, a * 24 + b), now, ({ source, user }) => ({
      name: 'remove-member',
      input: { source: fullPath(now.state, source), user: user.username },
    }));
  },
  'set a user': (now, [a, b]) =>
    chosen(at(people(now), a), states[b % states.length], ({ username: user }, state) => ({
      name: 'set-user',
      input: { user, state },
    })),
  'invite a group': (now, [a, b, c]) =>
    chosen(at(sourcesOf(now), a), at(groupsOf(now), b), (source, invited) => ({
      name: 'share',
      input: {
        source: fullPath(now.state, source),
        with: fullPath(now.state, invited),
        level: levels[c % levels.length],
        expires: end(now.now, b + c),
      },
    })),
  'end an invitation': (now, [a, b]) => {
    const invited = sourcesOf(now).flatMap((source) =>
      groupsOf(now).flatMap((group) => (source.sharedWith.has(group.id) ? [{ source, group }] : [])),
    );
    return chosen(at(invited, a * 24 + b), now, ({ source, group }) => ({
      name: 'unshare',
      input: { source: fullPath(now.state, source), with: fullPath(now.state, group) },
    }));
  },
  'lock sharing': (now, [a, b]) =>
    chosen(at(groupsOf(now), a), now, (group) => ({
      name: 'set-share-lock',
      input: { group: fullPath(now.state, group), locked: b % 2 === 0 },
    })),
  'another visibility': (now, [a, b]) =>
    chosen(at(projectsOf(now), a), visibilities[b % visibilities.length], (project, visibility) => ({
      name: 'set-visibility',
      input: { source: fullPath(now.state, project), visibility },
    })),
  'another access to code': (now, [a, b, c]) =>
    chosen(at(projectsOf(now), a), codeAccess[b % codeAccess.length], (project, repositoryAccess) => ({
      name: 'set-project',
      input: { project: fullPath(now.state, project), repositoryAccess, archived: c % 3 === 0 },
    })),
  'a new group': (now, [a, b]) =>
    chosen(at(groupsOf(now), a), now, (parent) => ({
      name: 'create-group',
      input: { parent: fullPath(now.state, parent), path: `new-${b % 4}` },
    })),
  'a new project': (now, [a, b]) =>
    chosen(at(groupsOf(now), a), now, (group) => ({
      name: 'create-project',
      input: { group: fullPath(now.state, group), path: `fresh-${b % 4}` },
    })),
  'move a group or project': (now, [a, b]) =>
    chosen(at(movable(now), a), at(groupsOf(now), b), (source, to) => ({
      name: 'transfer',
      input: { source: fullPath(now.state, source), to: fullPath(now.state, to) },
    })),
  'rename a group or project': (now, [a, b]) =>
    chosen(at(movable(now), a), now, (source) => ({
      name: 'rename',
      input: { source: fullPath(now.state, source), to: `name-${b % 5}` },
    })),
  'delete a group or project': (now, [a, b]) =>
    chosen(at(movable(now), a), now, (source) => ({
      name: 'delete',
      input: { source: fullPath(now.state, source), now: b % 3 > 0 },
    })),
} as const satisfies Record<string, Make>;

export type ChangeKey = keyof typeof makes;
export const changeKeys = Object.keys(makes) as readonly ChangeKey[];

/** The change to make now; undefined if there is nothing to change. */
export function gitLabChange(now: GitLabNow, change: ChangeKey, numbers: Numbers): GitLabChange | undefined {
  const make: Make = makes[change];
  return make(now, numbers);
}
