/** Loads one described instance after the other into the simulated Bitbucket. */
import type { BitbucketState, Grants } from '../../../local/forges/bitbucket/state.ts';
import type { DescribedInstance, DescribedProject, DescribedWorkspace, Given } from './instance.ts';
import { ownerName } from './random-instances.ts';

const when = '2026-01-05T09:00:00Z';
const dayMs = 24 * 60 * 60 * 1000;

/** UUIDs by name. */
export interface SimulatedIds {
  readonly accounts: ReadonlyMap<string, string>;
  /** Of the workspace that is synchronized. */
  readonly repositories: ReadonlyMap<string, string>;
}

export interface Kept {
  /** UUIDs that stay as they were. */
  readonly owner: string;
  readonly workspace: string;
  /** An existing bare repository, which all repositories share, since contents do not matter. */
  readonly gitDirectory: string;
}

/**
 * Replaces accounts, workspaces, projects and repositories. The workspace that is synchronized and its owner keep their UUIDs; all others
 * count from 1 within each kind, so that an id mistaken for another kind's exists there.
 *
 * @param now milliseconds
 */
export function simulate(
  state: BitbucketState,
  described: DescribedInstance,
  kept: Kept,
  now: number,
): SimulatedIds {
  for (const map of [state.accounts, state.workspaces, state.projects, state.repositories]) map.clear();
  const accounts = new Map<string, string>();
  for (const { nickname, deactivatedFor } of described.accounts) {
    const uuid = nickname === ownerName ? kept.owner : nextUuid(state.accounts);
    accounts.set(nickname, uuid);
    state.accounts.set(uuid, {
      ...{ uuid, nickname, displayName: nickname, email: `${nickname}@example.com`, createdOn: when },
      accountId: `557058:${nickname}`,
      ...(deactivatedFor !== undefined && {
        deactivatedAt: new Date(now - deactivatedFor * dayMs).toISOString(),
      }),
    });
  }
  const loading = { state, accounts, gitDirectory: kept.gitDirectory };
  const [ours, theirs] = described.workspaces;
  // The other one comes first, as what is found by name alone would be its.
  addWorkspace(loading, theirs, nextUuid(state.workspaces));
  return { accounts, repositories: addWorkspace(loading, ours, kept.workspace) };
}

interface Loading {
  readonly state: BitbucketState;
  readonly accounts: ReadonlyMap<string, string>;
  readonly gitDirectory: string;
}

/** @returns the UUIDs of its repositories */
function addWorkspace(
  loading: Loading,
  described: DescribedWorkspace,
  uuid: string,
): ReadonlyMap<string, string> {
  const { state, accounts } = loading;
  const { slug, people, groups, projects } = described;
  state.workspaces.set(uuid, {
    ...{ uuid, slug, name: slug, createdOn: when },
    members: new Map([...people].map(([name, role]) => [idOf(accounts, name), { role, addedOn: when }])),
    groups: new Map(
      [...groups].map(([name, members]) => [
        name,
        { slug: name, name, members: new Set(members.map((each) => idOf(accounts, each))) },
      ]),
    ),
  });
  return new Map(projects.flatMap((project) => addProject(loading, uuid, project)));
}

function addProject(
  { state, accounts, gitDirectory }: Loading,
  workspace: string,
  described: DescribedProject,
): readonly (readonly [slug: string, uuid: string])[] {
  const { key } = described;
  const project = nextUuid(state.projects);
  const grants = grantsOf(accounts, described);
  state.projects.set(project, {
    ...{ uuid: project, workspace, key, name: key, createdOn: when },
    ...grants,
  });
  return described.repositories.map(({ slug, isPrivate, ...given }) => {
    const uuid = nextUuid(state.repositories);
    state.repositories.set(uuid, {
      ...{ uuid, workspace, project, slug, name: slug, description: '', isPrivate, gitDirectory },
      ...{ defaultBranch: 'main', createdOn: when, updatedOn: when },
      ...grantsOf(accounts, given),
    });
    return [slug, uuid] as const;
  });
}

const grantsOf = <Permission extends string>(
  accounts: ReadonlyMap<string, string>,
  { users, groups }: Given<Permission>,
): Grants<Permission> => ({
  users: new Map([...users].map(([name, permission]) => [idOf(accounts, name), permission])),
  groups: new Map(groups),
});

const nextUuid = (things: ReadonlyMap<string, unknown>): string =>
  `{00000000-0000-4000-8000-${String(things.size + 1).padStart(12, '0')}}`;

export function idOf(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name);
  if (id === undefined) {
    throw new Error(`nothing is called ${name}`);
  }
  return id;
}
