import { z } from 'zod';
import { PersonId } from '../../../shared/console-api/access.ts';
import { optionalTimeOf } from '../../../shared/console-api/common.ts';
import { NewPerson, OnePerson } from '../../../shared/console-api/people.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type UserId } from '../../../shared/domain/ids.ts';
import type { ForgeHost } from '../../../shared/domain/synchronization.ts';
import { findIntegration } from '../../../shared/forge/integrations.ts';
import { addPersonByHand, removePersonByHand } from '../../../shared/organizations/people-by-hand.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { defineRoute, type Route } from '../frame/route.ts';

/** Each may make an owner, or end one. */
const common = {
  tag: 'People',
  access: 'owner',
  scope: 'danger',
  isDangerous: true,
  idempotency: 'natural',
} as const;
const path = '/organizations/{slug}/people';

const add = defineRoute(
  {
    ...common,
    name: 'addPerson',
    method: 'post',
    path,
    summary: 'Invite somebody who has signed in, where no code host says who the people are',
    description:
      'Whoever is `invited` belongs here once the person accepts, within 30 days; until then the answer has only what you named, and an id by which the invitation is withdrawn. A member is made an owner at once. 404 for whoever has not signed in; 409 once the members were read from a code host.',
    body: NewPerson,
    act: 'add-person',
    answer: { status: 200, schema: OnePerson, description: 'The person as it is now.' },
  },
  async (dependencies, { organization, body: { person, role }, accountable }) => {
    const named =
      'user' in person
        ? { user: asId<UserId>(person.user) }
        : { host: await hostOf(dependencies, person.integration), login: person.login };
    const by = await accountable();
    const { endsAt, ...added } = await addPersonByHand(dependencies, organization, named, role, by);
    return { body: { ...added, role, isKnown: true, invitationEndsAt: optionalTimeOf(endsAt) } };
  },
);

async function hostOf({ forges }: ApiDependencies, key: string): Promise<ForgeHost> {
  const integration = findIntegration(await forges.integrations(), key);
  if (integration === undefined) {
    throw new CallerError('not-found', 'there is no such integration; GET /api/v1/integrations lists them');
  }
  return { forge: integration.forge, baseUrl: integration.settings.baseUrl };
}

const remove = defineRoute(
  {
    ...common,
    name: 'removePerson',
    method: 'delete',
    path: `${path}/{id}`,
    summary: 'Remove somebody who was added by hand, or withdraw an invitation',
    description:
      'Never the last owner. Tokens that the person made for the organization stop reading. 409 once the members were read from a code host: switch the person off there.',
    params: z.object({ id: PersonId.regex(/^[^.]+$/, 'is no id of a user or an invitation') }),
    act: 'remove-person',
    repeated: 404,
    answer: { status: 204, description: 'The person belongs to the organization no more.' },
  },
  async (dependencies, { organization, params: { id }, accountable }) => {
    await removePersonByHand(dependencies, organization, id, await accountable());
    return {};
  },
);

export const peopleByHandRoutes: readonly Route[] = [add, remove];
