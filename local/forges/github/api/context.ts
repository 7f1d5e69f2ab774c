import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from '../../faults/faults.ts';
import type { GitObjects } from '../../git/objects.ts';
import type { RefReader } from '../../git/ref-history.ts';
import type { GitRef } from '../../git/refs.ts';
import type { RoutePattern } from '../../server/router.ts';
import type { Registrations } from '../registrations.ts';
import type { GitHubState, Organization, Repository, Team } from '../state.ts';
import type { Budgets } from './budgets.ts';
import { NOT_FOUND, notAccessible, type Refusal, RefusalError, type Reply } from './http.ts';
import type { Addresses } from './ports.ts';
import { findOrganization, findRepository } from './rights.ts';
import type { TokenStore } from './tokens.ts';
import type { Viewer } from './viewer.ts';

/** What the routes work with. */
export interface Services {
  readonly addresses: Addresses;
  readonly objects: GitObjects;
  readonly tokens: TokenStore;
  readonly budgets: Budgets;
  readonly readRefs: RefReader;
  now(): number;
  redeliver(deliveryId: number): Promise<void>;
  /** Without it no App can be created from a manifest. */
  readonly registrations?: Registrations | undefined;
}

/** One REST request, after its credential was checked and its route found. */
export interface Context {
  readonly services: Services;
  readonly state: GitHubState;
  readonly viewer: Viewer;
  readonly url: URL;
  /** Pattern of the route. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** The path with ids instead of names, as in GitHub's own links. */
  readonly canonicalPath: string;
  readonly body: Buffer;
  refs(repository: Repository): readonly GitRef[];
  fault(kind: string, more?: Record<string, string>): Fault | undefined;
}

/** One endpoint of the REST API. */
export interface Route extends RoutePattern {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /**
   * `app`: only with the app's JWT. `installation`: only with an installation token. `user`: only with a person's token. `client`: only with
   * the client id and its secret. `open`: the handler decides.
   */
  readonly auth: 'app' | 'installation' | 'user' | 'client' | 'open';
  handle(context: Context): Reply | Promise<Reply>;
}

type Scoped<Thing> = (context: Context, workItem: Thing) => Reply | Promise<Reply>;

function requireInstallation(context: Context, organizationId: number, permission: string): void {
  const { viewer } = context;
  if (viewer.credential.kind === 'anonymous')
    throw new RefusalError({ status: 401, message: 'Requires authentication' });
  // "GitHub uses a 404 Not Found response instead of a 403 Forbidden response to avoid confirming the existence of private resources":
  // https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource
  if (viewer.installation?.organizationId !== organizationId) throw new RefusalError(NOT_FOUND);
  if (!viewer.may(permission)) throw new RefusalError(notAccessible(`${permission}=read`));
}

function organizationOf(context: Context): Organization {
  const { org, organization_id: id } = context.params;
  const { state } = context;
  const organization = org === undefined ? state.organizations.get(Number(id)) : findOrganization(state, org);
  if (organization === undefined) throw new RefusalError(NOT_FOUND);
  return organization;
}

/** Routes below an organization, by login and by id. Those without a permission are open to all. */
export function organizationRoutes(
  rest: string,
  permission: string | undefined,
  handle: Scoped<Organization>,
): Route[] {
  return [`/orgs/{org}${rest}`, `/organizations/{organization_id}${rest}`].map((pattern) => ({
    method: 'GET',
    pattern,
    auth: 'open',
    handle: (context) => {
      const organization = organizationOf(context);
      if (permission !== undefined) requireInstallation(context, organization.id, permission);
      const tail = context.url.pathname.split('/').slice(3).join('/');
      const canonicalPath = `/organizations/${organization.id}${tail === '' ? '' : `/${tail}`}`;
      return handle({ ...context, canonicalPath }, organization);
    },
  }));
}

/** Routes below a team, by slug and by id. */
export function teamRoutes(
  rest: string,
  handle: Scoped<{ team: Team; organization: Organization }>,
): Route[] {
  return [
    `/orgs/{org}/teams/{team_slug}${rest}`,
    `/organizations/{organization_id}/team/{team_id}${rest}`,
  ].map((pattern) => ({
    method: 'GET',
    pattern,
    auth: 'open',
    handle: (context) => {
      const organization = organizationOf(context);
      requireInstallation(context, organization.id, 'members');
      const { team_slug: slug, team_id: id } = context.params;
      const team = [...context.state.teams.values()].find(
        (each) =>
          each.organizationId === organization.id &&
          (slug === undefined ? each.id === Number(id) : each.slug === slug.toLowerCase()),
      );
      if (team === undefined) throw new RefusalError(NOT_FOUND);
      const canonicalPath = `/organizations/${organization.id}/team/${team.id}${rest}`;
      return handle({ ...context, canonicalPath }, { team, organization });
    },
  }));
}

const BLOCKED: Refusal = {
  status: 403,
  message: 'Repository access blocked',
  more: { block: { reason: 'tos', created_at: '2020-01-01T00:00:00Z', html_url: null } },
};

/**
 * Routes below a repository, by name and by id. A former name is answered with 301 to the path by id; a repository that the request may not
 * see counts as missing.
 *
 * @param rule.permissions the app's permissions that are needed; `contents` of a public repository is open to all
 * @param rule.contents whether git data is read, which a disabled repository refuses
 */
export function repositoryRoutes(
  rest: string,
  rule: { permissions: readonly string[]; contents?: boolean },
  handle: Scoped<Repository>,
): Route[] {
  return [`/repos/{owner}/{repo}${rest}`, `/repositories/{repository_id}${rest}`].map((pattern) => ({
    method: 'GET',
    pattern,
    auth: 'open',
    handle: (context) => {
      const { owner, repo, repository_id: id } = context.params;
      const { state, viewer } = context;
      const found = id === undefined ? findRepository(state, `${owner}/${repo}`) : undefined;
      const repository = id === undefined ? found?.repository : state.repositories.get(Number(id));
      if (repository === undefined || !viewer.sees(repository)) throw new RefusalError(NOT_FOUND);
      const tail = context.url.pathname.split('/').slice(id === undefined ? 4 : 3);
      const canonicalPath = ['', 'repositories', `${repository.id}`, ...tail].join('/');
      if (found?.former) {
        const url = `${context.services.addresses.api}${canonicalPath}${context.url.search}`;
        throw new RefusalError({
          status: 301,
          message: 'Moved Permanently',
          headers: { location: url },
          more: { url },
        });
      }
      const free = repository.visibility === 'public' && rule.contents === true;
      const granted =
        free || (viewer.inside(repository) && rule.permissions.every((permission) => viewer.may(permission)));
      if (!granted && rule.permissions.length > 0) {
        if (viewer.credential.kind === 'anonymous') {
          throw new RefusalError({ status: 401, message: 'Requires authentication' });
        }
        throw new RefusalError(
          notAccessible(rule.permissions.map((permission) => `${permission}=read`).join(',')),
        );
      }
      if (repository.disabled && rule.contents === true) throw new RefusalError(BLOCKED);
      return handle({ ...context, canonicalPath }, repository);
    },
  }));
}
