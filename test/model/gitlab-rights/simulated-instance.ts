/** Loads one described instance after the other into the simulated GitLab. */
import type { GitLabState, GroupLink, Member, UserState } from '../../../local/forges/gitlab/state.ts';
import type {
  DescribedGroup,
  DescribedInstance,
  DescribedMember,
  DescribedProject,
  DescribedUser,
  Invitation,
  Role,
} from './instance.ts';

/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
const levels: Readonly<Record<Role, number>> = {
  'Minimal Access': 5,
  Guest: 10,
  Planner: 15,
  Reporter: 20,
  'Security Manager': 25,
  Developer: 30,
  Maintainer: 40,
  Owner: 50,
};
const states: Readonly<Record<DescribedUser['state'], UserState>> = {
  active: 'active',
  blocked: 'blocked',
  deactivated: 'deactivated',
  banned: 'banned',
  'pending approval': 'blocked_pending_approval',
};
const kinds = {
  person: 'human',
  'service account': 'service_account',
  'project bot': 'project_bot',
} as const satisfies Record<DescribedUser['kind'], string>;

const when = '2026-01-05T09:00:00Z';
const dayMs = 24 * 60 * 60 * 1000;
const firstRole = 1;

/** Ids by name. */
export interface SimulatedIds {
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
  readonly projects: ReadonlyMap<string, number>;
}

interface Loading {
  readonly ids: SimulatedIds;
  readonly now: number;
}

/**
 * Replaces users, groups and projects. The top-level group and its owner keep the ids that they had; all others count from 1 within each
 * kind, so that an id mistaken for another kind's exists there.
 *
 * @param gitDirectory an existing bare repository, which all projects share, since contents do not matter
 * @param kept the ids of the owner and of the top-level group
 */
export function simulate(
  state: GitLabState,
  described: DescribedInstance,
  { gitDirectory, kept, now }: { gitDirectory: string; kept: ReadonlyMap<string, number>; now: number },
): SimulatedIds {
  const ids: SimulatedIds = {
    users: numbered(
      described.users.map(({ username }) => username),
      kept,
    ),
    groups: numbered(
      described.groups.map(({ name }) => name),
      kept,
    ),
    projects: numbered(
      described.projects.map(({ name }) => name),
      new Map(),
    ),
  };
  const loading = { ids, now };
  const { plan, version } = described;
  state.variant = {
    offering: 'self-managed',
    plan: plan === 'ultimate' ? 'premium' : plan,
    version,
  };
  for (const map of [state.users, state.groups, state.projects, state.formerPaths]) {
    map.clear();
  }
  for (const { username, external, administrator: admin, ...user } of described.users) {
    const id = idOf(ids.users, username);
    const name = { name: username, email: `${username}@example.com` };
    const { [user.state]: is } = states;
    state.users.set(id, {
      id,
      username,
      ...name,
      state: is,
      external,
      admin,
      kind: kinds[user.kind],
      createdAt: when,
    });
  }
  for (const group of described.groups) addGroup(state, loading, group);
  for (const project of described.projects) addProject(state, loading, project, gitDirectory);
  return ids;
}

function addGroup(state: GitLabState, loading: Loading, described: DescribedGroup): void {
  const { name, parent, visibility, sharingLocked: shareWithGroupLock } = described;
  const { groups } = loading.ids;
  const id = idOf(groups, name);
  const role = { id: firstRole, name: 'viewer', baseLevel: levels.Guest, readCode: true };
  state.groups.set(id, {
    ...{ kind: 'group', id, path: name, name, visibility, shareWithGroupLock, createdAt: when },
    ...(parent === undefined
      ? { memberRoles: new Map([[firstRole, role]]) }
      : { parentId: idOf(groups, parent) }),
    ...peopleOf(loading, described),
  });
}

function addProject(
  state: GitLabState,
  loading: Loading,
  described: DescribedProject,
  gitDirectory: string,
): void {
  const { name, group, visibility, archived, repository: repositoryAccess, pendingDeletion } = described;
  const id = idOf(loading.ids.projects, name);
  state.projects.set(id, {
    ...{ kind: 'project', id, path: name, name, visibility, archived, repositoryAccess, gitDirectory },
    ...{ createdAt: when, lastActivityAt: when, defaultBranch: 'main' },
    groupId: idOf(loading.ids.groups, group),
    ...(pendingDeletion && { deletionOn: dayIn(loading.now, 7) }),
    ...peopleOf(loading, described),
  });
}

interface Described {
  readonly members: readonly DescribedMember[];
  readonly invited: readonly Invitation[];
}

function peopleOf({ ids, now }: Loading, { members, invited }: Described) {
  return {
    members: new Map(members.map((one) => [idOf(ids.users, one.username), memberOf(one, now)])),
    sharedWith: new Map(invited.map((one) => [idOf(ids.groups, one.group), linkOf(one, now)])),
  };
}

const memberOf = ({ role, custom, expiresIn, awaiting }: DescribedMember, now: number): Member => ({
  level: levels[role],
  createdAt: when,
  ...(expiresIn !== undefined && { expiresAt: dayIn(now, expiresIn) }),
  ...(custom && { roleId: firstRole }),
  ...(awaiting && { awaiting }),
});

const linkOf = ({ maximum, expiresIn }: Invitation, now: number): GroupLink => ({
  level: levels[maximum],
  ...(expiresIn !== undefined && { expiresAt: dayIn(now, expiresIn) }),
});

const dayIn = (now: number, days: number): string => new Date(now + days * dayMs).toISOString().slice(0, 10);

function numbered(names: readonly string[], kept: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map(names.map((name, place) => [name, kept.get(name) ?? place + 1]));
}

export function idOf(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) {
    throw new Error(`nothing is called ${name}`);
  }
  return id;
}
