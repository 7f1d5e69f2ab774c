/** Simulates the toy forge behind its API: its state, and its answers to whoever has a token. */
import { randomUUID } from 'node:crypto';
import { type Fact, factKey } from '../../shared/domain/facts.ts';
import { asId, type ForgeOrganizationId } from '../../shared/domain/ids.ts';
import { isPart, mainKeyOf, type PartScope, partOf } from '../../shared/domain/scopes.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { createTokenForge } from './token-forge.ts';
import type { Token, ToyApi, ToyRef } from './toy-forge/api.ts';
import { toyTraits } from './toy-forge/module.ts';
import { createToyPeople } from './toy-people.ts';

export const pageSize = 3;
export const newToyId = (): string => `{${randomUUID()}}`;

export type ToyWorld = ReturnType<typeof createToyWorld>;

export function createToyWorld(clock: { now(): number }) {
  const id = asId<ForgeOrganizationId>(newToyId());
  const facts = new Map<string, Fact>();
  const refs = new Map<string, readonly ToyRef[]>();
  const tokens = createTokenForge('strict', clock);
  const isRowOf = (part: PartScope, fact: Fact) => partOf(fact) === part && factKey(fact) !== mainKeyOf(part);
  function request(token: Token, asked: string, page = 1): number {
    world.requests += 1;
    if (!tokens.takes(token)) throw new ForgeError('credential-rejected', 'no such token');
    return world.fault(asked, page);
  }
  const people = createToyPeople({
    clock,
    request(asked) {
      world.requests += 1;
      world.fault(asked, 1);
    },
    organizationsOf(account) {
      const fact = facts.get(`member#${account}`);
      return fact?.kind === 'member' ? [{ id, login: 'toys', isOwner: fact.role === 'owner' }] : [];
    },
  });
  const api: Omit<ToyApi, 'requests'> = {
    ...people,
    exchange: tokens.exchange,
    probe(token) {
      request(token, 'organization');
      return { id, login: 'toys', suspended: false };
    },
    list(token, scope, page) {
      const lost = request(token, scope, page);
      const main = toyTraits.scopes.find(({ name }) => name === scope)?.kinds[0];
      const isIn = (fact: Fact) => (isPart(scope) ? isRowOf(scope, fact) : fact.kind === main);
      const all = [...facts.values()].filter(isIn);
      const some = all.slice((page - 1) * pageSize, page * pageSize - lost);
      return { facts: some, total: all.length, isLast: page * pageSize >= all.length };
    },
    find(token, part) {
      request(token, part);
      return facts.get(mainKeyOf(part));
    },
    refsOf(token, repository) {
      request(token, `refs of ${repository}`);
      return refs.get(repository) ?? [];
    },
  };
  const world = {
    ...api,
    people,
    id,
    facts,
    refs,
    tokens,
    requests: 0,
    /** Called before each answer with what is requested; may throw, or return how many items the page loses. */
    fault: (_asked: string, _page: number): number => 0,
    add(...added: readonly Fact[]): void {
      for (const fact of added) facts.set(factKey(fact), fact);
    },
    /** Removes everything whose data contains this id. */
    remove(about: string): void {
      for (const key of facts.keys()) {
        if (key.includes(about)) facts.delete(key);
      }
    },
  };
  return world;
}
