/** The top-level group that a connection reads, and the instance that it is on. */
import { asId, type ForgeOrganizationId, type ForgeTeamId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import { expectSame } from '../http.ts';
import { groupOf, readTopGroup } from './groups.ts';
import { keepsInvitedRoles, ownerLevel, parseVersion } from './levels.ts';
import { type Top, unlessHidden } from './memberships.ts';
import type { Group } from './organization.ts';
import type { Requests } from './requests.ts';
import { memberSchema, metadataSchema, userSchema } from './schema.ts';
import { type GitLabSettings, publicHost } from './settings.ts';
import type { Rules } from './sharing.ts';

/** A group and an organization have the same number: the organization is the top-level group. */
export const topOf = (organization: ForgeOrganizationId): ForgeTeamId => asId<ForgeTeamId>(organization);

export interface Account extends Top {
  readonly group: Group;
}

/**
 * Reads the group, and checks that the credential's account owns it. Anybody sees a public group, but with only what is public in it: all else
 * would look as if it were deleted.
 *
 * @throws ForgeError `credential-rejected` when it is gone, or not shown to this credential; `insufficient-scope` when the account does not own it
 */
export async function readAccount(
  requests: Requests,
  organization: ForgeOrganizationId,
  now: number,
): Promise<Account> {
  const id = topOf(organization);
  const detail = await readTopGroup(requests, id).catch((error: unknown) => {
    if (error instanceof ForgeError && error.code === 'not-found') {
      throw new ForgeError('credential-rejected', 'the group is gone, or not shown to this credential', {
        cause: error,
      });
    }
    throw error;
  });
  expectSame(detail.id, id);
  if (detail.parent_id !== null) {
    throw new ForgeError(
      'unexpected',
      'the group was moved into another group, and is no top-level group any more',
    );
  }
  if (!detail.isShownToOwner) {
    await expectOwner(requests, id);
  }
  return { id, path: detail.full_path, group: groupOf(detail, now) };
}

/** Only owners see all members of all groups, and the groups that are invited. @throws ForgeError `insufficient-scope` */
async function expectOwner(requests: Requests, id: ForgeTeamId): Promise<void> {
  const { id: user, is_admin: isAdmin } = await requests.get({ route: '/user' }, userSchema);
  if (isAdmin) {
    return;
  }
  const route = { route: '/groups/:id/members/all/:user', path: { id, user } };
  const member = await unlessHidden(requests.get(route, memberSchema));
  if (member?.access_level !== ownerLevel) {
    throw new ForgeError('insufficient-scope', 'the account of the credential does not own the group');
  }
}

/** What the instance is. */
export interface Instance extends Rules {
  readonly isEnterprise: boolean;
}

/** https://docs.gitlab.com/api/metadata/ */
export async function readInstance(
  requests: Requests,
  { hasExternalUsers, baseUrl }: Pick<GitLabSettings, 'hasExternalUsers' | 'baseUrl'>,
): Promise<Omit<Instance, 'viewersInstall'>> {
  const metadata = await requests.get({ route: '/metadata' }, metadataSchema);
  const version = parseVersion(metadata.version);
  return {
    ...{ version, isEnterprise: metadata.enterprise, hasExternalUsers },
    keepsInvitedRoles: keepsInvitedRoles(version, baseUrl === publicHost),
  };
}
