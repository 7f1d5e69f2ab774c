/** Changes of organization roles; no app gets an event for any of them. */
import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import {
  type ChangeContext,
  defineChange,
  organizationField,
  permissionField,
  resolveOrganization,
  resolveTeam,
} from './changes-context.ts';
import { requireMember } from './changes-members.ts';
import type { Organization, OrganizationRole } from './state.ts';

const fields = { ...organizationField, role: z.string() };
/** Exactly one of the two. */
const holder = { user: z.string().exactOptional(), team: z.string().exactOptional() };
const base = permissionField.nullable();

export const roleChanges = {
  'create-organization-role': defineChange({ ...fields, base }, (context, input) => {
    const organization = resolveOrganization(context, input.organization);
    const roles = rolesOf(organization);
    if ([...roles.values()].some(({ name }) => name === input.role)) {
      throw new ChangeError(`there is a role "${input.role}" already`);
    }
    const id = context.state.nextId++;
    roles.set(id, {
      id,
      name: input.role,
      ...(input.base !== null && { base: input.base }),
      isPredefined: false,
      users: new Set(),
      teams: new Set(),
    });
    return { id };
  }),

  'delete-organization-role': defineChange(fields, (context, input) => {
    const { organization, role } = resolve(context, input);
    requireCustom(role);
    rolesOf(organization).delete(role.id);
    return undefined;
  }),

  /** Sets the role's permission on every repository; null: none. */
  'set-organization-role-base': defineChange({ ...fields, base }, (context, input) => {
    const { role } = resolve(context, input);
    requireCustom(role);
    if (input.base === null) delete role.base;
    else role.base = input.base;
    return undefined;
  }),

  'give-organization-role': defineChange({ ...fields, ...holder }, (context, input) => {
    const { organization, role } = resolve(context, input);
    const { ids, id } = holderOf(context, organization, role, input);
    ids.add(id);
    return undefined;
  }),

  'take-organization-role': defineChange({ ...fields, ...holder }, (context, input) => {
    const { organization, role } = resolve(context, input);
    const { ids, id, name } = holderOf(context, organization, role, input);
    if (!ids.delete(id)) throw new ChangeError(`${name} does not hold the role ${role.name} itself`);
    return undefined;
  }),
};

function rolesOf({ login, roles }: Organization): Map<number, OrganizationRole> {
  if (roles === undefined) throw new ChangeError(`the plan of ${login} has no organization roles`);
  return roles;
}

function resolve(
  context: ChangeContext,
  input: { organization?: string; role: string },
): { organization: Organization; role: OrganizationRole } {
  const organization = resolveOrganization(context, input.organization);
  const roles = [...rolesOf(organization).values()];
  const role = roles.find(({ name }) => name === input.role);
  if (role === undefined) {
    const names = roles.map(({ name }) => name).join(', ');
    throw new ChangeError(`there is no role "${input.role}"; there are: ${names || 'none'}`);
  }
  return { organization, role };
}

function requireCustom({ name, isPredefined }: OrganizationRole): void {
  if (isPredefined) throw new ChangeError(`${name} is predefined, and stays as it is`);
}

function holderOf(
  context: ChangeContext,
  organization: Organization,
  role: OrganizationRole,
  { user, team }: { user?: string; team?: string },
): { ids: Set<number>; id: number; name: string } {
  if (user !== undefined && team === undefined) {
    const { id, login } = requireMember(context, organization, user);
    return { ids: role.users, id, name: login };
  }
  if (team !== undefined && user === undefined) {
    const { id, slug } = resolveTeam(context, organization, team);
    return { ids: role.teams, id, name: slug };
  }
  throw new ChangeError('say either which user or which team');
}
