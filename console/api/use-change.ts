import { type QueryKey, type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';

interface Change<Input, Output> {
  /** @param key for the header Idempotency-Key: the same while the same input is sent again, another one after a success */
  send(input: Input, key: string): Promise<Output>;
  /** What is asked again once it is done: everything whose key begins with one of these. */
  readonly refreshes?: readonly QueryKey[];
  onDone?(output: Output, input: Input): void;
  /** For what has no place to show `error` at. */
  onFailed?(error: Error): void;
}

/** A change through the API. Nothing is shown as done before the API says so. */
export function useChange<Input, Output>({
  send,
  refreshes = [],
  onDone,
  onFailed,
}: Change<Input, Output>): UseMutationResult<Output, Error, Input> {
  const client = useQueryClient();
  const last = useRef<{ readonly input: string | undefined; readonly key: string } | undefined>(undefined);
  return useMutation({
    mutationFn: (given: Input) => {
      const input: string | undefined = JSON.stringify(given);
      // Nothing to send is an input too.
      if (last.current === undefined || last.current.input !== input) {
        last.current = { input, key: crypto.randomUUID() };
      }
      return send(given, last.current.key);
    },
    onSuccess: async (output, input) => {
      last.current = undefined;
      await Promise.all(refreshes.map((queryKey) => client.invalidateQueries({ queryKey })));
      onDone?.(output, input);
    },
    ...(onFailed !== undefined && { onError: (error) => onFailed(error) }),
  });
}
