/** What owners left to teams: one item for each team that has a right. */
import { z } from 'zod';
import { type DelegatedRight, delegatedRights } from '../domain/delegated-right.ts';
import { asPrincipal, type OrganizationId, type Principal } from '../domain/ids.ts';
import { absent, type Condition, equal } from './condition.ts';
import { keys, nameInKey } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

const RightsItem = z.object({
  rights: z.array(z.enum(delegatedRights)),
  /** Counts the changes. */
  version: z.number(),
});

export interface TeamRights {
  readonly rights: readonly DelegatedRight[];
  /** 0: nothing is stored. */
  readonly version: number;
}

const parse = (item: Item | undefined): TeamRights =>
  item === undefined ? { rights: [], version: 0 } : RightsItem.parse(item);

/** Every team that has a right. One read. */
export async function teamsWithRights(
  table: Table,
  organization: OrganizationId,
): Promise<ReadonlyMap<Principal, readonly DelegatedRight[]>> {
  const { pk, sk } = keys.teamRights(organization, '');
  const items = await table.query(pk, sk);
  return new Map(items.map((item) => [asPrincipal(nameInKey(item.sk)), parse(item).rights]));
}

/** What each of the teams has, in their order. One read for each 100. */
export async function rightsOfTeams(
  table: Table,
  organization: OrganizationId,
  teams: readonly Principal[],
): Promise<readonly TeamRights[]> {
  return (await table.getMany(teams.map((team) => keys.teamRights(organization, team)))).map(parse);
}

/** What the team has. One read. */
export const teamRightsOf = async (
  table: Table,
  organization: OrganizationId,
  team: Principal,
): Promise<TeamRights> => parse(await table.get(keys.teamRights(organization, team)));

/** Fails when somebody changed them since `before` was read. */
export function setTeamRights(
  organization: OrganizationId,
  team: Principal,
  rights: readonly DelegatedRight[],
  before: TeamRights,
): Operation {
  const when: Condition = before.version === 0 ? absent : equal('version', before.version);
  const key = keys.teamRights(organization, team);
  return rights.length === 0
    ? { delete: key, when }
    : { put: key, item: { rights: [...rights], version: before.version + 1 }, when };
}
