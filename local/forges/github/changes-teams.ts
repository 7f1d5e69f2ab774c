import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import { teamSlug } from '../world/github-organization.ts';
import { descendantsOf, permissionFlags, teamsOf } from './api/rights.ts';
import {
  type ChangeContext,
  defineChange,
  organizationField,
  permissionField,
  resolveActor,
  resolveOrganization,
  resolveRepository,
  resolveTeam,
} from './changes-context.ts';
import { requireMember } from './changes-members.ts';
import {
  nodeId,
  type Organization,
  type Permission,
  type Repository,
  type Team,
  type User,
} from './state.ts';

const teamFields = { ...organizationField, team: z.string() };

export const teamChanges = {
  'create-team': defineChange(
    {
      ...organizationField,
      name: z.string().regex(/[A-Za-z0-9]/, 'must have a letter or digit'),
      parent: z.string().exactOptional(),
      description: z.string().exactOptional(),
      secret: z.boolean().default(false),
      enterprise: z.boolean().default(false),
    },
    (context, input) => {
      const organization = resolveOrganization(context, input.organization);
      const sender = resolveActor(context, organization, input.as);
      requireFreeSlug(context, organization, teamSlug(input.name));
      const parent =
        input.parent === undefined ? undefined : resolveTeam(context, organization, input.parent);
      if (input.enterprise && (parent !== undefined || input.secret)) {
        throw new ChangeError(`${input.name} is of the enterprise, so it is neither nested nor secret`);
      }
      if (parent !== undefined) {
        requireOwn(parent);
        requireVisible(parent, { slug: input.name, privacy: input.secret ? 'secret' : 'closed' });
      }
      const id = context.state.nextId++;
      const team: Team = {
        id,
        nodeId: nodeId('T', organization.id, id),
        organizationId: organization.id,
        slug: teamSlug(input.name),
        name: input.name,
        ...(input.description !== undefined && { description: input.description }),
        privacy: input.secret ? 'secret' : 'closed',
        ...(input.enterprise && { enterprise: true as const }),
        ...(parent !== undefined && { parentId: parent.id }),
        members: new Map(),
        repositories: new Map(),
      };
      context.state.teams.set(id, team);
      emitTeam(context, team, 'created', sender);
      return { id };
    },
  ),

  /**
   * Deletes child teams too: https://docs.github.com/en/rest/teams/teams#delete-a-team. In the published examples `membership` events
   * identify the deleted team by id and name only.
   */
  'delete-team': defineChange(teamFields, (context, input) => {
    const { team, organization, sender } = resolve(context, input);
    const doomed = [...descendantsOf(context.state, team), team];
    for (const { id } of doomed) {
      context.state.teams.delete(id);
      for (const role of organization.roles?.values() ?? []) role.teams.delete(id);
    }
    for (const gone of doomed) {
      emitTeam(context, gone, 'deleted', sender);
      for (const userId of gone.enterprise ? [] : gone.members.keys()) {
        emitMembership(context, organization, userId, 'removed', sender, {
          id: gone.id,
          name: gone.name,
          deleted: true,
        });
      }
    }
    return undefined;
  }),

  'rename-team': defineChange({ ...teamFields, to: z.string().regex(/[A-Za-z0-9]/) }, (context, input) => {
    const { team, organization, sender } = resolve(context, input);
    const slug = teamSlug(input.to);
    if (slug !== team.slug) requireFreeSlug(context, organization, slug);
    const from = team.name;
    team.name = input.to;
    team.slug = slug;
    emitTeam(context, team, 'edited', sender, { changes: { name: { from } } });
    return undefined;
  }),

  /** The event does not say that the parent has changed; with `silent` none is sent. */
  'set-team-parent': defineChange(
    { ...teamFields, parent: z.string().nullable(), silent: z.boolean().default(false) },
    (context, input) => {
      const { team, organization, sender } = resolve(context, input);
      const parent = input.parent === null ? undefined : resolveTeam(context, organization, input.parent);
      if (parent === team || descendantsOf(context.state, team).some((child) => child === parent)) {
        throw new ChangeError(`${team.slug} cannot be below itself`);
      }
      if (parent !== undefined) {
        requireOwn(parent, team);
        requireVisible(parent, team);
      }
      if (parent === undefined) delete team.parentId;
      else team.parentId = parent.id;
      if (!input.silent) emitTeam(context, team, 'edited', sender, { changes: {} });
      return undefined;
    },
  ),

  'add-team-member': defineChange(
    { ...teamFields, user: z.string(), role: z.enum(['member', 'maintainer']).default('member') },
    (context, input) => {
      const { team, organization, sender } = resolve(context, input);
      const user = requireMember(context, organization, input.user);
      const known = team.members.has(user.id);
      team.members.set(user.id, input.role);
      // A changed role in the team has no event.
      if (!known && !team.enterprise)
        emitMembership(context, organization, user.id, 'added', sender, context.payloads.team(team));
      return undefined;
    },
  ),

  'remove-team-member': defineChange({ ...teamFields, user: z.string() }, (context, input) => {
    const { team, organization, sender } = resolve(context, input);
    const user = requireMember(context, organization, input.user);
    if (!team.members.delete(user.id))
      throw new ChangeError(`${user.login} is no member of the team ${team.slug} itself`);
    if (!team.enterprise)
      emitMembership(context, organization, user.id, 'removed', sender, context.payloads.team(team));
    return undefined;
  }),

  /** Adds the repository to the team, or changes the team's permission on it. */
  'set-team-repository': defineChange(
    { ...teamFields, repository: z.string(), permission: permissionField },
    (context, input) => {
      const { team, organization, sender } = resolve(context, input);
      const repository = resolveRepository(context, input.repository);
      if (repository.organizationId !== organization.id) {
        throw new ChangeError(`${repository.name} is no repository of ${organization.login}`);
      }
      const before = team.repositories.get(repository.id);
      if (before === input.permission) return undefined;
      team.repositories.set(repository.id, input.permission);
      const row = { repository, permission: input.permission };
      if (before === undefined) {
        emitTeam(context, team, 'added_to_repository', sender, {}, row);
        if (team.enterprise) return undefined;
        context.emit({
          name: 'team_add',
          organizationId: organization.id,
          repositoryId: repository.id,
          sender,
          body: { team: context.payloads.team(team), repository: context.payloads.repository(repository) },
        });
      } else {
        const { admin, push, pull } = permissionFlags(before);
        const changes = { repository: { permissions: { from: { admin, push, pull } } } };
        emitTeam(context, team, 'edited', sender, { changes }, row);
      }
      return undefined;
    },
  ),

  'remove-team-repository': defineChange({ ...teamFields, repository: z.string() }, (context, input) => {
    const { team, sender } = resolve(context, input);
    const repository = resolveRepository(context, input.repository);
    if (!team.repositories.delete(repository.id)) {
      throw new ChangeError(`the team ${team.slug} itself does not have ${repository.name}`);
    }
    emitTeam(context, team, 'removed_from_repository', sender, {}, { repository, permission: undefined });
    return undefined;
  }),
};

function resolve(
  context: ChangeContext,
  input: { organization?: string; team: string; as?: string },
): { team: Team; organization: Organization; sender: User } {
  const organization = resolveOrganization(context, input.organization);
  const team = resolveTeam(context, organization, input.team);
  return { team, organization, sender: resolveActor(context, organization, input.as) };
}

function emitTeam(
  context: ChangeContext,
  team: Team,
  action: string,
  sender: User,
  more: Record<string, unknown> = {},
  row?: { repository: Repository; permission: Permission | undefined },
): void {
  // The events of an enterprise's teams are undocumented, so none is sent.
  if (team.enterprise) return;
  context.emit({
    name: 'team',
    action,
    organizationId: team.organizationId,
    ...(row !== undefined && { repositoryId: row.repository.id }),
    sender,
    body: {
      ...more,
      team: context.payloads.team(team),
      ...(row !== undefined && {
        repository: context.payloads.teamRepository(row.repository, row.permission),
      }),
    },
  });
}

function emitMembership(
  context: ChangeContext,
  organization: Organization,
  userId: number,
  action: 'added' | 'removed',
  sender: User,
  team: Record<string, unknown>,
): void {
  const user = context.state.users.get(userId);
  if (user === undefined) return;
  const body = { scope: 'team', member: context.payloads.user(user), team };
  context.emit({ name: 'membership', action, organizationId: organization.id, sender, body });
}

/** Teams of an enterprise have no parents and no children. */
function requireOwn(...teams: readonly Team[]): void {
  for (const { slug, enterprise } of teams) {
    if (enterprise) throw new ChangeError(`${slug} is of the enterprise, so it is never nested`);
  }
}

/** https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#team-visibility */
function requireVisible(...teams: readonly Pick<Team, 'slug' | 'privacy'>[]): void {
  for (const { slug, privacy } of teams) {
    if (privacy === 'secret')
      throw new ChangeError(`${slug} is secret, so it can have no parent and no children`);
  }
}

function requireFreeSlug(context: ChangeContext, organization: Organization, slug: string): void {
  if (teamsOf(context.state, organization.id).some((team) => team.slug === slug)) {
    throw new ChangeError(`there is a team "${slug}" already`);
  }
}
