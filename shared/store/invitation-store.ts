/** Invitations to organizations that no code host knows: whoever is invited is nobody there before he accepts. */
import { z } from 'zod';
import { asId, type OrganizationId, type UserId } from '../domain/ids.ts';
import { all, equal } from './condition.ts';
import { keys, nameInKey, tableKeys } from './keys.ts';
import { isStillSaid, type Person } from './member-store.ts';
import { type Operation, type Table, transactionItemsMax } from './table.ts';

const InvitationItem = z.object({
  role: z.enum(['owner', 'member']),
  /** Milliseconds since the epoch. */
  at: z.number(),
});
/** An invitation counts for so long; milliseconds. */
const invitationMs = 30 * 24 * 3600_000;

export const isOpen = ({ at }: Invitation, now: number): boolean => now < at + invitationMs;

/** What the person will be, and since when that is offered. */
export type Invitation = Readonly<z.infer<typeof InvitationItem>>;

/**
 * Invites the user, or changes what is offered.
 *
 * @param person what the organization says of the user, who does not belong to it: the transaction fails when it says something else by now.
 *  Nobody is invited and a member.
 */
export const inviteStill = (
  organization: OrganizationId,
  user: UserId,
  invitation: Invitation,
  person: Person,
): readonly Operation[] => [
  ...putInvitation(organization, user, invitation),
  isStillSaid(organization, user, person),
];

/** As `inviteStill`, without a look at what the user is. Two operations. */
export const putInvitation = (
  organization: OrganizationId,
  user: UserId,
  invitation: Invitation,
): readonly Operation[] => [
  { put: keys.invitation(organization, user), item: { ...invitation, ...expiring(invitation) } },
  { put: keys.invitedTo(user, organization), item: { organization, ...expiring(invitation) } },
];

const expiring = ({ at }: Invitation) => ({ [tableKeys.expiry]: Math.ceil((at + invitationMs) / 1000) });

/** @param before as it was read: the transaction fails when it is gone, or offers something else. Two operations. */
export const removeInvitation = (
  organization: OrganizationId,
  user: UserId,
  { role, at }: Invitation,
): readonly Operation[] => [
  { delete: keys.invitation(organization, user), when: all(equal('role', role), equal('at', at)) },
  { delete: keys.invitedTo(user, organization) },
];

/** Withdraws the invitations of the organization, of these users or of all, whatever they offer. */
export async function dropInvitations(
  table: Table,
  organization: OrganizationId,
  users?: ReadonlySet<UserId>,
): Promise<void> {
  const { pk, sk } = keys.invitation(organization, '');
  const invited = (await table.query(pk, sk)).map((item) => asId<UserId>(nameInKey(item.sk)));
  const operations = invited
    .filter((user) => users?.has(user) !== false)
    .flatMap((user): readonly Operation[] => [
      { delete: keys.invitation(organization, user) },
      { delete: keys.invitedTo(user, organization) },
    ]);
  for (let start = 0; start < operations.length; start += transactionItemsMax) {
    await table.transact(operations.slice(start, start + transactionItemsMax));
  }
}

/** One read. */
export async function findInvitation(
  table: Table,
  organization: OrganizationId,
  user: UserId,
): Promise<Invitation | undefined> {
  const item = await table.get(keys.invitation(organization, user));
  return item === undefined ? undefined : InvitationItem.parse(item);
}

/** The organizations that invite the user, those that are gone too. One read. */
export async function organizationsInviting(table: Table, user: UserId): Promise<readonly OrganizationId[]> {
  const { pk, sk } = keys.invitedTo(user, '');
  return (await table.query(pk, sk)).map((item) => asId<OrganizationId>(nameInKey(item.sk)));
}

/** What each of the organizations offers the user, in their order. One read for each 100. */
export async function invitationsIn(
  table: Table,
  user: UserId,
  organizations: readonly OrganizationId[],
): Promise<readonly (Invitation | undefined)[]> {
  const items = await table.getMany(organizations.map((id) => keys.invitation(id, user)));
  return items.map((item) => (item === undefined ? undefined : InvitationItem.parse(item)));
}

/** Part of those whom the organization invites, by id. One read. @param after only those beyond this id */
export async function invitationPage(
  table: Table,
  organization: OrganizationId,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly (Invitation & { readonly user: UserId })[]> {
  const { pk, sk } = keys.invitation(organization, '');
  const place = after === undefined ? undefined : `${sk}${after}`;
  const items = await table.query(pk, sk, { limit, after: place });
  return items.map((item) => ({ ...InvitationItem.parse(item), user: asId<UserId>(nameInKey(item.sk)) }));
}
