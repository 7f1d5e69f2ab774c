import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from '../../faults/faults.ts';
import type { GitObjects } from '../../git/objects.ts';
import type { GitRef } from '../../git/refs.ts';
import type { Reply } from '../../server/reply.ts';
import type { RoutePattern } from '../../server/router.ts';
import { existing, findRepository, findWorkspace, workspaceOf } from '../find.ts';
import { includes, type RightsContext } from '../rights.ts';
import type { ApiScope, Scope } from '../scopes.ts';
import type { Account, BitbucketState, Repository, RepositoryPermission, Workspace } from '../state.ts';
import { belongsTo, type Credential, permissionOf } from './credentials.ts';
import { forbidden, noRepository, notFound, takenForSpam } from './http.ts';

/** The addresses of the simulator; no trailing slash. `web` stands for bitbucket.org, `api` for api.bitbucket.org. */
export interface Addresses {
  readonly web: string;
  readonly api: string;
  readonly control: string;
}

/** What the routes work with. */
export interface Services {
  readonly addresses: Addresses;
  readonly objects: GitObjects;
  now(): number;
  random(bytes: number): Uint8Array;
  /** Saves the state after a route has changed it. */
  changed(): Promise<void>;
  /** The result of a computation on the state; it is kept until the state or the minute changes. */
  remember<Result>(state: BitbucketState, key: string, compute: () => Result): Result;
}

/** One request, after its credential was checked and its route found. */
export interface Context extends RightsContext {
  readonly services: Services;
  readonly state: BitbucketState;
  readonly credential: Credential | undefined;
  readonly url: URL;
  /** Pattern of the route. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  refs(repository: Repository): readonly GitRef[];
  fault(kind: string, more?: Record<string, string>): Fault | undefined;
}

/** What a request needs: all of one list, depending on the kind of its credential. */
export interface RequiredScopes {
  readonly scopes: readonly Scope[];
  readonly apiScopes: readonly ApiScope[];
}

/** One endpoint. */
export interface Route extends RoutePattern, RequiredScopes {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Whether it answers without a credential; then the handler decides. */
  readonly open?: true;
  /** Whether it refuses access tokens: https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/ */
  readonly people?: true;
  handle(context: Context): Reply | Promise<Reply>;
}

/** @throws RefusalError 404, 410 */
export function workspaceAt({ state, params }: Context): Workspace {
  const wanted = params.workspace ?? '';
  const workspace = findWorkspace(state, wanted);
  if (workspace === undefined) throw notFound(`No workspace with identifier '${wanted}'.`);
  if (workspace.spam) throw takenForSpam();
  return workspace;
}

/** A workspace that the request comes from within. @throws RefusalError 403 */
export function ownWorkspaceAt(context: Context): Workspace {
  const workspace = workspaceAt(context);
  if (!belongsTo(context.state, context.credential, workspace)) throw forbidden();
  return workspace;
}

/** Whether the requester administers a workspace. */
export const administers = ({ credential }: Context, { members }: Workspace): boolean =>
  credential?.account !== undefined && members.get(credential.account.uuid)?.role === 'owner';

/** @throws RefusalError 403 */
export function administeredWorkspaceAt(context: Context): Workspace {
  const workspace = ownWorkspaceAt(context);
  if (!administers(context, workspace)) throw forbidden();
  return workspace;
}

/**
 * The repository of a request; with `{}` as the workspace any that the UUID names.
 *
 * @param least the permission that the request needs there
 * @throws RefusalError 404 for one that the requester may not read, 403 for less than the permission, 410
 */
export function repositoryAt(context: Context, least: RepositoryPermission = 'read'): Repository {
  const { state, params, credential } = context;
  const wanted = params.repository ?? '';
  const anywhere = params.workspace === '{}' ? state.repositories.get(wanted) : undefined;
  const workspace = anywhere ? workspaceOf(state, anywhere) : findWorkspace(state, params.workspace ?? '');
  if (workspace?.spam) throw takenForSpam();
  const repository = anywhere ?? (workspace && findRepository(state, workspace, wanted));
  const permission = repository && permissionOf(state, credential, repository);
  if (repository === undefined || permission === undefined) throw noRepository();
  if (!includes(permission, least)) throw forbidden();
  return repository;
}

/** The person who sends a request. @throws RefusalError 403 for a credential that is nobody's */
export function personAt({ credential }: Context): Account {
  if (credential?.account === undefined) throw forbidden();
  return existing(credential.account, 'account');
}
