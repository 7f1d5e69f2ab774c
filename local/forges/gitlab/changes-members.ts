import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import { moveActivity } from './activity.ts';
import {
  type ChangeContext,
  dayField,
  defineChange,
  levelField,
  resolveGroup,
  resolveSource,
  resolveUser,
} from './changes-context.ts';
import { OWNER } from './levels.ts';
import { topLevelOf } from './paths.ts';
import type { Group, Member, Project } from './state.ts';

const states = z.enum(['active', 'blocked', 'deactivated', 'banned', 'blocked_pending_approval']);

function roleNamed(context: ChangeContext, source: Group | Project, name: string): number {
  const roles = [...(topLevelOf(context.state, source).memberRoles?.values() ?? [])];
  const role = roles.find((each) => each.name === name);
  if (role === undefined) throw new ChangeError(`there is no custom role "${name}"`);
  return role.id;
}

function emitMember(
  context: ChangeContext,
  event: Parameters<ChangeContext['payloads']['member']>[0],
  source: Group | Project,
  userId: number,
  member: Member,
): void {
  const user = context.state.users.get(userId);
  // Members of projects have no events.
  if (source.kind !== 'group' || user === undefined) return;
  context.emit({ kind: 'member', source, body: context.payloads.member(event, source, user, member) });
}

/**
 * Who joins or leaves a project does something in it, and an activity moves its time at most once an hour (app/models/members/project_member.rb,
 * app/models/event.rb). Another level is no activity.
 */
function noticeActivity(context: ChangeContext, source: Group | Project): void {
  if (source.kind === 'project') moveActivity(source, context.now());
}

/** The last owner of a top-level group can neither go nor be lowered: app/models/group.rb, `last_owner?`. */
function requireOtherOwner({ state }: ChangeContext, source: Group | Project, userId: number): void {
  if (source.kind !== 'group' || source.parentId !== undefined) return;
  const owners = [...source.members].filter(
    ([id, { level }]) => level === OWNER && state.users.get(id)?.kind !== 'project_bot',
  );
  if (owners.length === 1 && owners[0]?.[0] === userId) {
    throw new ChangeError(`${state.users.get(userId)?.username} is the last owner of ${source.path}`);
  }
}

export const memberChanges = {
  'create-user': defineChange(
    { user: z.string(), name: z.string().exactOptional(), external: z.boolean().exactOptional() },
    ({ state, now }, { user, name = user, external = false }) => {
      const id = state.nextId++;
      state.users.set(id, {
        ...{ id, username: user, name, email: `${user}@users.noreply.gitlab.example` },
        ...{ state: 'active', external, admin: false, kind: 'human' },
        createdAt: new Date(now()).toISOString(),
      });
      return { id };
    },
  ),

  'rename-user': defineChange({ user: z.string(), to: z.string() }, (context, { user, to }) => {
    resolveUser(context, user).username = to;
    return undefined;
  }),

  'set-user': defineChange(
    {
      user: z.string(),
      state: states.exactOptional(),
      external: z.boolean().exactOptional(),
      admin: z.boolean().exactOptional(),
    },
    (context, { user, state, external, admin }) => {
      const found = resolveUser(context, user);
      Object.assign(found, {
        ...(state !== undefined && { state }),
        ...(external !== undefined && { external }),
        ...(admin !== undefined && { admin }),
      });
      return undefined;
    },
  ),

  /** Adds a member to a group or project, or changes one. */
  'set-member': defineChange(
    {
      source: z.string(),
      user: z.string(),
      level: levelField,
      expires: dayField.exactOptional(),
      role: z.string().nullable().exactOptional(),
      awaiting: z.boolean().exactOptional(),
    },
    (context, { source: path, user, level, expires, role, awaiting }) => {
      const source = resolveSource(context, path);
      const { id } = resolveUser(context, user);
      const known = source.members.get(id);
      if (known !== undefined && level !== OWNER) requireOtherOwner(context, source, id);
      const member: Member = known ?? { level, createdAt: new Date(context.now()).toISOString() };
      member.level = level;
      if (expires === null) delete member.expiresAt;
      else if (expires !== undefined) member.expiresAt = expires;
      if (role === null) delete member.roleId;
      else if (role !== undefined) member.roleId = roleNamed(context, source, role);
      if (awaiting) member.awaiting = true;
      else delete member.awaiting;
      source.members.set(id, member);
      if (known === undefined) noticeActivity(context, source);
      const event = known === undefined ? 'user_add_to_group' : 'user_update_for_group';
      emitMember(context, event, source, id, member);
      return undefined;
    },
  ),

  'remove-member': defineChange(
    { source: z.string(), user: z.string() },
    (context, { source: path, user }) => {
      const source = resolveSource(context, path);
      const { id } = resolveUser(context, user);
      const member = source.members.get(id);
      if (member === undefined) throw new ChangeError(`${user} is no direct member of ${path}`);
      requireOtherOwner(context, source, id);
      source.members.delete(id);
      noticeActivity(context, source);
      emitMember(context, 'user_remove_from_group', source, id, member);
      return undefined;
    },
  ),

  /** Invites a group to a group or project, or changes the invitation. GitLab has no event for it. */
  share: defineChange(
    { source: z.string(), with: z.string(), level: levelField, expires: dayField.exactOptional() },
    (context, { source: path, with: invited, level, expires }) => {
      const source = resolveSource(context, path);
      const group = resolveGroup(context, invited);
      if (source === group) throw new ChangeError('a group is not shared with itself');
      source.sharedWith.set(group.id, { level, ...(typeof expires === 'string' && { expiresAt: expires }) });
      return undefined;
    },
  ),

  unshare: defineChange(
    { source: z.string(), with: z.string() },
    (context, { source: path, with: invited }) => {
      const source = resolveSource(context, path);
      if (!source.sharedWith.delete(resolveGroup(context, invited).id)) {
        throw new ChangeError(`${invited} is not invited to ${path}`);
      }
      return undefined;
    },
  ),

  'set-share-lock': defineChange({ group: z.string(), locked: z.boolean() }, (context, { group, locked }) => {
    resolveGroup(context, group).shareWithGroupLock = locked;
    return undefined;
  }),
};
