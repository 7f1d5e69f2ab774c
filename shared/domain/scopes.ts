/**
 * What is read at once. The whole scopes are lists of the organization, laid out as the forge's API has them; a part is one thing in such a
 * list, which an event names and a few requests settle.
 */
import type { Fact, FactKind } from './facts.ts';
import { type ForgeAccountId, type ForgeRepositoryId, type ForgeTeamId, isId } from './ids.ts';

/** The whole scopes that there are; a forge has those of its layout. */
export const scopeNames = ['settings', 'members', 'teams', 'roles', 'repositories', 'permissions'] as const;
export type ScopeName = (typeof scopeNames)[number];

/** How one whole scope of a forge is read. */
export interface ScopeTraits {
  readonly name: ScopeName;
  /** The kinds of facts that a whole read of it replaces; each kind is in one scope. */
  readonly kinds: readonly FactKind[];
  /** Its plan is made after theirs, since its rows refer to what they hold. */
  readonly after?: readonly ScopeName[];
  /** The schedule asks for it when it was last read whole so many milliseconds ago; at each reconcile if left out. */
  readonly everyMs?: number;
  /** Not each organization has it, or shows it to us. Never read, it lets nobody read and holds up nothing. */
  readonly mayBeMissing?: true;
}

/** The whole scopes of a forge in the order of reading: who may do anything at all comes before the rest. */
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

/** Whether the text names a scope; for what comes from outside. */
export function isScope(text: string): text is AnyScope {
  const [, id] = /^(?:member|team|repository):(.*)$/s.exec(text) ?? [];
  return id === undefined ? scopeNames.some((name) => name === text) : isId(id);
}

/** What the part is about. */
export const kindOfPart = (part: PartScope): PartKind => part.slice(0, part.indexOf(':')) as PartKind;

/** The forge's id of what the part is about. */
export const idOfPart = (part: PartScope): string => part.slice(part.indexOf(':') + 1);

/** The kinds of facts that a read of the scope shows. */
export function kindsOf(layout: ScopeLayout, scope: AnyScope): readonly FactKind[] {
  return isPart(scope) ? partKinds[kindOfPart(scope)] : (traitsIn(layout, scope)?.kinds ?? []);
}

/**
 * The whole scope that holds facts of the kind.
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

/** The whole scopes that hold facts of these kinds, in the order of reading. */
export const scopesOfKinds = (layout: ScopeLayout, kinds: readonly FactKind[]): readonly ScopeName[] =>
  layout.filter((scope) => scope.kinds.some((kind) => kinds.includes(kind))).map(({ name }) => name);

/** The lists that the part belongs to, the one that has the thing itself first; of a whole scope itself alone. */
export function listsOf(layout: ScopeLayout, scope: AnyScope): readonly ScopeName[] {
  if (!isPart(scope)) {
    return [scope];
  }
  const [main, ...rows] = partKinds[kindOfPart(scope)];
  return [...new Set([...scopesOfKinds(layout, [main]), ...scopesOfKinds(layout, rows)])];
}

/** The list that has the part's thing itself; a whole scope itself. */
export const mainScopeOf = (layout: ScopeLayout, scope: AnyScope): ScopeName =>
  isPart(scope) ? scopeOfKind(layout, kindOfPart(scope)) : scope;

/** The names of the scopes, in the order of reading. */
export const namesIn = (layout: ScopeLayout): readonly ScopeName[] => layout.map(({ name }) => name);

export const traitsIn = (layout: ScopeLayout, name: ScopeName): ScopeTraits | undefined =>
  layout.find((scope) => scope.name === name);

/**
 * The order of plans: scopes whose rows refer to what others hold come after these; otherwise the order of reading.
 *
 * @returns a function for sorting
 */
export function byPlanning(layout: ScopeLayout): (one: AnyScope, other: AnyScope) => number {
  /** How many plans have to come before, one after the other. Parts are planned among themselves. */
  const depthOf = (scope: AnyScope): number => {
    const after = (!isPart(scope) && traitsIn(layout, scope)?.after) || [];
    return after.length === 0 ? 0 : 1 + Math.max(...after.map(depthOf));
  };
  return (one, other) => depthOf(one) - depthOf(other);
}

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
