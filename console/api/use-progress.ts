import { type QueryKey, type UseQueryResult, useQuery } from '@tanstack/react-query';

/** Asked so often at first, then less and less often. */
const pause = { firstMs: 700, factor: 1.3, maxMs: 5_000 } as const;

interface Progress<State> {
  readonly queryKey: QueryKey;
  /** Asks how far it is: the `Location` of what was accepted. */
  read(signal: AbortSignal): Promise<State>;
  isDone(state: State): boolean;
  /** False while there is nothing to ask about. */
  readonly isEnabled?: boolean;
}

/** How far something is that takes time, asked again until it is done. */
export function useProgress<State>({
  queryKey,
  read,
  isDone,
  isEnabled = true,
}: Progress<State>): UseQueryResult<State> {
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => read(signal),
    enabled: isEnabled,
    staleTime: 0,
    refetchInterval: ({ state: { data, dataUpdateCount } }) =>
      data !== undefined && isDone(data)
        ? false
        : Math.min(pause.maxMs, pause.firstMs * pause.factor ** dataUpdateCount),
  });
}
