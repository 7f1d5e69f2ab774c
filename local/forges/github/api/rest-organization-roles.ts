/** https://docs.github.com/en/rest/orgs/organization-roles */
import type { Organization, OrganizationRole } from '../state.ts';
import { type Context, organizationRoutes, type Route } from './context.ts';
import { NOT_FOUND, RefusalError, type Reply } from './http.ts';
import { teamsWithRole, usersWithRole } from './organization-roles.ts';
import { paged } from './paging.ts';
import type { Schema } from './schemas.ts';
import { LONG_AGO, ownerShape, simpleTeam, teamShape, userShape } from './shapes-people.ts';

const BASE_ROLES = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
} as const;

/** Lists all roles in one answer; 404 if the plan has none. */
function listRoles({ services }: Context, organization: Organization): Reply {
  const { roles } = organization;
  if (roles === undefined) throw new RefusalError(NOT_FOUND);
  const shapes = [...roles.values()].map(
    ({ id, name, base, isPredefined }): Schema<'organization-role'> => ({
      id,
      name,
      description: null,
      base_role: base === undefined ? null : BASE_ROLES[base],
      source: isPredefined ? 'Predefined' : 'Organization',
      permissions: [],
      organization: ownerShape(services.addresses, organization),
      created_at: LONG_AGO,
      updated_at: LONG_AGO,
    }),
  );
  return { status: 200, json: { total_count: shapes.length, roles: shapes } };
}
/** The role in the path; 422 where the plan has none ("Response if the organization roles feature is not enabled"). */
function roleOf({ params }: Context, { roles }: Organization): OrganizationRole {
  if (roles === undefined) throw new RefusalError({ status: 422, message: 'Validation Failed' });
  const role = roles.get(Number(params.role_id));
  if (role === undefined) throw new RefusalError(NOT_FOUND);
  return role;
}

function listUsers(context: Context, organization: Organization): Reply {
  const { services, state } = context;
  const all = usersWithRole(state, organization, roleOf(context, organization));
  const { items, headers } = paged(
    context,
    all.sort((one, other) => one.user.id - other.user.id),
  );
  return {
    status: 200,
    headers,
    json: items.map(
      ({ user, assignment, inheritedFrom }): Schema<'user-role-assignment'> => ({
        ...userShape(services.addresses, user),
        id: user.id,
        assignment,
        inherited_from: inheritedFrom.map((team) => simpleTeam(services.addresses, state, team)),
      }),
    ),
  };
}

function listTeams(context: Context, organization: Organization): Reply {
  const { services, state } = context;
  const all = teamsWithRole(state, organization, roleOf(context, organization));
  const { items, headers } = paged(
    context,
    all.sort((one, other) => one.team.id - other.team.id),
  );
  return {
    status: 200,
    headers,
    json: items.map(({ team, assignment }) => {
      const { access_source: _, ...shape } = teamShape(services.addresses, state, team);
      return { ...shape, assignment };
    }),
  };
}

/** The list of roles needs a permission of its own, the lists of holders only the one to read members. */
export const organizationRoleRoutes: readonly Route[] = [
  ...organizationRoutes('/organization-roles', 'organization_custom_org_roles', listRoles),
  ...organizationRoutes('/organization-roles/{role_id}/users', 'members', listUsers),
  ...organizationRoutes('/organization-roles/{role_id}/teams', 'members', listTeams),
];
