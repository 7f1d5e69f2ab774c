import { posix } from 'node:path';
import { GraphQLError } from 'graphql';
import type { Fault } from '../../../faults/faults.ts';
import { isBinary, type TreeEntry } from '../../../git/object-formats.ts';
import { branchesOf, resolveCommit } from '../../../git/resolve.ts';
import { levelName, levelNumbers } from '../../levels.ts';
import { type MemberRow, membershipId, type Relation, relatedMembers } from '../../members.ts';
import { descendantsOf, findGroup, fullName, fullPath, groupOf, projectsOf } from '../../paths.ts';
import { projectAccess, seesGroup } from '../../rights.ts';
import type { Group, Project, User } from '../../state.ts';
import { differences, metadataOf } from '../../variants.ts';
import { type Context, webUrl } from '../context.ts';
import { commitShape } from '../git-reading.ts';
import { simpleProject } from '../shapes-groups.ts';
import { connection, type List } from './connection.ts';

/** What a query runs with. */
export interface QueryContext extends Context {
  readonly score: number;
  readonly limit: number;
  /** How much text the query has read so far. */
  readonly read: { blobs: number; bytes: number };
}

type Args = Readonly<Record<string, unknown>>;
/** The fields of an object; functions are called when a query asks for them. */
type Fields = Readonly<Record<string, unknown>>;

export const globalId = (kind: string, id: number | string): string => `gid://gitlab/${kind}/${id}`;

const listOf = <Item>(context: QueryContext, list: Omit<List<Item>, 'fault'>, args: Args) =>
  connection({ ...list, fault: (kind, more): Fault | undefined => context.fault(kind, more) }, args);

function userFields({ services }: QueryContext, user: User): Fields {
  return {
    ...{ id: globalId('User', user.id), username: user.username, name: user.name, state: user.state },
    ...{ bot: user.kind !== 'human', active: user.state === 'active', human: user.kind === 'human' },
    ...{ publicEmail: '', webUrl: `${services.addresses.web}/${user.username}`, createdAt: user.createdAt },
  };
}

const enumName = (level: number): string | undefined =>
  Object.entries(levelNumbers)
    .find(([, number]) => number === level)?.[0]
    .toUpperCase();

function memberFields(context: QueryContext, row: MemberRow): Fields {
  const { source, user, level, role } = row;
  const kind = source.kind === 'group' ? 'GroupMember' : 'ProjectMember';
  return {
    __typename: kind,
    id: globalId(kind, membershipId(row)),
    accessLevel: { integerValue: level, stringValue: enumName(level), humanAccess: levelName(level) },
    ...{ createdAt: row.createdAt, updatedAt: row.createdAt },
    expiresAt: row.expiresAt === undefined ? null : `${row.expiresAt}T00:00:00Z`,
    user: () => userFields(context, user),
    memberRole: role === undefined ? null : { id: globalId('MemberRole', role.id), name: role.name },
    ...(source.kind === 'group'
      ? { group: () => groupFields(context, source) }
      : { project: () => projectFields(context, source) }),
  };
}

const isRelation = (value: unknown): value is Relation => typeof value === 'string';

/** Whoever waits for a seat is listed like all others (app/finders/group_members_finder.rb, app/finders/members_finder.rb). */
function membersOf(context: QueryContext, source: Group | Project, name: string, args: Args) {
  const relations = Array.isArray(args.relations) ? args.relations.filter(isRelation) : [];
  const levels = Array.isArray(args.accessLevels) ? args.accessLevels : undefined;
  const search = typeof args.search === 'string' ? args.search.toLowerCase() : '';
  const rows = relatedMembers(context, source, relations, context.user).filter(
    ({ user, level }) =>
      (levels === undefined || levels.includes(enumName(level))) &&
      `${user.name} ${user.username}`.toLowerCase().includes(search),
  );
  const list = { name, items: rows, key: ({ user }: MemberRow) => `${user.id}` };
  return listOf(context, { ...list, node: (row: MemberRow) => memberFields(context, row) }, args);
}

/** Newest first, as GitLab orders them. */
function projectList(context: QueryContext, projects: readonly Project[], name: string, args: Args) {
  const ids = Array.isArray(args.ids) ? args.ids : undefined;
  const search = typeof args.search === 'string' ? args.search.toLowerCase() : '';
  const items = projects
    .filter(
      (project) =>
        projectAccess(context, project, context.user).sees &&
        (ids === undefined || ids.includes(globalId('Project', project.id))) &&
        (args.includeArchived !== false || !project.archived) &&
        (args.notAimedForDeletion !== true || project.deletionOn === undefined) &&
        project.name.toLowerCase().includes(search),
    )
    .sort((a, b) => b.id - a.id);
  const key = ({ id }: Project): string => `${id}`;
  return listOf(context, { name, items, key, node: (project) => projectFields(context, project) }, args);
}

function groupFields(context: QueryContext, group: Group): Fields {
  const { state } = context;
  return {
    ...{ id: globalId('Group', group.id), name: group.name, path: group.path },
    ...{ fullPath: fullPath(state, group), fullName: fullName(state, group), visibility: group.visibility },
    ...{ webUrl: webUrl(context, group), createdAt: group.createdAt },
    ...{ markedForDeletionOn: group.deletionOn ?? null, shareWithGroupLock: group.shareWithGroupLock },
    parent: () => visibleGroup(context, state.groups.get(group.parentId ?? 0)),
    projects: (args: Args) =>
      projectList(context, projectsOf(state, group, args.includeSubgroups === true), 'Group.projects', args),
    descendantGroups: (args: Args) => {
      const items = descendantsOf(state, group).filter((each) => seesGroup(context, each, context.user));
      const key = ({ id }: Group): string => `${id}`;
      const node = (each: Group) => groupFields(context, each);
      return listOf(context, { name: 'Group.descendantGroups', items, key, node }, args);
    },
    groupMembers: (args: Args) => membersOf(context, group, 'Group.groupMembers', args),
  };
}

function visibleGroup(context: QueryContext, group: Group | undefined): Fields | null {
  return group !== undefined && seesGroup(context, group, context.user) ? groupFields(context, group) : null;
}

function projectFields(context: QueryContext, project: Project): Fields {
  const { state } = context;
  const { ssh_url_to_repo: sshUrlToRepo, http_url_to_repo: httpUrlToRepo } = simpleProject(context, project);
  return {
    ...{ sshUrlToRepo, httpUrlToRepo, issuesEnabled: project.withoutIssues !== true },
    ...{ id: globalId('Project', project.id), name: project.name, path: project.path },
    ...{ fullPath: fullPath(state, project), visibility: project.visibility, archived: project.archived },
    ...{ createdAt: project.createdAt, lastActivityAt: project.lastActivityAt },
    ...{ webUrl: webUrl(context, project), markedForDeletionOn: project.deletionOn ?? null },
    group: () => visibleGroup(context, groupOf(state, project)),
    projectMembers: (args: Args) => membersOf(context, project, 'Project.projectMembers', args),
    repository: () =>
      projectAccess(context, project, context.user).viewsCode ? repositoryFields(context, project) : null,
  };
}

function repositoryFields(context: QueryContext, project: Project): Fields {
  const branches = branchesOf(context.refs(project));
  return {
    ...{ empty: branches.length === 0, exists: true },
    rootRef: branches.length === 0 ? null : project.defaultBranch,
    branchNames: ({ offset = 0, limit = 0, searchPattern = '*' }: Args) => {
      const pattern = new RegExp(
        `^${`${searchPattern}`.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`,
      );
      const names = branches.map(({ name }) => name).filter((name) => pattern.test(name));
      return names.slice(Number(offset), Number(offset) + Number(limit));
    },
    blobs: (args: Args) => blobsOf(context, project, args),
    tree: ({ ref, path }: Args) =>
      branches.length === 0 || path !== ''
        ? null
        : { lastCommit: () => commitFields(context, project, typeof ref === 'string' ? ref : undefined) },
  };
}

/** The commit at a ref, or the newest of the default branch, which no cache shows (app/graphql/resolvers/last_commit_resolver.rb). */
async function commitFields(
  context: QueryContext,
  project: Project,
  ref = project.defaultBranch,
): Promise<Fields | null> {
  const found = await resolveCommit(context.services.objects, project, context.refs(project), ref);
  if (found === undefined) return null;
  const {
    id: sha,
    title,
    message,
    authored_date: authoredDate,
    web_url: url,
  } = commitShape(context, project, found);
  return { id: globalId('Commit', sha), sha, title, message, authoredDate, webUrl: url };
}

/** Files that do not exist at the ref are left out, and so is everything at a ref that does not exist. */
async function blobsOf(context: QueryContext, project: Project, args: Args) {
  const ref = typeof args.ref === 'string' ? args.ref : project.defaultBranch;
  const paths = Array.isArray(args.paths) ? args.paths.map((path) => `${path}`) : [];
  const commit = await resolveCommit(context.services.objects, project, context.refs(project), ref);
  const { objects } = context.services;
  const found = await Promise.all(
    paths.map(async (path) => {
      const entry = commit && (await objects.entryAt(project.gitDirectory, commit, path));
      const blob = entry && (await objects.read(project.gitDirectory, entry.oid));
      return entry !== undefined && blob?.type === 'blob' ? [{ path, entry, body: blob.body }] : [];
    }),
  );
  const list = { name: 'Repository.blobs', items: found.flat(), key: ({ path }: { path: string }) => path };
  return listOf(context, { ...list, node: (file) => blobFields(context, project, file) }, args);
}

function blobFields(
  context: QueryContext,
  project: Project,
  { path, entry, body }: { readonly path: string; readonly entry: TreeEntry; readonly body: Buffer },
): Fields {
  const text = (): string | null => {
    countText(context, body.length);
    return isBinary(body) ? null : body.toString('utf8');
  };
  return {
    ...{ id: globalId('Gitlab::Git::Blob', entry.oid), oid: entry.oid, path, name: posix.basename(path) },
    ...{ mode: entry.mode.toString(8).padStart(6, '0'), size: body.length, rawSize: body.length },
    webPath: `/${fullPath(context.state, project)}/-/blob/${project.defaultBranch}/${path}`,
    ...{ rawTextBlob: text, rawBlob: text },
  };
}

/** How many files, or how much text, one request may read; the wording is the simulator's. */
function countText({ state, read }: QueryContext, bytes: number): void {
  read.blobs += 1;
  read.bytes += bytes;
  if (read.blobs > differences.rawTextBlobsPerRequest(state.variant)) {
    throw new GraphQLError('rawTextBlob can be requested for one blob only');
  }
  if (read.bytes > differences.rawTextBytesPerRequest(state.variant)) {
    throw new GraphQLError('The total size of the requested blobs is too large');
  }
}

/** The root of all queries. */
export function queryFields(context: QueryContext): Fields {
  const { state, user } = context;
  return {
    currentUser: () => (user === undefined ? null : userFields(context, user)),
    metadata: metadataOf(state.variant),
    queryComplexity: { limit: context.limit, score: context.score },
    group: ({ fullPath: path }: Args) => visibleGroup(context, findGroup(state, `${path}`)),
    // By the path that it has now (lib/gitlab/graphql/loaders/full_path_model_loader.rb).
    project: ({ fullPath: path }: Args) => {
      const wanted = `${path}`.toLowerCase();
      const found = [...state.projects.values()].find((one) => fullPath(state, one).toLowerCase() === wanted);
      const isSeen = found !== undefined && projectAccess(context, found, user).sees;
      return isSeen ? projectFields(context, found) : null;
    },
    projects: (args: Args) => {
      const paths = Array.isArray(args.fullPaths)
        ? args.fullPaths.map((path) => `${path}`.toLowerCase())
        : undefined;
      const isMember = (project: Project): boolean =>
        args.membership !== true || (user !== undefined && projectAccess(context, project, user).level > 0);
      const projects = [...state.projects.values()].filter(
        (project) =>
          isMember(project) &&
          (paths === undefined || paths.includes(fullPath(state, project).toLowerCase())),
      );
      return projectList(context, projects, 'Query.projects', args);
    },
  };
}
