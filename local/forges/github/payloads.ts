import type { Addresses } from './api/ports.ts';
import { fullName, permissionFlags, roleName } from './api/rights.ts';
import { installationShape } from './api/shapes-app.ts';
import {
  fullOrganizationShape,
  organizationShape,
  ownerShape,
  teamShape,
  userShape,
} from './api/shapes-people.ts';
import { repositoryShape } from './api/shapes-repository.ts';
import type { GitHubState, Installation, Organization, Permission, Repository, Team, User } from './state.ts';
import { personOf } from './world-to-state.ts';

type Payload = Record<string, unknown>;

/** The building blocks of webhook payloads, in the shapes of https://docs.github.com/en/webhooks/webhook-events-and-payloads */
export interface Payloads {
  user(user: User): Payload;
  organization(organization: Organization): Payload;
  /** In `installation_target`: the account that the app is installed on. */
  account(organization: Organization): Payload;
  team(team: Team): Payload;
  repository(repository: Repository): Payload;
  /** In `push`: times in seconds since the epoch, and the owner with name and e-mail. */
  pushedRepository(repository: Repository): Payload;
  /** In `team`: with the team's permission; without one once it has been removed. */
  teamRepository(repository: Repository, permission: Permission | undefined): Payload;
  /** Times in seconds since the epoch. */
  installation(installation: Installation): Payload;
  /** In `suspend` and `unsuspend`, where the published examples have times as text. */
  suspendedInstallation(installation: Installation, by: User | undefined): Payload;
  /** The reference that every other event carries. */
  installationReference(installation: Installation): Payload;
  /** In `installation` and `installation_repositories`. */
  repositoryReference(repository: Repository): Payload;
  membership(organization: Organization, user: User): Payload;
  /** An author or committer; with a login where the e-mail is an account's. */
  person(person: { readonly name: string; readonly email: string }): Payload;
  invitationTeamsUrl(organization: Organization, invitationId: number): string;
  /** Web address of a repository. */
  webAddress(repository: Repository): string;
}

export function createPayloads(state: GitHubState, addresses: Addresses): Payloads {
  const repositoryPayload = (repository: Repository): Payload => {
    const { permissions: _ofNobody, ...shape } = repositoryShape(addresses, state, repository);
    return { ...shape, custom_properties: {} };
  };
  const installationPayload = (installation: Installation): Payload => ({
    ...installationShape(addresses, state, installation),
    updated_at: installation.updatedAt ?? installation.createdAt,
    has_multiple_single_files: false,
    single_file_paths: [],
  });
  const webAddress = (repository: Repository): string => `${addresses.web}/${fullName(state, repository)}`;
  return {
    webAddress,
    user: (user) => userShape(addresses, user),
    organization: (organization) => organizationShape(addresses, organization),
    account: (organization) => fullOrganizationShape(addresses, state, organization, false),
    team(team) {
      const { access_source: _ofRest, ...shape } = teamShape(addresses, state, team);
      return shape;
    },
    repository: repositoryPayload,
    pushedRepository(repository) {
      const organization = state.organizations.get(repository.organizationId);
      return {
        ...repositoryPayload(repository),
        url: webAddress(repository),
        created_at: seconds(repository.createdAt),
        pushed_at: seconds(repository.pushedAt),
        stargazers: 0,
        master_branch: repository.defaultBranch,
        ...(organization !== undefined && {
          owner: { name: organization.login, email: null, ...ownerShape(addresses, organization) },
          organization: organization.login,
        }),
      };
    },
    teamRepository: (repository, permission) => ({
      ...repositoryPayload(repository),
      permissions: permissionFlags(permission),
      role_name: roleName(permission),
    }),
    installation: (installation) => ({
      ...installationPayload(installation),
      created_at: seconds(installation.createdAt),
      updated_at: seconds(installation.updatedAt ?? installation.createdAt),
    }),
    suspendedInstallation: (installation, by) => ({
      ...installationPayload(installation),
      suspended_by: by === undefined ? null : userShape(addresses, by),
    }),
    installationReference: ({ id }) => ({
      id,
      node_id: Buffer.from(`023:IntegrationInstallation${id}`).toString('base64'),
    }),
    repositoryReference: (repository) => ({
      id: repository.id,
      node_id: repository.nodeId,
      name: repository.name,
      full_name: fullName(state, repository),
      private: repository.visibility !== 'public',
    }),
    invitationTeamsUrl: (organization, invitationId) =>
      `${addresses.api}/organizations/${organization.id}/invitations/${invitationId}/teams`,
    person(person) {
      const user = [...state.users.values()].find((each) => personOf(each).email === person.email);
      return { ...person, ...(user !== undefined && { username: user.login }) };
    },
    membership(organization, user) {
      const membership = organization.members.get(user.id);
      return {
        url: `${addresses.api}/orgs/${organization.login}/memberships/${user.login}`,
        state: membership?.state ?? 'active',
        role: membership?.role ?? 'member',
        organization_url: `${addresses.api}/orgs/${organization.login}`,
        user: userShape(addresses, user),
      };
    },
  };
}

function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}
