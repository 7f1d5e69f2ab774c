/** Bodies of webhooks: https://docs.gitlab.com/user/project/integrations/webhook_events/ */
import type {
  WebhookGroupMemberEventSchema,
  WebhookPushEventSchema,
  WebhookSubGroupEventSchema,
  WebhookTagEventSchema,
} from '@gitbeaker/rest';
import type { PushedCommit } from '../git/commits.ts';
import { noObject, type RefChange } from '../git/pushes.ts';
import type { Held } from './api/held.ts';
import { levelName } from './levels.ts';
import { fullPath, groupOf } from './paths.ts';
import type { GitLabState, Group, Member, Project, User, Visibility } from './state.ts';

export interface Payloads {
  /** @param commits what is new, oldest first; none for tags and deletions */
  push(
    project: Project,
    sender: User | undefined,
    change: RefChange,
    commits: readonly PushedCommit[],
  ): object;
  member(event: MemberEvent, group: Group, user: User, member: Member): object;
  subgroup(event: 'subgroup_create' | 'subgroup_destroy', parent: Group, group: Group): object;
  project(event: 'project_create' | 'project_destroy', project: Project): object;
}

export type MemberEvent = 'user_add_to_group' | 'user_update_for_group' | 'user_remove_from_group';

/** "commits: at most 20": https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events */
const mostCommits = 20;
const visibilityLevels: Readonly<Record<Visibility, number>> = { private: 0, internal: 10, public: 20 };

/** @param web address of the instance, with its relative URL root */
export function createPayloads(state: GitLabState, web: string, now: () => number): Payloads {
  const time = (): string => new Date(now()).toISOString();
  const projectPart = (project: Project) => {
    const path = fullPath(state, project);
    const ssh = `git@${new URL(web).hostname}:${path}.git`;
    return {
      id: project.id,
      name: project.name,
      description: project.description ?? null,
      ...{
        web_url: `${web}/${path}`,
        avatar_url: null,
        git_ssh_url: ssh,
        git_http_url: `${web}/${path}.git`,
      },
      namespace: groupOf(state, project).name,
      visibility_level: visibilityLevels[project.visibility],
      path_with_namespace: path,
      default_branch: project.defaultBranch,
      ci_config_path: null,
      ...{ homepage: `${web}/${path}`, url: ssh, ssh_url: ssh, http_url: `${web}/${path}.git` },
    };
  };
  const commitPart = (project: Project, commit: PushedCommit) => ({
    id: commit.id,
    message: commit.message,
    title: commit.message.split('\n')[0] ?? '',
    timestamp: commit.timestamp,
    url: `${web}/${fullPath(state, project)}/-/commit/${commit.id}`,
    author: commit.author,
    ...{ added: [...commit.added], modified: [...commit.modified], removed: [...commit.removed] },
  });
  return {
    push(project, sender, { ref, before, after }, commits) {
      const part = projectPart(project);
      const isTag = ref.startsWith('refs/tags/');
      const kind = isTag ? ('tag_push' as const) : ('push' as const);
      const body = {
        ...{ object_kind: kind, event_name: kind },
        ...{ before: before ?? noObject, after: after ?? noObject, ref, ref_protected: false },
        ...{ checkout_sha: after ?? null, message: null },
        ...{ user_id: sender?.id ?? 0, user_name: sender?.name ?? '', user_username: sender?.username ?? '' },
        ...{ user_email: '', user_avatar: null, project_id: project.id, project: part },
        commits: commits.slice(-mostCommits).map((commit) => commitPart(project, commit)),
        total_commits_count: commits.length,
        push_options: {},
        repository: {
          ...{ name: part.name, url: part.url, description: part.description, homepage: part.homepage },
          ...{ git_http_url: part.git_http_url, git_ssh_url: part.git_ssh_url },
          visibility_level: part.visibility_level,
        },
      };
      body satisfies Held<WebhookPushEventSchema, Ours> & Held<WebhookTagEventSchema, Ours>;
      return body;
    },
    member: (event, group, user, member) =>
      ({
        ...{ created_at: member.createdAt, updated_at: time() },
        ...{ group_name: group.name, group_path: group.path, group_id: group.id },
        ...{ user_username: user.username, user_name: user.name, user_email: '[REDACTED]', user_id: user.id },
        // The name of the role, and not its number.
        group_access: levelName(member.level),
        group_plan: null,
        expires_at: member.expiresAt ?? null,
        event_name: event,
      }) satisfies Held<WebhookGroupMemberEventSchema, 'event_name'>,
    subgroup: (event, parent, group) =>
      ({
        ...{ created_at: group.createdAt, updated_at: time(), event_name: event },
        ...{ name: group.name, path: group.path, full_path: `${fullPath(state, parent)}/${group.path}` },
        ...{ group_id: group.id, parent_group_id: parent.id },
        ...{ parent_name: parent.name, parent_path: parent.path, parent_full_path: fullPath(state, parent) },
      }) satisfies Held<WebhookSubGroupEventSchema>,
    project: (event, project) => ({
      ...{ event_name: event, created_at: project.createdAt, updated_at: time() },
      ...{ name: project.name, path: project.path, path_with_namespace: fullPath(state, project) },
      ...{ project_id: project.id, project_namespace_id: project.groupId },
      ...{ owners: [], project_visibility: project.visibility },
    }),
  };
}

/** Fields whose literal types differ between pushes of branches and of tags. */
type Ours = 'object_kind' | 'event_name' | 'project' | 'repository' | 'user_avatar';
