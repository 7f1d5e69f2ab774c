/** What the product makes of an organization: the adapter's whole reads, and the decision from their facts. */
import { type AccessFacts, decideAccess, type Subject, type Via } from '../../../shared/domain/access.ts';
import { type Fact, type FactKind, scopeNames } from '../../../shared/domain/facts.ts';
import { asId } from '../../../shared/domain/ids.ts';
import type { StructureReader } from '../../../shared/forge/forge.ts';
import { factsOf } from '../../contracts/github-fixture.ts';
import type { SimulatedIds } from './simulated-organization.ts';

/** Every scope, read whole. */
export async function readFacts(reader: StructureReader): Promise<readonly Fact[]> {
  const scopes = await Promise.all(scopeNames.map((scope) => factsOf(reader, scope)));
  return scopes.flat();
}

/** `apple: owner`, one line for each repository that may be read and each way to it, by names. */
export function decidedLines(subject: Subject, facts: readonly Fact[], ids: SimulatedIds): string[] {
  const repositories = namesOf(ids.repositories);
  const teams = namesOf(ids.teams);
  return [...decideAccess(subject, accessFacts(facts))]
    .flatMap(([repository, vias]) => {
      const name = repositories.get(repository) ?? `repository ${repository}`;
      return vias.length === 0
        ? `${name}: for no reason`
        : vias.map((via) => `${name}: ${inWords(via, teams)}`);
    })
    .sort();
}

function inWords(via: Via, teams: ReadonlyMap<string, string>): string {
  switch (via.through) {
    case 'team': {
      const of = teams.get(via.team) ?? via.team;
      const from = via.inheritedFrom === undefined ? of : (teams.get(via.inheritedFrom) ?? via.inheritedFrom);
      return `team ${of}, ${via.permission.toLowerCase()} given to ${from}`;
    }
    case 'collaborator':
      return `collaborator, ${via.permission.toLowerCase()}`;
    case 'base-permission':
      return `base permission, ${via.permission}`;
    case 'everyone':
      return 'public';
    case 'members':
      return 'internal';
    case 'owner':
      return 'owner';
  }
}

function accessFacts(facts: readonly Fact[]): AccessFacts {
  return {
    settings: ofKind(facts, 'settings')[0],
    members: ofKind(facts, 'member'),
    teamMembers: ofKind(facts, 'team-member'),
    teamRepositories: ofKind(facts, 'team-repository'),
    collaborators: ofKind(facts, 'collaborator'),
    repositories: ofKind(facts, 'repository'),
  };
}

function ofKind<Kind extends FactKind>(facts: readonly Fact[], kind: Kind): Extract<Fact, { kind: Kind }>[] {
  return facts.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
}

function namesOf(ids: ReadonlyMap<string, number>): ReadonlyMap<string, string> {
  return new Map([...ids].map(([name, id]) => [asId(id), name]));
}
