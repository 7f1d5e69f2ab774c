import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import {
  type ChangeContext,
  defineChange,
  resolveAccount,
  resolveProject,
  resolveRepository,
  resolveWorkspace,
  timeOf,
  workspaceField,
} from './changes-context.ts';
import type { Grants, Group, ProjectPermission, Workspace } from './state.ts';
import { groupSlug, uuidOf } from './world-to-state.ts';

const name = z.string();
const optional = name.exactOptional();

function resolveGroup(workspace: Workspace, wanted: string): Group {
  const group = workspace.groups.get(groupSlug(wanted));
  if (group === undefined) throw new ChangeError(`${workspace.slug} has no group "${wanted}"`);
  return group;
}

/** Ends what an account has in a workspace. */
function forget({ state }: ChangeContext, workspace: Workspace, uuid: string): void {
  workspace.members.delete(uuid);
  for (const group of workspace.groups.values()) group.members.delete(uuid);
  for (const holder of [...state.projects.values(), ...state.repositories.values()]) {
    if (holder.workspace === workspace.uuid) holder.users.delete(uuid);
  }
}

/** Sets the permission of a user or a group; null takes it away. */
function setPermission<Permission extends ProjectPermission>(
  context: ChangeContext,
  workspace: Workspace,
  { users, groups }: Grants<Permission>,
  given: {
    readonly user?: string | undefined;
    readonly group?: string | undefined;
    readonly permission: Permission | null;
  },
): undefined {
  if ((given.user === undefined) === (given.group === undefined)) {
    throw new ChangeError('name a user or a group');
  }
  const [holders, key] =
    given.user === undefined
      ? [groups, resolveGroup(workspace, given.group ?? '').slug]
      : [users, resolveAccount(context, given.user).uuid];
  if (given.permission === null) holders.delete(key);
  else holders.set(key, given.permission);
  return undefined;
}

/** People, groups and permissions. Bitbucket has no event for any of these. */
export const peopleChanges = {
  'create-user': defineChange({ user: name, name: optional, email: optional }, (context, given) => {
    const { user, name: displayName = user, email = `${user}@users.noreply.bitbucket.example` } = given;
    const uuid = uuidOf(context.random(16));
    context.state.accounts.set(uuid, {
      ...{ uuid, accountId: `557058:${uuid.slice(1, -1)}`, nickname: user, displayName, email },
      createdOn: timeOf(context),
    });
    return { uuid };
  }),

  'rename-user': defineChange({ user: name, to: name }, (context, { user, to }) => {
    resolveAccount(context, user).nickname = to;
    return undefined;
  }),

  /** Deactivates an account, which lists have for 14 days more, or activates it again; takes it for spam. */
  'set-user': defineChange(
    {
      user: name,
      state: z.enum(['active', 'deactivated']).exactOptional(),
      spam: z.boolean().exactOptional(),
    },
    (context, { user, state, spam }) => {
      const account = resolveAccount(context, user);
      if (state === 'active') delete account.deactivatedAt;
      else if (state === 'deactivated') account.deactivatedAt = timeOf(context);
      if (spam) account.spam = true;
      else if (spam === false) delete account.spam;
      return undefined;
    },
  ),

  /** Adds somebody to a workspace, or changes his role. */
  'set-member': defineChange(
    { workspace: workspaceField, user: name, role: z.enum(['owner', 'member', 'collaborator']) },
    (context, { workspace: slug, user, role }) => {
      const { members } = resolveWorkspace(context, slug);
      const { uuid } = resolveAccount(context, user);
      members.set(uuid, { addedOn: members.get(uuid)?.addedOn ?? timeOf(context), role });
      return undefined;
    },
  ),

  'remove-member': defineChange({ workspace: workspaceField, user: name }, (context, given) => {
    const workspace = resolveWorkspace(context, given.workspace);
    const { uuid } = resolveAccount(context, given.user);
    if (!workspace.members.has(uuid)) {
      throw new ChangeError(`${given.user} is no member of ${workspace.slug}`);
    }
    forget(context, workspace, uuid);
    return undefined;
  }),

  'create-group': defineChange({ workspace: workspaceField, name }, (context, given) => {
    const { groups } = resolveWorkspace(context, given.workspace);
    const slug = groupSlug(given.name);
    if (groups.has(slug)) throw new ChangeError(`"${given.name}" is there already`);
    groups.set(slug, { slug, name: given.name, members: new Set() });
    return { slug };
  }),

  'delete-group': defineChange({ workspace: workspaceField, group: name }, (context, given) => {
    const workspace = resolveWorkspace(context, given.workspace);
    const { slug } = resolveGroup(workspace, given.group);
    workspace.groups.delete(slug);
    const { projects, repositories } = context.state;
    for (const holder of [...projects.values(), ...repositories.values()]) {
      if (holder.workspace === workspace.uuid) holder.groups.delete(slug);
    }
    return undefined;
  }),

  'add-to-group': defineChange({ workspace: workspaceField, group: name, user: name }, (context, given) => {
    const workspace = resolveWorkspace(context, given.workspace);
    const { uuid } = resolveAccount(context, given.user);
    if (!workspace.members.has(uuid))
      workspace.members.set(uuid, { role: 'member', addedOn: timeOf(context) });
    resolveGroup(workspace, given.group).members.add(uuid);
    return undefined;
  }),

  'remove-from-group': defineChange(
    { workspace: workspaceField, group: name, user: name },
    (context, given) => {
      const { members } = resolveGroup(resolveWorkspace(context, given.workspace), given.group);
      if (!members.delete(resolveAccount(context, given.user).uuid)) {
        throw new ChangeError(`${given.user} is not in ${given.group}`);
      }
      return undefined;
    },
  ),

  'set-project-permission': defineChange(
    {
      ...{ project: name, user: optional, group: optional },
      permission: z.enum(['read', 'write', 'create-repo', 'admin']).nullable(),
    },
    (context, given) => {
      const project = resolveProject(context, given.project);
      return setPermission(context, resolveWorkspace(context, project.workspace), project, given);
    },
  ),

  'set-repository-permission': defineChange(
    {
      ...{ repository: name, user: optional, group: optional },
      permission: z.enum(['read', 'write', 'admin']).nullable(),
    },
    (context, given) => {
      const repository = resolveRepository(context, given.repository);
      return setPermission(context, resolveWorkspace(context, repository.workspace), repository, given);
    },
  ),
};
