import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import { historyField, pushHistory, refsField, setRefs } from '../control/push-changes.ts';
import { createBareRepository, setDefaultBranch } from '../git/bare-repository.ts';
import {
  type ChangeContext,
  defineChange,
  resolveAccount,
  resolveActor,
  resolveProject,
  resolveRepository,
  resolveWorkspace,
  timeOf,
  workspaceField,
} from './changes-context.ts';
import { findAccount, findProject, findRepository, findWorkspace, fullName, workspaceOf } from './find.ts';
import type { Repository, Workspace } from './state.ts';
import { gitDirectoryOf } from './state-schema.ts';
import type { EventKey } from './webhooks.ts';
import { personOf, uuidOf } from './world-to-state.ts';

const name = z.string();
const optional = name.exactOptional();
const flag = z.boolean().exactOptional();

/** @throws ChangeError */
function requireFree({ state }: ChangeContext, workspace: Workspace, slug: string): void {
  if (findRepository(state, workspace, slug)) throw new ChangeError(`"${slug}" is there already`);
}

/** Tells the hooks of the repository's workspace, and its own. */
function emit(context: ChangeContext, key: EventKey, repository: Repository, body: object): void {
  context.emit({ key, workspace: repository.workspace, repository: repository.uuid, body });
}

/** Sends what has changed of the fields that an event tells of. */
function emitUpdated(
  context: ChangeContext,
  repository: Repository,
  before: Readonly<Record<string, unknown>>,
  as: string | undefined,
): void {
  const after = told(context, repository);
  const changes = Object.fromEntries(
    Object.entries(after).flatMap(([field, value]) =>
      value === before[field] ? [] : [[field, { old: before[field], new: value }]],
    ),
  );
  if (Object.keys(changes).length === 0) return;
  const actor = resolveActor(context, workspaceOf(context.state, repository), as);
  emit(context, 'repo:updated', repository, context.payloads.updated(repository, actor, changes));
}

const told = ({ state }: ChangeContext, repository: Repository): Readonly<Record<string, unknown>> => ({
  name: repository.name,
  full_name: fullName(state, repository),
  description: repository.description,
  is_private: repository.isPrivate,
});

/** Repositories with their projects and workspaces, and pushes. */
export const repositoryChanges = {
  'create-workspace': defineChange({ slug: name, name: optional, owner: name }, (context, given) => {
    const { slug, owner, name: title = slug } = given;
    if (findWorkspace(context.state, slug)) throw new ChangeError(`"${slug}" is there already`);
    const uuid = uuidOf(context.random(16));
    const at = timeOf(context);
    context.state.workspaces.set(uuid, {
      ...{ uuid, slug, name: title, groups: new Map(), createdOn: at },
      members: new Map([[resolveAccount(context, owner).uuid, { role: 'owner', addedOn: at }]]),
    });
    return { uuid };
  }),

  /** Changes a workspace's slug; no redirect from the old one is documented. */
  'set-workspace': defineChange(
    { workspace: workspaceField, slug: optional, name: optional, spam: flag },
    (context, { workspace: wanted, slug, name: title, spam }) => {
      const workspace = resolveWorkspace(context, wanted);
      if (slug !== undefined) workspace.slug = slug;
      if (title !== undefined) workspace.name = title;
      if (spam) workspace.spam = true;
      else if (spam === false) delete workspace.spam;
      return undefined;
    },
  ),

  'create-project': defineChange(
    { workspace: workspaceField, key: name, name: optional },
    (context, { workspace: wanted, key, name: title = key }) => {
      const workspace = resolveWorkspace(context, wanted);
      if (findProject(context.state, workspace, key)) throw new ChangeError(`"${key}" is there already`);
      const uuid = uuidOf(context.random(16));
      context.state.projects.set(uuid, {
        ...{ uuid, workspace: workspace.uuid, key, name: title, createdOn: timeOf(context) },
        ...{ users: new Map(), groups: new Map() },
      });
      return { uuid };
    },
  ),

  'rename-project': defineChange({ project: name, key: optional, name: optional }, (context, given) => {
    const project = resolveProject(context, given.project);
    const { key = project.key, name: title = project.name } = given;
    const changes = {
      key: { old: project.key, new: key },
      name: { old: project.name, new: title },
    };
    Object.assign(project, { key, name: title });
    const actor = resolveActor(context, resolveWorkspace(context, project.workspace), given.as);
    const body = context.payloads.project(project, actor, changes);
    context.emit({ key: 'project:updated', workspace: project.workspace, body });
    return undefined;
  }),

  'create-repository': defineChange(
    { project: name, slug: name, name: optional, description: optional, private: flag, forkOf: optional },
    async (context, given) => {
      const { slug, name: title = slug, description = '', private: isPrivate = true, forkOf } = given;
      const project = resolveProject(context, given.project);
      const workspace = resolveWorkspace(context, project.workspace);
      requireFree(context, workspace, slug);
      const uuid = uuidOf(context.random(16));
      const at = timeOf(context);
      const repository: Repository = {
        ...{ uuid, workspace: workspace.uuid, project: project.uuid, slug, name: title, description },
        ...{ isPrivate, users: new Map(), groups: new Map(), defaultBranch: 'main' },
        ...(forkOf !== undefined && { parent: forkOf }),
        ...{ gitDirectory: gitDirectoryOf(context.gitRoot, uuid), createdOn: at, updatedOn: at },
      };
      await createBareRepository(repository.gitDirectory, 'main');
      context.state.repositories.set(uuid, repository);
      const actor = resolveActor(context, workspace, given.as);
      emit(context, 'repo:created', repository, context.payloads.repository(repository, actor));
      return { uuid };
    },
  ),

  'set-repository': defineChange(
    {
      ...{ repository: name, slug: optional, name: optional, description: optional, private: flag },
      /** Moves it within the workspace. */
      project: optional,
      mainBranch: optional,
    },
    async (context, { repository: wanted, as, slug, name: title, project, mainBranch, ...given }) => {
      const repository = resolveRepository(context, wanted);
      const before = told(context, repository);
      if (slug !== undefined) {
        requireFree(context, workspaceOf(context.state, repository), slug);
        repository.slug = slug;
      }
      if (title !== undefined) repository.name = title;
      if (given.description !== undefined) repository.description = given.description;
      if (given.private !== undefined) repository.isPrivate = given.private;
      if (project !== undefined) repository.project = resolveProject(context, project).uuid;
      if (mainBranch !== undefined) {
        await setDefaultBranch(repository.gitDirectory, mainBranch);
        repository.defaultBranch = mainBranch;
      }
      emitUpdated(context, repository, before, as);
      return undefined;
    },
  ),

  /** Moves a repository to another workspace. Its UUID stays; its tokens and grants end. */
  'transfer-repository': defineChange({ repository: name, project: name }, (context, given) => {
    const repository = resolveRepository(context, given.repository);
    const project = resolveProject(context, given.project);
    const from = workspaceOf(context.state, repository);
    const to = resolveWorkspace(context, project.workspace);
    if (from === to) throw new ChangeError('it stays in its workspace: use set-repository');
    requireFree(context, to, repository.slug);
    Object.assign(repository, { workspace: to.uuid, project: project.uuid });
    repository.users.clear();
    repository.groups.clear();
    for (const token of context.state.accessTokens.values()) {
      if (token.holder === repository.uuid) token.revoked = true;
    }
    const actor = resolveActor(context, to, given.as);
    emit(context, 'repo:transfer', repository, context.payloads.transferred(repository, actor, from));
    return undefined;
  }),

  'delete-repository': defineChange({ repository: name }, async (context, given) => {
    const { state } = context;
    const repository = resolveRepository(context, given.repository);
    const actor = resolveActor(context, workspaceOf(state, repository), given.as);
    emit(context, 'repo:deleted', repository, context.payloads.repository(repository, actor));
    state.repositories.delete(repository.uuid);
    for (const [uuid, hook] of state.hooks) if (hook.repository === repository.uuid) state.hooks.delete(uuid);
    await rm(repository.gitDirectory, { recursive: true, force: true });
    return undefined;
  }),

  /** Commits, branches and tags as one push, by the steps of world files. */
  push: defineChange({ repository: name, history: historyField }, async (context, input) => {
    const repository = resolveRepository(context, input.repository);
    const actor = resolveActor(context, workspaceOf(context.state, repository), input.as);
    for (const { author } of input.history) if (author !== undefined) resolveAccount(context, author);
    await context.pushes.receive(repository, actor, (refs) =>
      pushHistory(
        {
          directory: repository.gitDirectory,
          defaultBranch: repository.defaultBranch,
          person: (login) => personOf(login === undefined ? actor : findAccount(context.state, login)),
          startAt: context.now(),
          refs,
        },
        input.history,
      ),
    );
    return undefined;
  }),

  /** Points refs, by full name, at a branch, tag or commit, or deletes them (null); as one push. */
  'set-refs': defineChange({ repository: name, refs: refsField }, async (context, input) => {
    const repository = resolveRepository(context, input.repository);
    const actor = resolveActor(context, workspaceOf(context.state, repository), input.as);
    await context.pushes.receive(repository, actor, () => setRefs(repository.gitDirectory, input.refs));
    return undefined;
  }),
};
