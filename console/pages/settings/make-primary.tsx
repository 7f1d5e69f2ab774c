import { api, dataOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { notifyDone } from '../../components/notify.ts';
import { settingsWords } from '../../words/settings.ts';
import type { OfSynchronization } from './of-synchronization.ts';

const words = settingsWords.synchronizations.makePrimary;

/** Lets the owners of this one be the owners of the organization. */
export function MakePrimary({ slug, id, login }: OfSynchronization) {
  const change = useChange({
    send: () =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/synchronizations/{synchronization}/primary', {
          params: { path: { slug, synchronization: id } },
        }),
      ),
    refreshes: [queryKeys.organization(slug), queryKeys.me],
    onDone: () => notifyDone(words.done(login)),
  });
  return (
    <ConfirmButton label={words.button} title={words.dialog(login)} change={change}>
      {words.text(login)}
    </ConfirmButton>
  );
}
