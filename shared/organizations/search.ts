/** Finds packages, people and teams of an organization by a part of their names, for a field that somebody types into. */

import type { OrganizationId, Principal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { factPage } from '../store/fact-page.ts';
import { belongsByHand, personPage } from '../store/member-store.ts';
import { namesOf } from '../store/name-store.ts';
import { ownTeamPage } from '../store/own-team-store.ts';
import { findPackages, isOfSource } from '../store/package-store.ts';
import type { Table } from '../store/table.ts';
import { readUsers } from '../store/user-store.ts';
import type { Selection } from './list-packages.ts';
import { shownForgeTeam, shownOwnTeam } from './list-teams.ts';
import { personIdOf } from './people.ts';

export interface Found {
  readonly packages: readonly string[];
  readonly people: readonly {
    readonly id: string;
    readonly login: string;
    /** Undefined for somebody added by hand. */
    readonly synchronization?: string;
  }[];
  readonly teams: readonly { readonly id: Principal; readonly name: string; readonly slug: string }[];
  /** Whether everybody was looked at: of an organization with very many members only the first are. */
  readonly isWhole: boolean;
}

/** So many of each. */
const shownMax = 8;
/** People by hand whose names are read: they stand with the users. */
const byHandMax = 500;
/** Members or teams of a synchronization that one read has, with less than 1 MB. */
const rowsMax = 3000;

/** What begins with the text comes first, then what has it anywhere; in the order of the names. */
function best<Entry>(
  text: string,
  all: readonly Entry[],
  nameOf: (entry: Entry) => string,
  max = shownMax,
): readonly Entry[] {
  const rank = (entry: Entry): number => {
    const name = nameOf(entry).toLowerCase();
    return name.startsWith(text) || name.slice(name.indexOf('/') + 1).startsWith(text)
      ? 0
      : name.includes(text)
        ? 1
        : 2;
  };
  return all
    .map((entry) => ({ entry, rank: rank(entry), name: nameOf(entry) }))
    .filter(({ rank }) => rank < 2)
    .sort((one, other) => one.rank - other.rank || (one.name < other.name ? -1 : 1))
    .slice(0, max)
    .map(({ entry }) => entry);
}

/** The packages among what the selection shows. Two reads besides its own. @param text in lower case */
export async function searchPackages(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  text: string,
  { select }: Pick<Selection, 'select'>,
): Promise<Found['packages']> {
  const [names, isVisible] = await Promise.all([namesOf(table, id), select()]);
  // Some may be deleted: their names stay.
  const candidates = best(text, names.filter(isVisible), ({ name }) => name, 2 * shownMax);
  const packages = await findPackages(
    table,
    id,
    candidates.map(({ number }) => number),
  );
  return candidates
    .filter((_, place) => {
      const found = packages[place];
      return found !== undefined && isOfSource(found);
    })
    .slice(0, shownMax)
    .map(({ name }) => name);
}

/**
 * One read for teams made by hand, and two for each synchronization. People added by hand belong to an organization without one: that is one read, and
 * one for each 100 of them.
 *
 * @param text in lower case
 */
export async function searchPeopleAndTeams(
  table: Table,
  { id: organization }: Pick<Organization, 'id'>,
  synchronizations: readonly Synchronization[],
  text: string,
): Promise<Pick<Found, 'people' | 'teams' | 'isWhole'>> {
  const page = { limit: rowsMax };
  const [own, byHand, ...parts] = await Promise.all([
    ownTeamPage(table, organization, page),
    synchronizations.length === 0 ? peopleByHand(table, organization) : nobody,
    ...synchronizations.map(async ({ id }) => {
      const [members, teams] = await Promise.all([
        factPage(table, id, 'member', page),
        factPage(table, id, 'team', page),
      ]);
      return {
        people: members.facts.map(({ account, login }) => ({
          ...{ id: personIdOf(undefined, id, account), login, synchronization: id },
        })),
        teams: teams.facts.map((fact) => shownForgeTeam(id, fact)),
        isWhole: members.next === undefined && teams.next === undefined,
      };
    }),
  ]);
  const teams = [...parts.flatMap((part) => part.teams), ...own.map(shownOwnTeam)];
  return {
    people: best(text, [...byHand.people, ...parts.flatMap((part) => part.people)], ({ login }) => login),
    teams: best(text, teams, ({ name }) => name).map(({ id, name, slug }) => ({ id, name, slug })),
    isWhole: [byHand, ...parts].every((part) => part.isWhole),
  };
}

type People = Pick<Found, 'people' | 'isWhole'>;
const nobody: People = { people: [], isWhole: true };

async function peopleByHand(table: Table, organization: OrganizationId): Promise<People> {
  const persons = await personPage(table, organization, { limit: byHandMax });
  const here = persons.filter(belongsByHand);
  const users = await readUsers(
    table,
    here.map(({ user }) => user),
  );
  return {
    people: here.map(({ user }, place) => ({ id: user, login: users[place]?.login ?? user })),
    isWhole: persons.length < byHandMax,
  };
}
