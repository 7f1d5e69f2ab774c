import { z } from 'zod';
import { DeletedOrganization, OrganizationDeletion } from '../../../shared/console-api/organizations.ts';
import { deleteOrganization } from '../../../shared/organizations/delete-organization.ts';
import { exportOrganization, exportParts } from '../../../shared/organizations/export-organization.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const tag = 'Organizations';

const exported = defineRoute(
  {
    name: 'exportOrganization',
    method: 'get',
    path: '/organizations/{slug}/export',
    tag,
    summary: 'Settings, packages, members and history as JSON lines',
    description: 'Of the history the last 750 entries; all of them are at `/history/export`. Nothing secret.',
    access: 'owner',
    // Members and history are in it.
    scope: 'members',
    query: z.strictObject({
      part: z.enum(exportParts).optional().meta({ description: 'Only this part; everything if left out.' }),
    }),
    answer: {
      status: 200,
      schema: z.string(),
      mediaType: 'application/jsonl',
      description: 'An object on each line, whose `kind` says what it is.',
    },
  },
  async ({ table }, { organization, query: { part } }) => {
    const lines = await exportOrganization(table, organization, part === undefined ? exportParts : [part]);
    return { body: lines.map((line) => `${JSON.stringify(line)}\n`).join('') };
  },
);

const remove = defineRoute(
  {
    name: 'deleteOrganization',
    method: 'delete',
    path: '/organizations/{slug}',
    tag,
    summary: 'Delete the organization with everything in it',
    description:
      'Without `confirm` it changes nothing and says what it would delete. Its tokens are refused at once, and its slug is never used again.',
    access: 'owner',
    scope: 'danger',
    body: OrganizationDeletion,
    act: 'delete-organization',
    isDangerous: true,
    idempotency: 'natural',
    repeated: 404,
    answer: { status: 200, schema: DeletedOrganization, description: 'What is deleted, or would be.' },
  },
  async (dependencies, { organization, body: { confirm, why }, accountable }) => {
    const { synchronizations, ...deletion } = await deleteOrganization(dependencies, organization, {
      ...(await accountable(why)),
      confirm,
    });
    return { body: { ...deletion, synchronizations: [...synchronizations] } };
  },
);

export const organizationEndRoutes: readonly Route[] = [exported, remove];
