import { join } from 'node:path';
import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import { createBareRepository, listRefs, setDefaultBranch, shareObjects } from '../git/bare-repository.ts';
import { runGit } from '../git/run-git.ts';
import { isoSeconds } from '../server/clock.ts';
import { findRepository, fullName, teamsOf } from './api/rights.ts';
import {
  type ChangeContext,
  defineChange,
  organizationField,
  organizationOf,
  requireFreeName,
  resolveActor,
  resolveOrganization,
  resolveRepository,
} from './changes-context.ts';
import { type GitHubState, nodeId, type Organization, type Repository, type User } from './state.ts';

const name = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, 'must be letters, digits, dots, hyphens and underscores');
const visibility = z.enum(['public', 'private', 'internal']);
const repositoryField = { repository: z.string() };

export const repositoryChanges = {
  'create-repository': defineChange(
    {
      ...organizationField,
      name,
      visibility: visibility.default('private'),
      description: z.string().exactOptional(),
      /** Full name of a parent that is not simulated; for simulated ones there is `fork-repository`. */
      forkOf: z.string().exactOptional(),
      defaultBranch: z.string().default('main'),
    },
    async (context, input) => {
      const organization = resolveOrganization(context, input.organization);
      const sender = resolveActor(context, organization, input.as);
      const repository = newRepository(context, organization, input);
      await createBareRepository(repository.gitDirectory, repository.defaultBranch);
      emitRepository(context, repository, 'created', sender);
      return { id: repository.id };
    },
  ),

  /** Forks within the simulated GitHub; each may be asked for the other's commits, as on GitHub. */
  'fork-repository': defineChange(
    { ...repositoryField, ...organizationField, name: name.exactOptional() },
    async (context, input) => {
      const parent = resolveRepository(context, input.repository);
      const organization = resolveOrganization(context, input.organization);
      const sender = resolveActor(context, organization, input.as);
      const { visibility, defaultBranch } = parent;
      const forkOf = fullName(context.state, parent);
      const fork = newRepository(context, organization, {
        name: input.name ?? parent.name,
        visibility,
        defaultBranch,
        forkOf,
      });
      await createBareRepository(fork.gitDirectory, defaultBranch);
      await shareObjects(parent.gitDirectory, fork.gitDirectory);
      const refs = await listRefs(parent.gitDirectory);
      const commands = [...refs].map(([ref, id]) => `create ${ref} ${id}\n`).join('');
      await runGit(['--git-dir', fork.gitDirectory, 'update-ref', '--stdin'], { input: commands });
      fork.pushedAt = parent.pushedAt;
      emitRepository(context, fork, 'created', sender);
      return { id: fork.id };
    },
  ),

  /**
   * "GitHub Apps and repository webhooks will not receive this event"
   * (https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository), yet both events have been observed
   * (https://github.com/github/docs/issues/36991): `events: observed` sends them.
   */
  'delete-repository': defineChange(
    { ...repositoryField, events: z.enum(['documented', 'observed']).default('documented') },
    (context, input) => {
      const { repository, organization, sender } = resolve(context, input);
      if (input.events === 'observed') {
        emitRepository(context, repository, 'deleted', sender);
        emitOutOfReach(context, organization, repository, sender);
      }
      removeRepository(context, repository);
      return undefined;
    },
  ),

  /** The former name redirects here until another repository takes it. */
  'rename-repository': defineChange({ ...repositoryField, to: name }, (context, input) => {
    const { repository, organization, sender } = resolve(context, input);
    const from = repository.name;
    if (from.toLowerCase() !== input.to.toLowerCase()) requireFreeName(context, organization.id, input.to);
    moveTo(context.state, repository, organization, input.to);
    emitRepository(context, repository, 'renamed', sender, { changes: { repository: { name: { from } } } });
    return undefined;
  }),

  /** Only the new owner's installation gets an event. Teams lose the repository, collaborators keep it. */
  'transfer-repository': defineChange(
    { ...repositoryField, to: z.string(), name: name.exactOptional() },
    (context, input) => {
      const { repository, organization: from, sender } = resolve(context, input);
      const to = resolveOrganization(context, input.to);
      if (to === from) throw new ChangeError(`${repository.name} belongs to ${to.login} already`);
      const newName = input.name ?? repository.name;
      requireFreeName(context, to.id, newName);
      forget(context, repository);
      moveTo(context.state, repository, to, newName);
      const changes = { owner: { from: { organization: context.payloads.organization(from) } } };
      emitRepository(context, repository, 'transferred', sender, { changes });
      return undefined;
    },
  ),

  'archive-repository': defineChange(repositoryField, (context, input) => {
    const { repository, sender } = resolve(context, input);
    repository.archived = true;
    emitRepository(context, repository, 'archived', sender);
    return undefined;
  }),

  'unarchive-repository': defineChange(repositoryField, (context, input) => {
    const { repository, sender } = resolve(context, input);
    repository.archived = false;
    emitRepository(context, repository, 'unarchived', sender);
    return undefined;
  }),

  /** No event is documented between private and internal, so none is sent. */
  'set-visibility': defineChange({ ...repositoryField, visibility }, (context, input) => {
    const { repository, organization, sender } = resolve(context, input);
    if (input.visibility === 'internal' && organization.enterprise === undefined) {
      throw new ChangeError(
        `${organization.login} belongs to no enterprise, so nothing there can be internal`,
      );
    }
    const before = repository.visibility;
    repository.visibility = input.visibility;
    if (input.visibility === 'public' && before !== 'public') {
      emitRepository(context, repository, 'publicized', sender);
      context.emit({
        name: 'public',
        organizationId: organization.id,
        repositoryId: repository.id,
        sender,
        body: { repository: context.payloads.repository(repository) },
      });
    }
    if (before === 'public' && input.visibility !== 'public')
      emitRepository(context, repository, 'privatized', sender);
    return undefined;
  }),

  'set-default-branch': defineChange({ ...repositoryField, branch: z.string() }, async (context, input) => {
    const { repository, sender } = resolve(context, input);
    const refs = await listRefs(repository.gitDirectory);
    if (!refs.has(`refs/heads/${input.branch}`))
      throw new ChangeError(`there is no branch "${input.branch}"`);
    const from = repository.defaultBranch;
    repository.defaultBranch = input.branch;
    await setDefaultBranch(repository.gitDirectory, input.branch);
    emitRepository(context, repository, 'edited', sender, { changes: { default_branch: { from } } });
    return undefined;
  }),

  'set-description': defineChange({ ...repositoryField, description: z.string() }, (context, input) => {
    const { repository, sender } = resolve(context, input);
    const from = repository.description ?? null;
    repository.description = input.description;
    emitRepository(context, repository, 'edited', sender, { changes: { description: { from } } });
    return undefined;
  }),

  /** Blocked by GitHub's staff, or locked during a migration. No app gets an event. */
  'set-blocked': defineChange(
    { ...repositoryField, disabled: z.boolean().exactOptional(), locked: z.boolean().exactOptional() },
    (context, input) => {
      const repository = resolveRepository(context, input.repository);
      repository.disabled = input.disabled ?? repository.disabled;
      repository.locked = input.locked ?? repository.locked ?? false;
      return undefined;
    },
  ),
};

function resolve(
  context: ChangeContext,
  input: { repository: string; as?: string },
): { repository: Repository; organization: Organization; sender: User } {
  const repository = resolveRepository(context, input.repository);
  const organization = organizationOf(context, repository);
  return { repository, organization, sender: resolveActor(context, organization, input.as) };
}

/** The bare repository stays on disk: forks may share its objects. */
export function removeRepository(context: ChangeContext, repository: Repository): void {
  renameParent(context.state, fullName(context.state, repository), undefined);
  context.state.repositories.delete(repository.id);
  forget(context, repository);
}

function newRepository(
  context: ChangeContext,
  organization: Organization,
  input: Pick<Repository, 'name' | 'visibility' | 'description' | 'forkOf' | 'defaultBranch'>,
): Repository {
  const { state } = context;
  requireFreeName(context, organization.id, input.name);
  if (input.visibility === 'internal' && organization.enterprise === undefined) {
    throw new ChangeError(`${organization.login} belongs to no enterprise, so nothing there can be internal`);
  }
  const id = state.nextId++;
  const now = isoSeconds(context.now());
  const repository: Repository = {
    id,
    nodeId: nodeId('R', id),
    organizationId: organization.id,
    name: input.name,
    visibility: input.visibility,
    ...(input.description !== undefined && { description: input.description }),
    ...(input.forkOf !== undefined && { forkOf: input.forkOf }),
    archived: false,
    disabled: false,
    defaultBranch: input.defaultBranch,
    gitDirectory: join(context.gitRoot, `${id}.git`),
    createdAt: now,
    pushedAt: now,
    collaborators: new Map(),
  };
  state.repositories.set(id, repository);
  // A repository that takes a former name ends its redirect.
  state.formerNames.delete(fullName(state, repository).toLowerCase());
  return repository;
}

/**
 * Renames a repository. The old name redirects to the new one until another repository takes it; forks name their parent by the new one.
 */
function moveTo(
  state: GitHubState,
  repository: Repository,
  organization: Organization,
  newName: string,
): void {
  const from = fullName(state, repository);
  repository.organizationId = organization.id;
  repository.name = newName;
  const to = fullName(state, repository);
  state.formerNames.set(from.toLowerCase(), repository.id);
  state.formerNames.delete(to.toLowerCase());
  renameParent(state, from, to);
}

/** Updates the parent's name in forks. @param to - undefined once the parent is gone; its forks then have no parent. */
export function renameParent(state: GitHubState, from: string, to: string | undefined): void {
  for (const fork of state.repositories.values()) {
    if (fork.forkOf?.toLowerCase() !== from.toLowerCase()) continue;
    if (to === undefined) delete fork.forkOf;
    else fork.forkOf = to;
  }
}

/** Removes the repository from teams, selections and former names of its organization. */
function forget({ state }: ChangeContext, repository: Repository): void {
  for (const team of teamsOf(state, repository.organizationId)) team.repositories.delete(repository.id);
  for (const installation of state.installations.values()) installation.repositoryIds.delete(repository.id);
  for (const [former, id] of state.formerNames) {
    if (id === repository.id && findRepository(state, former)?.repository !== repository)
      state.formerNames.delete(former);
  }
}

function emitRepository(
  context: ChangeContext,
  repository: Repository,
  action: string,
  sender: User,
  more: Record<string, unknown> = {},
): void {
  context.emit({
    name: 'repository',
    action,
    organizationId: repository.organizationId,
    repositoryId: repository.id,
    sender,
    body: { ...more, repository: context.payloads.repository(repository) },
  });
}

function emitOutOfReach(
  context: ChangeContext,
  organization: Organization,
  repository: Repository,
  sender: User,
): void {
  for (const installation of context.state.installations.values()) {
    if (installation.organizationId !== organization.id || installation.suspendedAt !== undefined) continue;
    if (installation.repositorySelection === 'selected' && !installation.repositoryIds.has(repository.id))
      continue;
    context.emit({
      name: 'installation_repositories',
      action: 'removed',
      organizationId: organization.id,
      installation,
      sender,
      body: {
        repository_selection: installation.repositorySelection,
        repositories_added: [],
        repositories_removed: [context.payloads.repositoryReference(repository)],
        requester: null,
      },
    });
  }
}
