import { z } from 'zod';
import {
  ForgeOrganization,
  InstallationIntegrations,
  Integration,
  IntegrationKey,
} from '../../../shared/console-api/forges.ts';
import { forgeOrganizationsOf, publicIntegrations } from '../../../shared/organizations/granted-forge.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const listIntegrations = defineRoute(
  {
    name: 'listIntegrations',
    method: 'get',
    path: '/integrations',
    tag: 'Integrations',
    summary: 'The code hosts that this installation knows',
    access: 'user',
    scope: 'none',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(Integration) }),
      description: 'Code hosts. Nothing of their secrets.',
    },
  },
  async (dependencies) => {
    const integrations = await dependencies.forges.integrations();
    return { body: { items: [...publicIntegrations(dependencies, integrations)] } };
  },
);

const readInstallationIntegrations = defineRoute(
  {
    name: 'readInstallationIntegrations',
    method: 'get',
    path: '/installation/integrations',
    tag: 'Installation',
    summary: "The code hosts, and what is wrong with the operator's secret",
    access: 'administrator',
    scope: 'none',
    answer: { status: 200, schema: InstallationIntegrations, description: 'Code hosts and problems.' },
  },
  async (dependencies) => {
    const integrations = await dependencies.forges.integrations();
    return {
      body: {
        items: [...publicIntegrations(dependencies, integrations)],
        problems: integrations.invalid.map((one) => ({ ...one })),
      },
    };
  },
);

const listForgeOrganizations = defineRoute(
  {
    name: 'listForgeOrganizations',
    method: 'get',
    path: '/me/forge-organizations',
    tag: 'Me',
    summary: 'The organizations that you own on a code host, for connecting one',
    description:
      'Asks the code host with what you granted when you chose an organization at /sign-in, or after POST /me/forge-organizations/choices, which is kept for 15 minutes; without it a problem with the code `reauthentication-required` says so.',
    access: 'user',
    scope: 'none',
    query: z.strictObject({ integration: IntegrationKey }),
    problems: [404, 409],
    answer: {
      status: 200,
      schema: z.object({ items: z.array(ForgeOrganization) }),
      description: 'Organizations, and your personal account, which cannot be connected.',
    },
  },
  async (dependencies, { caller, query }) => ({
    body: { items: [...(await forgeOrganizationsOf(dependencies, caller.user, query.integration))] },
  }),
);

export const integrationRoutes: readonly Route[] = [
  listIntegrations,
  readInstallationIntegrations,
  listForgeOrganizations,
];
