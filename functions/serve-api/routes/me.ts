import { optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import { Account, Me } from '../../../shared/console-api/me.ts';
import { asId, type ForgeAccountId } from '../../../shared/domain/ids.ts';
import { organizationsOf } from '../../../shared/organizations/membership.ts';
import { endOtherSessions } from '../../../shared/sessions/end-sessions.ts';
import { hostLabel } from '../../../shared/sign-in/host-label.ts';
import { unlinkAccount } from '../../../shared/sign-in/user-accounts.ts';
import { findInstallationSettings } from '../../../shared/store/installation-settings.ts';
import { readUser } from '../../../shared/store/user-store.ts';
import { freshMs } from '../frame/access.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const readMe = defineRoute(
  {
    name: 'readMe',
    method: 'get',
    path: '/me',
    tag: 'Me',
    summary: 'Who you are',
    access: 'user',
    scope: 'none',
    answer: { status: 200, schema: Me, description: 'You, your accounts and your organizations.' },
  },
  async ({ table, clock }, { caller: { user, authenticatedAt } }) => {
    const now = clock.now();
    const [found, memberships, { administrators }] = await Promise.all([
      readUser(table, user),
      organizationsOf(table, user, now),
      findInstallationSettings(table),
    ]);
    return {
      body: {
        id: user,
        login: found?.login ?? user,
        name: found?.name,
        avatarUrl: found?.avatarUrl,
        accounts: (found?.accounts ?? []).map(({ forge, baseUrl, account, login, lastSignInAt }) => ({
          forge,
          baseUrl,
          account,
          login,
          name: hostLabel({ forge, baseUrl }),
          lastSignInAt: optionalTimeOf(lastSignInAt),
        })),
        organizations: memberships.map(({ organization: { slug, name }, role }) => ({ slug, name, role })),
        isAdministrator: administrators.includes(user),
        authenticatedAt: timeOf(authenticatedAt),
        freshForSeconds: Math.max(0, Math.floor((authenticatedAt + freshMs - now) / 1000)),
      },
    };
  },
);

const unlink = defineRoute(
  {
    name: 'unlinkAccount',
    method: 'post',
    path: '/me/accounts/unlink',
    tag: 'Me',
    summary: 'Unlink an account',
    description:
      'Your rights that come from it end, and you are signed out everywhere but here. Not the last account, none by which you are the last owner of an organization, and not while an organization has switched you off.',
    access: 'user',
    scope: 'none',
    body: Account,
    act: 'account-unlinked',
    isDangerous: true,
    idempotency: 'natural',
    problems: [404],
    repeated: 404,
    answer: { status: 204, description: 'The account is unlinked.' },
  },
  async (dependencies, { caller, body: { account, ...host }, origin }) => {
    const unlinked = { ...host, account: asId<ForgeAccountId>(account) };
    await unlinkAccount(dependencies, caller.user, unlinked, origin);
    // Whoever has the account may be somebody else, signed in as this user.
    await endOtherSessions(dependencies, caller, origin);
    return {};
  },
);

export const meRoutes: readonly Route[] = [readMe, unlink];
