/** What is left of API 1.0: https://support.atlassian.com/bitbucket-cloud/docs/groups-endpoint/ */
import { existing } from '../find.ts';
import { isListed } from '../rights.ts';
import type { Group } from '../state.ts';
import { differences } from '../variants.ts';
import { administers, type Context, type Route, workspaceAt } from './context.ts';
import { forbidden, notFound, refused, removedApi } from './http.ts';
import { shapingOf, workspaceReference } from './shapes.ts';

const announcement = 'https://developer.atlassian.com/cloud/bitbucket/deprecation-notice-v1-apis/';

/** All groups with their members, in one answer. A UUID in the workspace's place is refused. */
function listGroups(context: Context) {
  const answer = differences.groups(context.state.variant);
  if (answer === 'removed') throw removedApi(announcement);
  if (answer === 'not-found') throw notFound();
  // BCLOUD-17804 and terraform-provider-bitbucket#258
  if (/^(\{|%7B)/i.test(context.params.workspace ?? '')) throw refused(405, 'Method not allowed');
  const workspace = workspaceAt(context);
  if (answer === 'empty') return { status: 200, json: [] };
  if (!administers(context, workspace)) throw forbidden();
  return { status: 200, json: [...workspace.groups.values()].map((group) => shape(context, group)) };
}

function shape(context: Context, { name, slug, members }: Group) {
  const { state, now } = context;
  const workspace = workspaceAt(context);
  const accounts = [...members].map((uuid) => existing(state.accounts.get(uuid), uuid));
  const owner = workspaceReference(shapingOf(context), workspace);
  return {
    ...{ name, slug, permission: null, auto_add: false },
    members: accounts
      .filter((account) => isListed(account, now()))
      .map(({ uuid, accountId, nickname, displayName }) => ({
        ...{ uuid, account_id: accountId, nickname, display_name: displayName },
        ...{ is_active: true, is_team: false, is_staff: false, resource_uri: `/1.0/users/${uuid}` },
      })),
    owner: { uuid: owner.uuid, username: owner.slug, display_name: owner.name, is_team: true },
    resource_uri: `/1.0/groups/${workspace.slug}/${slug}`,
  };
}

/** The announcement of 2026: https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770 */
const changelog = 'https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770';

const removed = (pattern: string, from: string): Route => ({
  ...{ method: 'GET', pattern, scopes: [], apiScopes: [], open: true },
  handle() {
    throw removedApi(from);
  },
});

export const groupRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/1.0/groups/{workspace}',
    ...{ scopes: ['account'], apiScopes: ['read:workspace:bitbucket'] },
    handle: listGroups,
  },
];

/** What tools still call. */
export const removedRoutes: readonly Route[] = [
  removed('/2.0/repositories', changelog),
  removed('/2.0/workspaces', changelog),
  removed('/2.0/user/permissions/workspaces', changelog),
  removed('/2.0/user/permissions/repositories', changelog),
  removed('/2.0/teams', changelog),
  removed('/1.0/user/repositories', announcement),
  removed('/1.0/repositories/{+rest}', announcement),
];
