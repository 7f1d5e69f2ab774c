import type { Account, BitbucketState, Project, Repository, Workspace } from './state.ts';

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** By UUID with its braces, or by a name. */
function findIn<Thing extends { readonly uuid: string }>(
  things: ReadonlyMap<string, Thing>,
  wanted: string,
  isNamed: (thing: Thing) => boolean,
): Thing | undefined {
  return things.get(wanted) ?? [...things.values()].find(isNamed);
}

/** @param wanted UUID, account id or nickname */
export const findAccount = ({ accounts }: BitbucketState, wanted: string): Account | undefined =>
  findIn(accounts, wanted, ({ nickname, accountId }) => same(nickname, wanted) || accountId === wanted);

/** @param wanted UUID or slug */
export const findWorkspace = ({ workspaces }: BitbucketState, wanted: string): Workspace | undefined =>
  findIn(workspaces, wanted, ({ slug }) => same(slug, wanted));

/** @param wanted UUID or slug */
export const findRepository = (
  { repositories }: BitbucketState,
  workspace: Workspace,
  wanted: string,
): Repository | undefined => {
  const found = findIn(
    repositories,
    wanted,
    ({ slug, workspace: of }) => of === workspace.uuid && same(slug, wanted),
  );
  return found?.workspace === workspace.uuid ? found : undefined;
};

/** @param wanted UUID or key */
export const findProject = (
  { projects }: BitbucketState,
  workspace: Workspace,
  wanted: string,
): Project | undefined => {
  const found = findIn(
    projects,
    wanted,
    ({ key, workspace: of }) => of === workspace.uuid && same(key, wanted),
  );
  return found?.workspace === workspace.uuid ? found : undefined;
};

export function workspaceOf(state: BitbucketState, { workspace }: Repository | Project): Workspace {
  return existing(state.workspaces.get(workspace), workspace);
}

export function projectOf(state: BitbucketState, { project }: Repository): Project {
  return existing(state.projects.get(project), project);
}

export function fullName(state: BitbucketState, repository: Repository): string {
  return `${workspaceOf(state, repository).slug}/${repository.slug}`;
}

/** For what the state itself names. */
export function existing<Thing>(thing: Thing | undefined, name: string): Thing {
  if (thing === undefined) throw new Error(`there is no ${name}`);
  return thing;
}
