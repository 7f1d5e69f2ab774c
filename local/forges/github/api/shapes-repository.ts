import type { GitHubState, Repository } from '../state.ts';
import type { Addresses } from './ports.ts';
import { findRepository, fullName, permissionFlags } from './rights.ts';
import type { Schema } from './schemas.ts';
import { ownerShape } from './shapes-people.ts';

const GHOST = {
  id: 0,
  nodeId: 'O_ghost',
  login: 'ghost',
  name: 'ghost',
  defaultRepositoryPermission: 'none',
  members: new Map(),
} as const;

/** The URL to clone a repository over SSH. */
export function sshUrl(addresses: Addresses, fullName: string): string {
  return `git@${new URL(addresses.web).hostname}:${fullName}.git`;
}

function urls(addresses: Addresses, name: string) {
  const url = `${addresses.api}/repos/${name}`;
  const host = new URL(addresses.web).hostname;
  return {
    html_url: `${addresses.web}/${name}`,
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_url: `git://${host}/${name}.git`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    ssh_url: sshUrl(addresses, name),
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
    clone_url: `${addresses.web}/${name}.git`,
    hooks_url: `${url}/hooks`,
    svn_url: `${addresses.web}/${name}`,
  };
}

/** A repository as lists show it. */
export function repositoryShape(
  addresses: Addresses,
  state: GitHubState,
  repository: Repository,
): Schema<'repository'> {
  const name = fullName(state, repository);
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: name,
    owner: ownerShape(addresses, state.organizations.get(repository.organizationId) ?? GHOST),
    private: repository.visibility !== 'public',
    description: repository.description ?? null,
    fork: repository.forkOf !== undefined,
    ...urls(addresses, name),
    mirror_url: null,
    homepage: null,
    language: 'PHP',
    license: null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    size: 0,
    is_template: false,
    topics: [],
    has_issues: !repository.withoutIssues,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    default_branch: repository.defaultBranch,
    archived: repository.archived,
    disabled: repository.disabled,
    visibility: repository.visibility,
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    allow_forking: true,
    web_commit_signoff_required: false,
    // What a user could do; an installation is no user.
    permissions: permissionFlags(undefined),
  };
}

/** The repository itself, with its parent if that is visible. */
export function fullRepositoryShape(
  addresses: Addresses,
  state: GitHubState,
  repository: Repository,
  sees: (repository: Repository) => boolean,
): Schema<'full-repository'> {
  const parent =
    repository.forkOf === undefined ? undefined : findRepository(state, repository.forkOf)?.repository;
  const shape = repositoryShape(addresses, state, repository);
  const parentShape =
    parent !== undefined && sees(parent) ? repositoryShape(addresses, state, parent) : undefined;
  return {
    ...shape,
    has_discussions: false,
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    organization: shape.owner,
    subscribers_count: 0,
    network_count: 0,
    ...(parentShape === undefined ? {} : { parent: parentShape, source: parentShape }),
  };
}
