/** Reads groups with the groups that are invited to them, and projects. */
import type { ForgeTeamId } from '../../domain/ids.ts';
import { fixedPageSize } from '../pages.ts';
import type { Reading } from '../reading.ts';
import { lastPushUntil } from './last-push.ts';
import { type Once, unlessHidden } from './memberships.ts';
import { type Group, type Groups, type Link, lineOf, type Project, unended } from './organization.ts';
import { isPendingDeletion, nameBefore, withoutMark } from './pending-deletion.ts';
import type { Requests } from './requests.ts';
import {
  type GroupDetail,
  type GroupItem,
  groupDetailSchema,
  groupSchema,
  type LinkItem,
  type ProjectItem,
  projectSchema,
  topGroupSchema,
} from './schema.ts';

const linksOf = (links: readonly LinkItem[], now: number): readonly Link[] =>
  unended(
    links.map(({ group_id: group, group_access_level: level, expires_at: expiresAt }) => ({
      ...{ group, level, expiresAt: expiresAt ?? undefined },
    })),
    now,
  );

export const groupOf = (item: GroupItem | GroupDetail, now: number): Group => {
  const {
    id,
    path,
    name,
    parent_id: parent,
    share_with_group_lock: lock,
    marked_for_deletion_on: mark,
  } = item;
  return {
    ...{ id, path: withoutMark(path), name: withoutMark(name) },
    parent: parent ?? undefined,
    locksProjectSharing: lock,
    ...(mark != null && { isMarked: true }),
    links: 'shared_with_groups' in item ? linksOf(item.shared_with_groups, now) : [],
  };
};

export const projectOf = (item: ProjectItem, now: number): Project => ({
  id: item.id,
  name: nameBefore(item, item.path),
  fullName: nameBefore(item, item.path_with_namespace),
  group: item.namespace.id,
  visibility: item.visibility,
  codeAccess: item.repository_access_level === 'public' ? 'enabled' : item.repository_access_level,
  fork: item.forked_from_project != null,
  archived: item.archived,
  isPendingDeletion: isPendingDeletion(item),
  defaultBranch: item.default_branch ?? undefined,
  createdAt: item.created_at,
  lastPushUntil: lastPushUntil(item.last_activity_at, now),
  links: linksOf(item.shared_with_groups, now),
});

/** With what only its groups show before 18.0: that one of them waits for its deletion. */
export const inGroups = (project: Project, groups: Groups): Project =>
  lineOf(groups, project.group).some(({ isMarked }) => isMarked)
    ? { ...project, isPendingDeletion: true }
    : project;

const withoutProjects = { with_projects: false };

/** One group with the groups that are invited to it. https://docs.gitlab.com/api/groups/#get-a-single-group */
export const readGroup = (requests: Requests, id: ForgeTeamId): Promise<GroupDetail> =>
  requests.get({ route: '/groups/:id', path: { id }, query: withoutProjects }, groupDetailSchema);

/** The same of a top-level group, with whether its owner asks. */
export const readTopGroup = (requests: Requests, id: ForgeTeamId) =>
  requests.get({ route: '/groups/:id', path: { id }, query: withoutProjects }, topGroupSchema);

/** What the lists of the hierarchy are read with. */
interface ListContext {
  readonly requests: Requests;
  /** The top-level group. */
  readonly topId: ForgeTeamId;
  readonly once: Once;
}

/** All groups below the top-level group, without their links. */
export const groupsBelow = (
  { requests, topId: id, once }: ListContext,
  reading: Reading,
): Promise<readonly GroupItem[]> =>
  once('groups', () =>
    reading.list(
      'groups',
      groupSchema,
      requests.list('groups', { route: '/groups/:id/descendant_groups', path: { id } }, groupSchema),
    ),
  );

/**
 * All projects of the hierarchy. Those that are only shared with it belong to somebody else.
 * https://docs.gitlab.com/api/groups/#list-projects
 */
export const projectsBelow = (
  { requests, topId: id, once }: ListContext,
  reading: Reading,
): Promise<readonly ProjectItem[]> =>
  once('projects', () =>
    reading.list(
      'projects',
      projectSchema,
      requests.list(
        'projects',
        {
          route: '/groups/:id/projects',
          path: { id },
          query: { include_subgroups: true, with_shared: false, order_by: 'id', sort: 'asc' },
        },
        projectSchema,
      ),
    ),
  );

/** A group as one entry of the read's progress. @param read gives undefined when GitLab does not show it */
async function storedGroup(
  reading: Reading,
  id: ForgeTeamId,
  read: () => Promise<GroupDetail | undefined>,
): Promise<GroupDetail | undefined> {
  const [detail] = await reading.list<GroupDetail>(`group ${id}`, groupDetailSchema, {
    what: 'a group',
    size: fixedPageSize(1),
    key: (group) => group.id,
    async read() {
      const found = await read();
      const items = found === undefined ? [] : [found];
      return { items, pageInfo: { hasNextPage: false, endCursor: null } };
    },
  });
  return detail;
}

/** These groups, which have to be there, with their links. */
export async function withLinks(
  requests: Requests,
  reading: Reading,
  ids: readonly ForgeTeamId[],
  now: number,
): Promise<Groups> {
  const groups = new Map<ForgeTeamId, Group>();
  for (const id of ids) {
    const detail = await storedGroup(reading, id, () => readGroup(requests, id));
    if (detail !== undefined) {
      groups.set(id, groupOf(detail, now));
    }
  }
  return groups;
}

/** Invited groups from elsewhere with all groups above them, as far as GitLab shows them to us. */
export async function groupsElsewhere(
  requests: Requests,
  reading: Reading,
  ours: Groups,
  projects: readonly Project[],
  now: number,
): Promise<Groups> {
  const queue = projects.flatMap(({ links }) => links.map(({ group }) => group));
  const found = new Map<ForgeTeamId, Group>();
  const asked = new Set<ForgeTeamId>();
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (ours.has(id) || asked.has(id)) {
      continue;
    }
    asked.add(id);
    const detail = await storedGroup(reading, id, () => unlessHidden(readGroup(requests, id)));
    if (detail === undefined) {
      continue;
    }
    const group = groupOf(detail, now);
    found.set(id, group);
    queue.push(...(group.parent === undefined ? [] : [group.parent]));
  }
  return found;
}
