import { z } from 'zod';
import {
  FormerOrganization,
  InstallationStatus,
  OrganizationStatus,
} from '../../../shared/console-api/status.ts';
import { describeFiles } from '../../../shared/organizations/describe-files.ts';
import {
  describeInstallation,
  describeOrganization,
} from '../../../shared/organizations/describe-organization.ts';
import { describeDeleted } from '../../../shared/organizations/organization-of.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = { method: 'get', tag: 'Status' } as const;

const readOrganizationStatus = defineRoute(
  {
    ...common,
    name: 'readOrganizationStatus',
    path: '/organizations/{slug}/status',
    summary: 'The state of an organization: pending work, failures, the age of the rights',
    description:
      'A report of everything at once, which reads all that the organization has: ask for it rarely.',
    access: 'owner',
    // It has the latest history, and the people whose removal waits.
    scope: 'members',
    answer: { status: 200, schema: OrganizationStatus, description: 'The state.' },
  },
  async ({ table, clock, registryBaseUrl }, { organization }) => ({
    body: {
      ...(await describeOrganization(table, organization, clock.now())),
      ...(await describeFiles(table, organization, registryBaseUrl)),
    },
  }),
);

const readInstallationStatus = defineRoute(
  {
    ...common,
    name: 'readInstallationStatus',
    path: '/installation/status',
    summary: 'All organizations that are synchronized, and installations of the App that nobody connected',
    access: 'administrator',
    scope: 'none',
    answer: { status: 200, schema: InstallationStatus, description: 'The state.' },
  },
  async ({ table }) => ({ body: await describeInstallation(table) }),
);

const findDeletedOrganizations = defineRoute(
  {
    ...common,
    name: 'findDeletedOrganizations',
    path: '/installation/deleted-organizations',
    summary: 'Whether an organization with a slug was deleted, and how far its data is removed',
    access: 'administrator',
    scope: 'none',
    query: z.strictObject({ slug: z.string().max(100) }),
    answer: {
      status: 200,
      schema: z.object({ items: z.array(FormerOrganization) }),
      description: 'The one that had the slug; a slug is never reused.',
    },
  },
  async ({ table }, { query }) => ({ body: { items: await describeDeleted(table, query.slug) } }),
);

export const statusRoutes: readonly Route[] = [
  readOrganizationStatus,
  readInstallationStatus,
  findDeletedOrganizations,
];
