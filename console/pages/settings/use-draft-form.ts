import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isProblem } from '../../api/problem.ts';
import { useChange } from '../../api/use-change.ts';
import { fieldProblem } from '../../components/problem-text.ts';
import { changed, changesOf, etagOf, forgetDraft, keepDraft, readDraft, type Stored } from './draft.ts';

const conflict = 'precondition-failed';

interface Sent<Values> {
  readonly changes: Partial<Values>;
  readonly etag: string;
}

interface DraftFormOptions<Values> {
  /** What the draft is kept under. */
  readonly name: string;
  /** As it was read last. */
  readonly stored: Stored<Values>;
  /** @param etag of what the changes were made to */
  send(changes: Partial<Values>, etag: string): Promise<unknown>;
  readonly refreshes: readonly QueryKey[];
  onDone(): void;
}

export interface DraftForm<Values> {
  /** With what was entered. */
  readonly values: Values;
  /** What was entered, and is different from what is stored. */
  readonly changes: Partial<Values>;
  readonly isChanged: boolean;
  readonly isPending: boolean;
  readonly error: Error | null;
  /** Somebody else changed it since the draft was begun. */
  readonly isConflict: boolean;
  set(change: Partial<Values>): void;
  save(): void;
  /** Saves over what somebody else changed. */
  overwrite(): void;
  discard(): void;
  problemOf(field: keyof Values & string): string | undefined;
}

/**
 * A form whose values are kept until they are saved: also while the person is at the code host to confirm who it is. Only what was changed is
 * sent, with the state that it was changed from.
 */
export function useDraftForm<Values extends object>(options: DraftFormOptions<Values>): DraftForm<Values> {
  const { name, stored, send, refreshes, onDone } = options;
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => readDraft<Values>(name));
  const change = useChange({
    send: async ({ changes: sent, etag }: Sent<Values>) => {
      try {
        return await send(sent, etag);
      } catch (error) {
        // What somebody else made of it is shown, and can be saved over then.
        if (isProblem(error, conflict)) {
          await Promise.all(refreshes.map((queryKey) => client.invalidateQueries({ queryKey })));
        }
        throw error;
      }
    },
    refreshes,
    onDone: () => {
      discard();
      onDone();
    },
  });
  const changes = changesOf(draft, stored);

  function discard(): void {
    forgetDraft(name);
    setDraft(undefined);
    change.reset();
  }

  return {
    values: { ...stored.data, ...draft?.changes },
    changes,
    isChanged: Object.keys(changes).length > 0,
    isPending: change.isPending,
    error: change.error,
    isConflict: isProblem(change.error, conflict),
    set: (entered) => {
      const next = changed(draft, stored, entered);
      keepDraft(name, next);
      setDraft(next);
    },
    save: () => change.mutate({ changes, etag: etagOf(draft, stored) }),
    overwrite: () => change.mutate({ changes, etag: stored.etag }),
    discard,
    problemOf: (field) => fieldProblem(change.error, `/${field}`),
  };
}
