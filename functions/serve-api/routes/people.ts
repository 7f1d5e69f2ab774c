import { z } from 'zod';
import { PersonId } from '../../../shared/console-api/access.ts';
import { OnePerson, Person, PersonChange } from '../../../shared/console-api/people.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import { peoplePage } from '../../../shared/organizations/list-people.ts';
import { membershipOf } from '../../../shared/organizations/membership.ts';
import { type FoundPerson, personIn } from '../../../shared/organizations/people.ts';
import { setPersonState } from '../../../shared/organizations/set-person-state.ts';
import { findPerson, stateOf } from '../../../shared/store/member-store.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = { tag: 'People', access: 'owner', scope: 'members' } as const;
const path = '/organizations/{slug}/people';
const params = z.object({ id: PersonId });

const listPeople = defineRoute(
  {
    ...common,
    name: 'listPeople',
    method: 'get',
    path,
    summary: 'Members and outside collaborators',
    description:
      'Over all synchronizations. Whoever has accounts in several stands there for each, under one id.',
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(Person), description: 'A page of people.' },
  },
  async ({ table, clock }, { organization, query: { cursor, ...asked } }) => {
    const list = { route: 'listPeople', filter: organization.id };
    const page = { limit: limitOf(asked), after: placeOf(list, cursor) };
    const { people, next } = await peoplePage(table, organization, page, clock.now());
    return { body: { items: people.map((one) => ({ ...one })), next: cursorFor(list, next) } };
  },
);

async function shown(
  { table, clock }: ApiDependencies,
  organization: Organization,
  { id, name, user }: FoundPerson,
) {
  if (user === undefined) {
    return { id, name, state: 'active' as const, isKnown: false };
  }
  const [person, membership] = await Promise.all([
    findPerson(table, organization.id, user),
    membershipOf(table, user, organization, clock.now()),
  ]);
  return { id: user, name, role: membership?.role, state: stateOf(person), isKnown: true };
}

const readPerson = defineRoute(
  {
    ...common,
    name: 'readPerson',
    method: 'get',
    path: `${path}/{id}`,
    summary: 'One person',
    params,
    answer: {
      status: 200,
      schema: OnePerson,
      description: 'The person; without a role if it reads nothing.',
    },
  },
  async (dependencies, { organization, params: { id } }) => ({
    body: await shown(dependencies, organization, await personIn(dependencies.table, organization, id)),
  }),
);

const changePerson = defineRoute(
  {
    ...common,
    name: 'changePerson',
    method: 'patch',
    path: `${path}/{id}`,
    summary: 'Switch a person off or on, or activate one who waits',
    description:
      'Whoever is off reads nothing, whatever the code host says. Tokens stay, and read again when the person is on again.',
    params,
    body: PersonChange,
    act: 'set-person-state',
    isDangerous: true,
    idempotency: 'natural',
    answer: { status: 200, schema: OnePerson, description: 'The person as it is now.' },
  },
  async (dependencies, { organization, params: { id }, body, accountable }) => {
    const person = await personIn(dependencies.table, organization, id);
    const user = await setPersonState(dependencies, organization, person, body.state, await accountable());
    return { body: await shown(dependencies, organization, { ...person, user }) };
  },
);

export const peopleRoutes: readonly Route[] = [listPeople, readPerson, changePerson];
