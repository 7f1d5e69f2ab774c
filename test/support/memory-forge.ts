/** A forge organization in memory, for tests of what a read leads to. The adapters have tests of their own. */

import { z } from 'zod';
import {
  type Fact,
  factKey,
  type RepositoryFact,
  type StoredFact,
  type TeamFact,
} from '../../shared/domain/facts.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeOrganizationId,
  type ForgeRepositoryId,
  type ForgeRoleId,
  type ForgeTeamId,
} from '../../shared/domain/ids.ts';
import {
  type AnyScope,
  isPart,
  kindsOf,
  mainKeyOf,
  partOf,
  type ScopeLayout,
} from '../../shared/domain/scopes.ts';
import { parseFact } from '../../shared/forge/fact-schema.ts';
import type { Absence, ForgeOrganization, LookUp, StructureReader } from '../../shared/forge/forge.ts';
import { layout } from './traits.ts';

export interface MemoryForge {
  /** The kinds of facts in each scope. */
  layout: ScopeLayout;
  organization: ForgeOrganization;
  facts: readonly Fact[];
  /** Called before each answer with what is requested; may throw a ForgeError or change the forge. */
  before: (asked: 'probe' | 'look-up' | AnyScope) => void | Promise<void>;
  /** Keys of facts that are missing from lists although they exist; a look-up by id finds them. */
  hidden: ReadonlySet<string>;
  /** The answer to a look-up by id of something that does not exist. */
  absence: Absence;
  /** How many facts of a list one step reads; all of them if left out. */
  perStep: number;
  /** Scopes that the forge hides, and why. */
  readonly hiddenReasons: Map<AnyScope, string>;
  reader(): StructureReader;
}

/**
 * Whether the forge counts a fact in a total. As GitHub's adapter: no total for role holders, nor for anything of a team without a handle.
 */
function countedIn(facts: readonly Fact[]): (fact: Fact) => boolean {
  const uncounted = new Set(
    facts.flatMap((fact) => (fact.kind === 'team' && fact.handle === undefined ? [fact.team] : [])),
  );
  return (fact) =>
    fact.kind !== 'role-member' &&
    fact.kind !== 'role-team' &&
    (fact.kind === 'team' ? fact.handle !== undefined : !('team' in fact && uncounted.has(fact.team)));
}

const ReadSoFar = z.object({ facts: z.array(z.unknown().transform(parseFact)), total: z.number() });

export function createMemoryForge(facts: readonly Fact[] = []): MemoryForge {
  const forge: MemoryForge = {
    layout,
    organization: { id: asId<ForgeOrganizationId>(900), login: 'acme', suspended: false },
    facts,
    before: () => {},
    hidden: new Set(),
    absence: 'gone',
    perStep: Number.POSITIVE_INFINITY,
    hiddenReasons: new Map(),
    reader: () => ({
      async probe() {
        await forge.before('probe');
        return forge.organization;
      },
      async readScope(scope, { from } = {}) {
        // A slow read sees what was there when it began.
        const kinds: readonly string[] = kindsOf(forge.layout, scope);
        const part = isPart(scope);
        const seen = forge.facts.filter(
          (fact) =>
            kinds.includes(fact.kind) && (part ? partOf(fact) === scope : !forge.hidden.has(factKey(fact))),
        );
        await forge.before(scope);
        const hiddenReason = forge.hiddenReasons.get(scope);
        if (hiddenReason !== undefined) {
          return {
            done: { facts: [], covers: [], absenceIsAuthoritative: false, hiddenReason, followUps: [] },
          };
        }
        const before = ReadSoFar.safeParse(from).data;
        // As the adapters: a list that has changed since is read from the start.
        const read = before?.total === seen.length ? before.facts : [];
        const facts = [...read, ...seen.slice(read.length, read.length + forge.perStep)];
        if (facts.length < seen.length) {
          const state = { facts, total: seen.length };
          return { unfinished: { state, read: facts.length, total: seen.length } };
        }
        // As the adapters: a part that exists says nothing about rows that it lacks.
        const isAbsent = part && !seen.some((fact) => factKey(fact) === mainKeyOf(scope));
        return {
          done: {
            facts,
            covers: part ? [scope] : [],
            absenceIsAuthoritative: isAbsent,
            absence: isAbsent ? forge.absence : undefined,
            isCounted: countedIn(facts),
            followUps: [],
          },
        };
      },
      async lookUp(workItems) {
        const there = new Set(forge.facts.map(factKey));
        await forge.before('look-up');
        return new Map(
          workItems.map(({ part, handle }) => {
            // As GitHub's adapter: a look-up without a handle finds nothing.
            const known: LookUp = there.has(mainKeyOf(part))
              ? { is: 'present' }
              : { is: 'absent', absence: forge.absence };
            return [part, handle === undefined ? { is: 'unknown' } : known];
          }),
        );
      },
    }),
  };
  return forge;
}

/** A forge's id: a number, as GitHub's and GitLab's, or a text, as Bitbucket's. */
type RawId = string | number;
export const account = (id: RawId) => asId<ForgeAccountId>(id);
export const team = (id: RawId) => asId<ForgeTeamId>(id);
export const role = (id: RawId) => asId<ForgeRoleId>(id);
export const repository = (id: RawId) => asId<ForgeRepositoryId>(id);

/** Builds facts, with defaults for everything that is not given. */
export const aFact = {
  settings: (membersRead = false): Fact => ({
    kind: 'settings',
    basePermission: membersRead ? 'read' : 'none',
    membersRead,
    login: 'acme',
    name: 'Acme',
  }),
  member: (id: RawId, role: 'owner' | 'member' | 'outside' = 'member'): Fact => ({
    kind: 'member',
    account: account(id),
    login: `user-${id}`,
    role,
  }),
  team: (id: RawId, parent?: RawId): TeamFact => ({
    kind: 'team',
    team: team(id),
    slug: `team-${id}`,
    name: `Team ${id}`,
    parent: parent === undefined ? undefined : team(parent),
    handle: `T_${id}`,
  }),
  teamMember: (teamId: RawId, accountId: RawId): Fact => ({
    kind: 'team-member',
    team: team(teamId),
    account: account(accountId),
    login: `user-${accountId}`,
  }),
  teamRepository: (teamId: RawId, repositoryId: RawId, permission = 'read'): Fact => ({
    kind: 'team-repository',
    team: team(teamId),
    repository: repository(repositoryId),
    permission,
    via: team(teamId),
  }),
  repository: (id: RawId, differences: Partial<RepositoryFact> = {}): RepositoryFact => ({
    kind: 'repository',
    repository: repository(id),
    name: `repository-${id}`,
    fullName: `acme/repository-${id}`,
    visibility: 'private',
    fork: false,
    archived: false,
    disabled: false,
    defaultBranch: 'main',
    createdAt: '2026-10-01T00:00:00Z',
    pushedAt: '2026-11-01T00:00:00Z',
    handle: `R_${id}`,
    ...differences,
  }),
  roleMember: (roleId: RawId, accountId: RawId): Fact => ({
    kind: 'role-member',
    role: role(roleId),
    name: `role-${roleId}`,
    permission: 'read',
    account: account(accountId),
    login: `user-${accountId}`,
  }),
  roleTeam: (roleId: RawId, teamId: RawId): Fact => ({
    kind: 'role-team',
    role: role(roleId),
    name: `role-${roleId}`,
    permission: 'read',
    team: team(teamId),
  }),
  collaborator: (repositoryId: RawId, accountId: RawId): Fact => ({
    kind: 'collaborator',
    repository: repository(repositoryId),
    account: account(accountId),
    login: `user-${accountId}`,
    permission: 'read',
  }),
};

/** A fact as the read with that number stored it. @param changedAt milliseconds since the epoch */
export const stored = (fact: Fact, observedAt = 1, changedAt = 0): StoredFact => ({
  fact,
  observedAt,
  firstObservedAt: 1,
  changedAt,
  givenAt: observedAt,
  inDoubt: false,
});
