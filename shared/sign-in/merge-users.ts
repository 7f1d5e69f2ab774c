/**
 * Two users who turn out to be one person become one. The person proves both: as the one by the session, as the other by signing in with an account of
 * it, each within 15 minutes.
 */
import { CallerError } from '../domain/caller-error.ts';
import { type UserId, userPrincipal } from '../domain/ids.ts';
import { endAllSessions } from '../sessions/end-sessions.ts';
import { againOnConflict } from '../store/again-on-conflict.ts';
import { changeInstallationSettings, findInstallationSettings } from '../store/installation-settings.ts';
import { endPersonal, isLivePersonal, personalTokensOf } from '../store/personal-token-store.ts';
import type { RequestOrigin } from '../store/session-store.ts';
import type { Operation } from '../store/table.ts';
import { tokensOf } from '../store/token-store.ts';
import { revokeToken } from '../store/token-transitions.ts';
import { changeUser, giveAccount, noteAccounts, type User } from '../store/user-store.ts';
import { mergedPlaces, mergeInvitations, mergePlaces } from './merge-places.ts';
import { entry, presentUser, type UserDependencies } from './user-accounts.ts';
import { changeAccounts, viewsOf } from './views-of-user.ts';

/** A proof is good for so long; milliseconds. */
export const proofMs = 15 * 60_000;

export interface Merge {
  /** Who stays, … */
  readonly into: UserId;
  /** … and who is somebody else's name from then on. */
  readonly merged: UserId;
  /** When the person proved to be each of them; milliseconds since the epoch. */
  readonly provenInto: number;
  readonly provenMerged: number;
}

/**
 * The accounts of the one become the other's, with all rights that come from them. The merged user's tokens are revoked: they were made for
 * what that user read, and would read more from now on. The sessions of that user end. Nothing of it is undone by merging again.
 *
 * @throws CallerError when a proof is too old, or one of them is gone, and `conflict` when an organization would lose its last owner
 */
export async function mergeUsers(
  dependencies: UserDependencies,
  merge: Merge,
  origin: RequestOrigin,
): Promise<void> {
  const { table, clock } = dependencies;
  const oldest = Math.min(merge.provenInto, merge.provenMerged);
  if (clock.now() >= oldest + proofMs) {
    throw new CallerError(
      'forbidden',
      'sign in with both accounts again: one of the two was proved too long ago',
    );
  }
  if (merge.into === merge.merged) {
    throw new CallerError('invalid', 'both accounts belong to the same user already');
  }
  await mergedPlaces(table, merge, clock.now());
  // First, so that a merge which is broken off leaves a token too few and none too many.
  await revokeTokens(dependencies, merge.merged);
  await againOnConflict(() => mergePlaces(dependencies, merge));
  await againOnConflict(async () => {
    const into = await presentUser(dependencies, merge.into);
    const merged = await presentUser(dependencies, merge.merged);
    await changeAccounts(
      dependencies,
      [into.id, merged.id],
      [
        ...(await giveAll(dependencies, into, merged)),
        entry(dependencies, 'users-merged', {
          user: into.id,
          why: `${merged.login} (${merged.id}) is ${into.login} from now on`,
          ...origin,
        }),
      ],
      { user: into.id, accounts: merged.accounts },
      [...into.accounts, ...merged.accounts],
    );
  });
  // What came meanwhile: who was switched off as the one must not go on as the other.
  await againOnConflict(() => mergePlaces(dependencies, merge));
  await againOnConflict(() => mergeInvitations(table, merge));
  await revokeTokens(dependencies, merge.merged);
  await endAllSessions(dependencies, merge.merged, origin);
}

async function giveAll({ table }: UserDependencies, into: User, merged: User): Promise<readonly Operation[]> {
  const settings = await findInstallationSettings(table);
  const others = settings.administrators.filter((one) => one !== merged.id && one !== into.id);
  const accounts = [...into.accounts, ...merged.accounts];
  return [
    changeUser(into, { accounts }),
    changeUser(merged, { accounts: [], mergedInto: into.id }),
    ...noteAccounts(into.id, into.accounts, accounts),
    ...merged.accounts.map((account) => giveAccount(account, into.id, accounts, merged.id)),
    ...(settings.administrators.includes(merged.id)
      ? [changeInstallationSettings(settings, { administrators: [...others, into.id] })]
      : []),
  ];
}

async function revokeTokens({ table, workQueue, clock }: UserDependencies, user: UserId): Promise<void> {
  for (const token of await personalTokensOf(table, user)) {
    if (isLivePersonal(token, clock.now())) {
      await workQueue.send(await endPersonal(table, token, [], 'revoked', clock.now()));
    }
  }
  for (const { organization } of await viewsOf(table, user)) {
    for (const token of await tokensOf(table, organization, userPrincipal(user))) {
      await workQueue.send(await revokeToken(table, token, clock.now()));
    }
  }
}
