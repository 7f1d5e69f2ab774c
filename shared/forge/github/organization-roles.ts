/**
 * Reads who holds an organization role that gives access to every repository, directly or through a team. GraphQL does not support these
 * roles, and no event reports them.
 *
 * https://docs.github.com/en/rest/orgs/organization-roles
 */
import { z } from 'zod';
import type { RoleMemberFact, RoleTeamFact } from '../../domain/facts.ts';
import { ForgeError } from '../errors.ts';
import type { ScopeRead } from '../forge.ts';
import { expectSame } from '../http.ts';
import { numberedList } from '../numbered-list.ts';
import { fixedPageSize, type ListReading } from '../pages.ts';
import type { Reading } from '../reading.ts';
import type { Account } from './account.ts';
import { UnprocessableError } from './http.ts';
import type { Requests } from './requests.ts';
import {
  namedOrganizationSchema,
  type OrganizationRole,
  organizationRole,
  organizationRolesSchema,
  type RoleMember,
  type RoleTeam,
  roleMember,
  roleTeam,
} from './schema.ts';

const notAllowed =
  'the app may not read organization roles here, so access that comes only from such a role is unknown. ' +
  'Grant it the permission “Custom organization roles” (read)';
const notOffered = 'GitHub offers no organization roles on the plan of this organization';

/**
 * The holders of each role that has a base role; other roles do not concern repositories. One request, and two more for each role with a
 * base role, of which every organization on Enterprise Cloud has five:
 * https://docs.github.com/en/organizations/managing-peoples-access-to-your-organization-with-roles/permissions-of-predefined-organization-roles
 *
 * If the plan has no roles, or the app lacks the permission, the scope is hidden. An error despite the permission is an error.
 */
export async function readOrganizationRoles(
  requests: Requests,
  account: Account,
  reading: Reading,
): Promise<ScopeRead> {
  if (!account.readsEnterprise) {
    return hidden(notAllowed);
  }
  try {
    const roles = await reading.list<OrganizationRole>(
      'roles',
      organizationRole,
      listOfRoles(requests, account),
    );
    const facts: (RoleMemberFact | RoleTeamFact)[] = [];
    for (const role of roles) {
      if (role.base_role) {
        facts.push(...(await holdersOf(requests, account, reading, { ...role, base_role: role.base_role })));
      }
    }
    const powerless = roles.filter(({ base_role }) => !base_role).map(({ id }) => id);
    return {
      facts,
      covers: [],
      absenceIsAuthoritative: false,
      isCounted: () => false,
      powerless,
      followUps: [],
    };
  } catch (error) {
    // "Response if the organization roles feature is not enabled".
    if (error instanceof UnprocessableError) {
      return hidden(notOffered);
    }
    throw error;
  }
}

const hidden = (why: string): ScopeRead => ({
  facts: [],
  covers: [],
  absenceIsAuthoritative: false,
  hiddenReason: why,
  followUps: [],
});

/** The list of roles; GitHub returns it in one page, with the total. */
function listOfRoles(requests: Requests, account: Account): ListReading<OrganizationRole> {
  return {
    what: 'organization roles',
    size: fixedPageSize(1),
    key: ({ id }) => id,
    read: async () => {
      const { total_count: totalCount, roles } = await requests
        .get('GET /orgs/{org}/organization-roles', { org: account.login }, organizationRolesSchema)
        .catch((error: unknown) => rethrowNotOffered(requests, account, error));
      return { totalCount, pageInfo: { hasNextPage: false, endCursor: null }, items: roles };
    },
  };
}

/** Handles `not-found`: it means a plan without roles, or a login that the organization no longer has. */
async function rethrowNotOffered(requests: Requests, { id, login }: Account, error: unknown): Promise<never> {
  if (error instanceof ForgeError && error.code === 'not-found') {
    expectSame((await requests.get('GET /orgs/{org}', { org: login }, namedOrganizationSchema)).id, id);
    throw new UnprocessableError('unexpected', error.message, { cause: error });
  }
  throw error;
}

/**
 * The direct holders of a role. Indirect ones follow from the team's row and the membership in the team, which events report; likewise a
 * team below another.
 */
async function holdersOf(
  requests: Requests,
  { login }: Account,
  reading: Reading,
  { id, name, base_role: permission }: OrganizationRole & { readonly base_role: string },
): Promise<(RoleMemberFact | RoleTeamFact)[]> {
  const parameters = { org: login, role_id: id };
  const members = await reading.list<RoleMember>(
    `role ${id} members`,
    roleMember,
    numberedList('members with a role', (page) =>
      requests.getNumberedPage(
        'GET /orgs/{org}/organization-roles/{role_id}/users',
        { ...parameters, ...page },
        z.array(roleMember),
      ),
    ),
  );
  const teams = await reading.list<RoleTeam>(
    `role ${id} teams`,
    roleTeam,
    numberedList('teams with a role', (page) =>
      requests.getNumberedPage(
        'GET /orgs/{org}/organization-roles/{role_id}/teams',
        { ...parameters, ...page },
        z.array(roleTeam),
      ),
    ),
  );
  const isOwn = ({ assignment }: RoleMember | RoleTeam): boolean => assignment !== 'indirect';
  return [
    ...members.filter(isOwn).map((one) => ({
      kind: 'role-member' as const,
      role: id,
      name,
      permission,
      account: one.id,
      login: one.login,
    })),
    ...teams
      .filter(isOwn)
      .map((one) => ({ kind: 'role-team' as const, role: id, name, permission, team: one.id })),
  ];
}
