/**
 * What a person does about memberships by hand: accepts or declines invitations, and leaves. Owners alone make nobody a member, because an organization
 * sees the tokens of its members, and limits how long they live.
 */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import type { UserId } from '../domain/ids.ts';
import { type Organization, slugProblem } from '../domain/organization.ts';
import {
  findInvitation,
  type Invitation,
  invitationsIn,
  isOpen,
  organizationsInviting,
  removeInvitation,
} from '../store/invitation-store.ts';
import { findPerson, putPerson } from '../store/member-store.ts';
import { changeOwners, findOrganizationBySlug, findOrganizations } from '../store/organization-store.ts';
import type { Table } from '../store/table.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { changePeople, endPersonByHand, refuseSynchronized } from './people-by-hand.ts';

export interface OwnInvitation {
  readonly organization: Organization;
  readonly role: Invitation['role'];
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
      return invitation === undefined || !isOpen(invitation, now)
        ? []
        : [{ organization, role: invitation.role }];
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
  const { organization, invitation } = await invitationTo(dependencies, user, slug);
  const { id } = organization;
  await refuseSynchronized(table, organization);
  const before = await findPerson(table, id, user);
  const after = { ...before, isOwner: before.isOwner || invitation.role === 'owner', isMember: true };
  await changePeople(dependencies, organization, user, [
    ...removeInvitation(id, user, invitation),
    ...putPerson(id, user, after, before),
    ...(after.isOwner ? [changeOwners(organization)] : []),
    ownerAct(dependencies, id, accountable, 'accept-invitation', accountable.by, {
      after: { person: user, role: invitation.role },
    }),
  ]);
}

/** @throws CallerError `not-found` when the user is not invited */
export async function declineInvitation(
  dependencies: IssueTokenDependencies,
  user: UserId,
  slug: string,
  accountable: Accountable,
): Promise<void> {
  const { table } = dependencies;
  const { organization, invitation } = await invitationTo(dependencies, user, slug);
  const { id } = organization;
  const act = ownerAct(dependencies, id, accountable, 'decline-invitation', accountable.by, {
    before: { person: user, role: invitation.role },
  });
  await unlessChanged('the invitation changed at the same moment; try again', () =>
    table.transact([...removeInvitation(id, user, invitation), act]),
  );
}

async function invitationTo(
  { table, clock }: IssueTokenDependencies,
  user: UserId,
  slug: string,
): Promise<{ readonly organization: Organization; readonly invitation: Invitation }> {
  const organization = await organizationNamed(table, slug);
  const invitation = organization && (await findInvitation(table, organization.id, user));
  if (organization === undefined || invitation === undefined || !isOpen(invitation, clock.now())) {
    throw new CallerError('not-found', 'no such organization invites you');
  }
  return { organization, invitation };
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
