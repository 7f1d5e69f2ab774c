import type { GitHubSimulator } from '../forges/github/simulator.ts';
import type { Organization as SimulatedOrganization } from '../forges/github/state.ts';

export interface StartedMember {
  readonly login: string;
  readonly role: 'owner' | 'member' | 'outside collaborator';
  readonly token: string;
}

/** Who gets a token: owners, members, then outside collaborators. */
export function peopleOf(
  gitHub: GitHubSimulator,
  organization: SimulatedOrganization,
): { login: string; role: StartedMember['role'] }[] {
  const outside = new Set<number>();
  for (const repository of gitHub.state.repositories.values()) {
    if (repository.organizationId === organization.id) {
      for (const account of repository.collaborators.keys()) {
        outside.add(account);
      }
    }
  }
  const active = [...organization.members].filter(([, { state }]) => state === 'active');
  const ids: [number, StartedMember['role']][] = [
    ...active.filter(([, { role }]) => role === 'admin').map(([id]): [number, 'owner'] => [id, 'owner']),
    ...active.filter(([, { role }]) => role === 'member').map(([id]): [number, 'member'] => [id, 'member']),
    ...[...outside]
      .filter((id) => !organization.members.has(id))
      .map((id): [number, 'outside collaborator'] => [id, 'outside collaborator']),
  ];
  return ids.flatMap(([id, role]) => {
    const user = gitHub.state.users.get(id);
    return user && user.type === 'User' && !user.suspended ? [{ login: user.login, role }] : [];
  });
}
