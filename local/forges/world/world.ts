import type { WorldBitbucketWorkspace } from './bitbucket-workspace.ts';
import type { WorldContents } from './build-repositories.ts';
import type { WorldGitHubOrganization } from './github-organization.ts';
import type { WorldGitLabGroup, WorldGitLabSubgroup } from './gitlab-group.ts';
import type { WorldStory } from './story.ts';

/** A description of small code hosts: who is in which team with what right on which repository. See docs/worlds.md. */
export interface World {
  /** Of all organizations on GitHub. */
  readonly enterprise?: string;
  /** Everybody has an account on each forge. */
  readonly users: readonly WorldUser[];
  readonly organizations: readonly WorldOrganization[];
  /** What `npm start` does with it in a new folder. */
  readonly story?: WorldStory;
}

export interface WorldUser {
  readonly login: string;
  readonly id?: number;
  readonly name?: string;
  readonly email?: string;
  readonly suspended?: boolean;
  /** GitLab: an external user cannot see internal projects. */
  readonly external?: boolean;
  /** GitLab: an administrator of the instance. */
  readonly admin?: boolean;
  /** GitLab: what an administrator has made of the account. */
  readonly state?: 'deactivated' | 'banned' | 'blocked_pending_approval';
  /** GitLab: an account that is no person's. */
  readonly bot?: 'project_bot' | 'service_account';
}

/** Our organization, in each forge's terms. */
export type WorldOrganization = WorldGitHubOrganization | WorldGitLabGroup | WorldBitbucketWorkspace;

/** A world, or its part, that is on GitHub. */
export interface GitHubWorld extends World {
  readonly organizations: readonly WorldGitHubOrganization[];
}

/** A world, or its part, that is on GitLab. */
export interface GitLabWorld extends World {
  readonly organizations: readonly WorldGitLabGroup[];
}

/** A world, or its part, that is on Bitbucket. */
export interface BitbucketWorld extends World {
  readonly organizations: readonly WorldBitbucketWorkspace[];
}

export type WorldForge = 'github' | 'gitlab' | 'bitbucket';

export function forgeOf({ forge = 'github' }: WorldOrganization): WorldForge {
  return forge;
}

/** The name in URLs: login, path or slug. */
export function nameOf(organization: WorldOrganization): string {
  if (organization.forge === 'gitlab') return organization.path;
  return organization.forge === 'bitbucket' ? organization.slug : organization.login;
}

/** The part of the world that the simulated GitHub serves. */
export function gitHubPart(world: World): GitHubWorld {
  return {
    ...world,
    organizations: world.organizations.flatMap((organization) =>
      organization.forge === undefined || organization.forge === 'github' ? [organization] : [],
    ),
  };
}

/** The part of the world that the simulated GitLab serves. */
export function gitLabPart(world: World): GitLabWorld {
  return {
    ...world,
    organizations: world.organizations.flatMap((organization) =>
      organization.forge === 'gitlab' ? [organization] : [],
    ),
  };
}

/** The part of the world that the simulated Bitbucket serves. */
export function bitbucketPart(world: World): BitbucketWorld {
  return {
    ...world,
    organizations: world.organizations.flatMap((organization) =>
      organization.forge === 'bitbucket' ? [organization] : [],
    ),
  };
}

/** Replaces some of the contents of an organization's repositories, whatever its forge. */
export function mapContents(
  organization: WorldOrganization,
  change: (contents: WorldContents) => WorldContents,
): WorldOrganization {
  const changed = <Contents extends WorldContents>(contents: Contents): Contents => ({
    ...contents,
    ...change(contents),
  });
  if (organization.forge === 'gitlab') return { ...mapProjects(organization, changed), forge: 'gitlab' };
  if (organization.forge === 'bitbucket') {
    const { projects } = organization;
    if (projects === undefined) return organization;
    return {
      ...organization,
      projects: projects.map((project) => ({
        ...project,
        ...(project.repositories && { repositories: project.repositories.map(changed) }),
      })),
    };
  }
  const { repositories } = organization;
  return repositories === undefined
    ? organization
    : { ...organization, repositories: repositories.map(changed) };
}

function mapProjects(
  group: WorldGitLabSubgroup,
  changed: <Contents extends WorldContents>(contents: Contents) => Contents,
): WorldGitLabSubgroup {
  return {
    ...group,
    ...(group.projects && { projects: group.projects.map(changed) }),
    ...(group.groups && { groups: group.groups.map((child) => mapProjects(child, changed)) }),
  };
}
