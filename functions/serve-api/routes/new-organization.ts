import {
  CreatedOrganization,
  NewOrganization,
  NewOrganizationForOwners,
} from '../../../shared/console-api/organizations.ts';
import { createOrganization } from '../../../shared/organizations/create-organization.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const create = defineRoute(
  {
    name: 'createOrganization',
    method: 'post',
    path: '/organizations',
    tag: 'Organizations',
    summary: 'Make an organization, from one that you own on a code host or empty',
    description:
      'The code host is asked whether you own that organization. It is read with the App that is installed there, with what you granted, or with the access token; what you granted is revoked once it is connected, unless it is read with that.',
    access: 'user',
    scope: 'none',
    body: NewOrganization,
    act: 'create-organization',
    isDangerous: false,
    idempotency: 'key',
    problems: [404],
    answer: { status: 201, schema: CreatedOrganization, description: 'You own it.' },
  },
  async (dependencies, { caller, body, accountable }) => {
    const who = await accountable();
    const { slug, synchronization, notes } = await createOrganization(dependencies, caller.user, body, who);
    return { body: { slug, synchronization, ...notes } };
  },
);

const createForOwners = defineRoute(
  {
    name: 'createOrganizationForOwners',
    method: 'post',
    path: '/installation/organizations',
    tag: 'Installation',
    summary: 'Make an organization for its owners on a code host',
    description:
      'The organization has to have given access to this installation, or the access token is of one of its owners. Whoever makes it gets no role in it.',
    access: 'administrator',
    scope: 'none',
    body: NewOrganizationForOwners,
    act: 'create-organization',
    isDangerous: true,
    idempotency: 'key',
    problems: [404],
    answer: { status: 201, schema: CreatedOrganization, description: 'Owners there own it.' },
  },
  async (dependencies, { body, accountable }) => {
    const who = await accountable();
    const { slug, synchronization, notes } = await createOrganization(dependencies, undefined, body, who);
    return { body: { slug, synchronization, ...notes } };
  },
);

export const newOrganizationRoutes: readonly Route[] = [create, createForOwners];
