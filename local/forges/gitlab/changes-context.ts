import { z } from 'zod';
import { ChangeError, changesOf } from '../control/change.ts';
import type { Pushes } from './git-push.ts';
import type { Grants } from './grants.ts';
import { levelNumbers, OWNER } from './levels.ts';
import { findGroup, findProject, findUser, fullPath, topLevelOf } from './paths.ts';
import type { Payloads } from './payloads.ts';
import type { GitLabState, Group, Project, User } from './state.ts';
import type { GitLabEvent } from './webhooks.ts';

/** What changes work with. */
export interface ChangeContext {
  readonly state: GitLabState;
  readonly payloads: Payloads;
  readonly pushes: Pushes;
  readonly grants: Grants;
  /** Folder of the bare repositories. */
  readonly gitRoot: string;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly emit: (event: GitLabEvent) => void;
}

/** Defines a change. `as` names who makes it: by default an owner of the top-level group. */
export const defineChange = changesOf<ChangeContext>();

const levelNames = [
  ...(['minimal_access', 'guest', 'planner', 'reporter'] as const),
  ...(['security_manager', 'developer', 'maintainer', 'owner'] as const),
];
/** A role by name. */
export const levelField = z.enum(levelNames).transform((name) => levelNumbers[name]);
/** A day such as `2026-12-31`; null removes it. */
export const dayField = z.iso.date().nullable();

export function resolveUser({ state }: ChangeContext, username: string): User {
  const user = findUser(state, username);
  if (user === undefined) {
    const names = [...state.users.values()].map((other) => other.username);
    throw new ChangeError(`there is no user "${username}"; there are: ${some(names)}`);
  }
  return user;
}

export function resolveGroup({ state }: ChangeContext, path: string): Group {
  const group = findGroup(state, path);
  if (group === undefined) {
    const paths = [...state.groups.values()].map((other) => fullPath(state, other));
    throw new ChangeError(`there is no group "${path}"; there are: ${some(paths)}`);
  }
  return group;
}

/** Finds a project by full path or id. */
export function resolveProject({ state }: ChangeContext, path: string): Project {
  const found = findProject(state, path);
  if (found === undefined || found.former) {
    const paths = [...state.projects.values()].map((other) => fullPath(state, other));
    throw new ChangeError(`there is no project "${path}"; there are: ${some(paths)}`);
  }
  return found.project;
}

/** A group or a project by its full path. */
export function resolveSource(context: ChangeContext, path: string): Group | Project {
  return findGroup(context.state, path) ?? resolveProject(context, path);
}

/** Who makes the change. @param username undefined means the first owner of the top-level group */
export function resolveActor(
  context: ChangeContext,
  source: Group | Project,
  username: string | undefined,
): User | undefined {
  if (username !== undefined) return resolveUser(context, username);
  const [owner] = [...topLevelOf(context.state, source).members].filter(([, { level }]) => level === OWNER);
  return owner && context.state.users.get(owner[0]);
}

/** @throws ChangeError if a group or project in the same place has the path already */
export function requireFreePath({ state }: ChangeContext, parentId: number | undefined, path: string): void {
  const wanted = path.toLowerCase();
  const isTaken =
    [...state.groups.values()].some(
      (group) => group.parentId === parentId && group.path.toLowerCase() === wanted,
    ) ||
    [...state.projects.values()].some(
      (project) => project.groupId === parentId && project.path.toLowerCase() === wanted,
    );
  if (isTaken) throw new ChangeError(`"${path}" is there already`);
}

function some(names: readonly string[]): string {
  return names.length > 20 ? `${names.slice(0, 20).join(', ')}, ...` : names.join(', ') || 'none';
}
