/** The cases that the comparison is for. A run without one of them proves nothing about it. */
import type {
  DescribedAccount,
  DescribedOrganization,
  DescribedOrganizationRole,
  DescribedTeam,
  Grant,
} from './organization.ts';
import { depth } from './random-organizations.ts';

const isActive = ({ role, state }: DescribedAccount): boolean => role !== 'none' && state === 'active';
const isPending = ({ role, state }: DescribedAccount): boolean => role !== 'none' && state === 'pending';
const isIn = (team: DescribedTeam, { login }: DescribedAccount): boolean => team.members.includes(login);

/** What the team only inherits. */
function inherited(organization: DescribedOrganization, team: DescribedTeam): readonly Grant[] {
  const parent = organization.teams.find(({ name }) => name === team.parent);
  const above = parent === undefined ? [] : [...parent.grants, ...inherited(organization, parent)];
  return above.filter((one) => !team.grants.some(({ repository }) => repository === one.repository));
}

const ofAccounts =
  (is: (account: DescribedAccount, organization: DescribedOrganization) => boolean) =>
  (organization: DescribedOrganization): boolean =>
    organization.accounts.some((account) => is(account, organization));
const ofTeams =
  (is: (team: DescribedTeam, organization: DescribedOrganization) => boolean) =>
  (organization: DescribedOrganization): boolean =>
    organization.teams.some((team) => is(team, organization));

/** Whether the role can read, and there is a private repository to read. */
const ofRoles =
  (is: (role: DescribedOrganizationRole, organization: DescribedOrganization) => boolean) =>
  (organization: DescribedOrganization): boolean =>
    organization.repositories.some(isPrivate) &&
    (organization.organizationRoles ?? []).some((role) => role.base !== undefined && is(role, organization));

export const oddCases: Readonly<Record<string, (organization: DescribedOrganization) => boolean>> = {
  'an outside collaborator': ofAccounts(({ role, direct }) => role === 'none' && direct.length > 0),
  'a collaborator who is a member too': ofAccounts((one) => isActive(one) && one.direct.length > 0),
  'an outside collaborator on an internal repository': ofAccounts(
    ({ role, direct, elsewhereInEnterprise }, { repositories }) =>
      role === 'none' &&
      !elsewhereInEnterprise &&
      repositories.some(
        ({ name, visibility }) =>
          visibility === 'internal' && direct.some(({ repository }) => repository === name),
      ),
  ),
  'somebody invited who is in a team with a right': ofAccounts(
    (one, { teams }) => isPending(one) && teams.some((team) => isIn(team, one) && team.grants.length > 0),
  ),
  'an invited owner': ofAccounts((one) => isPending(one) && one.role === 'owner'),
  'somebody invited with base permission': ofAccounts(
    (one, { basePermission, repositories }) =>
      isPending(one) && basePermission !== 'none' && repositories.some(isPrivate),
  ),
  'an owner in no team': ofAccounts(
    (one, { teams }) => isActive(one) && one.role === 'owner' && !teams.some((team) => isIn(team, one)),
  ),
  'a suspended member': ofAccounts((one) => isActive(one) && one.suspended),
  'a member in two teams with a right on one repository': ofAccounts(
    (one, { teams }) =>
      isActive(one) &&
      new Set(
        teams
          .filter((team) => isIn(team, one))
          .flatMap(({ grants }) => grants.map(({ repository }) => repository)),
      ).size < teams.filter((team) => isIn(team, one)).flatMap(({ grants }) => grants).length,
  ),
  'somebody of the enterprise who is no member': ofAccounts(
    ({ role, elsewhereInEnterprise }, { repositories }) =>
      role === 'none' &&
      elsewhereInEnterprise &&
      repositories.some(({ visibility }) => visibility === 'internal'),
  ),
  'a right that the team above alone has': ofTeams(
    (team, organization) => inherited(organization, team).length > 0 && team.members.length > 0,
  ),
  'a right that comes down two levels': ofTeams((team, organization) => {
    const parent = organization.teams.find(({ name }) => name === team.parent);
    return parent !== undefined && inherited(organization, parent).length > 0;
  }),
  'three levels of teams': ofTeams((team, { teams }) => depth(teams, team) === 3),
  'a child with less than its parent has': ofTeams((team, { teams }) => {
    const parent = teams.find(({ name }) => name === team.parent);
    return team.grants.some(
      ({ repository, role }) =>
        role === 'read' &&
        parent?.grants.some((other) => other.repository === repository && other.role !== 'read'),
    );
  }),
  'a right of a child team that its parent’s members do not have': ofTeams(
    (team, { teams }) =>
      team.members.length > 0 &&
      teams.some(
        ({ parent, grants }) =>
          parent === team.name &&
          grants.some((one) => !team.grants.some(({ repository }) => repository === one.repository)),
      ),
  ),
  'a team without members': ofTeams(({ members, grants }) => members.length === 0 && grants.length > 0),
  'a role on everything, held by a member himself': ofRoles(({ members }) => members.length > 0),
  'a role on everything, held by a team with members': ofRoles(({ teams }, organization) =>
    organization.teams.some(({ name, members }) => teams.includes(name) && members.length > 0),
  ),
  'a role on everything that comes down from the team above': ofRoles(({ teams }, organization) =>
    organization.teams.some(
      ({ name, parent, members }) =>
        parent !== undefined && teams.includes(parent) && !teams.includes(name) && members.length > 0,
    ),
  ),
  'a role that reads nothing': ({ organizationRoles = [], repositories }) =>
    repositories.length > 0 &&
    organizationRoles.some(({ base, members }) => base === undefined && members.length > 0),
  'a plan without roles': ({ organizationRoles }) => organizationRoles === undefined,
  'a team of the enterprise': ofTeams(
    ({ enterprise, grants, members }) => enterprise && grants.length > 0 && members.length > 0,
  ),
  'a team of the enterprise with a role on everything': ofRoles(({ teams }, organization) =>
    organization.teams.some(
      ({ name, enterprise, members }) => enterprise && teams.includes(name) && members.length > 0,
    ),
  ),
  'a secret team': ofTeams(({ secret, grants }) => secret && grants.length > 0),
  'a custom role': ofTeams(({ grants }) => grants.some(({ custom }) => custom !== undefined)),
  'internal with base permission none': ({ basePermission, repositories, accounts }) =>
    basePermission === 'none' &&
    repositories.some(({ visibility }) => visibility === 'internal') &&
    accounts.some((one) => isActive(one) && one.role === 'member'),
  'an archived private repository': ({ repositories }) =>
    repositories.some((repository) => repository.archived && isPrivate(repository)),
  'a disabled repository': ({ repositories }) => repositories.some(({ disabled }) => disabled),
  'a private fork': ({ repositories }) =>
    repositories.some((repository) => repository.fork && isPrivate(repository)),
  'an organization with nobody in it': ({ accounts, repositories }) =>
    accounts.length === 0 && repositories.length > 0,
};

function isPrivate({ visibility }: { readonly visibility: string }): boolean {
  return visibility === 'private';
}
