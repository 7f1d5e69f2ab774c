import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from '../../faults/faults.ts';
import type { GitObjects } from '../../git/objects.ts';
import type { GitRef } from '../../git/refs.ts';
import { RefusalError, type Reply } from '../../server/reply.ts';
import type { RoutePattern } from '../../server/router.ts';
import { findGroup, findProject, fullPath } from '../paths.ts';
import {
  effectiveLevel,
  type ProjectAccess,
  projectAccess,
  type RightsContext,
  seesGroup,
} from '../rights.ts';
import type { GitLabState, Group, Project, Scope, User } from '../state.ts';
import type { Credential } from './credentials.ts';
import { forbidden, movedProject, notFound, unauthorized } from './http.ts';

/** The addresses of the simulator; no trailing slash. `web` includes the relative URL root. */
export interface Addresses {
  readonly web: string;
  readonly control: string;
}

/** What the routes work with. */
export interface Services {
  readonly addresses: Addresses;
  readonly objects: GitObjects;
  readonly hooks: HookSender;
  now(): number;
  random(bytes: number): Uint8Array;
  /** The refs that a list of branches shows: as they were at most half a minute ago. */
  cachedBranches(project: Project, read: () => readonly GitRef[]): readonly GitRef[];
  /** Saves the state after a route has changed it. */
  changed(): Promise<void>;
}

/** Sends single deliveries on somebody's request. */
export interface HookSender {
  /** Sends an example of an event. @returns the receiver's status; 0 if there was no answer */
  test(hookId: number, trigger: string): Promise<number | undefined>;
  /** Sends a delivery again. @returns the receiver's status; undefined if there is no such delivery */
  resend(hookId: number, deliveryId: number): Promise<number | undefined>;
}

/** One REST request, after its credential was checked and its route found. */
export interface Context extends RightsContext {
  readonly services: Services;
  readonly state: GitLabState;
  readonly credential: Credential | undefined;
  readonly user: User | undefined;
  readonly method: string;
  readonly url: URL;
  /** Path below the API's root, without the query. */
  readonly path: string;
  /** Pattern of the route. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  refs(project: Project): readonly GitRef[];
  fault(kind: string, more?: Record<string, string>): Fault | undefined;
}

/** One endpoint of the REST API, below `/api/v4`. */
export interface Route extends RoutePattern {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Scopes that are enough besides `api`, and `read_api` for reading. */
  readonly scopes?: readonly Scope[];
  /** Whether a token with any scope will do. */
  readonly anyScope?: true;
  /** Whether it answers without a credential; then the handler decides. */
  readonly open?: true;
  handle(context: Context): Reply | Promise<Reply>;
}

export function requireUser({ user }: Context): User {
  if (user === undefined) throw unauthorized();
  return user;
}

/** @throws RefusalError 404 for a group that the requester does not see */
export function groupAt(context: Context): Group {
  const group = findGroup(context.state, context.params.id ?? '');
  if (group === undefined || !seesGroup(context, group, context.user)) throw notFound('Group');
  return group;
}

/**
 * The project of a request with what the requester may do there.
 *
 * @throws RefusalError 404 for a project that he does not see; 301 to its id for a former path, 405 with other methods
 */
export function projectAt(context: Context): { readonly project: Project; readonly access: ProjectAccess } {
  const { state, params, method, services, url, path } = context;
  const found = findProject(state, params.id ?? '');
  const access = found && projectAccess(context, found.project, context.user);
  if (found === undefined || !access?.sees) throw notFound('Project');
  if (found.former) {
    if (method !== 'GET' && method !== 'HEAD') throw movedProject();
    const rest = path.split('/').slice(3).join('/');
    const target = `/projects/${found.project.id}${rest === '' ? '' : `/${rest}`}`;
    throw new RefusalError({
      status: 301,
      headers: { location: `${services.addresses.web}/api/v4${target}${url.search}` },
      json: { message: `This resource has been moved permanently to ${target}` },
    });
  }
  return { project: found.project, access };
}

/** A project whose code the requester may view. @throws RefusalError 403 for one that he only sees */
export function codeAt(context: Context): Project {
  const { project, access } = projectAt(context);
  if (!access.viewsCode) {
    if (project.repositoryAccess === 'disabled') throw notFound();
    throw forbidden();
  }
  return project;
}

/** @throws RefusalError 401 without a credential, 403 below the level */
export function requireLevel(context: Context, source: Group | Project, least: number): void {
  requireUser(context);
  if (effectiveLevel(context, source, context.user) < least) throw forbidden();
}

/** Where a group or project is on the web. */
export function webUrl(
  { services, state }: Pick<Context, 'services' | 'state'>,
  source: Group | Project,
): string {
  const path = fullPath(state, source);
  return `${services.addresses.web}/${source.kind === 'group' ? `groups/${path}` : path}`;
}
