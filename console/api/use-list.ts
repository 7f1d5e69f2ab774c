import { keepPreviousData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { whileSeen } from './live.ts';

/** A page of a list of the API. Only one without `next` is the last. */
interface ListPage<Row> {
  readonly items: readonly Row[];
  readonly next?: string | undefined;
}

/** The largest page that the API gives. */
export const pageLimit = 100;

export interface List<Row> {
  readonly rows: readonly Row[];
  readonly isLoading: boolean;
  /** What is shown was asked for with another filter. */
  readonly isOutdated: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  loadMore(): void;
  retry(): void;
}

interface ListOptions {
  /** It is asked for again while it is seen, because a code host changes it. */
  readonly isLive?: boolean;
}

/** A list whose pages are asked for as they are needed. @param key with everything that it is filtered and sorted by */
export function useList<Row>(
  key: QueryKey,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage<Row>>,
  { isLive = false }: ListOptions = {},
): List<Row> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? whileSeen : false,
  });
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  // Pages of a filtered list may be empty before the last.
  const { hasNextPage, isFetching, isError, isFetchNextPageError, fetchNextPage, refetch } = query;
  const isEmptySoFar = rows.length === 0 && hasNextPage && !isError;
  useEffect(() => {
    if (isEmptySoFar && !isFetching) {
      void fetchNextPage();
    }
  }, [isEmptySoFar, isFetching, fetchNextPage]);
  return {
    rows,
    isLoading: query.isPending || isEmptySoFar,
    isOutdated: query.isPlaceholderData,
    error: query.error,
    hasMore: hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => {
      // After a failure only when somebody wants it: `retry`.
      if (hasNextPage && !isFetching && !isError) {
        void fetchNextPage();
      }
    },
    retry: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}
