/** Rights that owners leave to a team, in the API's tests. */
import type { DelegatedRight } from '../../shared/domain/delegated-right.ts';
import { asId, type ForgeTeamId, teamPrincipal } from '../../shared/domain/ids.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import type { ApiWorld } from './api-world.ts';
import { aFact } from './memory-forge.ts';
import { synchronizationId } from './synchronized.ts';

export const delegateTeam = 9;
export const delegateTeamId = teamPrincipal(synchronizationId, asId<ForgeTeamId>(delegateTeam));

/** `member` is in a team that reads these repositories, and which owners leave the rights to. */
export async function leaveRights(
  world: ApiWorld,
  rights: readonly DelegatedRight[],
  repositories: readonly number[],
): Promise<void> {
  const right = { changedAt: 0, gives: true };
  const facts = [
    aFact.team(delegateTeam),
    aFact.teamMember(delegateTeam, 2),
    ...repositories.map((id) => aFact.teamRepository(delegateTeam, id)),
  ];
  await world.table.transact(facts.map((fact) => putFact(synchronizationId, fact, 2, right)));
  await world.ask('owner', {
    method: 'PUT',
    path: `/organizations/acme/teams/${delegateTeamId}/rights`,
    body: { rights },
  });
}
