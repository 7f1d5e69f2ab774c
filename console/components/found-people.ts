import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client.ts';
import { synchronizationsQuery } from '../api/queries.ts';
import { hostOf } from './host.ts';

type Names = Pick<Schemas['Synchronization'], 'id' | 'baseUrl'>;
/** Without a synchronization if somebody was added by hand. */
type Person = Pick<Schemas['Person'], 'login' | 'synchronization'>;

/** Where the people are that a search finds: several code hosts may have the same login. */
export function useFoundPeople(slug: string | undefined): (person: Person) => string {
  const synchronizations =
    useQuery({ ...synchronizationsQuery(slug ?? ''), enabled: slug !== undefined }).data?.items ?? [];
  return (person) => personLabel(person, synchronizations);
}

/** The login; with its code host where the organization has several. */
export function personLabel({ login, synchronization }: Person, all: readonly Names[]): string {
  const of = all.find(({ id }) => id === synchronization);
  return of === undefined || all.length < 2 ? login : `${login} · ${hostOf(of.baseUrl)}`;
}
