import type { ExpandedGroupSchema, GroupSchema, ProjectSchema } from '@gitbeaker/rest';
import { OWNER } from '../levels.ts';
import { invitedGroups } from '../members.ts';
import { fullName, fullPath, groupOf, topLevelOf } from '../paths.ts';
import { effectiveLevel, projectAccess, seesGroup } from '../rights.ts';
import type { Group, Project } from '../state.ts';
import { differences } from '../variants.ts';
import { type Context, webUrl } from './context.ts';
import type { Held } from './held.ts';

/** A group in a list. https://docs.gitlab.com/api/groups/ */
export function groupShape(context: Context, group: Group) {
  return {
    id: group.id,
    web_url: webUrl(context, group),
    name: group.name,
    path: group.path,
    description: group.description ?? '',
    visibility: group.visibility,
    share_with_group_lock: group.shareWithGroupLock,
    ...{ require_two_factor_authentication: false, two_factor_grace_period: 48 },
    ...{ project_creation_level: 'developer', subgroup_creation_level: 'maintainer' },
    ...{ emails_disabled: false, emails_enabled: true, lfs_enabled: true, archived: false },
    ...{ default_branch: null, default_branch_protection: 2 },
    avatar_url: null,
    request_access_enabled: true,
    full_name: fullName(context.state, group),
    full_path: fullPath(context.state, group),
    created_at: group.createdAt,
    parent_id: group.parentId ?? null,
    organization_id: 1,
    shared_runners_setting: 'enabled',
    ...(differences.delaysDeletion(context.state.variant) && {
      marked_for_deletion_on: group.deletionOn ?? null,
    }),
  } satisfies Held<GroupSchema>;
}

/** Direct links only (#417220); names of groups that the requester does not see are left out (!134623). */
export function sharedWithShape(context: Context, source: Group | Project) {
  return invitedGroups(context, source).flatMap(({ group, link }) =>
    seesGroup(context, group, context.user)
      ? [
          {
            group_id: group.id,
            group_name: group.name,
            group_full_path: fullPath(context.state, group),
            group_access_level: link.level,
            expires_at: link.expiresAt ?? null,
          },
        ]
      : [],
  );
}

/** One group by itself. */
export function groupDetail(context: Context, group: Group) {
  return {
    ...groupShape(context, group),
    shared_with_groups: sharedWithShape(context, group),
    ...(group.parentId === undefined && { prevent_sharing_groups_outside_hierarchy: false }),
    // For owners alone: lib/api/entities/group_detail.rb
    ...(effectiveLevel(context, group, context.user) >= OWNER && { runners_token: 'GR-simulated' }),
  } satisfies Held<ExpandedGroupSchema, 'runners_token' | 'file_template_project_id'>;
}

function namespaceShape(context: Context, group: Group) {
  return {
    id: group.id,
    name: group.name,
    path: group.path,
    kind: 'group',
    full_path: fullPath(context.state, group),
    parent_id: group.parentId ?? null,
    avatar_url: null,
    web_url: webUrl(context, group),
  };
}

/** The fields of `simple=true`, and of a project whose code the requester may not view. */
export function simpleProject(context: Context, project: Project) {
  const { state, services } = context;
  const path = fullPath(state, project);
  const host = new URL(services.addresses.web).hostname;
  return {
    id: project.id,
    description: project.description ?? null,
    name: project.name,
    name_with_namespace: fullName(state, project),
    path: project.path,
    path_with_namespace: path,
    created_at: project.createdAt,
    default_branch: isEmpty(context, project) ? null : project.defaultBranch,
    ...{ tag_list: [], topics: [] },
    ssh_url_to_repo: `git@${host}:${path}.git`,
    http_url_to_repo: `${services.addresses.web}/${path}.git`,
    web_url: webUrl(context, project),
    ...{ readme_url: null, forks_count: 0, avatar_url: null, star_count: 0 },
    last_activity_at: project.lastActivityAt,
    namespace: namespaceShape(context, groupOf(state, project)),
  };
}

const isEmpty = (context: Context, project: Project): boolean =>
  !context.refs(project).some(({ name }) => name.startsWith('refs/heads/'));

/** Fields of gitbeaker's type that GitLab leaves out here. */
type Missing =
  | 'owner'
  | 'license'
  | 'license_url'
  | 'runners_token'
  | 'description_html'
  | 'permissions'
  | 'container_expiration_policy'
  | 'security_and_compliance_access_level'
  | 'mirror_user_id'
  | 'mirror_trigger_builds'
  | 'only_mirror_protected_branches'
  | 'mirror_overwrites_diverged_branches'
  | 'ci_pipeline_variables_minimum_override_role'
  | 'compliance_frameworks'
  | 'open_issues_count';

/** https://docs.gitlab.com/api/projects/#get-a-project */
export function projectShape(context: Context, project: Project) {
  const { state, services } = context;
  const access = projectAccess(context, project, context.user);
  const hasIssues = !project.withoutIssues;
  const self = `${services.addresses.web}/api/v4/projects/${project.id}`;
  return {
    ...simpleProject(context, project),
    container_registry_image_prefix: fullPath(state, project),
    _links: {
      self,
      ...{ issues: `${self}/issues`, merge_requests: `${self}/merge_requests` },
      ...{ repo_branches: `${self}/repository/branches`, labels: `${self}/labels` },
      ...{ events: `${self}/events`, members: `${self}/members`, cluster_agents: `${self}/cluster_agents` },
    },
    marked_for_deletion_at: project.deletionOn ?? null,
    marked_for_deletion_on: project.deletionOn ?? null,
    ...{ packages_enabled: true, empty_repo: isEmpty(context, project), archived: project.archived },
    visibility: project.visibility,
    ...{ resolve_outdated_diff_discussions: false, repository_object_format: 'sha1' },
    ...{ issues_enabled: hasIssues, merge_requests_enabled: true, wiki_enabled: true },
    ...{ jobs_enabled: true, snippets_enabled: true, container_registry_enabled: true },
    ...{ service_desk_enabled: false, service_desk_address: null },
    can_create_merge_request_in: access.level > 0,
    issues_access_level: hasIssues ? 'enabled' : 'disabled',
    repository_access_level: project.repositoryAccess,
    ...{ merge_requests_access_level: 'enabled', forking_access_level: 'enabled' },
    ...{ wiki_access_level: 'enabled', builds_access_level: 'enabled', snippets_access_level: 'enabled' },
    ...{ container_registry_access_level: 'enabled', releases_access_level: 'enabled' },
    ...{ emails_disabled: false, emails_enabled: true, shared_runners_enabled: true },
    ...{ group_runners_enabled: true, lfs_enabled: true, creator_id: 1 },
    ...{ import_url: null, import_type: null, import_status: 'none', import_error: null },
    updated_at: project.lastActivityAt,
    ...{ ci_default_git_depth: 20, ci_forward_deployment_enabled: true, public_jobs: true },
    ...{ ci_forward_deployment_rollback_allowed: true, ci_separated_caches: true },
    ...{ ci_allow_fork_pipelines_to_run_in_parent_project: true },
    ci_restrict_pipeline_cancellation_role: 'developer',
    shared_with_groups: sharedWithShape(context, project),
    ...{ only_allow_merge_if_pipeline_succeeds: false, allow_merge_on_skipped_pipeline: null },
    ...{ only_allow_merge_if_all_discussions_are_resolved: false, request_access_enabled: true },
    ...{ remove_source_branch_after_merge: true, printing_merge_request_link_enabled: true },
    ...{ printing_merge_requests_link_enabled: true, merge_method: 'merge', squash_option: 'default_off' },
    ...{ enforce_auth_checks_on_uploads: true, suggestion_commit_message: null },
    ...{ merge_commit_template: null, squash_commit_template: null, issue_branch_template: null },
    ...{ auto_devops_enabled: false, auto_devops_deploy_strategy: 'continuous' },
    ...{ autoclose_referenced_issues: true, keep_latest_artifact: true, repository_storage: 'default' },
    ...{ external_authorization_classification_label: null, mirror: false },
    warn_about_potentially_unwanted_characters: true,
    ...forkedFrom(context, project),
  } satisfies Held<ProjectSchema, Missing>;
}

/** Only where the parent is known and visible. */
function forkedFrom(context: Context, { forkOf }: Project) {
  if (forkOf === undefined) return {};
  const parent = [...context.state.projects.values()].find(
    (each) => fullPath(context.state, each) === forkOf,
  );
  if (parent === undefined) return { forked_from_project: { id: 1, path_with_namespace: forkOf } };
  return projectAccess(context, parent, context.user).sees
    ? { forked_from_project: simpleProject(context, parent) }
    : {};
}

/** The level that the requester has by the project itself and by its groups. */
export function permissionsShape(context: Context, project: Project) {
  const { user, state } = context;
  const direct = user && project.members.get(user.id);
  const group = user && groupOf(state, project).members.get(user.id);
  const top = user && topLevelOf(state, project).members.get(user.id);
  const access = (member: { readonly level: number } | undefined) =>
    member === undefined ? null : { access_level: member.level, notification_level: 3 };
  return { permissions: { project_access: access(direct), group_access: access(group ?? top) } };
}
