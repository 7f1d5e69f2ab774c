/** Facts and subjects, for the tests of access. */
import type { Subject, Via } from './access.ts';
import type {
  CollaboratorFact,
  Fact,
  MemberFact,
  RepositoryFact,
  RoleMemberFact,
  RoleTeamFact,
  TeamFact,
  TeamMemberFact,
  TeamRepositoryFact,
} from './facts.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeRepositoryId,
  type ForgeRoleId,
  type ForgeTeamId,
} from './ids.ts';

export const account = (id: number) => asId<ForgeAccountId>(id);
export const team = (id: number) => asId<ForgeTeamId>(id);
export const repositoryId = (id: number) => asId<ForgeRepositoryId>(id);

export const settings = (membersRead: boolean): Fact => ({
  kind: 'settings',
  basePermission: membersRead ? 'write' : 'none',
  membersRead,
  login: 'acme',
  name: 'Acme',
});
export const member = (id: number, role: MemberFact['role'] = 'member'): MemberFact => ({
  kind: 'member',
  account: account(id),
  login: `user-${id}`,
  role,
});
export const teamMember = (teamId: number, accountId: number): TeamMemberFact => ({
  kind: 'team-member',
  team: team(teamId),
  account: account(accountId),
  login: `user-${accountId}`,
});
export const teamRepository = (teamId: number, repository: number, via = teamId): TeamRepositoryFact => ({
  kind: 'team-repository',
  team: team(teamId),
  repository: repositoryId(repository),
  permission: 'triage',
  via: team(via),
});
export const repository = (
  id: number,
  visibility: RepositoryFact['visibility'] = 'private',
): RepositoryFact => ({
  kind: 'repository',
  repository: repositoryId(id),
  name: `repository-${id}`,
  fullName: `acme/repository-${id}`,
  visibility,
  fork: false,
  archived: false,
  disabled: false,
  defaultBranch: 'main',
  pushedAt: undefined,
});
export const collaborator = (repositoryNumber: number, accountId: number): CollaboratorFact => ({
  kind: 'collaborator',
  repository: repositoryId(repositoryNumber),
  account: account(accountId),
  login: `user-${accountId}`,
  permission: 'maintain',
});

export const aTeam = (id: number, parent?: number): TeamFact => ({
  kind: 'team',
  team: team(id),
  slug: `team-${id}`,
  name: `Team ${id}`,
  parent: parent === undefined ? undefined : team(parent),
});
const role = { role: asId<ForgeRoleId>(70), name: 'all_repo_read', permission: 'read' };
export const roleMember = (accountId: number): RoleMemberFact => ({
  kind: 'role-member',
  ...role,
  account: account(accountId),
  login: `user-${accountId}`,
});
export const roleTeam = (teamId: number): RoleTeamFact => ({
  kind: 'role-team',
  ...role,
  team: team(teamId),
});

export const viaRole = (through?: number, inheritedFrom?: number): Via => ({
  through: 'role',
  role: 'all_repo_read',
  permission: 'read',
  team: through === undefined ? undefined : team(through),
  inheritedFrom: inheritedFrom === undefined ? undefined : team(inheritedFrom),
});

export const now = Date.parse('2026-11-22T12:00:00Z');

export const ann: Subject = { kind: 'account', account: account(1) };
export const teamSeven: Subject = { kind: 'team', team: team(7) };
export const anyone: Subject = { kind: 'anyone' };

export const viaTeam: Via = {
  through: 'team',
  team: team(7),
  inheritedFrom: undefined,
  permission: 'triage',
};
