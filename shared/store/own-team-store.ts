/** Teams that an organization has by hand, and their members. */
import { z } from 'zod';
import { asId, type OrganizationId, type OwnTeamId, type UserId } from '../domain/ids.ts';
import { absent, all, equal, present } from './condition.ts';
import { keys, nameInKey } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

const TeamItem = z.object({
  id: z.string().transform((text) => asId<OwnTeamId>(text)),
  name: z.string(),
  /** Made of the name, for commands that name a team. */
  slug: z.string(),
});
export type OwnTeam = Readonly<z.infer<typeof TeamItem>>;

const parse = (item: Item): OwnTeam => TeamItem.parse(item);

/** In the order of the ids. One read. @param after only those beyond this id */
export async function ownTeamPage(
  table: Table,
  organization: OrganizationId,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly OwnTeam[]> {
  const { pk, sk } = keys.ownTeam(organization, '');
  const place = after === undefined ? undefined : `${sk}${after}`;
  return (await table.query(pk, sk, { limit, after: place })).map(parse);
}

/** All, which are few. One read. */
export async function ownTeamsOf(table: Table, organization: OrganizationId): Promise<readonly OwnTeam[]> {
  const { pk, sk } = keys.ownTeam(organization, '');
  return (await table.query(pk, sk)).map(parse);
}

export async function findOwnTeam(
  table: Table,
  organization: OrganizationId,
  team: OwnTeamId,
): Promise<OwnTeam | undefined> {
  const item = await table.get(keys.ownTeam(organization, team));
  return item && parse(item);
}

export const addOwnTeam = (organization: OrganizationId, team: OwnTeam): Operation => ({
  put: keys.ownTeam(organization, team.id),
  item: { ...team },
  when: absent,
});

/** Fails when the team is gone, or has another name than `before`. */
export const renameOwnTeam = (
  organization: OrganizationId,
  { id, ...names }: Pick<OwnTeam, 'id' | 'name' | 'slug'>,
  before: string,
): Operation => ({
  update: { key: keys.ownTeam(organization, id), set: names },
  when: all(present, equal('name', before)),
});

/** Fails when the team is gone. */
export const removeOwnTeam = (organization: OrganizationId, team: OwnTeamId): Operation => ({
  delete: keys.ownTeam(organization, team),
  when: present,
});

/** Condition that the team is there. */
export const ownTeamIsThere = (organization: OrganizationId, team: OwnTeamId): Operation => ({
  check: keys.ownTeam(organization, team),
  when: present,
});

/** Doing it twice is doing it once. */
export const addOwnTeamMember = (
  organization: OrganizationId,
  team: OwnTeamId,
  user: UserId,
): readonly Operation[] => [
  { put: keys.ownTeamMember(organization, team, user), item: { user } },
  ownTeamIsThere(organization, team),
];

export const removeOwnTeamMember = (
  organization: OrganizationId,
  team: OwnTeamId,
  user: UserId,
): Operation => ({ delete: keys.ownTeamMember(organization, team, user) });

export const isOwnTeamMember = async (
  table: Table,
  organization: OrganizationId,
  team: OwnTeamId,
  user: UserId,
): Promise<boolean> => (await table.get(keys.ownTeamMember(organization, team, user))) !== undefined;

/** In the order of the ids. One read. @param after only those beyond this id */
export async function ownTeamMemberPage(
  table: Table,
  organization: OrganizationId,
  team: OwnTeamId,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly UserId[]> {
  const { pk, sk } = keys.ownTeamMember(organization, team, '');
  const place = after === undefined ? undefined : `${sk}${after}`;
  return (await table.query(pk, sk, { limit, after: place })).map((item) => memberIn(item, team));
}

/** All, however many they are. */
export async function ownTeamMembersOf(
  table: Table,
  organization: OrganizationId,
  team: OwnTeamId,
): Promise<readonly UserId[]> {
  const { pk, sk } = keys.ownTeamMember(organization, team, '');
  return (await table.query(pk, sk)).map((item) => memberIn(item, team));
}

const memberIn = ({ sk }: Item, team: OwnTeamId): UserId =>
  asId<UserId>(nameInKey(sk).slice(team.length + 1));

/** The teams by hand that the user is in. Two or three reads. */
export async function ownTeamMembershipsOf(
  table: Table,
  organization: OrganizationId,
  user: UserId,
): Promise<readonly OwnTeamId[]> {
  const teams = await ownTeamsOf(table, organization);
  const items = await table.getMany(teams.map(({ id }) => keys.ownTeamMember(organization, id, user)));
  return teams.filter((_, place) => items[place] !== undefined).map(({ id }) => id);
}
