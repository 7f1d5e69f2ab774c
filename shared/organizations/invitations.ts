/**
 * What a person does about memberships by hand: accepts or declines invitations, and leaves. Owners alone make nobody a member, because an organization
 * sees the tokens of its members, and limits how long they live.
 */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import { type AuditEntryId, asId, newId, type SessionId, type UserId } from '../domain/ids.ts';
import { type Organization, slugProblem } from '../domain/organization.ts';
import {
  endOf,
  findInvitation,
  type Invitation,
  invitationsIn,
  type Offer,
  offerIdOf,
  openOffers,
  organizationsInviting,
  removeInvitation,
} from '../store/invitation-store.ts';
import { findPerson, isStillOwner, type Person, putPerson, stateOf } from '../store/member-store.ts';
import { changeOwners, findOrganizationBySlug, findOrganizations } from '../store/organization-store.ts';
import { addSignIn } from '../store/sign-in-log.ts';
import type { Operation, Table } from '../store/table.ts';
import { survivorOf } from '../store/user-store.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { changePeople, endPersonByHand, refuseSynchronized } from './people-by-hand.ts';

export interface OwnInvitation {
  readonly organization: Organization;
  readonly role: Offer['role'];
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** Where the user is invited, by slug. Three reads. @param now milliseconds since the epoch */
export async function ownInvitations(
  table: Table,
  user: UserId,
  now: number,
): Promise<readonly OwnInvitation[]> {
  const organizations = await findOrganizations(table, await organizationsInviting(table, user));
  const invitations = await invitationsIn(
    table,
    user,
    organizations.map(({ id }) => id),
  );
  return organizations
    .flatMap((organization, place) => {
      const invitation = invitations[place];
      const [offer] = invitation === undefined ? [] : openOffers(invitation, now);
      return offer === undefined ? [] : [{ organization, role: offer.role, endsAt: endOf(offer) }];
    })
    .sort((one, other) => (one.organization.slug < other.organization.slug ? -1 : 1));
}

/**
 * Makes the user what the organization offers.
 *
 * @throws CallerError `not-found` when he is not invited; `conflict` where code hosts say by now who the people are
 */
export async function acceptInvitation(
  dependencies: IssueTokenDependencies,
  user: UserId,
  slug: string,
  accountable: Accountable,
): Promise<void> {
  const { table } = dependencies;
  const { organization, invitation, offers } = await invitationTo(dependencies, user, slug);
  const { id } = organization;
  await refuseSynchronized(table, organization);
  const before = await findPerson(table, id, user);
  const { offer, inviter } = await countingOffer(table, id, offers);
  const after = { ...before, isOwner: before.isOwner || offer.role === 'owner', isMember: true };
  await changePeople(dependencies, organization, user, [
    ...removeInvitation(id, user, invitation),
    ...putPerson(id, user, after, before),
    ...inviter,
    ...(after.isOwner ? [changeOwners(organization)] : []),
    ownerAct(dependencies, id, accountable, 'accept-invitation', accountable.by, {
      before: { invitations: offers.map((one) => offerIdOf(user, one)), role: offer.role, state: 'invited' },
      after: { person: user, role: offer.role, state: 'active' },
    }),
  ]);
}

/**
 * The best offer that counts, and the condition that it still does: nobody becomes an owner by somebody who owns the organization no more.
 *
 * @throws CallerError `not-found` when none counts
 */
async function countingOffer(
  table: Table,
  organization: Organization['id'],
  offers: readonly Offer[],
): Promise<{ readonly offer: Offer; readonly inviter: readonly Operation[] }> {
  for (const offer of offers) {
    if (offer.role === 'member' || offer.by === undefined) {
      return { offer, inviter: [] };
    }
    // Whoever invited may be another user's former name by now.
    const inviter = await survivorOf(table, offer.by);
    if (isActiveOwner(await findPerson(table, organization, inviter))) {
      return { offer, inviter: [isStillOwner(organization, inviter)] };
    }
  }
  throw notInvited();
}

const isActiveOwner = (person: Person): boolean => person.isOwner && stateOf(person) === 'active';

/**
 * The organization learns that its invitation is declined, and not by whom. The log of sign-ins has that, for administrators.
 *
 * @throws CallerError `not-found` when the user is not invited
 */
export async function declineInvitation(
  dependencies: IssueTokenDependencies,
  user: UserId,
  slug: string,
  { from }: Accountable,
): Promise<void> {
  const { table, clock, randomBytes } = dependencies;
  const { organization, invitation, offers } = await invitationTo(dependencies, user, slug);
  const { id } = organization;
  const acts = offers.map((offer) => {
    const name = offer.named?.login ?? user;
    const before = { person: offerIdOf(user, offer), role: offer.role, state: 'invited' };
    return ownerAct(dependencies, id, { by: name, why: '' }, 'decline-invitation', name, { before });
  });
  const own = {
    ...{ at: clock.now(), act: 'invitation-declined' as const, user, why: slug },
    ...{
      session: from?.session === undefined ? undefined : asId<SessionId>(from.session),
      address: from?.address,
    },
  };
  await unlessChanged('the invitation changed at the same moment; try again', () =>
    table.transact([
      ...removeInvitation(id, user, invitation),
      ...acts,
      addSignIn(own, newId<AuditEntryId>(randomBytes)),
    ]),
  );
}

const notInvited = (): CallerError => new CallerError('not-found', 'no such organization invites you');

async function invitationTo(
  { table, clock }: IssueTokenDependencies,
  user: UserId,
  slug: string,
): Promise<{
  readonly organization: Organization;
  readonly invitation: Invitation;
  /** Those that are open, the best first. */
  readonly offers: readonly Offer[];
}> {
  const organization = await organizationNamed(table, slug);
  const invitation = organization && (await findInvitation(table, organization.id, user));
  const offers = invitation === undefined ? [] : openOffers(invitation, clock.now());
  if (organization === undefined || invitation === undefined || offers.length === 0) {
    throw notInvited();
  }
  return { organization, invitation, offers };
}

/**
 * Ends a membership by hand that is the user's own.
 *
 * @throws CallerError `not-found` where the user has none; `conflict` for the last owner, and where code hosts say who the people are
 */
export async function leaveOrganization(
  dependencies: IssueTokenDependencies,
  user: UserId,
  slug: string,
  accountable: Accountable,
): Promise<void> {
  const { table } = dependencies;
  const organization = await organizationNamed(table, slug);
  const person = organization && (await findPerson(table, organization.id, user));
  const isHere = person?.isOwner === true || person?.isMember === true;
  if (organization === undefined || !isHere) {
    throw new CallerError('not-found', 'no such organization has you as a member by hand');
  }
  await endPersonByHand(dependencies, organization, user, accountable, 'leave-organization');
}

const organizationNamed = async (table: Table, slug: string): Promise<Organization | undefined> =>
  slugProblem(slug) === undefined ? findOrganizationBySlug(table, slug) : undefined;
