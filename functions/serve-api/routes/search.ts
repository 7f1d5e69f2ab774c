import { z } from 'zod';
import { NamePart } from '../../../shared/console-api/packages.ts';
import { Found } from '../../../shared/console-api/search.ts';
import { namesVisibleTo } from '../../../shared/organizations/readable-packages.ts';
import { searchPackages, searchPeopleAndTeams } from '../../../shared/organizations/search.ts';
import { mayReadPeople } from '../frame/access.ts';
import { defineRoute, type Route } from '../frame/route.ts';
import { viewerOf } from './packages.ts';

const nobody = { people: [], teams: [], isWhole: true };

const search = defineRoute(
  {
    name: 'search',
    method: 'get',
    path: '/organizations/{slug}/search',
    tag: 'Status',
    summary: 'Packages, people and teams by a part of their names',
    description:
      'Owners find everything, keys without the scope `members` no people and teams, everybody else the packages that they may install.',
    access: 'reader',
    scope: 'read',
    query: z.strictObject({ name: NamePart }),
    answer: { status: 200, schema: Found, description: 'The best of each kind.' },
  },
  async (dependencies, request) => {
    const { organization, role, caller, query, synchronizations } = request;
    const { table } = dependencies;
    const seesPeople = role === 'owner' && mayReadPeople(caller);
    const [packages, others] = await Promise.all([
      searchPackages(
        table,
        organization,
        query.name,
        namesVisibleTo(dependencies, organization, viewerOf(request)),
      ),
      seesPeople ? searchPeopleAndTeams(table, organization, await synchronizations(), query.name) : nobody,
    ]);
    const { people, teams, isWhole } = others;
    return {
      body: {
        packages: packages.map((name) => ({ name })),
        ...{ people: [...people], teams: [...teams], isWhole },
      },
    };
  },
);

export const searchRoutes: readonly Route[] = [search];
