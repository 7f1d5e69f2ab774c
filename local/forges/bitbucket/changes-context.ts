import { z } from 'zod';
import { ChangeError, changesOf } from '../control/change.ts';
import { findAccount, findProject, findRepository, findWorkspace, fullName } from './find.ts';
import type { Pushes } from './git-push.ts';
import type { GrantStore } from './grants.ts';
import type { Payloads } from './payloads.ts';
import type { Account, BitbucketState, Project, Repository, Workspace } from './state.ts';
import type { BitbucketEvent } from './webhooks.ts';

/** What changes work with. */
export interface ChangeContext {
  readonly state: BitbucketState;
  readonly payloads: Payloads;
  readonly pushes: Pushes;
  readonly grants: GrantStore;
  /** Folder of the bare repositories. */
  readonly gitRoot: string;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly emit: (event: BitbucketEvent) => void;
}

/** Defines a change. `as` names who makes it: by default the first owner of the workspace. */
export const defineChange = changesOf<ChangeContext>();

/** The slug or UUID of a workspace; by default the first one. */
export const workspaceField = z.string().exactOptional();

function required<Thing>(
  found: Thing | undefined,
  what: string,
  name: string,
  known: readonly string[],
): Thing {
  if (found !== undefined) return found;
  const some = known.length > 20 ? `${known.slice(0, 20).join(', ')}, ...` : known.join(', ') || 'none';
  throw new ChangeError(`there is no ${what} "${name}"; there are: ${some}`);
}

export function resolveAccount({ state }: ChangeContext, name: string): Account {
  const known = [...state.accounts.values()].map(({ nickname }) => nickname);
  return required(findAccount(state, name), 'user', name, known);
}

export function resolveWorkspace({ state }: ChangeContext, name?: string): Workspace {
  const known = [...state.workspaces.values()];
  const found = name === undefined ? known[0] : findWorkspace(state, name);
  const slugs = known.map(({ slug }) => slug);
  return required(found, 'workspace', name ?? '', slugs);
}

/** @param name `workspace/KEY`, or a UUID */
export function resolveProject(context: ChangeContext, name: string): Project {
  const { state } = context;
  const [slug = '', key = ''] = name.split('/');
  const workspace = findWorkspace(state, slug);
  const found = state.projects.get(name) ?? (workspace && findProject(state, workspace, key));
  const known = [...state.projects.values()].map(
    (project) => `${state.workspaces.get(project.workspace)?.slug}/${project.key}`,
  );
  return required(found, 'project', name, known);
}

/** @param name `workspace/slug`, or a UUID */
export function resolveRepository({ state }: ChangeContext, name: string): Repository {
  const [slug = '', rest = ''] = name.split('/');
  const workspace = findWorkspace(state, slug);
  const found = state.repositories.get(name) ?? (workspace && findRepository(state, workspace, rest));
  const known = [...state.repositories.values()].map((repository) => fullName(state, repository));
  return required(found, 'repository', name, known);
}

/** Who makes the change. @param name undefined means the first owner of the workspace */
export function resolveActor(
  context: ChangeContext,
  { members }: Workspace,
  name: string | undefined,
): Account | undefined {
  if (name !== undefined) return resolveAccount(context, name);
  const [owner] = [...members].filter(([, { role }]) => role === 'owner');
  return owner && context.state.accounts.get(owner[0]);
}

export const timeOf = ({ now }: ChangeContext): string => new Date(now()).toISOString();
