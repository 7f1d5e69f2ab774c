/**
 * Scopes: the units in which a forge organization is read. A list is a whole scope of the organization, as laid out by the
 * forge's API. A part is one member, team or repository of such lists, which an event names and a few requests read.
 */
import type { Fact, FactKind } from './facts.ts';
import { type ForgeAccountId, type ForgeRepositoryId, type ForgeTeamId, isId } from './ids.ts';

/** All lists; a forge has those of its layout. */
export const scopeNames = ['settings', 'members', 'teams', 'roles', 'repositories', 'permissions'] as const;
export type ScopeName = (typeof scopeNames)[number];

/** How one list of a forge is read. */
export interface ScopeTraits {
  readonly name: ScopeName;
  /** The kinds of facts that a complete read of it replaces; each kind is in one scope. */
  readonly kinds: readonly FactKind[];
  /** The lists planned before it, since its rows refer to their facts. */
  readonly after?: readonly ScopeName[];
  /** The schedule requests it when its last complete read is this old, in milliseconds; at each reconcile if left out. */
  readonly everyMs?: number;
  /** The most requests in an hour that the schedule spends on it: the more requests a read takes, the longer until the next. */
  readonly requestsPerHour?: number;
  /** How old a read in steps may get before it starts over, in milliseconds; six hours if left out. */
  readonly readingMs?: number;
  /** Some organizations do not have it, or hide it from us. If never read, it grants nothing and delays nothing. */
  readonly mayBeMissing?: true;
  /** No right depends on it: what the forge hides of it stays as it was last read, however long. */
  readonly isShownOnly?: true;
}

/** The lists of a forge in the order of reading: those that decide who may do anything at all come first. */
export type ScopeLayout = readonly ScopeTraits[];

const partKinds = {
  member: ['member'],
  team: ['team', 'team-member', 'team-repository'],
  repository: ['repository', 'collaborator'],
} as const satisfies Record<string, readonly FactKind[]>;
export type PartKind = keyof typeof partKinds;

/** One account's membership, one team with its rows, or one repository with its collaborators. */
export type PartScope = `${PartKind}:${string}`;

export type AnyScope = ScopeName | PartScope;

export const memberPart = (account: ForgeAccountId): PartScope => `member:${account}`;
export const teamPart = (team: ForgeTeamId): PartScope => `team:${team}`;
export const repositoryPart = (repository: ForgeRepositoryId): PartScope => `repository:${repository}`;

export function isPart(scope: AnyScope): scope is PartScope {
  return scope.includes(':');
}

/** Whether text from outside names a scope. */
export function isScope(text: string): text is AnyScope {
  const [, id] = /^(?:member|team|repository):(.*)$/s.exec(text) ?? [];
  return id === undefined ? scopeNames.some((name) => name === text) : isId(id);
}

/** The kind of the part's main fact. */
export const kindOfPart = (part: PartScope): PartKind => part.slice(0, part.indexOf(':')) as PartKind;

/** The forge's id of the member, team or repository. */
export const idOfPart = (part: PartScope): string => part.slice(part.indexOf(':') + 1);

/** The kinds of facts that a read of the scope shows. */
export function kindsOf(layout: ScopeLayout, scope: AnyScope): readonly FactKind[] {
  return isPart(scope) ? partKinds[kindOfPart(scope)] : (traitsIn(layout, scope)?.kinds ?? []);
}

/**
 * The list with facts of the kind.
 *
 * @throws RangeError when the forge has no such facts
 */
export function scopeOfKind(layout: ScopeLayout, kind: FactKind): ScopeName {
  const scope = layout.find(({ kinds }) => kinds.includes(kind));
  if (scope === undefined) {
    throw new RangeError(`the forge has no facts of the kind ${kind}`);
  }
  return scope.name;
}

/** The lists with facts of these kinds, in the order of reading. */
export const scopesOfKinds = (layout: ScopeLayout, kinds: readonly FactKind[]): readonly ScopeName[] =>
  layout.filter((scope) => scope.kinds.some((kind) => kinds.includes(kind))).map(({ name }) => name);

/** The lists that the part belongs to, the one with its main fact first; for a list only itself. */
export function listsOf(layout: ScopeLayout, scope: AnyScope): readonly ScopeName[] {
  if (!isPart(scope)) {
    return [scope];
  }
  const [main, ...rows] = partKinds[kindOfPart(scope)];
  return [...new Set([...scopesOfKinds(layout, [main]), ...scopesOfKinds(layout, rows)])];
}

/** The list with the part's main fact; for a list itself. */
export const mainScopeOf = (layout: ScopeLayout, scope: AnyScope): ScopeName =>
  isPart(scope) ? scopeOfKind(layout, kindOfPart(scope)) : scope;

/** The names of the scopes, in the order of reading. */
export const namesIn = (layout: ScopeLayout): readonly ScopeName[] => layout.map(({ name }) => name);

export const traitsIn = (layout: ScopeLayout, name: ScopeName): ScopeTraits | undefined =>
  layout.find((scope) => scope.name === name);

/**
 * Orders scopes for planning: a scope comes after those whose facts its rows refer to; otherwise in the order of reading.
 *
 * @returns a function for sorting
 */
export function byPlanning(layout: ScopeLayout): (one: AnyScope, other: AnyScope) => number {
  /** How many plans have to come before it, one after the other. Parts are compared with each other only. */
  const depthOf = (scope: AnyScope): number => {
    const after = (!isPart(scope) && traitsIn(layout, scope)?.after) || [];
    return after.length === 0 ? 0 : 1 + Math.max(...after.map(depthOf));
  };
  return (one, other) => depthOf(one) - depthOf(other);
}

/** The part that the fact belongs to; undefined for the settings and for roles, which no event reports. */
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

/** The key of the part's main fact: the member, team or repository itself. */
export function mainKeyOf(part: PartScope): string {
  return part.replace(':', '#');
}
