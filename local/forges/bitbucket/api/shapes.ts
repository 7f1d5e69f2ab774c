/** Accounts, workspaces, projects and repositories, in the shapes of Atlassian's specification. */
import type { components } from '@coderabbitai/bitbucket/cloud/openapi';
import { existing, fullName, projectOf, workspaceOf } from '../find.ts';
import type { PermissionRow } from '../rights.ts';
import type {
  Account,
  BitbucketState,
  Group,
  Hook,
  Project,
  Repository,
  Workspace,
  WorkspaceRole,
} from '../state.ts';
import { differences } from '../variants.ts';
import type { Addresses, Context } from './context.ts';
import type { Held } from './held.ts';

/** What shapes are made of. */
export interface Shaping {
  readonly state: BitbucketState;
  readonly addresses: Addresses;
}

/** What shapes need of a request. */
export const shapingOf = ({ state, services }: Pick<Context, 'state' | 'services'>): Shaping => ({
  state,
  addresses: services.addresses,
});

const link = (href: string) => ({ href });

export function accountShape({ addresses: { api, web } }: Shaping, account: Account) {
  const path = encodeURIComponent(account.uuid);
  return {
    type: 'user',
    uuid: account.uuid,
    account_id: account.accountId,
    nickname: account.nickname,
    display_name: account.displayName,
    links: {
      self: link(`${api}/2.0/users/${path}`),
      avatar: link(`${web}/account/${path}/avatar`),
      html: link(`${web}/${path}/`),
    },
  } satisfies Held<'user', 'created_on' | 'account_status' | 'has_2fa_enabled' | 'is_staff'>;
}

/** The person who asks, with what only he sees. */
export const currentUserShape = (shaping: Shaping, account: Account) =>
  ({
    ...accountShape(shaping, account),
    created_on: account.createdOn,
    account_status: account.deactivatedAt === undefined ? 'active' : 'inactive',
    has_2fa_enabled: null,
    is_staff: false,
    // Not in the specification; the answer has them. https://support.atlassian.com/bitbucket-cloud/docs/
    username: account.nickname,
    location: null,
  }) satisfies Held<'user'>;

export function workspaceReference({ addresses: { api, web } }: Shaping, workspace: Workspace) {
  return {
    type: 'workspace' as const,
    uuid: workspace.uuid,
    slug: workspace.slug,
    name: workspace.name,
    links: {
      self: link(`${api}/2.0/workspaces/${workspace.slug}`),
      html: link(`${web}/${workspace.slug}/`),
      avatar: link(`${web}/workspaces/${workspace.slug}/avatar/`),
    },
  };
}

export function workspaceShape(shaping: Shaping, workspace: Workspace) {
  const { links, ...reference } = workspaceReference(shaping, workspace);
  const below = (name: string) => link(`${links.self.href}/${name}`);
  return {
    ...reference,
    links: {
      ...links,
      ...{ members: below('members'), projects: below('projects') },
      repositories: link(`${shaping.addresses.api}/2.0/repositories/${workspace.slug}`),
    },
    is_private: true,
    is_privacy_enforced: false,
    forking_mode: 'allow_forks',
    created_on: workspace.createdOn,
    updated_on: workspace.createdOn,
  } satisfies Held<'workspace'>;
}

export function membershipShape(shaping: Shaping, workspace: Workspace, account: Account) {
  const user = accountShape(shaping, account);
  const self = `${shaping.addresses.api}/2.0/workspaces/${workspace.slug}/members/${encodeURIComponent(account.uuid)}`;
  return {
    type: 'workspace_membership',
    user,
    workspace: workspaceReference(shaping, workspace),
    links: { self: link(self) },
  } satisfies Held<'workspace_membership', 'user'>;
}

/** A membership with its level, which the specification leaves out of the schema and has in its examples. */
export function permissionShape(
  shaping: Shaping,
  workspace: Workspace,
  account: Account,
  permission: WorkspaceRole,
) {
  const dates = differences.showsMembershipDates(shaping.state.variant) && {
    added_on: workspace.members.get(account.uuid)?.addedOn ?? null,
    last_accessed: null,
  };
  return { ...membershipShape(shaping, workspace, account), permission, ...dates };
}

const projectReference = (
  { addresses: { api, web } }: Shaping,
  slug: string,
  { uuid, key, name }: Project,
) => ({
  type: 'project' as const,
  ...{ uuid, key, name },
  links: {
    self: link(`${api}/2.0/workspaces/${slug}/projects/${key}`),
    html: link(`${web}/${slug}/workspace/projects/${key}`),
    avatar: link(`${web}/account/user/${slug}/projects/${key}/avatar/32`),
  },
});

export function projectShape(shaping: Shaping, project: Project) {
  const workspace = workspaceOf(shaping.state, project);
  const reference = workspaceReference(shaping, workspace);
  return {
    ...projectReference(shaping, workspace.slug, project),
    owner: ownerShape(shaping, workspace),
    workspace: reference,
    description: '',
    is_private: true,
    has_publicly_visible_repos: false,
    created_on: project.createdOn,
    updated_on: project.createdOn,
  } satisfies Held<'project', 'owner'>;
}

/** A workspace as the owner of its repositories: an account of type team. */
function ownerShape(shaping: Shaping, workspace: Workspace) {
  const { links } = workspaceReference(shaping, workspace);
  return {
    type: 'team' as const,
    uuid: workspace.uuid,
    username: workspace.slug,
    display_name: workspace.name,
    links: { self: links.self, avatar: links.avatar, html: links.html },
    created_on: workspace.createdOn,
  } satisfies Held<'team'>;
}

export function repositoryReference(shaping: Shaping, repository: Repository) {
  const { addresses, state } = shaping;
  const name = fullName(state, repository);
  return {
    type: 'repository' as const,
    uuid: repository.uuid,
    name: repository.name,
    full_name: name,
    links: {
      self: link(`${addresses.api}/2.0/repositories/${name}`),
      html: link(`${addresses.web}/${name}`),
      avatar: link(`${addresses.web}/avatars/${encodeURIComponent(repository.uuid)}`),
    },
  };
}

/** Of private repositories it has the name of who asks. composer/composer: src/Composer/Repository/Vcs/GitBitbucketDriver.php, `parseCloneUrls` */
function cloneAddress(web: string, name: string, { isPrivate }: Repository, asker?: Account): string {
  const url = new URL(`${web}/${name}.git`);
  if (isPrivate && asker !== undefined) url.username = asker.nickname;
  return url.href;
}

/**
 * @param isEmpty whether it has no branch: then it has no main branch either
 * @param asker who sends the request
 */
export function repositoryShape(shaping: Shaping, repository: Repository, isEmpty: boolean, asker?: Account) {
  const { addresses, state } = shaping;
  const { links, ...reference } = repositoryReference(shaping, repository);
  const workspace = workspaceOf(state, repository);
  const self = links.self.href;
  const below = (path: string) => link(`${self}/${path}`);
  return {
    ...reference,
    slug: repository.slug,
    description: repository.description,
    is_private: repository.isPrivate,
    fork_policy: 'allow_forks',
    scm: 'git',
    size: 0,
    language: '',
    website: '',
    // Native issues and wikis ended in 2026.
    ...{ has_issues: false, has_wiki: false },
    mainbranch: isEmpty ? null : { type: 'branch', name: repository.defaultBranch },
    owner: ownerShape(shaping, workspace),
    workspace: workspaceReference(shaping, workspace),
    project: projectReference(shaping, workspace.slug, projectOf(state, repository)),
    parent: parentShape(shaping, repository),
    override_settings: { default_merge_strategy: false, branching_model: false },
    created_on: repository.createdOn,
    updated_on: repository.updatedOn,
    links: {
      ...links,
      ...{ commits: below('commits'), hooks: below('hooks'), forks: below('forks') },
      ...{ pullrequests: below('pullrequests'), watchers: below('watchers'), downloads: below('downloads') },
      ...{ branches: below('refs/branches'), tags: below('refs/tags'), source: below('src') },
      clone: [
        { name: 'https', href: cloneAddress(addresses.web, reference.full_name, repository, asker) },
        { name: 'ssh', href: `git@${new URL(addresses.web).hostname}:${reference.full_name}.git` },
      ],
    },
  } satisfies Held<'repository', 'owner'>;
}

function parentShape(shaping: Shaping, { parent }: Repository) {
  if (parent === undefined) return null;
  const known = [...shaping.state.repositories.values()].find(
    (each) => fullName(shaping.state, each) === parent,
  );
  if (known !== undefined) return repositoryReference(shaping, known);
  return { type: 'repository' as const, full_name: parent, name: parent.split('/')[1] ?? parent };
}

export function rowShape(shaping: Shaping, { account, repository, permission }: PermissionRow) {
  return {
    type: 'repository_permission',
    permission,
    user: accountShape(shaping, account),
    repository: repositoryReference(shaping, repository),
  } satisfies Held<'repository_permission'>;
}

export function groupShape(shaping: Shaping, workspace: Workspace, group: Group) {
  return {
    type: 'group' as const,
    name: group.name,
    slug: group.slug,
    full_slug: `${workspace.slug}:${group.slug}`,
    owner: ownerShape(shaping, workspace),
    workspace: workspaceReference(shaping, workspace),
    links: {
      self: link(`${shaping.addresses.api}/2.0/workspaces/${workspace.slug}/groups/${group.slug}`),
      html: link(`${shaping.addresses.web}/${workspace.slug}/workspace/settings/groups/${group.slug}`),
    },
  } satisfies Held<'group', 'owner'>;
}

/** A hook; its secret is never shown. */
export function hookShape(shaping: Shaping, hook: Hook) {
  const { state, addresses } = shaping;
  const workspace = existing(state.workspaces.get(hook.workspace), hook.workspace);
  const repository = hook.repository === undefined ? undefined : state.repositories.get(hook.repository);
  const of = repository ? `repositories/${fullName(state, repository)}` : `workspaces/${workspace.slug}`;
  return {
    type: 'webhook_subscription',
    uuid: hook.uuid,
    url: hook.url,
    description: hook.description,
    active: hook.active,
    events: [...hook.events] as NonNullable<components['schemas']['webhook_subscription']['events']>,
    secret_set: hook.secret !== undefined,
    // Not in the specification, but in every answer.
    skip_cert_verification: hook.skipsCertificates === true,
    subject_type: repository ? 'repository' : 'workspace',
    subject: repository ? repositoryReference(shaping, repository) : workspaceReference(shaping, workspace),
    created_at: hook.createdAt,
    links: { self: link(`${addresses.api}/2.0/${of}/hooks/${encodeURIComponent(hook.uuid)}`) },
  } satisfies Held<'webhook_subscription', 'secret'>;
}
