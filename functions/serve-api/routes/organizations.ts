import { z } from 'zod';
import { optionalTimeOf, Reason, Time, timeOf } from '../../../shared/console-api/common.ts';
import { Organization, OwnOrganization } from '../../../shared/console-api/organizations.ts';
import { delegatedRightsOf } from '../../../shared/organizations/delegated-rights.ts';
import { ownInvitations } from '../../../shared/organizations/invitations.ts';
import { type Membership, placesOf } from '../../../shared/organizations/membership.ts';
import { allowAccess, stopAccess } from '../../../shared/organizations/stop-access.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const tag = 'Organizations';

const shown = ({ organization: { slug, name, accessStoppedAt }, role }: Membership) => ({
  slug,
  name,
  role,
  accessStoppedAt: optionalTimeOf(accessStoppedAt),
});

const listOrganizations = defineRoute(
  {
    name: 'listOrganizations',
    method: 'get',
    path: '/organizations',
    tag,
    summary: 'The organizations that you belong to',
    access: 'user',
    scope: 'none',
    answer: {
      status: 200,
      schema: z.object({
        items: z.array(Organization),
        waiting: z
          .array(Organization.pick({ slug: true, name: true }))
          .meta({ description: 'Where you wait for an owner to activate you.' }),
        invitations: z
          .array(Organization.pick({ slug: true, name: true, role: true }).extend({ endsAt: Time }))
          .meta({ description: 'Where you are invited, and as what: you belong there once you accept.' }),
      }),
      description: 'Organizations by slug.',
    },
  },
  async ({ table, clock }, { caller }) => {
    const [{ memberships, waiting }, invitations] = await Promise.all([
      placesOf(table, caller.user, clock.now()),
      ownInvitations(table, caller.user, clock.now()),
    ]);
    return {
      body: {
        items: memberships.map(shown),
        waiting: waiting.map(({ slug, name }) => ({ slug, name })),
        invitations: invitations.map(({ organization: { slug, name }, role, endsAt }) => ({
          ...{ slug, name, role, endsAt: timeOf(endsAt) },
        })),
      },
    };
  },
);

const readOrganization = defineRoute(
  {
    name: 'readOrganization',
    method: 'get',
    path: '/organizations/{slug}',
    tag,
    summary: 'One organization',
    access: 'reader',
    scope: 'read',
    answer: { status: 200, schema: OwnOrganization, description: 'The organization, and what you may do.' },
  },
  async ({ table, clock, registryBaseUrl }, membership) => {
    const { organization, caller, role } = membership;
    const held =
      caller.kind === 'user' && role !== 'owner'
        ? await delegatedRightsOf(table, organization.id, caller.user, clock.now())
        : undefined;
    const rights = held?.rights.map((right) => ({ right, teams: [...held.teams(right)] })) ?? [];
    return { body: { ...shown(membership), url: `${registryBaseUrl}/${organization.slug}`, rights } };
  },
);

const stop = {
  method: 'post',
  tag,
  access: 'owner',
  scope: 'danger',
  isDangerous: true,
  idempotency: 'natural',
} as const;

const stopOrganization = defineRoute(
  {
    ...stop,
    name: 'stopAccess',
    path: '/organizations/{slug}/stop-access',
    summary: 'Refuse every token of the organization at once',
    description: 'Tokens, rights and packages stay as they are. 409 if access is stopped already.',
    body: Reason,
    act: 'stop-access',
    repeated: 409,
    answer: { status: 204, description: 'Access is stopped, at the edge within seconds.' },
  },
  async (dependencies, { organization, body, accountable }) => {
    await stopAccess(dependencies, organization, await accountable(body.why));
    return {};
  },
);

const allowOrganization = defineRoute(
  {
    ...stop,
    name: 'allowAccess',
    path: '/organizations/{slug}/allow-access',
    summary: 'Accept the tokens of the organization again',
    description: '409 if access is not stopped.',
    body: Reason,
    act: 'allow-access',
    repeated: 409,
    answer: { status: 204, description: 'Access is allowed, at the edge within seconds.' },
  },
  async (dependencies, { organization, body, accountable }) => {
    await allowAccess(dependencies, organization, await accountable(body.why));
    return {};
  },
);

export const organizationRoutes: readonly Route[] = [
  listOrganizations,
  readOrganization,
  stopOrganization,
  allowOrganization,
];
