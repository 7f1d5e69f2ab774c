/** What Bitbucket's documentation leaves open, or what differs by a workspace's plan and administration. */
export interface Variant {
  readonly plan: 'free' | 'standard' | 'premium';
  /** Where its people are administered. */
  readonly administration: 'bitbucket' | 'atlassian';
  /** Paid seats of all workspaces: scaled limits grow with them. */
  readonly seats: number;
  /** Whether grants on projects are in the list of everybody's permissions. */
  readonly listsProjectGrants: boolean;
  /** How the groups of API 1.0 answer. */
  readonly groups: 'served' | 'empty' | 'not-found' | 'removed';
  /** Whether archives take the access tokens of OAuth consumers. */
  readonly archivesTakeOAuth: boolean;
}

export const defaultVariant: Variant = {
  plan: 'premium',
  administration: 'bitbucket',
  seats: 100,
  listsProjectGrants: true,
  groups: 'served',
  archivesTakeOAuth: true,
};

type Row<Value> = (variant: Variant) => Value;

const plainRequestsPerHour = 1_000;

/** Each row names its source: documentation, an announcement, or the report of somebody who tried it. */
export const differences = {
  /** https://support.atlassian.com/bitbucket-cloud/docs/workspace-access-tokens/ (and project access tokens): Premium. */
  hasWorkspaceAndProjectTokens: ({ plan }: Variant): boolean => plan === 'premium',
  /**
   * https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/: 1,000 an hour, with access tokens on Standard and Premium ten
   * more for each seat above 100, at most 10,000.
   */
  scaledRequestsPerHour: ({ plan, seats }: Variant): number =>
    plan === 'free'
      ? plainRequestsPerHour
      : Math.min(10_000, plainRequestsPerHour + 10 * Math.max(0, seats - 100)),
  /**
   * "Effective permissions: the highest level of permission the user has": https://developer.atlassian.com/cloud/bitbucket/rest/
   * (workspaces/{workspace}/permissions/repositories). A report of June 2026 found no project grants in it.
   */
  listsProjectGrants: ({ listsProjectGrants }: Variant): boolean => listsProjectGrants,
  /** https://developer.atlassian.com/cloud/bitbucket/announcement-breaking-change-workspace-membership/ */
  showsMembershipDates: ({ administration }: Variant): boolean => administration === 'bitbucket',
  /** https://developer.atlassian.com/cloud/bitbucket/deprecation-notice-collaborator-role/: of the list of permissions. */
  listsCollaborators: ({ administration }: Variant): boolean => administration === 'bitbucket',
  /**
   * https://developer.atlassian.com/cloud/bitbucket/deprecation-notice-v1-apis/: no end was announced for groups; "empty" is what somebody
   * outside of the workspace gets (BCLOUD-17804).
   */
  groups: ({ groups }: Variant): Variant['groups'] => groups,
  /**
   * composer/composer sends them (Util/AuthHelper.php); https://developer.atlassian.com/cloud/bitbucket/oauth-2/ allows them on
   * api.bitbucket.org only since 2026-05-04.
   */
  archivesTakeOAuth: ({ archivesTakeOAuth }: Variant): boolean => archivesTakeOAuth,
} satisfies Record<string, Row<unknown>>;
