/**
 * What waits for its deletion. GitLab renames it meanwhile, and names it as before when it is restored; addresses of before lead there.
 * https://docs.gitlab.com/user/project/working_with_projects/#delete-a-project, and groups since 18.0: gitlab-org/gitlab#526081
 */
import type { ProjectItem } from './schema.ts';

/** Appended to the path and the name. Before 18.0 it was `-deleted-` and the id, to projects alone. */
const mark = /-deletion_scheduled-\d+(?=\/|\.git$|$)/g;

type Marked = Pick<ProjectItem, 'id' | 'path_with_namespace'> &
  Partial<Pick<ProjectItem, 'marked_for_deletion_on' | 'marked_for_deletion_at'>>;

const isMarkedItself = (item: Marked): boolean =>
  (item.marked_for_deletion_on ?? item.marked_for_deletion_at ?? null) !== null;

/**
 * Whether the project or a group above it waits for its deletion. The mark is shown of the project itself only, and since about 18.11 it is not
 * archived by it. Before 18.0 only its groups show whether one of them waits (`inGroups`).
 */
export const isPendingDeletion = (item: Marked): boolean =>
  isMarkedItself(item) || withoutMark(item.path_with_namespace) !== item.path_with_namespace;

/** A path, name or address without what its deletion has appended. */
export const withoutMark = (text: string): string => text.replace(mark, '');

/** The same of what belongs to a project. */
export const nameBefore = (item: Marked, text: string): string =>
  withoutMark(isMarkedItself(item) ? text.replace(new RegExp(`-deleted-${item.id}(?=\\.git$|$)`), '') : text);
