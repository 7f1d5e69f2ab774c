import { type QueryKey, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { untilDone } from './live.ts';

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
    refetchInterval: untilDone(isDone),
  });
}
