import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { isDenial } from '../api/problem.ts';
import { Failure, LoadingRows } from './states.tsx';

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** As tall as what comes; some rows if left out. */
  readonly skeleton?: ReactNode;
  children(data: Data): ReactNode;
}

/** What was asked for, or that it is not there yet, or why it cannot be had. What was had before stays while it is asked for again, unless that is refused. */
export function Loaded<Data>({ query, skeleton = <LoadingRows />, children }: LoadedProps<Data>) {
  if (query.data !== undefined && !isDenial(query.error)) {
    return children(query.data);
  }
  return query.isError ? <Failure error={query.error} retry={() => void query.refetch()} /> : skeleton;
}
