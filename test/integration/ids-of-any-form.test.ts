import { expect, it } from 'vitest';
import { type Fact, factKey } from '../../shared/domain/facts.ts';
import { memberPart, repositoryPart, teamPart } from '../../shared/domain/scopes.ts';
import { account, aFact, repository, team } from '../support/memory-forge.ts';
import { createRegistry, memoryServices, type Registry, settled } from '../support/registry-fixture.ts';

/** An id in the form of Bitbucket's. */
const idOf = (digit: number): string => `{4f5c0c1e-7a51-4d0e-9a3e-0d6c1c7b2a1${digit}}`;
const [ann, developers, library] = [idOf(1), idOf(2), idOf(3)];

const facts: readonly Fact[] = [
  aFact.settings(),
  aFact.member(ann),
  aFact.team(developers),
  aFact.teamMember(developers, ann),
  aFact.teamRepository(developers, library),
  aFact.repository(library),
];

async function published(): Promise<Registry> {
  const registry = await createRegistry(memoryServices(), facts);
  registry.contents.set(library, { name: 'acme/library', tags: { '1.0.0': 'a' }, branches: { main: 'b' } });
  await settled(registry);
  return registry;
}

it('gives tokens of an account and a team whose ids are UUIDs in braces what they may read', async () => {
  const registry = await published();
  const member = await registry.issue({ kind: 'member', login: `user-${ann}` });
  const ofTeam = await registry.issue({ kind: 'team', slug: `team-${developers}` });
  await registry.settle();
  for (const { token } of [member, ofTeam]) {
    expect(await registry.listed(token)).toEqual(['acme/library']);
  }
  const { values, objects } = await registry.published();
  for (const key of [...values.keys(), ...objects.keys()]) {
    expect(key).not.toMatch(/[^\w./~-]/);
  }
  expect(registry.logged).toEqual([]);
});

it.each([
  ['member', memberPart(account(ann)), `member#${ann}`],
  ['team', teamPart(team(developers)), `team-member#${ann}#${developers}`],
  ['repository', repositoryPart(repository(library)), `repository#${library}`],
])('reads the part of one %s, and removes what it does not show any more', async (_, part, gone) => {
  const registry = await published();
  const { token } = await registry.issue({ kind: 'member', login: `user-${ann}` });
  await registry.settle();
  expect(await registry.listed(token)).toEqual(['acme/library']);
  registry.forge.facts = facts.filter((fact) => factKey(fact) !== gone);
  await registry.ask(part);
  await registry.settle();
  expect(await registry.listed(token)).toEqual([]);
});
