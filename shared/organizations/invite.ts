/**
 * What owners offer to people who are to belong to an organization that no code host knows. Until somebody accepts, they learn nothing but what they
 * named: neither the user behind a login, nor another of his logins, nor that two logins are one person's.
 */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import { newId, type OrganizationId, type UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { inTurn } from '../store/creation-turn.ts';
import {
  changeInvitation,
  endOf,
  type Invitation,
  invitationsOf,
  inviteStill,
  type Offer,
  offerIdOf,
  openOffers,
} from '../store/invitation-store.ts';
import { keys } from '../store/keys.ts';
import type { Person } from '../store/member-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { survivorOf } from '../store/user-store.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import { type Accountable, type Changed, ownerAct } from './owner-act.ts';

/** A user, or who signed in last under a login of a code host. */
export type NamedPerson = { readonly user: UserId } | { readonly host: ForgeHost; readonly login: string };

export type RoleByHand = 'owner' | 'member';

/** Open offers of an organization. */
export const invitationsMax = 200;

export const peopleChanged = 'the people of the organization changed at the same moment; try again';

/** What the owner called the person. */
export const nameOf = (named: NamedPerson): string => ('user' in named ? named.user : named.login);

/**
 * Offers something, or something else to somebody who is invited under the same name.
 *
 * @param invited whom the name means, and what the organization says of that user
 * @throws CallerError `conflict` when too many are invited already
 */
export async function invite(
  dependencies: IssueTokenDependencies,
  { id }: Organization,
  { user, person }: { readonly user: UserId; readonly person: Person },
  named: NamedPerson,
  role: RoleByHand,
  accountable: Accountable,
): Promise<Offer> {
  const { table, clock, randomBytes } = dependencies;
  return unlessChanged(peopleChanged, () =>
    inTurn(table, [keys.creationsIn(id, 'invitations')], async (turn) => {
      const now = clock.now();
      const all = await invitationsOf(table, id);
      const before = all.find((one) => one.user === user);
      const open = before === undefined ? [] : openOffers(before, now);
      const former = open.find((offer) => isNamedSo(offer, named));
      if (former === undefined && all.flatMap((one) => openOffers(one, now)).length >= invitationsMax) {
        throw new CallerError(
          'conflict',
          `at most ${invitationsMax} people can be invited at a time; withdraw an invitation first`,
        );
      }
      const offer: Offer = {
        ...{ role, at: now, by: inviterOf(accountable) },
        ...('user' in named
          ? {}
          : {
              named: {
                id: former?.named?.id ?? newId(randomBytes),
                ...{ forge: named.host.forge, baseUrl: named.host.baseUrl, login: named.login },
              },
            }),
      };
      const offers = [...open.filter((one) => one !== former), offer];
      await table.transact([
        ...inviteStill(id, user, offers, before, person),
        ownerAct(dependencies, id, accountable, 'add-person', nameOf(named), {
          ...(former && { before: { role: former.role, state: 'invited' } }),
          after: { person: offerIdOf(user, offer), role, state: 'invited', until: dateOf(endOf(offer)) },
        }),
        ...turn,
      ]);
      return offer;
    }),
  );
}

/** Whose ownership gives what is offered: the person's, or that of the person who made the key. */
const inviterOf = ({ actor, keyMaker }: Accountable): UserId | undefined =>
  actor?.kind === 'user' ? (actor.id as UserId) : keyMaker?.id;

function isNamedSo({ named: before }: Offer, named: NamedPerson): boolean {
  if ('user' in named || before === undefined) {
    return 'user' in named && before === undefined;
  }
  const { host, login } = named;
  return (
    before.forge === host.forge &&
    before.baseUrl === host.baseUrl &&
    before.login.toLowerCase() === login.toLowerCase()
  );
}

export interface FoundOffer {
  readonly user: UserId;
  readonly invitation: Invitation;
  readonly offer: Offer;
}

/** The open offer of that id. One read. */
export async function findOffer(
  { table, clock }: Pick<IssueTokenDependencies, 'table' | 'clock'>,
  organization: OrganizationId,
  id: string,
): Promise<FoundOffer | undefined> {
  const all = await openOffersOf(table, organization, clock.now());
  return all.find(({ user, offer }) => offerIdOf(user, offer) === id);
}

/** What the organization offers to whom. One read. @param now milliseconds since the epoch */
export async function openOffersOf(
  table: Table,
  organization: OrganizationId,
  now: number,
): Promise<readonly FoundOffer[]> {
  return (await invitationsOf(table, organization)).flatMap((invitation) =>
    openOffers(invitation, now).map((offer) => ({ user: invitation.user, invitation, offer })),
  );
}

/** Withdraws an offer. @throws CallerError `conflict` when it changed at the same moment */
export const withdraw = (
  dependencies: IssueTokenDependencies,
  organization: OrganizationId,
  { user, invitation, offer }: FoundOffer,
  accountable: Accountable,
): Promise<void> =>
  unlessChanged(peopleChanged, () =>
    dependencies.table.transact([
      ...changeInvitation(
        organization,
        user,
        invitation.offers.filter((one) => one !== offer),
        invitation,
      ),
      ownerAct(
        dependencies,
        organization,
        accountable,
        'remove-person',
        offer.named?.login ?? user,
        offered(user, offer),
      ),
    ]),
  );

const offered = (user: UserId, offer: Offer): Changed => ({
  before: { person: offerIdOf(user, offer), role: offer.role, state: 'invited' },
});

/**
 * Withdraws what somebody offered who owns the organization no more, as far as it would make owners. Whatever this leaves, because others change
 * it at the same moment or it ends half-way, nobody can accept while the one who offered it is no owner.
 */
export async function withdrawOwnershipOfferedBy(
  dependencies: IssueTokenDependencies,
  organization: OrganizationId,
  inviter: UserId,
  accountable: Accountable,
): Promise<void> {
  const { table, clock } = dependencies;
  for (const { user, ...invitation } of await invitationsOf(table, organization)) {
    const open = openOffers(invitation, clock.now());
    const inviters = await Promise.all(open.map(({ by }) => by && survivorOf(table, by)));
    const given = open.filter(({ role }, place) => role === 'owner' && inviters[place] === inviter);
    if (given.length === 0) {
      continue;
    }
    try {
      await table.transact([
        ...changeInvitation(
          organization,
          user,
          open.filter((one) => !given.includes(one)),
          invitation,
        ),
        ...given.map((offer) =>
          ownerAct(
            dependencies,
            organization,
            { ...accountable, why: 'who invited owns the organization no more' },
            'remove-person',
            offer.named?.login ?? user,
            offered(user, offer),
          ),
        ),
      ]);
    } catch (error) {
      if (!(error instanceof ConflictError)) {
        throw error;
      }
    }
  }
}

const dateOf = (at: number): string => new Date(at).toISOString();
