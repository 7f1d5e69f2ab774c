import { z } from 'zod';
import { PersonId } from '../../../shared/console-api/access.ts';
import { optionalTimeOf } from '../../../shared/console-api/common.ts';
import {
  ActivatedPeople,
  LoginPart,
  OnePerson,
  PeopleToActivate,
  Person,
  PersonChange,
  PersonState,
} from '../../../shared/console-api/people.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import { peoplePage } from '../../../shared/organizations/list-people.ts';
import { placeIn } from '../../../shared/organizations/membership.ts';
import { type FoundPerson, personIn } from '../../../shared/organizations/people.ts';
import { setPersonState } from '../../../shared/organizations/set-person-state.ts';
import { stateOfReader } from '../../../shared/publish/effective-rights.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { checkUnchanged, ifMatchHeader, taggedAs } from '../frame/etag.ts';
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
      'Over all synchronizations. Whoever has accounts in several stands there for each, under one id, and once among the members of each.',
    query: z.strictObject({ ...pageQuery, state: PersonState.optional(), name: LoginPart.optional() }),
    answer: {
      status: 200,
      schema: pageOf(Person),
      description: 'A page of people, which may be short or empty: it goes on while there is `next`.',
    },
  },
  async ({ table, clock }, { organization, synchronizations, query: { cursor, state, name, ...asked } }) => {
    const list = { route: 'listPeople', filter: [organization.id, state ?? '', name ?? ''] };
    const page = { limit: limitOf(asked), after: placeOf(list, cursor), state, name };
    const { people, next } = await peoplePage(
      table,
      organization,
      await synchronizations(),
      page,
      clock.now(),
    );
    const items = people.map(({ endsAt, ...one }) => ({ ...one, invitationEndsAt: optionalTimeOf(endsAt) }));
    return { body: { items, next: cursorFor(list, next) } };
  },
);

async function shown(
  { table, clock }: ApiDependencies,
  organization: Organization,
  { id, name, synchronization, user, reader }: FoundPerson,
) {
  const now = clock.now();
  if (user === undefined) {
    return {
      ...{ id, name, synchronization },
      state: await stateOfReader(table, organization.id, reader, now),
      isKnown: false,
    };
  }
  const { role, state } = await placeIn(table, user, organization, now);
  return {
    ...{ id: user, name, synchronization },
    role: state === 'active' ? role : undefined,
    state,
    isKnown: true,
  };
}

const readPerson = defineRoute(
  {
    ...common,
    name: 'readPerson',
    method: 'get',
    path: `${path}/{id}`,
    summary: 'One person',
    hasETag: true,
    params,
    answer: {
      status: 200,
      schema: OnePerson,
      description: 'The person; without a role if it reads nothing.',
    },
  },
  async (dependencies, { organization, params: { id } }) => {
    const person = await personIn(dependencies.table, organization, id);
    const body = await shown(dependencies, organization, person);
    return { body, headers: taggedAs(body) };
  },
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
    ifMatch: 'optional',
    body: PersonChange,
    act: 'set-person-state',
    isDangerous: true,
    idempotency: 'natural',
    answer: { status: 200, schema: OnePerson, description: 'The person as it is now.' },
  },
  async (dependencies, { organization, params: { id }, headers, body, accountable }) => {
    const person = await personIn(dependencies.table, organization, id);
    const before = await shown(dependencies, organization, person);
    checkUnchanged(headers, before);
    const who = await accountable();
    const from = headers.has(ifMatchHeader) ? before.state : undefined;
    const user = await setPersonState(dependencies, organization, person, body.state, who, from);
    const changed = await shown(dependencies, organization, { ...person, user });
    return { body: changed, headers: taggedAs(changed) };
  },
);

const activatePeople = defineRoute(
  {
    ...common,
    name: 'activatePeople',
    method: 'post',
    path: `${path}/activate`,
    summary: 'Activate people who wait, or are switched off',
    description: 'One after the other: when it fails half-way, it can be sent again.',
    body: PeopleToActivate,
    act: 'set-person-state',
    isDangerous: true,
    idempotency: 'natural',
    answer: { status: 200, schema: ActivatedPeople, description: 'The people as they are now.' },
  },
  async (dependencies, { organization, body: { ids }, accountable }) => {
    const who = await accountable();
    const people: FoundPerson[] = [];
    for (const id of new Set(ids)) {
      people.push(await personIn(dependencies.table, organization, id));
    }
    const items: Awaited<ReturnType<typeof shown>>[] = [];
    for (const person of people) {
      const user = await setPersonState(dependencies, organization, person, 'active', who);
      items.push(await shown(dependencies, organization, { ...person, user }));
    }
    return { body: { items } };
  },
);

export const peopleRoutes: readonly Route[] = [listPeople, readPerson, changePerson, activatePeople];
