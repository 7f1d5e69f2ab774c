/**
 * What is given on projects. The documentation says that the list of permissions has it, a report that it lacks it. So both are read, and where they
 * disagree that is said.
 */
import { ForgeError } from '../errors.ts';
import type { Reading } from '../reading.ts';
import type { Account } from './account.ts';
import { readGroups } from './groups.ts';
import type { Requests } from './requests.ts';
import { projectGroupSchema, projectUserSchema, type RepositoryItem, type Row } from './schema.ts';

/** What an account may do with each repository of a project. */
export type Given = Omit<Row, 'repository'>;

export interface ProjectGrants {
  /** By the keys of projects. */
  readonly given: ReadonlyMap<string, readonly Given[]>;
  /** Of these, what is given to people by themselves. */
  readonly toUsers: ReadonlyMap<string, readonly Given[]>;
  /** Groups that are given something and whose members are not told, as `slug on KEY`, and why; undefined if there are none. */
  readonly untold: { readonly groups: readonly string[]; readonly why: string } | undefined;
  /** Whether the credential may not ask what is given on some of the projects. */
  readonly isPartial: boolean;
}

/** Without the scope for it there is only the list of permissions. */
export async function readProjectGrants(
  requests: Requests,
  reading: Reading,
  account: Account,
  keys: readonly string[],
): Promise<ProjectGrants> {
  const given = new Map<string, readonly Given[]>();
  const toUsers = new Map<string, readonly Given[]>();
  const untold: string[] = [];
  let answer: Awaited<ReturnType<typeof readGroups>> | undefined;
  for (const key of keys) {
    const explicit = await readExplicit(requests, reading, account, key).catch(undefinedIfRefused);
    if (explicit === undefined) {
      continue;
    }
    const { users, groups } = explicit;
    if (groups.length > 0) {
      answer ??= await readGroups(requests, account);
    }
    const known = new Map(
      answer !== undefined && 'groups' in answer
        ? answer.groups.map(({ slug, members }) => [slug, members])
        : [],
    );
    toUsers.set(key, users);
    given.set(key, [
      ...users,
      ...groups.flatMap(({ permission, group }) =>
        (known.get(group.slug) ?? []).map((user) => ({ permission, user })),
      ),
    ]);
    if (answer !== undefined && 'hiddenReason' in answer) {
      untold.push(...groups.map(({ group }) => `${group.slug} on ${key}`));
    }
  }
  const why = answer !== undefined && 'hiddenReason' in answer ? answer.hiddenReason : undefined;
  return {
    ...{ given, toUsers, isPartial: given.size < new Set(keys).size },
    untold: why === undefined ? undefined : { groups: untold, why },
  };
}

async function readExplicit(requests: Requests, reading: Reading, { uuid: workspace }: Account, key: string) {
  const base = '/2.0/workspaces/:workspace/projects/:key/permissions-config';
  const path = { workspace, key };
  const users = await reading.list(
    `users of project ${key}`,
    projectUserSchema,
    requests.list(
      'project users',
      { route: `${base}/users`, path },
      projectUserSchema,
      ({ user }) => user.uuid,
    ),
  );
  const groups = await reading.list(
    `groups of project ${key}`,
    projectGroupSchema,
    requests.list(
      'project groups',
      { route: `${base}/groups`, path },
      projectGroupSchema,
      ({ group }) => group.slug,
    ),
  );
  return { users, groups };
}

function undefinedIfRefused(error: unknown): undefined {
  if (!(error instanceof ForgeError) || error.code !== 'insufficient-scope') {
    throw error;
  }
}

/**
 * Why rights are missing from what was read, as text for an owner; undefined if none are known to be. Groups whose members nobody tells lose nothing
 * as long as the list has what is given on projects. It has not if it lacks somebody to whom a project is given.
 */
export function missingRights(
  rows: readonly Row[],
  repositories: readonly Pick<RepositoryItem, 'uuid' | 'project'>[],
  { untold, toUsers }: ProjectGrants,
): string | undefined {
  if (untold === undefined) {
    return undefined;
  }
  const listed = new Set(rows.map(({ user, repository }) => `${user.uuid} ${repository.uuid}`));
  const isLacking = repositories.some(({ uuid, project }) =>
    (toUsers.get(project.key) ?? []).some(
      ({ permission, user }) => permission !== 'none' && !listed.has(`${user.uuid} ${uuid}`),
    ),
  );
  return isLacking
    ? `the list of permissions lacks what is given on projects, and nobody tells who is in ${namesOf(untold.groups)}: ${untold.why}`
    : undefined;
}

/** What the list alone says, as the end of how the permissions were read; empty if projects were read too. */
export function readWithout({ untold, isPartial }: ProjectGrants): string {
  return [
    untold && `; who is in ${namesOf(untold.groups)} is not told, so the list alone counts there`,
    isPartial ? '; the credential may not read what is given on projects, so the list alone counts' : '',
  ].join('');
}

const namedMax = 5;

function namesOf(groups: readonly string[]): string {
  const more = groups.length > namedMax ? ` and ${groups.length - namedMax} others` : '';
  return `${groups.slice(0, namedMax).join(', ')}${more}`;
}
