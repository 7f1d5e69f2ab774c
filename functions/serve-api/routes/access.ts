import { z } from 'zod';
import {
  AccessExplanation,
  NamedTeam,
  PackageName,
  PersonAsked,
  PersonId,
  PersonWithAccess,
  ReadablePackage,
} from '../../../shared/console-api/access.ts';
import { Id } from '../../../shared/console-api/common.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type TokenId } from '../../../shared/domain/ids.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import type { Synchronization } from '../../../shared/domain/synchronization.ts';
import { integrationKeyOf } from '../../../shared/forge/integration-key.ts';
import {
  explainAccess,
  packagesReadBy,
  packagesReadWith,
  pageOfReadable,
  type ReadablePackage as Readable,
  type ReadablePage,
} from '../../../shared/organizations/explain-access.ts';
import type { Role } from '../../../shared/organizations/membership.ts';
import { tokenIn } from '../../../shared/organizations/owners-tokens.ts';
import { type FoundPerson, personCalled, personIn } from '../../../shared/organizations/people.ts';
import { peopleReading } from '../../../shared/organizations/people-reading.ts';
import type { Caller } from '../frame/access.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { cursorFor, limitOf, type PagedList, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const tag = 'Access';
const base = '/organizations/{slug}';

interface Asking {
  readonly organization: Organization;
  readonly role: Role;
  readonly caller: Caller;
  synchronizations(): Promise<readonly Synchronization[]>;
}

/** Owners may ask about anybody, others about themselves; anybody else is not there for them. */
async function askedAbout(
  { table }: ApiDependencies,
  { organization, role, caller, synchronizations }: Asking,
  id: string,
): Promise<FoundPerson> {
  const isSelf = caller.kind === 'user' && caller.user === id;
  if (role !== 'owner' && !isSelf) {
    throw new CallerError('not-found', 'the organization has no such person');
  }
  const [login = '', integration] = id.split('@');
  return integration === undefined
    ? personIn(table, organization, id)
    : personCalled(table, organization, await synchronizations(), login, integration);
}

const explain = defineRoute(
  {
    name: 'explainAccess',
    method: 'get',
    path: `${base}/access`,
    tag,
    summary: 'Why a person may install a package, or what is missing',
    description:
      'Owners ask about anybody, everybody else about themselves. `person` is an `id` of GET /organizations/{slug}/people, or of GET /me; owners may also name a login at its code host. A package that you may not install is not there for you unless you are an owner.',
    access: 'reader',
    scope: 'members',
    query: z.strictObject({ person: PersonAsked, package: PackageName }),
    answer: { status: 200, schema: AccessExplanation, description: 'Every way to it, or what is missing.' },
  },
  async (dependencies, request) => {
    const { organization, role, query } = request;
    const person = await askedAbout(dependencies, request, query.person);
    const now = dependencies.clock.now();
    const found = await explainAccess(dependencies.table, organization, person, query.package, now);
    const mayInstall = found.paths.length > 0;
    if (role !== 'owner' && !mayInstall) {
      throw new CallerError('not-found', 'the organization has no such package');
    }
    return {
      body: {
        ...{ name: found.name, person: found.person, repository: found.repository },
        codeHost: found.codeHost && {
          integration: integrationKeyOf(found.codeHost),
          login: found.codeHost.login,
        },
        mayInstall,
        paths: found.paths.map(shownPath),
        missing: [...found.missing],
        couldGive: {
          owners: [...found.couldGive.owners],
          teams: found.couldGive.teams.map((one) => ({ ...one })),
        },
      },
    };
  },
);

const shownPath = (path: Readable['paths'][number]) => ({ ...path });

/** As the API has it. */
export const shownPage = (list: PagedList, { packages, next }: ReadablePage) => ({
  items: packages.map(({ name, paths }) => ({ name, paths: paths.map(shownPath) })),
  next: cursorFor(list, next),
});

const listAccessOfPerson = defineRoute(
  {
    name: 'listAccessOfPerson',
    method: 'get',
    path: `${base}/people/{id}/access`,
    tag,
    summary: 'Everything that a person may install, and through what',
    description: 'Owners ask about anybody, everybody about themselves.',
    access: 'reader',
    scope: 'members',
    params: z.object({ id: PersonId }),
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(ReadablePackage), description: 'Packages by name.' },
  },
  async (dependencies, request) => {
    const { organization, params, query } = request;
    const person = await askedAbout(dependencies, request, params.id);
    const { table, clock } = dependencies;
    const all = await packagesReadBy(table, organization.id, person, clock.now());
    const list = { route: 'listAccessOfPerson', filter: [organization.id, params.id] };
    const page = { limit: limitOf(query), after: placeOf(list, query.cursor) };
    return { body: shownPage(list, pageOfReadable(all, page)) };
  },
);

const listAccessOfToken = defineRoute(
  {
    name: 'listAccessOfToken',
    method: 'get',
    path: `${base}/tokens/{id}/access`,
    tag,
    summary: 'What a token reads in the organization, and through what',
    access: 'owner',
    scope: 'tokens',
    params: z.object({ id: Id }),
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(ReadablePackage), description: 'Packages by name.' },
  },
  async (dependencies, { organization, params, query }) => {
    const { table, clock } = dependencies;
    const token = await tokenIn(dependencies, organization, asId<TokenId>(params.id));
    const list = { route: 'listAccessOfToken', filter: [organization.id, params.id] };
    const page = { limit: limitOf(query), after: placeOf(list, query.cursor) };
    return { body: shownPage(list, await packagesReadWith(table, organization, token, page, clock.now())) };
  },
);

const namePart = z.string().regex(/^[a-z0-9._-]{1,100}$/, 'is no part of a name');

const listAccessToPackage = defineRoute(
  {
    name: 'listAccessToPackage',
    method: 'get',
    path: `${base}/packages/{vendor}/{name}/access`,
    tag,
    summary: 'Everyone who may install a package, and through what',
    description: 'Tokens of the whole organization read every package; they are not listed.',
    access: 'owner',
    scope: 'members',
    params: z.object({ vendor: namePart, name: namePart }),
    query: z.strictObject(pageQuery),
    answer: {
      status: 200,
      schema: pageOf(PersonWithAccess).extend({
        teams: z.array(NamedTeam).meta({ description: 'Whose tokens read it.' }),
        isPublic: z.boolean().meta({ description: 'Any valid token of the organization reads it.' }),
      }),
      description: 'People by login.',
    },
  },
  async ({ table, clock }, { organization, synchronizations, params, query: { cursor, ...asked } }) => {
    const name = `${params.vendor}/${params.name}`;
    const list = { route: 'listAccessToPackage', filter: [organization.id, name] };
    const page = { limit: limitOf(asked), after: placeOf(list, cursor) };
    const { people, next, teams, isPublic } = await peopleReading(
      table,
      organization,
      await synchronizations(),
      name,
      page,
      clock.now(),
    );
    return {
      body: {
        items: people.map((one) => ({ ...one, paths: one.paths.map(shownPath) })),
        next: cursorFor(list, next),
        teams: teams.map((team) => ({ ...team })),
        isPublic,
      },
    };
  },
);

export const accessRoutes: readonly Route[] = [
  explain,
  listAccessOfPerson,
  listAccessOfToken,
  listAccessToPackage,
];
