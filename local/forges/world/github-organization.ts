import type { WorldContents } from './build-repositories.ts';

export type WorldPermission = 'pull' | 'triage' | 'push' | 'maintain' | 'admin';

/** An organization of GitHub. */
export interface WorldGitHubOrganization {
  /** `github` if left out. */
  readonly forge?: 'github';
  readonly login: string;
  readonly id?: number;
  readonly name?: string;
  /** What every member may do with private repositories; `none` if left out. */
  readonly basePermission?: 'none' | 'read' | 'write' | 'admin';
  readonly members?: Readonly<Record<string, 'owner' | 'member' | 'pending'>>;
  readonly teams?: readonly WorldTeam[];
  /** If left out, the plan has no organization roles; otherwise the predefined ones exist in any case. */
  readonly roles?: readonly WorldRole[];
  readonly repositories?: readonly WorldRepository[];
  /** The app's installation; if left out, the app is not installed. */
  readonly installation?: WorldInstallation;
}

export interface WorldRole {
  /** The name of a predefined role, or any other name. */
  readonly name: string;
  /** Permission on every repository; a predefined role has its own. */
  readonly base?: WorldPermission;
  readonly members?: readonly string[];
  /** Names of teams. */
  readonly teams?: readonly string[];
}

/** The roles of every organization whose plan has roles, with each one's permission on all repositories. */
export const predefinedRoles: Readonly<Record<string, WorldPermission | undefined>> = {
  all_repo_read: 'pull',
  all_repo_triage: 'triage',
  all_repo_write: 'push',
  all_repo_maintain: 'maintain',
  all_repo_admin: 'admin',
  ci_cd_admin: undefined,
};

export interface WorldTeam {
  readonly name: string;
  readonly id?: number;
  readonly description?: string;
  readonly secret?: boolean;
  /** A team of the enterprise that was added to the organization. */
  readonly enterprise?: boolean;
  readonly maintainers?: readonly string[];
  readonly members?: readonly string[];
  readonly repositories?: Readonly<Record<string, WorldPermission>>;
  readonly teams?: readonly WorldTeam[];
}

export interface WorldRepository extends WorldContents {
  readonly name: string;
  readonly id?: number;
  readonly description?: string;
  /** `private` if left out. */
  readonly visibility?: 'public' | 'private' | 'internal';
  readonly forkOf?: string;
  readonly archived?: boolean;
  readonly disabled?: boolean;
  /** Whether it takes issues; true if left out. */
  readonly issues?: boolean;
  readonly collaborators?: Readonly<Record<string, WorldPermission>>;
}

export interface WorldInstallation {
  readonly id?: number;
  readonly repositories: 'all' | readonly string[];
  readonly suspended?: boolean;
}

/** GitHub's slug of a team's name: accents are dropped, and everything but letters, digits and underscores becomes a hyphen. */
export function teamSlug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Lists every team with its parent, parents first. */
export function flattenTeams(
  teams: readonly WorldTeam[] = [],
  parent?: WorldTeam,
): { team: WorldTeam; parent: WorldTeam | undefined }[] {
  return teams.flatMap((team) => [{ team, parent }, ...flattenTeams(team.teams, team)]);
}
