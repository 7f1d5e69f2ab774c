import {
  type UseMutationResult,
  type UseQueryResult,
  useQueries,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { untilDone } from '../../api/live.ts';
import { isDenial } from '../../api/problem.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { isSettled, type Outcome, outcomeOf } from './outcome.ts';
import { type Repository, repositoriesKey } from './queries.ts';

/** A repository that was added or scanned while the page is open. */
export interface Followed {
  /** As it was when that was asked for. */
  readonly before: Repository;
  readonly outcome: Outcome;
}

export interface Following {
  /** By ids, in the order in which they were asked for. */
  readonly followed: ReadonlyMap<string, Followed>;
  readonly add: UseMutationResult<unknown, Error, readonly Repository[]>;
  readonly scan: UseMutationResult<unknown, Error, Repository>;
  /** Shows no outcomes any more. */
  forget(): void;
}

interface Asked {
  readonly before: Repository;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** So many are asked about at a time. */
const askedMax = 8;
/** The clocks of the browser and of the registry differ. */
const clockToleranceMs = 60_000;

/** Adds and scans repositories, and asks what becomes of each until it is known. */
export function useFollowed(slug: string): Following {
  const client = useQueryClient();
  const [asked, setAsked] = useState<ReadonlyMap<string, Asked>>(new Map());
  const follow = (repositories: readonly Repository[]): void => {
    const at = Date.now();
    setAsked(
      (before) => new Map([...before, ...repositories.map((one) => [one.id, { before: one, at }] as const)]),
    );
  };
  const add = useChange({
    send: (repositories: readonly Repository[]) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/packages', {
          params: { path: { slug } },
          body: { repositories: repositories.map(({ id }) => id) },
        }),
      ),
    onDone: (_, repositories) => follow(repositories),
  });
  const scan = useChange({
    send: ({ id }: Repository) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/repositories/{id}/scan', { params: { path: { slug, id } } }),
      ),
    onDone: (_, repository) => follow([repository]),
  });
  const followed = useOutcomes(slug, asked);
  const settled = [...followed.values()].filter(({ outcome }) => isSettled(outcome)).length;
  useEffect(() => {
    if (settled > 0) {
      void client.invalidateQueries({ queryKey: queryKeys.of(slug, 'packages') });
      // What is shown stays where it is until the list is asked for again.
      void client.invalidateQueries({ queryKey: repositoriesKey(slug), refetchType: 'none' });
    }
  }, [client, slug, settled]);
  return { followed, add, scan, forget: () => setAsked(new Map()) };
}

function useOutcomes(slug: string, asked: ReadonlyMap<string, Asked>): ReadonlyMap<string, Followed> {
  const client = useQueryClient();
  const all = [...asked];
  const keyOf = (id: string, at: number) => queryKeys.of(slug, 'followed', id, at);
  const open = all
    .filter(([id, { at }]) => {
      const known = client.getQueryState<Outcome>(keyOf(id, at));
      return !isDenial(known?.error) && (known?.data === undefined || !isSettled(known.data));
    })
    .slice(0, askedMax)
    .map(([id]) => id);
  const found = useQueries({
    queries: all.map(([id, { at }]) => ({
      queryKey: keyOf(id, at),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        readOutcome({ slug, id, since: at - clockToleranceMs }, signal),
      enabled: open.includes(id),
      staleTime: Number.POSITIVE_INFINITY,
      refetchInterval: untilDone(isSettled),
    })),
  });
  return new Map(
    all.map(([id, { before }], place) => [id, { before, outcome: shownOutcome(before, found[place]) }]),
  );
}

const shownOutcome = (
  before: Repository,
  asked: Pick<UseQueryResult<Outcome>, 'data' | 'error'> | undefined,
) =>
  isDenial(asked?.error)
    ? { kind: 'none' as const, repository: before }
    : (asked?.data ?? { kind: 'scanning' as const });

interface Place {
  readonly slug: string;
  readonly id: string;
  readonly since: number;
}

async function readOutcome({ slug, id, since }: Place, signal: AbortSignal): Promise<Outcome> {
  const repository = await dataOf(
    api.GET('/api/v1/organizations/{slug}/repositories/{id}', { params: { path: { slug, id } }, signal }),
  );
  const [vendor, name] = repository.packages[0]?.split('/') ?? [];
  const found =
    vendor === undefined || name === undefined
      ? undefined
      : await dataOf(
          api.GET('/api/v1/organizations/{slug}/packages/{vendor}/{name}', {
            params: { path: { slug, vendor, name } },
            signal,
          }),
        );
  return outcomeOf(repository, found, since);
}
