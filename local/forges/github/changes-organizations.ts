import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import { repositoriesOf, teamsOf } from './api/rights.ts';
import {
  defineChange,
  organizationField,
  resolveActor,
  resolveOrganization,
  resolveUser,
} from './changes-context.ts';
import { emitInstallation, findInstallation, listReached } from './changes-installation.ts';
import { login, requireFreeLogin } from './changes-members.ts';
import { removeRepository, renameParent } from './changes-repositories.ts';
import { nodeId } from './state.ts';

export const organizationChanges = {
  /** No app gets an event. */
  'set-base-permission': defineChange(
    { ...organizationField, permission: z.enum(['none', 'read', 'write', 'admin']) },
    (context, input) => {
      resolveOrganization(context, input.organization).defaultRepositoryPermission = input.permission;
      return undefined;
    },
  ),

  'create-organization': defineChange(
    { login, owner: z.string(), name: z.string().exactOptional(), enterprise: z.string().exactOptional() },
    (context, input) => {
      requireFreeLogin(context.state, input.login);
      const owner = resolveUser(context, input.owner);
      const id = context.state.nextId++;
      context.state.organizations.set(id, {
        id,
        nodeId: nodeId('O', id),
        login: input.login,
        name: input.name ?? input.login,
        ...(input.enterprise !== undefined && { enterprise: input.enterprise }),
        defaultRepositoryPermission: 'read',
        members: new Map([[owner.id, { role: 'admin', state: 'active' }]]),
      });
      return { id };
    },
  ),

  'rename-organization': defineChange({ ...organizationField, to: login }, (context, input) => {
    const organization = resolveOrganization(context, input.organization);
    const sender = resolveActor(context, organization, input.as);
    const from = organization.login;
    if (from.toLowerCase() !== input.to.toLowerCase()) requireFreeLogin(context.state, input.to);
    organization.login = input.to;
    for (const { id, name } of repositoriesOf(context.state, organization.id)) {
      context.state.formerNames.set(`${from}/${name}`.toLowerCase(), id);
      renameParent(context.state, `${from}/${name}`, `${input.to}/${name}`);
    }
    const changes = { login: { from } };
    context.emit({
      name: 'organization',
      action: 'renamed',
      organizationId: organization.id,
      sender,
      body: { changes },
    });
    const account = context.payloads.account(organization);
    const body = { account, changes, target_type: 'Organization' };
    context.emit({
      name: 'installation_target',
      action: 'renamed',
      organizationId: organization.id,
      sender,
      body,
    });
    return undefined;
  }),

  /**
   * Deletes all its teams and repositories too. The descriptions say that both events are sent
   * (https://docs.github.com/en/webhooks/webhook-events-and-payloads#organization); their order is undocumented.
   */
  'delete-organization': defineChange({ organization: z.string() }, (context, input) => {
    const { state } = context;
    const organization = resolveOrganization(context, input.organization);
    if (state.organizations.size === 1) throw new ChangeError('the last organization stays');
    const sender = resolveActor(context, organization, input.as);
    const installation = findInstallation(context, organization);
    context.emit({
      name: 'organization',
      action: 'deleted',
      organizationId: organization.id,
      sender,
      body: { membership: context.payloads.membership(organization, sender) },
    });
    if (installation !== undefined) {
      const reached = listReached(context, installation);
      emitInstallation(context, installation, 'deleted', sender, reached);
      state.installations.delete(installation.id);
    }
    for (const repository of repositoriesOf(state, organization.id)) removeRepository(context, repository);
    for (const { id } of teamsOf(state, organization.id)) state.teams.delete(id);
    state.organizations.delete(organization.id);
    return undefined;
  }),
};
