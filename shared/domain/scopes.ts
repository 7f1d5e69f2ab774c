/**
 * What is read at once. The whole scopes are lists of the organization; a part is one thing in such a list, which an event names and
 * a few requests settle.
 */
import type { Fact } from './facts.ts';
import { type ScopeName, scopeNames } from './facts.ts';
import { type ForgeAccountId, type ForgeRepositoryId, type ForgeTeamId, isId } from './ids.ts';

/** One account's membership, one team with its rows, or one repository with its collaborators. */
export type PartScope = `member:${string}` | `team:${string}` | `repository:${string}`;

export type AnyScope = ScopeName | PartScope;

export const memberPart = (account: ForgeAccountId): PartScope => `member:${account}`;
export const teamPart = (team: ForgeTeamId): PartScope => `team:${team}`;
export const repositoryPart = (repository: ForgeRepositoryId): PartScope => `repository:${repository}`;

const wholeOfPart = { member: 'members', team: 'teams', repository: 'repositories' } as const;

export function isPart(scope: AnyScope): scope is PartScope {
  return scope.includes(':');
}

/** Whether the text names a scope; for what comes from outside. */
export function isScope(text: string): text is AnyScope {
  const [, id] = /^(?:member|team|repository):(.*)$/s.exec(text) ?? [];
  return id === undefined ? scopeNames.some((name) => name === text) : isId(id);
}

/** The list that the part belongs to; a whole scope itself. */
export function wholeOf(scope: AnyScope): ScopeName {
  const [kind] = scope.split(':');
  return isPart(scope) ? wholeOfPart[kind as keyof typeof wholeOfPart] : scope;
}

/** The forge's id of what the part is about. */
export const idOfPart = (part: PartScope): string => part.slice(part.indexOf(':') + 1);

/** The part that the fact belongs to; undefined for the settings and the roles, of which no event tells. */
export function partOf(fact: Fact): PartScope | undefined {
  switch (fact.kind) {
    case 'settings':
    case 'role-member':
    case 'role-team':
      return undefined;
    case 'member':
      return memberPart(fact.account);
    case 'team':
    case 'team-member':
    case 'team-repository':
      return teamPart(fact.team);
    case 'repository':
    case 'collaborator':
      return repositoryPart(fact.repository);
  }
}

/** The key of the fact that says that the part's thing is there at all. */
export function mainKeyOf(part: PartScope): string {
  return part.replace(':', '#');
}
