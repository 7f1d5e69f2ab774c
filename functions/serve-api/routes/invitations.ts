import { z } from 'zod';
import { Line } from '../../../shared/console-api/common.ts';
import {
  acceptInvitation,
  declineInvitation,
  leaveOrganization,
} from '../../../shared/organizations/invitations.ts';
import { defineRoute, type Route } from '../frame/route.ts';

/** No key may: a person alone says where he belongs. */
const common = {
  tag: 'Me',
  access: 'user',
  scope: 'none',
  isDangerous: false,
  idempotency: 'natural',
  params: z.object({ organization: Line(40).meta({ description: 'Its slug.', example: 'acme' }) }),
} as const;
const path = '/me/invitations/{organization}';

const accept = defineRoute(
  {
    ...common,
    name: 'acceptInvitation',
    method: 'post',
    path: `${path}/accept`,
    summary: 'Become what an organization invites you to be',
    description:
      'Its owners then see your own tokens, though not their secrets, and the longest life that they set counts for new ones. `GET /organizations` lists invitations.',
    act: 'accept-invitation',
    repeated: 404,
    answer: { status: 204, description: 'You belong to the organization.' },
  },
  async (dependencies, { caller, params: { organization }, accountable }) => {
    await acceptInvitation(dependencies, caller.user, organization, await accountable());
    return {};
  },
);

const decline = defineRoute(
  {
    ...common,
    name: 'declineInvitation',
    method: 'delete',
    path,
    summary: 'Decline an invitation',
    description: 'The organization learns that it was declined, and nothing of you.',
    act: 'invitation-declined',
    repeated: 404,
    answer: { status: 204, description: 'You are not invited any more.' },
  },
  async (dependencies, { caller, params: { organization }, accountable }) => {
    await declineInvitation(dependencies, caller.user, organization, await accountable());
    return {};
  },
);

const leave = defineRoute(
  {
    ...common,
    name: 'leaveOrganization',
    method: 'delete',
    path: '/me/memberships/{organization}',
    summary: 'Leave an organization that no code host knows',
    description: 'Not as its last owner; 409 where a code host says who the people are.',
    act: 'leave-organization',
    repeated: 404,
    answer: { status: 204, description: 'You belong to it no more.' },
  },
  async (dependencies, { caller, params: { organization }, accountable }) => {
    await leaveOrganization(dependencies, caller.user, organization, await accountable());
    return {};
  },
);

export const invitationRoutes: readonly Route[] = [accept, decline, leave];
