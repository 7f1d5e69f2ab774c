export interface Variant {
  /** GitLab.com has limits and switches that a self-managed instance leaves off. */
  readonly offering: 'gitlab.com' | 'self-managed';
  /** The Community Edition is without what only the Enterprise Edition has, which `free` is. */
  readonly plan: 'community' | 'free' | 'premium';
  /** Major and minor, such as `18.7`. */
  readonly version: string;
  /** Whether the feature flag of signed webhooks is off. */
  readonly isSigningOff?: boolean | undefined;
}

export const defaultVariant: Variant = { offering: 'self-managed', plan: 'premium', version: '19.5' };

/** Whether a version is this one or a later one. */
export function isSince(version: string, first: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [firstMajor = 0, firstMinor = 0] = first.split('.').map(Number);
  return major > firstMajor || (major === firstMajor && minor >= firstMinor);
}

type Row<Value> = (variant: Variant) => Value;

const isPaid: Row<boolean> = ({ plan }) => plan === 'premium';
const isGitLabCom: Row<boolean> = ({ offering }) => offering === 'gitlab.com';
const since =
  (first: string): Row<boolean> =>
  ({ version }) =>
    isSince(version, first);

/**
 * What differs between GitLab's offerings, plans and versions. Each row names its source: documentation, a file of gitlabhq/gitlabhq, or a
 * merge request (!) or issue (#) of gitlab-org/gitlab. "About" marks a version that is inferred from dates.
 */
export const differences = {
  /** What is in the folder ee/ of the source: who waits for a seat, and ee/lib/ee/api/members.rb. */
  isEnterprise: ({ plan }: Variant): boolean => plan !== 'community',
  /** https://docs.gitlab.com/api/group_webhooks/ */
  hasGroupHooks: isPaid,
  /** https://docs.gitlab.com/user/group/settings/group_access_tokens/ */
  hasGroupAndProjectTokens: (variant: Variant): boolean => isPaid(variant) || !isGitLabCom(variant),
  /** https://docs.gitlab.com/user/public_access/ */
  hasInternalVisibility: (variant: Variant): boolean => !isGitLabCom(variant),
  /** Since 17.7: https://docs.gitlab.com/user/permissions/ */
  hasPlanner: since('17.7'),
  /** With !169256 (17.7), without it since !175444 (about 17.8), and again since !212966 (about 18.7). */
  plannerReadsCode: ({ version }: Variant): boolean =>
    (isSince(version, '17.7') && !isSince(version, '17.8')) || isSince(version, '18.7'),
  /** config/authz/roles/security_manager.yml; for all since about 19.1 */
  hasSecurityManager: since('19.1'),
  /** https://docs.gitlab.com/user/project/integrations/webhook_events/#project-events */
  hasProjectEvents: since('17.6'),
  /** !153768 (17.1) */
  hasCustomHeaders: since('17.1'),
  /** https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers */
  hasIdempotencyKey: since('17.4'),
  /** !230944, behind a feature flag that is on by default. Without it `signing_token` is ignored. */
  hasHookSigning: ({ version, isSigningOff }: Variant): boolean => isSince(version, '19.0') && !isSigningOff,
  /** `token_present` and `signing_token_present`: !231325 */
  showsHookSecrets: since('19.0'),
  /** The list !151048 (17.3), resending !151130 (17.4). */
  hasHookEvents: since('17.4'),
  /** https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks */
  disablesFailingHooks: isGitLabCom,
  /** Before !166329 (17.11) four answers of 4xx disabled a hook for good. */
  disablesAfterClientErrors: ({ version }: Variant): boolean => !isSince(version, '17.11'),
  /** https://docs.gitlab.com/api/repositories/#list-repository-tree: before, an empty list. */
  refusesMissingFolders: since('17.7'),
  /** #576497: one in 18.4.2 and 18.5. */
  rawTextBlobsPerRequest: ({ version }: Variant): number =>
    isSince(version, '18.4') && !isSince(version, '18.6') ? 1 : Number.POSITIVE_INFINITY,
  /** !212456 */
  rawTextBytesPerRequest: ({ version }: Variant): number =>
    isSince(version, '18.6') ? 20_000_000 : Number.POSITIVE_INFINITY,
  /** https://docs.gitlab.com/user/profile/personal_access_tokens/#access-token-scopes (about 17.9) */
  hasSelfRotateScope: since('17.9'),
  /** #219230: members of private invited groups, to whoever is a member of the inviting group or project. */
  showsPrivateInvitedGroups: since('17.4'),
  /** #583030, #436257, !250584 (about 19.3) */
  listsInvitedOfInvited: since('19.3'),
  /** Marking for deletion no longer archives since about 18.11. */
  archivesWhenMarkedForDeletion: ({ version }: Variant): boolean => !isSince(version, '18.11'),
  /** https://docs.gitlab.com/user/project/working_with_projects/#delete-a-project */
  deletionSuffix: ({ version }: Variant): string =>
    isSince(version, '18.0') ? 'deletion_scheduled' : 'deleted',
  /** #526081 */
  renamesGroupsForDeletion: since('18.0'),
  /** On all plans since 18.0. */
  delaysDeletion: (variant: Variant): boolean => isPaid(variant) || isSince(variant.version, '18.0'),
  /** https://docs.gitlab.com/user/custom_roles/: Ultimate, which is not told apart from Premium here. */
  hasMemberRoles: isPaid,
  /** On servers of one's own since 17.4: https://docs.gitlab.com/user/custom_roles/#assign-a-custom-role-to-an-invited-group */
  keepsInvitedRoles: (variant: Variant): boolean => !isGitLabCom(variant) && isSince(variant.version, '17.4'),
  /** On by default on GitLab.com only: https://docs.gitlab.com/security/rate_limits/ */
  hasLimits: isGitLabCom,
  /** lib/gitlab/application_rate_limiter.rb, `project_members_api`: 60 since about 18.6, 200 since about 18.7. */
  projectMembersAllPerMinute: ({ version }: Variant): number => {
    if (isSince(version, '18.7')) return 200;
    return isSince(version, '18.6') ? 60 : Number.POSITIVE_INFINITY;
  },
} satisfies Record<string, Row<unknown>>;

/** https://docs.gitlab.com/api/metadata/ */
export const metadataOf = (variant: Variant) => {
  const enterprise = differences.isEnterprise(variant);
  return { version: `${variant.version}.0${enterprise ? '-ee' : ''}`, revision: '0a1b2c3d4e5', enterprise };
};
