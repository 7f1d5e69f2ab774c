import { useNavigate } from '@tanstack/react-router';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { notifyDone } from '../../components/notify.ts';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import { keyOf, type Which } from './queries.ts';

const words = synchronizationsWords.held;

interface Decision {
  readonly decision: 'yes' | 'no';
  readonly why?: string;
}

/** Allows or refuses held removals: exactly those that were shown. What is allowed is read at once, which its page shows. */
export function useDecide(which: Which, { scope, count, digest }: Schemas['HeldRemovals']) {
  const navigate = useNavigate();
  return useChange({
    send: (decided: Decision) =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/synchronizations/{synchronization}/held-removals/decide', {
          params: { path: which },
          body: { scope, shown: digest, ...decided },
        }),
      ),
    refreshes: [keyOf(which), queryKeys.of(which.slug, 'overview')],
    onDone: ({ decision, decidedAt }) => {
      if (decision === 'no') {
        notifyDone(words.doneRefuse);
        return;
      }
      notifyDone(words.doneApprove(count));
      void navigate({
        to: '/o/$slug/synchronizations/$synchronization',
        params: which,
        search: { asked: decidedAt },
      });
    },
  });
}
