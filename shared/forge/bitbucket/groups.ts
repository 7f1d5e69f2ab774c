/**
 * Groups and their members, which only API 1.0 tells: https://support.atlassian.com/bitbucket-cloud/docs/groups-endpoint/. It may end, and
 * answers an empty list to outsiders, so no answer of it takes anything away. No right depends on it where the list of permissions is what its
 * documentation says.
 */
import type { TeamFact, TeamMemberFact } from '../../domain/facts.ts';
import { asId, type ForgeTeamId } from '../../domain/ids.ts';
import { ForgeError, type ForgeErrorCode } from '../errors.ts';
import type { Account } from './account.ts';
import type { Requests } from './requests.ts';
import { type GroupItem, groupsSchema, loginOf } from './schema.ts';

export type Groups =
  | { readonly groups: readonly GroupItem[] }
  /** Why there is no answer, as text for an owner, and the error if it was one. */
  | { readonly hiddenReason: string; readonly error: ForgeError };

const hiding: Readonly<Partial<Record<ForgeErrorCode, string>>> = {
  'not-found': 'API 1.0 of Bitbucket does not find the groups of the workspace',
  gone: 'Bitbucket has removed API 1.0, which alone tells the members of groups',
  'insufficient-scope': 'the credential may not read the groups of the workspace',
};

/** One request. It wants the slug in place of the UUID. */
export async function readGroups(requests: Requests, { slug }: Account): Promise<Groups> {
  try {
    const groups = await requests.get({ route: '/1.0/groups/:slug', path: { slug } }, groupsSchema);
    if (groups.length > 0) {
      return { groups };
    }
    const hiddenReason = 'API 1.0 of Bitbucket lists no groups, as it does for outsiders';
    return { hiddenReason, error: new ForgeError('incomplete', hiddenReason) };
  } catch (error) {
    const hiddenReason = error instanceof ForgeError ? hiding[error.code] : undefined;
    if (hiddenReason === undefined || !(error instanceof ForgeError)) {
      throw error;
    }
    return { hiddenReason, error };
  }
}

/** A group has no id but its slug, which stays when it gets another name. */
export const teamOf = ({ slug }: Pick<GroupItem, 'slug'>): ForgeTeamId => asId<ForgeTeamId>(slug);

export function groupFacts(group: GroupItem): readonly (TeamFact | TeamMemberFact)[] {
  const team = teamOf(group);
  return [
    { kind: 'team', team, slug: group.slug, name: group.name, parent: undefined },
    ...group.members.map((user): TeamMemberFact => {
      return { kind: 'team-member', team, account: user.uuid, login: loginOf(user) };
    }),
  ];
}
