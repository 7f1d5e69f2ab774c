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
      'The code host is asked whether you own that organization. What you granted at sign-in is deleted once it is connected.',
    access: 'user',
    scope: 'none',
    body: NewOrganization,
    act: 'create-organization',
    isDangerous: false,
    idempotency: 'key',
    answer: { status: 201, schema: CreatedOrganization, description: 'You own it.' },
  },
  async (dependencies, { caller, body, accountable }) => {
    const { slug, synchronization } = await createOrganization(
      dependencies,
      caller.user,
      body,
      await accountable(),
    );
    return { body: { slug, synchronization } };
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
      'The organization has to have given access to this installation. Whoever makes it gets no role in it.',
    access: 'administrator',
    scope: 'none',
    body: NewOrganizationForOwners,
    act: 'create-organization',
    isDangerous: true,
    idempotency: 'key',
    answer: { status: 201, schema: CreatedOrganization, description: 'Owners there own it.' },
  },
  async (dependencies, { body, accountable }) => {
    const who = await accountable();
    const { slug, synchronization } = await createOrganization(dependencies, undefined, body, who);
    return { body: { slug, synchronization } };
  },
);

export const newOrganizationRoutes: readonly Route[] = [create, createForOwners];
