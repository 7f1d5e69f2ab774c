/**
 * Who may read which repository. Bitbucket has a list of everybody's effective permissions. Whether what is given on projects is in it is not
 * certain, so that is read beside it, and the higher of both counts.
 */
import { z } from 'zod';
import type { CollaboratorFact } from '../../domain/facts.ts';
import type { ForgeOrganizationId, ForgeRepositoryId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import { fixedPageSize } from '../pages.ts';
import type { Reading } from '../reading.ts';
import type { ProjectGrants } from './project-grants.ts';
import { itemsPerPage, type Requests, type Route } from './requests.ts';
import { fieldsOf, loginOf, type RepositoryItem, type Row, rowFields, rowSchema } from './schema.ts';

/** From low to high. A permission that is not here gives nothing. */
const levels = ['read', 'write', 'admin'];

/** On the repositories of a project: to create some includes to write to all. */
const onRepositories = (permission: string): string => (permission === 'create-repo' ? 'write' : permission);

const higher = (one: string | undefined, other: string): string =>
  one === undefined || levels.indexOf(other) > levels.indexOf(one) ? other : one;

const keyOf = ({ user, repository }: Row): string => `${user.uuid} ${repository.uuid}`;

const rowsRoute = '/2.0/workspaces/:workspace/permissions/repositories';

/** Of all repositories of the workspace, or of one. */
export async function listRows(
  requests: Requests,
  reading: Reading,
  workspace: ForgeOrganizationId,
  repository?: ForgeRepositoryId,
): Promise<readonly Row[]> {
  const route: Route = {
    route: repository === undefined ? rowsRoute : `${rowsRoute}/:repository`,
    path: { workspace, ...(repository !== undefined && { repository }) },
    query: { fields: fieldsOf(rowFields) },
  };
  const name = repository === undefined ? 'permissions' : `permissions of ${repository}`;
  return reading.list(name, rowSchema, requests.list('permissions', route, rowSchema, keyOf));
}

/** What everybody's permissions are read with. */
export interface PermissionRequests {
  readonly requests: Requests;
  /** How many pages one list may have. A longer one would wait for the next hour, and its pages would not fit together. */
  readonly pagesMax: number;
  /** How many requests a read in steps may take, so that it ends before it would start over. */
  readonly requestsMax: number;
}

const sizeSchema = z.object({ size: z.int().nonnegative().optional() });

/** How many rows there are; undefined where Bitbucket does not say. */
async function countRows(
  requests: Requests,
  reading: Reading,
  workspace: ForgeOrganizationId,
): Promise<number | undefined> {
  const route = { route: rowsRoute, path: { workspace }, query: { pagelen: 10, fields: 'size' } };
  const [counted] = await reading.list('number of permissions', sizeSchema, {
    ...{ what: 'the number of permissions', key: () => 'size', size: fixedPageSize(1) },
    read: async () => ({
      pageInfo: { hasNextPage: false, endCursor: null },
      items: [await requests.get(route, sizeSchema)],
    }),
  });
  return counted?.size;
}

/**
 * Everybody's permissions on all repositories: from one list, or where that is too long for an hour from each repository's own.
 *
 * @throws ForgeError `incomplete` where there are too many for either, before they are read
 */
export async function readRows(
  { requests, pagesMax, requestsMax }: PermissionRequests,
  reading: Reading,
  workspace: ForgeOrganizationId,
  repositories: readonly Pick<RepositoryItem, 'uuid'>[],
): Promise<{ readonly rows: readonly Row[]; readonly readBy: string }> {
  const size = await countRows(requests, reading, workspace);
  if (size === undefined || size <= pagesMax * itemsPerPage) {
    const rows = await listRows(requests, reading, workspace);
    return { rows, readBy: `from one list of ${rows.length} permissions` };
  }
  const least = Math.max(repositories.length, Math.ceil(size / itemsPerPage));
  if (least > requestsMax) {
    throw new ForgeError(
      'incomplete',
      `Bitbucket has ${size} permissions on ${repositories.length} repositories: to read them takes ${least} requests, and ${requestsMax} are possible in a day`,
    );
  }
  const rows: Row[] = [];
  for (const { uuid } of repositories) {
    for (const row of await listRows(requests, reading, workspace, uuid)) {
      rows.push(row);
    }
  }
  const readBy = `repository by repository, because one list of ${rows.length} permissions would be too long for an hour`;
  return { rows, readBy };
}

/** The facts of some repositories: for each account the highest permission that is given to it. */
export function collaboratorFacts(
  rows: readonly Row[],
  repositories: readonly Pick<RepositoryItem, 'uuid' | 'project'>[],
  { given: grants }: Pick<ProjectGrants, 'given'>,
): readonly CollaboratorFact[] {
  const found = new Map<string, Row>();
  const inherited = repositories.flatMap(({ uuid: repository, project }) =>
    (grants.get(project.key) ?? []).map((given) => ({
      ...given,
      repository: { uuid: repository },
      permission: onRepositories(given.permission),
    })),
  );
  const known = new Set(repositories.map(({ uuid }) => uuid));
  for (const row of [...rows, ...inherited]) {
    if (known.has(row.repository.uuid) && levels.includes(row.permission)) {
      const key = keyOf(row);
      found.set(key, { ...row, permission: higher(found.get(key)?.permission, row.permission) });
    }
  }
  return [...found.values()].map(({ user, repository, permission }) => ({
    ...{ kind: 'collaborator', account: user.uuid, login: loginOf(user), permission },
    repository: repository.uuid,
  }));
}
