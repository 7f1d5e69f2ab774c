import type { QueryClient } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';

/**
 * Whoever was signed in is not any more: nothing of that person stays in the memory of the browser, neither what was asked for nor what was
 * entered. The page has to be loaded anew after it; one that the browser keeps for its button “Back” shows the sign-in.
 */
export function forgetPerson(client: QueryClient): void {
  sessionStorage.clear();
  client.clear();
  client.setQueryData(queryKeys.me, null);
}
