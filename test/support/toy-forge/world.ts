/** What the toy forge knows, and what it answers to whoever has a token; refresh tokens are good for one use. */
import { randomUUID } from 'node:crypto';
import { type Fact, factKey } from '../../../shared/domain/facts.ts';
import type { ForgeTraits } from '../../../shared/domain/forge-traits.ts';
import { asId, type ForgeOrganizationId } from '../../../shared/domain/ids.ts';
import { type AnyScope, isPart, mainKeyOf, type PartScope, partOf } from '../../../shared/domain/scopes.ts';
import type { Credential } from '../../../shared/forge/credential.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import type { ForgeRef } from '../../../shared/forge/forge.ts';
import { createTokenForge, type TokenPair } from '../token-forge.ts';

export const toyTraits: ForgeTraits = {
  scopes: [
    { name: 'settings', kinds: ['settings'] },
    { name: 'members', kinds: ['member'] },
    { name: 'teams', kinds: ['team', 'team-member', 'team-repository'], after: ['members', 'repositories'] },
    { name: 'repositories', kinds: ['repository', 'collaborator'] },
  ],
  ...{ lagMs: 120_000, deliveriesKeptMs: 0, budgets: ['rights'] },
};
export const pageSize = 3;
export const newToyId = (): string => `{${randomUUID()}}`;

/** @property history its commits, the newest first */
export type ToyRef = ForgeRef & { readonly isTag: boolean; readonly history: readonly string[] };
export type ToyWorld = ReturnType<typeof createToyWorld>;

export function createToyWorld(clock: { now(): number }) {
  const facts = new Map<string, Fact>();
  const refs = new Map<string, readonly ToyRef[]>();
  const tokens = createTokenForge('strict', clock);
  const isRowOf = (part: PartScope, fact: Fact) => partOf(fact) === part && factKey(fact) !== mainKeyOf(part);
  const world = {
    ...{ id: asId<ForgeOrganizationId>(newToyId()), facts, refs, tokens, requests: 0 },
    /** Called before each answer with what is asked for; may throw, or say how many items the page loses. */
    fault: (_asked: string, _page: number): number => 0,
    add: (...added: readonly Fact[]): void => added.forEach((fact) => void facts.set(factKey(fact), fact)),
    /** Removes a thing with all that says its id. */
    remove: (id: string): void => facts.forEach((_, key) => void (key.includes(id) && facts.delete(key))),
    request(token: Credential<TokenPair>, asked: string, page = 1): number {
      world.requests += 1;
      if (!tokens.takes(token)) throw new ForgeError('credential-rejected', 'no such token');
      return world.fault(asked, page);
    },
    probe(token: Credential<TokenPair>) {
      world.request(token, 'organization');
      return { id: world.id, login: 'toys', suspended: false };
    },
    /** A page of a scope's things, or of the rows of one thing. */
    list(token: Credential<TokenPair>, scope: AnyScope, page: number) {
      const lost = world.request(token, scope, page);
      const main = toyTraits.scopes.find(({ name }) => name === scope)?.kinds[0];
      const isIn = (fact: Fact) => (isPart(scope) ? isRowOf(scope, fact) : fact.kind === main);
      const all = [...facts.values()].filter(isIn);
      const some = all.slice((page - 1) * pageSize, page * pageSize - lost);
      return { facts: some, total: all.length, isLast: page * pageSize >= all.length };
    },
    find(token: Credential<TokenPair>, part: PartScope): Fact | undefined {
      world.request(token, part);
      return facts.get(mainKeyOf(part));
    },
  };
  return world;
}
