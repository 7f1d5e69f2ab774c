import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import { createBareRepository, setDefaultBranch } from '../git/bare-repository.ts';
import {
  type ChangeContext,
  defineChange,
  requireFreePath,
  resolveActor,
  resolveGroup,
  resolveProject,
  resolveSource,
  resolveUser,
} from './changes-context.ts';
import { OWNER } from './levels.ts';
import { descendantsOf, fullPath, groupOf, projectsOf } from './paths.ts';
import type { Group, Project } from './state.ts';
import { differences } from './variants.ts';

const visibilityField = z.enum(['private', 'internal', 'public']);
const dayMs = 24 * 60 * 60 * 1000;

/** Remembers the paths that projects have now, for redirects. */
function rememberPaths({ state }: ChangeContext, source: Group | Project): void {
  const projects = source.kind === 'project' ? [source] : projectsOf(state, source, true);
  for (const project of projects) state.formerPaths.set(fullPath(state, project).toLowerCase(), project.id);
}

function emitProject(
  context: ChangeContext,
  event: 'project_create' | 'project_destroy',
  project: Project,
): void {
  const body = context.payloads.project(event, project);
  context.emit({ kind: 'project', source: groupOf(context.state, project), body });
}

async function destroyProject(context: ChangeContext, project: Project): Promise<void> {
  const { state } = context;
  emitProject(context, 'project_destroy', project);
  state.projects.delete(project.id);
  for (const [id, hook] of state.hooks) if (hook.projectId === project.id) state.hooks.delete(id);
  await rm(project.gitDirectory, { recursive: true, force: true });
}

/** Without its contents, which go first. */
function destroyGroup(context: ChangeContext, group: Group): void {
  const { state } = context;
  const parent = state.groups.get(group.parentId ?? 0);
  state.groups.delete(group.id);
  for (const source of [...state.groups.values(), ...state.projects.values()])
    source.sharedWith.delete(group.id);
  for (const [id, hook] of state.hooks) if (hook.groupId === group.id) state.hooks.delete(id);
  if (parent !== undefined) {
    const body = context.payloads.subgroup('subgroup_destroy', parent, group);
    context.emit({ kind: 'subgroup', source: parent, body });
  }
}

/** Renames what is marked for deletion, groups since 18.0, and before about 18.11 archives a project. */
function markForDeletion(context: ChangeContext, source: Group | Project): void {
  const { variant } = context.state;
  rememberPaths(context, source);
  source.deletionOn = new Date(context.now() + 30 * dayMs).toISOString().slice(0, 10);
  const suffix = `-${differences.deletionSuffix(variant)}-${source.id}`;
  if (source.kind === 'project' || differences.renamesGroupsForDeletion(variant)) {
    source.path += suffix;
    source.name += suffix;
  }
  if (source.kind === 'project' && differences.archivesWhenMarkedForDeletion(variant)) source.archived = true;
}

export const sourceChanges = {
  'create-group': defineChange(
    {
      path: z.string(),
      parent: z.string().exactOptional(),
      name: z.string().exactOptional(),
      visibility: visibilityField.exactOptional(),
      owner: z.string().exactOptional(),
    },
    (context, { path, parent: parentPath, name = path, visibility = 'private', owner }) => {
      const { state, now } = context;
      const parent = parentPath === undefined ? undefined : resolveGroup(context, parentPath);
      requireFreePath(context, parent?.id, path);
      const createdAt = new Date(now()).toISOString();
      const creator = owner === undefined ? undefined : resolveUser(context, owner);
      if (parent === undefined && creator === undefined)
        throw new ChangeError('a top-level group has an owner');
      const group: Group = {
        ...{ kind: 'group', id: state.nextId++, path, name, visibility, createdAt },
        ...(parent !== undefined && { parentId: parent.id }),
        ...{ shareWithGroupLock: false, sharedWith: new Map() },
        members: new Map(creator === undefined ? [] : [[creator.id, { level: OWNER, createdAt }]]),
      };
      state.groups.set(group.id, group);
      if (parent !== undefined) {
        const body = context.payloads.subgroup('subgroup_create', parent, group);
        context.emit({ kind: 'subgroup', source: parent, body });
      }
      return { id: group.id };
    },
  ),

  'create-project': defineChange(
    {
      group: z.string(),
      path: z.string(),
      name: z.string().exactOptional(),
      visibility: visibilityField.exactOptional(),
      defaultBranch: z.string().exactOptional(),
      forkOf: z.string().exactOptional(),
    },
    async (context, { group: groupPath, path, name = path, visibility = 'private', ...given }) => {
      const { state, now } = context;
      const group = resolveGroup(context, groupPath);
      requireFreePath(context, group.id, path);
      const id = state.nextId++;
      const at = new Date(now()).toISOString();
      const { defaultBranch = 'main', forkOf } = given;
      const project: Project = {
        ...{ kind: 'project', id, groupId: group.id, path, name, visibility, defaultBranch, createdAt: at },
        ...{ members: new Map(), sharedWith: new Map(), repositoryAccess: 'enabled', archived: false },
        ...(forkOf !== undefined && { forkOf }),
        ...{ gitDirectory: join(context.gitRoot, `${id}.git`), lastActivityAt: at },
      };
      await createBareRepository(project.gitDirectory, defaultBranch);
      state.projects.set(id, project);
      emitProject(context, 'project_create', project);
      return { id };
    },
  ),

  /** Changes the path of a group or project. Projects redirect from their old paths. */
  rename: defineChange({ source: z.string(), to: z.string() }, (context, { source: path, to }) => {
    const source = resolveSource(context, path);
    requireFreePath(context, source.kind === 'group' ? source.parentId : source.groupId, to);
    rememberPaths(context, source);
    source.path = to;
    return undefined;
  }),

  /** Moves a group or project into another group. GitLab has no event of group hooks for it. */
  transfer: defineChange({ source: z.string(), to: z.string() }, (context, { source: path, to }) => {
    const source = resolveSource(context, path);
    const target = resolveGroup(context, to);
    const isInside =
      source.kind === 'group' && [source, ...descendantsOf(context.state, source)].includes(target);
    if (isInside) throw new ChangeError('a group does not move into itself');
    requireFreePath(context, target.id, source.path);
    rememberPaths(context, source);
    if (source.kind === 'group') source.parentId = target.id;
    else source.groupId = target.id;
    return undefined;
  }),

  /** Marks a group or project for deletion; with `now`, or where the plan has no delay, deletes it. */
  delete: defineChange(
    { source: z.string(), now: z.boolean().exactOptional() },
    async (context, { source: path, now = false }) => {
      const source = resolveSource(context, path);
      if (!now && differences.delaysDeletion(context.state.variant)) {
        markForDeletion(context, source);
        return { path: fullPath(context.state, source) };
      }
      if (source.kind === 'project') await destroyProject(context, source);
      else {
        for (const project of projectsOf(context.state, source, true)) await destroyProject(context, project);
        for (const group of [source, ...descendantsOf(context.state, source)].reverse())
          destroyGroup(context, group);
      }
      return undefined;
    },
  ),

  restore: defineChange({ source: z.string() }, (context, { source: path }) => {
    const source = resolveSource(context, path);
    if (source.deletionOn === undefined) throw new ChangeError(`${path} is not marked for deletion`);
    delete source.deletionOn;
    const suffix = /-(deletion_scheduled|deleted)-\d+$/;
    source.path = source.path.replace(suffix, '');
    source.name = source.name.replace(suffix, '');
    if (source.kind === 'project') source.archived = false;
    return undefined;
  }),

  'set-visibility': defineChange(
    { source: z.string(), visibility: visibilityField },
    (context, { source, visibility }) => {
      resolveSource(context, source).visibility = visibility;
      return undefined;
    },
  ),

  'set-project': defineChange(
    {
      project: z.string(),
      archived: z.boolean().exactOptional(),
      issues: z.boolean().exactOptional(),
      repositoryAccess: z.enum(['enabled', 'private', 'disabled']).exactOptional(),
      defaultBranch: z.string().exactOptional(),
      description: z.string().exactOptional(),
    },
    async (context, { project: path, as, issues, ...changed }) => {
      const project = resolveProject(context, path);
      if (changed.defaultBranch !== undefined) {
        await setDefaultBranch(project.gitDirectory, changed.defaultBranch);
      }
      resolveActor(context, project, as);
      Object.assign(project, changed, issues === undefined ? {} : { withoutIssues: !issues });
      return undefined;
    },
  ),
};
