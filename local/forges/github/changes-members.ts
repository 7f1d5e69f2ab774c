import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import { repositoriesOf, teamsOf } from './api/rights.ts';
import {
  type ChangeContext,
  defineChange,
  organizationField,
  organizationOf,
  permissionField,
  resolveActor,
  resolveOrganization,
  resolveRepository,
  resolveUser,
} from './changes-context.ts';
import { nodeId, type Organization, type Permission, type User } from './state.ts';

export const login = z
  .string()
  .regex(/^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$/, 'must be a login: letters, digits, single hyphens');
const role = z.enum(['owner', 'member']);

/** How `member` payloads name a permission. */
const legacyPermission: Readonly<Record<Permission, string>> = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
};

export const memberChanges = {
  'create-user': defineChange(
    { user: login, name: z.string().exactOptional(), email: z.string().exactOptional() },
    ({ state }, { user, name, email }) => {
      requireFreeLogin(state, user);
      const id = state.nextId++;
      const described = { ...(name !== undefined && { name }), ...(email !== undefined && { email }) };
      state.users.set(id, { id, nodeId: nodeId('U', id), login: user, type: 'User', ...described });
      return { id };
    },
  ),

  /** No app gets an event. */
  'rename-user': defineChange({ user: z.string(), to: login }, (context, { user, to }) => {
    const renamed = resolveUser(context, user);
    if (renamed.login.toLowerCase() !== to.toLowerCase()) requireFreeLogin(context.state, to);
    renamed.login = to;
    return undefined;
  }),

  /** No app gets an event. */
  'suspend-user': defineChange({ user: z.string() }, (context, { user }) => {
    resolveUser(context, user).suspended = true;
    return undefined;
  }),

  'unsuspend-user': defineChange({ user: z.string() }, (context, { user }) => {
    resolveUser(context, user).suspended = false;
    return undefined;
  }),

  /** A pending member is only invited; without `pending` he has accepted. */
  'add-organization-member': defineChange(
    {
      ...organizationField,
      user: z.string(),
      role: role.default('member'),
      pending: z.boolean().default(false),
    },
    (context, input) => {
      const organization = resolveOrganization(context, input.organization);
      const user = resolveUser(context, input.user);
      const sender = resolveActor(context, organization, input.as);
      if (organization.members.get(user.id)?.state === 'active') {
        throw new ChangeError(`${user.login} is a member of ${organization.login} already`);
      }
      const membership = {
        role: input.role === 'owner' ? ('admin' as const) : ('member' as const),
        state: input.pending ? ('pending' as const) : ('active' as const),
      };
      organization.members.set(user.id, membership);
      const { payloads } = context;
      const invitationId = context.state.nextId++;
      context.emit({
        name: 'organization',
        action: input.pending ? 'member_invited' : 'member_added',
        organizationId: organization.id,
        sender,
        body: input.pending
          ? {
              invitation: {
                id: invitationId,
                node_id: user.nodeId,
                login: user.login,
                email: null,
                role: membership.role === 'admin' ? 'admin' : 'direct_member',
                created_at: new Date(context.now()).toISOString(),
                failed_at: null,
                failed_reason: null,
                inviter: payloads.user(sender),
                team_count: 0,
                invitation_teams_url: payloads.invitationTeamsUrl(organization, invitationId),
              },
              user: payloads.user(user),
            }
          : { membership: payloads.membership(organization, user) },
      });
      return undefined;
    },
  ),

  /**
   * Removes him from all teams and repositories of the organization; the app only gets the event for the membership. With
   * `keepCollaborations` he becomes an outside collaborator instead.
   */
  'remove-organization-member': defineChange(
    { ...organizationField, user: z.string(), keepCollaborations: z.boolean().default(false) },
    (context, input) => {
      const organization = resolveOrganization(context, input.organization);
      const user = requireMember(context, organization, input.user);
      const sender = resolveActor(context, organization, input.as);
      const membership = context.payloads.membership(organization, user);
      organization.members.delete(user.id);
      for (const team of teamsOf(context.state, organization.id)) team.members.delete(user.id);
      for (const role of organization.roles?.values() ?? []) role.users.delete(user.id);
      if (!input.keepCollaborations) {
        for (const repository of repositoriesOf(context.state, organization.id))
          repository.collaborators.delete(user.id);
      }
      context.emit({
        name: 'organization',
        action: 'member_removed',
        organizationId: organization.id,
        sender,
        body: { membership },
      });
      return undefined;
    },
  ),

  /** No app gets an event. */
  'set-organization-role': defineChange(
    { ...organizationField, user: z.string(), role },
    (context, input) => {
      const organization = resolveOrganization(context, input.organization);
      const user = requireMember(context, organization, input.user);
      const state = organization.members.get(user.id)?.state ?? 'active';
      organization.members.set(user.id, { state, role: input.role === 'owner' ? 'admin' : 'member' });
      return undefined;
    },
  ),

  /** Adds a direct or outside collaborator, or changes his permission. */
  'set-collaborator': defineChange(
    { repository: z.string(), user: z.string(), permission: permissionField },
    (context, input) => {
      const repository = resolveRepository(context, input.repository);
      const user = resolveUser(context, input.user);
      const sender = resolveActor(context, organizationOf(context, repository), input.as);
      const before = repository.collaborators.get(user.id);
      if (before === input.permission) return undefined;
      repository.collaborators.set(user.id, input.permission);
      const { payloads } = context;
      const to = legacyPermission[input.permission];
      const from = before && legacyPermission[before];
      context.emit({
        name: 'member',
        action: before === undefined ? 'added' : 'edited',
        organizationId: repository.organizationId,
        repositoryId: repository.id,
        sender,
        body: {
          member: payloads.user(user),
          changes:
            from === undefined
              ? { permission: { to } }
              : { old_permission: { from }, permission: { from, to } },
          repository: payloads.repository(repository),
        },
      });
      return undefined;
    },
  ),

  'remove-collaborator': defineChange({ repository: z.string(), user: z.string() }, (context, input) => {
    const repository = resolveRepository(context, input.repository);
    const user = resolveUser(context, input.user);
    const sender = resolveActor(context, organizationOf(context, repository), input.as);
    if (!repository.collaborators.delete(user.id)) {
      throw new ChangeError(`${user.login} is no direct collaborator of ${repository.name}`);
    }
    context.emit({
      name: 'member',
      action: 'removed',
      organizationId: repository.organizationId,
      repositoryId: repository.id,
      sender,
      body: { member: context.payloads.user(user), repository: context.payloads.repository(repository) },
    });
    return undefined;
  }),
};

export function requireMember(context: ChangeContext, organization: Organization, name: string): User {
  const user = resolveUser(context, name);
  if (!organization.members.has(user.id)) {
    throw new ChangeError(`${user.login} is no member of ${organization.login}`);
  }
  return user;
}

export function requireFreeLogin(state: ChangeContext['state'], name: string): void {
  const logins = [...state.users.values(), ...state.organizations.values()].map((account) =>
    account.login.toLowerCase(),
  );
  if (logins.includes(name.toLowerCase())) throw new ChangeError(`the login "${name}" is taken`);
}
