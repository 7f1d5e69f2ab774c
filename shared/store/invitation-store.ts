/** Invitations to organizations that no code host knows: whoever is invited is nobody there before he accepts. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { asId, type OrganizationId, type UserId } from '../domain/ids.ts';
import { equal, missing } from './condition.ts';
import { keys, nameInKey, tableKeys } from './keys.ts';
import { isStillSaid, type Person } from './member-store.ts';
import { type Operation, type Table, transactionItemsMax } from './table.ts';

const user = z.string().transform((text) => asId<UserId>(text));

/**
 * What owners offer somebody under one of his names. An owner who invites two logins learns by nothing that they are one person's, so each
 * stands by itself.
 */
const OfferItem = z.object({
  role: z.enum(['owner', 'member']),
  /** Since when it is offered; milliseconds since the epoch. */
  at: z.number(),
  /** The login that the owner named, at which code host, and the id of the offer. Missing: the owner named the user. */
  named: z.object({ id: z.string(), forge: z.string(), baseUrl: z.string(), login: z.string() }).optional(),
  /** The owner who offers it; missing in those of the operator, and of earlier versions. */
  by: user.optional(),
});
export type Offer = Readonly<z.infer<typeof OfferItem>>;

/** Earlier versions stored one offer as the item itself. */
const InvitationItem = z.union([
  z.object({ offers: z.array(OfferItem), version: z.number() }),
  OfferItem.transform((offer) => ({ offers: [offer], version: 0 })),
]);

/** What is offered to a user. */
export interface Invitation {
  readonly offers: readonly Offer[];
  /** Stands for these offers: what is offered after they were withdrawn has another. */
  readonly version: number;
}

/** An invitation counts for so long; milliseconds. */
const invitationMs = 30 * 24 * 3600_000;

/** When the offer ends; milliseconds since the epoch. */
export const endOf = ({ at }: Offer): number => at + invitationMs;

/** Those that still count, ownership first, then what lasts longest. @param now milliseconds since the epoch */
export const openOffers = ({ offers }: Invitation, now: number): readonly Offer[] =>
  offers
    .filter((offer) => now < endOf(offer))
    .sort((one, other) => Number(other.role === 'owner') - Number(one.role === 'owner') || other.at - one.at);

/** What owners know the offer by: the user's id only where they named the user. */
export const offerIdOf = (invited: UserId, { named }: Offer): string => named?.id ?? invited;

/**
 * Says what is offered to the user from now on.
 *
 * @param before as it was read: the transaction fails when it has changed
 * @param person what the organization says of the user, who does not belong to it: the transaction fails when it says something else by now.
 *  Nobody is invited and a member.
 */
export const inviteStill = (
  organization: OrganizationId,
  invited: UserId,
  offers: readonly Offer[],
  before: Invitation | undefined,
  person: Person,
): readonly Operation[] => [
  ...changeInvitation(organization, invited, offers, before),
  isStillSaid(organization, invited, person),
];

/** As `inviteStill`, without a look at what the user is. Without offers the invitation is withdrawn. Two operations. */
export function changeInvitation(
  organization: OrganizationId,
  invited: UserId,
  offers: readonly Offer[],
  before: Invitation | undefined,
): readonly Operation[] {
  const [key, place] = [keys.invitation(organization, invited), keys.invitedTo(invited, organization)];
  const version = before?.version ?? 0;
  const when = version === 0 ? missing('version') : equal('version', version);
  if (offers.length === 0) {
    return [{ delete: key, when }, { delete: place }];
  }
  const expiry = { [tableKeys.expiry]: Math.ceil(Math.max(...offers.map(endOf)) / 1000) };
  return [
    { put: key, item: { offers, version: versionOf(offers), ...expiry }, when },
    { put: place, item: { organization, ...expiry } },
  ];
}

/** A number, as earlier versions stored one. Never 0, which stands for an item without. */
const versionOf = (offers: readonly Offer[]): number =>
  1 + Number.parseInt(createHash('sha256').update(JSON.stringify(offers)).digest('hex').slice(0, 12), 16);

/** @param before as it was read: the transaction fails when it has changed. Two operations. */
export const removeInvitation = (
  organization: OrganizationId,
  invited: UserId,
  before: Invitation,
): readonly Operation[] => changeInvitation(organization, invited, [], before);

/**
 * Withdraws the invitations of the organization, of these users or of all, whatever they offer.
 *
 * @returns how many there were
 */
export async function dropInvitations(
  table: Table,
  organization: OrganizationId,
  users?: ReadonlySet<UserId>,
): Promise<number> {
  const { pk, sk } = keys.invitation(organization, '');
  const all = (await table.query(pk, sk)).map((item) => asId<UserId>(nameInKey(item.sk)));
  const invited = all.filter((one) => users?.has(one) !== false);
  const operations = invited.flatMap((one): readonly Operation[] => [
    { delete: keys.invitation(organization, one) },
    { delete: keys.invitedTo(one, organization) },
  ]);
  for (let start = 0; start < operations.length; start += transactionItemsMax) {
    await table.transact(operations.slice(start, start + transactionItemsMax));
  }
  return invited.length;
}

/** One read. */
export async function findInvitation(
  table: Table,
  organization: OrganizationId,
  invited: UserId,
): Promise<Invitation | undefined> {
  const item = await table.get(keys.invitation(organization, invited));
  return item === undefined ? undefined : InvitationItem.parse(item);
}

/** The organizations that invite the user, those that are gone too. One read. */
export async function organizationsInviting(
  table: Table,
  invited: UserId,
): Promise<readonly OrganizationId[]> {
  const { pk, sk } = keys.invitedTo(invited, '');
  return (await table.query(pk, sk)).map((item) => asId<OrganizationId>(nameInKey(item.sk)));
}

/** What each of the organizations offers the user, in their order. One read for each 100. */
export async function invitationsIn(
  table: Table,
  invited: UserId,
  organizations: readonly OrganizationId[],
): Promise<readonly (Invitation | undefined)[]> {
  const items = await table.getMany(organizations.map((id) => keys.invitation(id, invited)));
  return items.map((item) => (item === undefined ? undefined : InvitationItem.parse(item)));
}

/** All whom the organization invites, which are few; those whose time is over too, until the table has removed them. One read. */
export async function invitationsOf(
  table: Table,
  organization: OrganizationId,
): Promise<readonly (Invitation & { readonly user: UserId })[]> {
  const { pk, sk } = keys.invitation(organization, '');
  const items = await table.query(pk, sk);
  return items.map((item) => ({ ...InvitationItem.parse(item), user: asId<UserId>(nameInKey(item.sk)) }));
}
