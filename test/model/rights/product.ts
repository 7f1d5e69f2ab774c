/** The product's decision for an organization: the adapter's complete reads, and the decision from their facts. */

import { accessFactsOf, decideAccess, type Subject, type Via } from '../../../shared/domain/access.ts';
import type { Fact } from '../../../shared/domain/facts.ts';
import { asId } from '../../../shared/domain/ids.ts';
import type { StructureReader } from '../../../shared/forge/forge.ts';
import { factsOf } from '../../contracts/github-fixture.ts';
import { gitHubScopes } from '../../support/traits.ts';
import type { SimulatedIds } from './simulated-organization.ts';

/** Reads every scope completely. */
export async function readFacts(reader: StructureReader): Promise<readonly Fact[]> {
  const scopes = await Promise.all(gitHubScopes.map((scope) => factsOf(reader, scope)));
  return scopes.flat();
}

/** One line, such as `apple: owner`, for each readable repository and each grant, by names. */
export function decidedLines(subject: Subject, facts: readonly Fact[], ids: SimulatedIds): string[] {
  const repositories = namesOf(ids.repositories);
  const teams = namesOf(ids.teams);
  return [...decideAccess(subject, accessFactsOf(facts), 0)]
    .flatMap(([repository, vias]) => {
      const name = repositories.get(repository) ?? `repository ${repository}`;
      return vias.length === 0
        ? `${name}: for no reason`
        : vias.map((via) => `${name}: ${inWords(via, teams)}`);
    })
    .sort();
}

function inWords(via: Via, teams: ReadonlyMap<string, string>): string {
  const nameOf = (team: string): string => teams.get(team) ?? team;
  switch (via.through) {
    case 'team': {
      const from = nameOf(via.inheritedFrom ?? via.team);
      return `team ${nameOf(via.team)}, ${via.permission.toLowerCase()} given to ${from}`;
    }
    case 'role': {
      const role = `the role ${via.role}, ${via.permission}`;
      return via.team === undefined
        ? role
        : `${role}, through team ${nameOf(via.team)} given to ${nameOf(via.inheritedFrom ?? via.team)}`;
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
    case 'granted':
      throw new Error('no code host grants that');
  }
}

function namesOf(ids: ReadonlyMap<string, number>): ReadonlyMap<string, string> {
  return new Map([...ids].map(([name, id]) => [asId(id), name]));
}
