/** What owners may leave to a team, for the repositories that the team reads. Everything else stays theirs. */
export const delegatedRights = [
  /** Rescan, accept a moved tag, give a name, delete versions and packages. */
  'manage-packages',
  /** Make packages of repositories. */
  'add-packages',
] as const;

export type DelegatedRight = (typeof delegatedRights)[number];
