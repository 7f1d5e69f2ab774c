import { optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import { Me } from '../../../shared/console-api/me.ts';
import { organizationsOf } from '../../../shared/organizations/membership.ts';
import { findInstallationSettings } from '../../../shared/store/installation-settings.ts';
import { readUser } from '../../../shared/store/user-store.ts';
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
    const [found, memberships, { administrators }] = await Promise.all([
      readUser(table, user),
      organizationsOf(table, user, clock.now()),
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
          lastSignInAt: optionalTimeOf(lastSignInAt),
        })),
        organizations: memberships.map(({ organization: { slug, name }, role }) => ({ slug, name, role })),
        isAdministrator: administrators.includes(user),
        authenticatedAt: timeOf(authenticatedAt),
      },
    };
  },
);

export const meRoutes: readonly Route[] = [readMe];
