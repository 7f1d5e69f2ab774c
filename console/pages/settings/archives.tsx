import { Switch } from '@mantine/core';
import { api, dataOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { notifyDone } from '../../components/notify.ts';
import { settingsWords } from '../../words/settings.ts';
import type { OfSynchronization } from './of-synchronization.ts';

const words = settingsWords.synchronizations.archives;

interface ArchivesProps extends OfSynchronization {
  readonly store: boolean;
}

/** Whether archives of stable versions are stored before anybody asks for them. */
export function Archives({ slug, id, store }: ArchivesProps) {
  const change = useChange({
    send: (next: boolean) =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/synchronizations/{synchronization}/archives', {
          params: { path: { slug, synchronization: id } },
          body: { store: next },
        }),
      ),
    refreshes: [queryKeys.organization(slug)],
    onDone: () => notifyDone(store ? words.done.off : words.done.on),
  });
  return (
    <Switch
      label={words.label}
      description={words.hint}
      checked={store}
      disabled={change.isPending}
      onChange={() => change.mutate(!store)}
    />
  );
}
