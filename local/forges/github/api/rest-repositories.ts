import type { Repository } from '../state.ts';
import { type Context, type Route, repositoryRoutes } from './context.ts';
import { NOT_FOUND, RefusalError, type Reply } from './http.ts';
import { paged } from './paging.ts';
import {
  type Affiliation,
  collaboratorsOf,
  effectivePermission,
  findUser,
  fullName,
  roleName,
} from './rights.ts';
import { collaboratorShape } from './shapes-people.ts';
import { fullRepositoryShape } from './shapes-repository.ts';
import { signArchivePath } from './signed-links.ts';

function isAffiliation(text: string): text is Affiliation {
  return text === 'all' || text === 'direct' || text === 'outside';
}

/** Each one's permission is the highest over all sources, whatever the affiliation requested. */
function listCollaborators(context: Context, repository: Repository): Reply {
  const { services, state } = context;
  const query = context.url.searchParams;
  const affiliation = query.get('affiliation') ?? 'all';
  if (!isAffiliation(affiliation)) throw new RefusalError({ status: 422, message: 'Validation Failed' });
  const wanted = query.get('permission');
  const all = collaboratorsOf(state, repository, affiliation)
    .map((user) => ({ user, permission: effectivePermission(state, repository, user.id) }))
    .filter(({ permission }) => wanted === null || permission === wanted)
    .sort((a, b) => a.user.id - b.user.id);
  const { items, headers } = paged(context, all);
  const json = items.map(({ user, permission }) => collaboratorShape(services.addresses, user, permission));
  return { status: 200, headers, json };
}

/** `permission` has only four values: `maintain` is shown as `write` and `triage` as `read`. */
const LEGACY = { pull: 'read', triage: 'read', push: 'write', maintain: 'write', admin: 'admin' } as const;

function showPermission({ services, state, params }: Context, repository: Repository): Reply {
  const user = findUser(state, params.username ?? '');
  if (user === undefined)
    throw new RefusalError({ status: 404, message: `${params.username} is not a user` });
  const own = effectivePermission(state, repository, user.id);
  const permission = own ?? (repository.visibility === 'public' ? 'pull' : undefined);
  return {
    status: 200,
    json: {
      permission: permission === undefined ? 'none' : LEGACY[permission],
      role_name: roleName(permission),
      user: collaboratorShape(services.addresses, user, permission),
    },
  };
}

/** Redirects to the archive. A missing ref is found by the host of the link; an empty repository is answered here. */
function redirectToArchive({ services, state, params, refs }: Context, repository: Repository): Reply {
  if (refs(repository).length === 0) throw new RefusalError(NOT_FOUND);
  const target = { repositoryId: repository.id, ref: params.ref ?? repository.defaultBranch };
  const path = signArchivePath(state.app, fullName(state, repository), target, services.now());
  return { status: 302, headers: { location: `${services.addresses.codeload}${path}` } };
}

const CONTENTS = { permissions: ['contents'], contents: true };
const COLLABORATORS = { permissions: ['metadata', 'members'] };

/** Routes of repositories, their collaborators and their archives. */
export const repositoryAndArchiveRoutes: readonly Route[] = [
  ...repositoryRoutes('', { permissions: [] }, ({ services, state, viewer }, repository) => ({
    status: 200,
    json: fullRepositoryShape(services.addresses, state, repository, viewer.sees),
  })),
  ...repositoryRoutes('/collaborators', COLLABORATORS, listCollaborators),
  ...repositoryRoutes('/collaborators/{username}/permission', { permissions: ['metadata'] }, showPermission),
  ...repositoryRoutes('/zipball', CONTENTS, redirectToArchive),
  ...repositoryRoutes('/zipball/{+ref}', CONTENTS, redirectToArchive),
];
