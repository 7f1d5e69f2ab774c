import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { askToConfirmPerson } from './confirm-person.ts';
import { ApiProblem, isProblem } from './problem.ts';
import { queryKeys } from './query-keys.ts';
import { hasSessionEnded } from './session-end.ts';

const retriesMax = 2;

/** What may be different in a moment. */
const passes = (error: unknown): boolean =>
  !(error instanceof ApiProblem) || error.status === 0 || error.status >= 500;

/** Keeps what was asked, and says of every answer what it means for the session. */
export function createQueryClient(): QueryClient {
  const noteSession = (error: unknown): void => {
    // Once it is known to have ended, the dialog over the page asks: layout/session-ended-dialog.tsx
    if (isProblem(error, 'unauthenticated') && !hasSessionEnded()) {
      void client.invalidateQueries({ queryKey: queryKeys.me });
    }
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: noteSession }),
    mutationCache: new MutationCache({
      onError(error) {
        noteSession(error);
        if (isProblem(error, 'reauthentication-required')) {
          askToConfirmPerson();
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // Without a connection a page says so; else it would stay empty until there is one.
        networkMode: 'always',
        refetchOnReconnect: true,
        retry: (failures, error) => failures < retriesMax && passes(error),
      },
      // What was sent and answered can have secrets in it: it is forgotten with the form.
      mutations: { networkMode: 'always', gcTime: 0 },
    },
  });
  return client;
}
