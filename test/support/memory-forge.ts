/** A forge organization in memory, for tests of what is made of a read; the adapters have tests of their own. */
import { type Fact, type ScopeName, scopeKinds } from '../../shared/domain/facts.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeOrganizationId,
  type ForgeRepositoryId,
  type ForgeTeamId,
} from '../../shared/domain/ids.ts';
import type { ForgeOrganization, StructureReader } from '../../shared/forge/forge.ts';

export interface MemoryForge {
  organization: ForgeOrganization;
  facts: readonly Fact[];
  /** Called before each answer, with what is asked for; may throw a ForgeError or change the forge. */
  before: (asked: 'probe' | ScopeName) => void | Promise<void>;
  reader(): StructureReader;
}

export function createMemoryForge(facts: readonly Fact[] = []): MemoryForge {
  const forge: MemoryForge = {
    organization: { id: asId<ForgeOrganizationId>(900), login: 'acme', suspended: false },
    facts,
    before: () => {},
    reader: () => ({
      async probe() {
        await forge.before('probe');
        return forge.organization;
      },
      async readScope(scope) {
        // What a slow read sees is what was there when it began.
        const kinds: readonly string[] = scopeKinds[scope];
        const seen = forge.facts.filter((fact) => kinds.includes(fact.kind));
        await forge.before(scope);
        return seen;
      },
    }),
  };
  return forge;
}

export const account = (id: number) => asId<ForgeAccountId>(id);
export const team = (id: number) => asId<ForgeTeamId>(id);
export const repository = (id: number) => asId<ForgeRepositoryId>(id);

/** Facts with full defaults. */
export const aFact = {
  settings: (membersRead = false): Fact => ({
    kind: 'settings',
    basePermission: membersRead ? 'read' : 'none',
    membersRead,
    login: 'acme',
    name: 'Acme',
  }),
  member: (id: number, role: 'owner' | 'member' = 'member'): Fact => ({
    kind: 'member',
    account: account(id),
    login: `user-${id}`,
    role,
  }),
  team: (id: number): Fact => ({
    kind: 'team',
    team: team(id),
    slug: `team-${id}`,
    name: `Team ${id}`,
    parent: undefined,
  }),
  teamMember: (teamId: number, accountId: number): Fact => ({
    kind: 'team-member',
    team: team(teamId),
    account: account(accountId),
    login: `user-${accountId}`,
  }),
  teamRepository: (teamId: number, repositoryId: number, permission = 'read'): Fact => ({
    kind: 'team-repository',
    team: team(teamId),
    repository: repository(repositoryId),
    permission,
    via: team(teamId),
  }),
  repository: (id: number, differences: Partial<Extract<Fact, { kind: 'repository' }>> = {}): Fact => ({
    kind: 'repository',
    repository: repository(id),
    name: `repository-${id}`,
    fullName: `acme/repository-${id}`,
    visibility: 'private',
    fork: false,
    archived: false,
    disabled: false,
    defaultBranch: 'main',
    pushedAt: '2026-11-01T00:00:00Z',
    ...differences,
  }),
  collaborator: (repositoryId: number, accountId: number): Fact => ({
    kind: 'collaborator',
    repository: repository(repositoryId),
    account: account(accountId),
    login: `user-${accountId}`,
    permission: 'read',
  }),
};
