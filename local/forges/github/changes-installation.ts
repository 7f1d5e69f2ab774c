import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import { repositoriesOf } from './api/rights.ts';
import { grantedPermissions } from './app-identity.ts';
import {
  type ChangeContext,
  defineChange,
  organizationField,
  resolveActor,
  resolveOrganization,
  resolveRepository,
  resolveUser,
} from './changes-context.ts';
import type { Installation, Organization, Repository, User } from './state.ts';

const selection = z.union([z.literal('all'), z.array(z.string())]);

export const installationChanges = {
  'install-app': defineChange(
    { ...organizationField, repositories: selection.default('all') },
    (context, input) => {
      const organization = resolveOrganization(context, input.organization);
      const sender = resolveActor(context, organization, input.as);
      if (findInstallation(context, organization) !== undefined) {
        throw new ChangeError(`the app is installed on ${organization.login} already`);
      }
      const id = context.state.nextId++;
      const installation: Installation = {
        id,
        organizationId: organization.id,
        ...select(context, organization, input.repositories),
        permissions: grantedPermissions(organization, context.state.app),
        createdAt: new Date(context.now()).toISOString(),
      };
      context.state.installations.set(id, installation);
      emitInstallation(context, installation, 'created', sender, {
        ...listReached(context, installation),
        requester: null,
      });
      return { id };
    },
  ),

  'uninstall-app': defineChange(organizationField, (context, input) => {
    const { installation, sender } = resolve(context, input);
    const reached = listReached(context, installation);
    context.state.installations.delete(installation.id);
    emitInstallation(context, installation, 'deleted', sender, reached);
    return undefined;
  }),

  'suspend-app': defineChange(organizationField, (context, input) => {
    const { installation, sender } = resolve(context, input);
    installation.suspendedAt = touch(context, installation);
    const payload = context.payloads.suspendedInstallation(installation, sender);
    emitInstallation(context, installation, 'suspend', sender, { installation: payload });
    return undefined;
  }),

  'unsuspend-app': defineChange(organizationField, (context, input) => {
    const { installation, sender } = resolve(context, input);
    delete installation.suspendedAt;
    touch(context, installation);
    const payload = context.payloads.suspendedInstallation(installation, undefined);
    emitInstallation(context, installation, 'unsuspend', sender, { installation: payload });
    return undefined;
  }),

  /** Selects the repositories that the app may access; additions and removals have one event each. */
  'select-repositories': defineChange({ ...organizationField, repositories: selection }, (context, input) => {
    const { installation, organization, sender } = resolve(context, input);
    const before = reachedBy(context, installation);
    Object.assign(installation, select(context, organization, input.repositories));
    touch(context, installation);
    const after = reachedBy(context, installation);
    const added = after.filter((repository) => !before.includes(repository));
    const removed = before.filter((repository) => !after.includes(repository));
    const reference = (repository: Repository): unknown => context.payloads.repositoryReference(repository);
    for (const action of ['added', 'removed'] as const) {
      if ((action === 'added' ? added : removed).length === 0) continue;
      context.emit({
        name: 'installation_repositories',
        action,
        organizationId: organization.id,
        installation,
        sender,
        body: {
          repository_selection: installation.repositorySelection,
          repositories_added: action === 'added' ? added.map(reference) : [],
          repositories_removed: action === 'removed' ? removed.map(reference) : [],
          requester: null,
        },
      });
    }
    return undefined;
  }),

  'set-app-permissions': defineChange(
    { ...organizationField, permissions: z.record(z.string(), z.enum(['read', 'write', 'admin'])) },
    (context, input) => {
      const { installation, sender } = resolve(context, input);
      installation.permissions = input.permissions;
      touch(context, installation);
      const reached = listReached(context, installation);
      emitInstallation(context, installation, 'new_permissions_accepted', sender, reached);
      return undefined;
    },
  ),

  /** A user revokes the authorization that he once gave the app. The app gets the event whatever it subscribes to. */
  'revoke-authorization': defineChange({ user: z.string() }, (context, { user }) => {
    const sender = resolveUser(context, user);
    context.endGrants(sender.id);
    context.emit({ name: 'github_app_authorization', action: 'revoked', sender, body: {} });
    return undefined;
  }),

  /** Sets the events that the app subscribes to, as in its registration. */
  'subscribe-app': defineChange({ events: z.array(z.string()) }, ({ state }, { events }) => {
    state.app.events = events;
    return undefined;
  }),

  /** Sets where the app gets its webhooks; null: none are sent. */
  'set-webhook': defineChange({ url: z.url().nullable() }, ({ state }, { url }) => {
    if (url === null) delete state.app.webhookUrl;
    else state.app.webhookUrl = url;
    return undefined;
  }),
};

function resolve(
  context: ChangeContext,
  input: { organization?: string; as?: string },
): { installation: Installation; organization: Organization; sender: User } {
  const organization = resolveOrganization(context, input.organization);
  const installation = findInstallation(context, organization);
  if (installation === undefined) throw new ChangeError(`the app is not installed on ${organization.login}`);
  return { installation, organization, sender: resolveActor(context, organization, input.as) };
}

export function findInstallation(
  { state }: ChangeContext,
  organization: Organization,
): Installation | undefined {
  return [...state.installations.values()].find(({ organizationId }) => organizationId === organization.id);
}

function select(
  context: ChangeContext,
  organization: Organization,
  repositories: 'all' | readonly string[],
): Pick<Installation, 'repositorySelection' | 'repositoryIds'> {
  if (repositories === 'all') return { repositorySelection: 'all', repositoryIds: new Set() };
  const selected = repositories.map((name) =>
    resolveRepository(context, name.includes('/') ? name : `${organization.login}/${name}`),
  );
  return { repositorySelection: 'selected', repositoryIds: new Set(selected.map(({ id }) => id)) };
}

function reachedBy({ state }: ChangeContext, installation: Installation): Repository[] {
  return repositoriesOf(state, installation.organizationId).filter(
    ({ id }) => installation.repositorySelection === 'all' || installation.repositoryIds.has(id),
  );
}

export function listReached(context: ChangeContext, installation: Installation): { repositories: unknown[] } {
  return {
    repositories: reachedBy(context, installation).map((each) => context.payloads.repositoryReference(each)),
  };
}

function touch(context: ChangeContext, installation: Installation): string {
  const now = new Date(context.now()).toISOString();
  installation.updatedAt = now;
  return now;
}

export function emitInstallation(
  context: ChangeContext,
  installation: Installation,
  action: string,
  sender: User,
  body: Record<string, unknown>,
): void {
  context.emit({
    name: 'installation',
    action,
    organizationId: installation.organizationId,
    installation,
    sender,
    body,
  });
}
