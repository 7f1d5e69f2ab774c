import type { GitHubState, Installation, Repository, User } from '../state.ts';
import type { Context, Route } from './context.ts';
import { NOT_FOUND, parseJsonObject, RefusalError, type Reply } from './http.ts';
import { paged } from './paging.ts';
import { effectivePermission, permissionFlags } from './rights.ts';
import type { Schema } from './schemas.ts';
import { appShape, installationShape } from './shapes-app.ts';
import { organizationShape, publicUserShape, userShape } from './shapes-people.ts';
import { repositoryShape } from './shapes-repository.ts';
import { installationRepositories } from './tokens.ts';

function viewingUser({ viewer }: Context): User {
  if (viewer.credential.kind !== 'user')
    throw new RefusalError({ status: 401, message: 'Requires authentication' });
  return viewer.credential.user;
}

/** Repositories that both the App and the person may read. */
function sharedRepositories(state: GitHubState, installation: Installation, user: User): Repository[] {
  return installationRepositories(state, installation).filter(
    (repository) => effectivePermission(state, repository, user.id) !== undefined,
  );
}

/** Owners see an installation, and everybody who may read one of its repositories, including outside collaborators. */
function sees(state: GitHubState, installation: Installation, user: User): boolean {
  const membership = state.organizations.get(installation.organizationId)?.members.get(user.id);
  const isOwner = membership?.role === 'admin' && membership.state === 'active';
  return isOwner || sharedRepositories(state, installation, user).length > 0;
}

function listInstallations(context: Context): Reply {
  const { services, state } = context;
  const user = viewingUser(context);
  const seen = [...state.installations.values()].filter((installation) => sees(state, installation, user));
  const { items, headers } = paged(context, seen);
  const installations = items.map((each) => installationShape(services.addresses, state, each));
  return { status: 200, headers, json: { total_count: seen.length, installations } };
}

function listInstallationRepositories(context: Context): Reply {
  const { services, state, params } = context;
  const user = viewingUser(context);
  const installation = state.installations.get(Number(params.installation_id));
  if (installation === undefined || !sees(state, installation, user)) throw new RefusalError(NOT_FOUND);
  const all = sharedRepositories(state, installation, user);
  const { items, headers } = paged(context, all);
  const repositories = items.map((repository) => ({
    ...repositoryShape(services.addresses, state, repository),
    permissions: permissionFlags(effectivePermission(state, repository, user.id)),
  }));
  return { status: 200, headers, json: { total_count: all.length, repositories } };
}

/**
 * Whether the list includes organizations without the App is not documented; here it does. Organizations that did not grant the App the
 * permission to read members are left out.
 */
function listMemberships(context: Context): Reply {
  const { services, state, url } = context;
  const { addresses } = services;
  const user = viewingUser(context);
  const wanted = url.searchParams.get('state');
  const installations = [...state.installations.values()];
  const all = [...state.organizations.values()].flatMap((organization) => {
    const membership = organization.members.get(user.id);
    const installation = installations.find(({ organizationId }) => organizationId === organization.id);
    const isHidden = installation !== undefined && installation.permissions.members === undefined;
    if (membership === undefined || isHidden) return [];
    return wanted === null || membership.state === wanted ? [{ organization, membership }] : [];
  });
  const { items, headers } = paged(context, all);
  const json = items.map(
    ({ organization, membership }): Schema<'org-membership'> => ({
      url: `${addresses.api}/orgs/${organization.login}/memberships/${user.login}`,
      state: membership.state,
      role: membership.role,
      organization_url: `${addresses.api}/orgs/${organization.login}`,
      organization: organizationShape(addresses, organization),
      user: userShape(addresses, user),
    }),
  );
  return { status: 200, headers, json };
}

/** The token in the request body, and its user. */
function grantOf({ services, state, params, body }: Context): { token: string; userId: number } {
  if (params.client_id !== state.app.clientId) throw new RefusalError(NOT_FOUND);
  const token = parseJsonObject(body).access_token;
  if (typeof token !== 'string') throw new RefusalError({ status: 422, message: 'Validation Failed' });
  const userId = services.tokens.users.userOf(token);
  if (userId === undefined) throw new RefusalError(NOT_FOUND);
  return { token, userId };
}

/** https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest */
async function convertManifest({ services, state, params }: Context): Promise<Reply> {
  const app = await services.registrations?.convert(params.code ?? '');
  if (app === undefined) throw new RefusalError(NOT_FOUND);
  const json: NonNullable<Schema<'integration'>> &
    Record<'client_id' | 'client_secret' | 'webhook_secret' | 'pem', string> = {
    ...appShape(services.addresses, { ...state, app, installations: new Map() }),
    client_id: app.clientId,
    client_secret: app.clientSecret,
    webhook_secret: app.webhookSecret,
    pem: app.privateKey,
  };
  return { status: 201, json };
}

/** Routes for people's tokens, and routes that revoke them. They must precede `/user/{account_id}`. */
export const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/user',
    auth: 'user',
    handle: (context) => ({
      status: 200,
      json: publicUserShape(context.services.addresses, viewingUser(context)),
    }),
  },
  { method: 'GET', pattern: '/user/installations', auth: 'user', handle: listInstallations },
  {
    method: 'GET',
    pattern: '/user/installations/{installation_id}/repositories',
    auth: 'user',
    handle: listInstallationRepositories,
  },
  { method: 'GET', pattern: '/user/memberships/orgs', auth: 'user', handle: listMemberships },
  {
    method: 'DELETE',
    pattern: '/applications/{client_id}/token',
    auth: 'client',
    handle: (context) => {
      context.services.tokens.users.revoke(grantOf(context).token);
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    pattern: '/applications/{client_id}/grant',
    auth: 'client',
    handle: (context) => {
      context.services.tokens.users.endGrants(grantOf(context).userId);
      return { status: 204 };
    },
  },
  { method: 'POST', pattern: '/app-manifests/{code}/conversions', auth: 'open', handle: convertManifest },
];
