/** Who may sign in to this installation. */
import { isWithdrawn } from '../domain/claim.ts';
import type { OrganizationId, SynchronizationId, UserId } from '../domain/ids.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import type { Clock } from '../runtime/clock.ts';
import { factsOfAccount } from '../store/access-fact-store.ts';
import { loadClaims } from '../store/claim-store.ts';
import { findInstallationSettings, type InstallationSettings } from '../store/installation-settings.ts';
import { invitationsIn, openOffers, organizationsInviting } from '../store/invitation-store.ts';
import { organizationsNaming, personsIn, stateOf } from '../store/member-store.ts';
import { findOrganizations } from '../store/organization-store.ts';
import { everySynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { type Account, accountsOf, isSameAccount } from '../store/user-store.ts';

/** Why somebody is not let in. */
export type RefusalReason = 'not-set-up' | 'no-member' | 'not-listed';

export interface AdmissionSettings {
  readonly administrators: readonly UserId[];
  readonly signIn: InstallationSettings['signIn'];
  readonly allowList: readonly Account[];
}

/**
 * Why the person is not let in, by the settings alone; `ask-membership` when it depends on whether the account belongs to an organization.
 *
 * @param user whose account it is, if anybody's
 * @returns undefined for who is let in
 */
export function refusalOf(
  { administrators, signIn, allowList }: AdmissionSettings,
  account: Account,
  user: UserId | undefined,
): RefusalReason | 'ask-membership' | undefined {
  if (administrators.length === 0) {
    return 'not-set-up';
  }
  if (user !== undefined && administrators.includes(user)) {
    return undefined;
  }
  const isListed = allowList.some((one) => isSameAccount(one, account));
  switch (signIn) {
    case 'anyone':
      return undefined;
    case 'allow-list':
      return isListed ? undefined : 'not-listed';
    case 'members':
      // Whoever is to be invited has to sign in before there is a membership.
      return isListed ? undefined : 'ask-membership';
  }
}

/**
 * Why the person is not let in. Goes by what is stored, and asks no code host: an outage there refuses nobody who was let in before.
 *
 * @param accounts that the person proved to have: one of them is enough
 * @param now milliseconds since the epoch
 * @returns undefined for who is let in
 */
export async function findRefusal(
  table: Table,
  accounts: readonly Account[],
  user: UserId | undefined,
  now: number,
): Promise<RefusalReason | undefined> {
  const settings = await findInstallationSettings(table);
  const reasons = accounts.map((account) => refusalOf(settings, account, user));
  if (reasons.includes(undefined)) {
    return undefined;
  }
  const [first = 'no-member'] = reasons;
  if (first !== 'ask-membership') {
    return first;
  }
  return (await belongsSomewhere(table, accounts, user, now)) ? undefined : 'no-member';
}

/**
 * For `readSession`: why a user who signed in before is not let in any more. Reads the user and the settings; where members are let in, also
 * what organizations say of the user, and a few items for each account in each synchronization of its host.
 */
export const refusalOfUser =
  ({ table, clock }: { readonly table: Table; readonly clock: Clock }) =>
  async (user: UserId): Promise<RefusalReason | undefined> =>
    findRefusal(table, await accountsOf(table, user), user, clock.now());

/**
 * Whether one of the accounts is a member or an outside collaborator in any synchronization of its host, or the user an owner or member by an organization's
 * own word, or invited, as far as that still counts. An organization that has switched the user off counts for nothing.
 */
async function belongsSomewhere(
  table: Table,
  accounts: readonly Account[],
  user: UserId | undefined,
  now: number,
): Promise<boolean> {
  const naming = user === undefined ? [] : await organizationsNaming(table, user);
  const persons = user === undefined ? [] : await personsIn(table, user, naming);
  const synchronizations = await everySynchronization(table);
  const byHand = naming.filter((_, place) => {
    const person = persons[place];
    return (person?.isOwner || person?.isMember) && stateOf(person) === 'active';
  });
  const isByHand = async (ids: readonly OrganizationId[]): Promise<boolean> =>
    (await findOrganizations(table, ids)).some((organization) => {
      const own = synchronizations.filter((one) => one.organization === organization.id);
      return ownersByHandCount(primaryOf(organization, own));
    });
  if (await isByHand(byHand)) {
    return true;
  }
  const off = new Set(naming.filter((_, place) => persons[place]?.isOff));
  for (const { forge, baseUrl, id, organization } of synchronizations) {
    const here = accounts.filter((one) => one.forge === forge && one.baseUrl === baseUrl);
    for (const account of off.has(organization) ? [] : here) {
      if (await belongsTo(table, id, account, now)) {
        return true;
      }
    }
  }
  // Whoever is invited has to be let in to accept.
  const inviting = user === undefined ? [] : await organizationsInviting(table, user);
  const invitations = user === undefined ? [] : await invitationsIn(table, user, inviting);
  const isOpenAt = (place: number): boolean => {
    const invitation = invitations[place];
    return invitation !== undefined && openOffers(invitation, now).length > 0;
  };
  return isByHand(inviting.filter((_, place) => isOpenAt(place)));
}

async function belongsTo(
  table: Table,
  synchronization: SynchronizationId,
  { account }: Account,
  now: number,
): Promise<boolean> {
  const rows = await factsOfAccount(table, synchronization, account);
  if (rows.length === 0) {
    return false;
  }
  const claims = await loadClaims(table, synchronization);
  return rows.some(
    ({ fact, givenAt }) =>
      !isWithdrawn(claims, fact, givenAt) && (fact.expiresAt === undefined || fact.expiresAt > now),
  );
}
