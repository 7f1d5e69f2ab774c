import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { notifyDone } from '../../components/notify.ts';
import { peopleWords } from '../../words/people.ts';

const words = peopleWords.activateAll;
/** So many the API takes at once. */
const idsMax = 50;

interface ActivateAllProps {
  readonly slug: string;
  /** All who wait, as far as they are listed. */
  readonly people: readonly Schemas['Person'][];
}

/** Activates those who wait, once that is confirmed. */
export function ActivateAll({ slug, people }: ActivateAllProps) {
  // Somebody can stand there with several accounts.
  const ids = [...new Set(people.map(({ id }) => id))].slice(0, idsMax);
  const change = useChange({
    send: () =>
      dataOf(
        api.POST('/api/v1/organizations/{slug}/people/activate', {
          params: { path: { slug } },
          body: { ids },
        }),
      ),
    refreshes: [queryKeys.organization(slug)],
    onDone: ({ items }) => notifyDone(words.done(items.length)),
  });
  return (
    <ConfirmButton
      label={words.action(ids.length)}
      variant="filled"
      title={words.title(ids.length)}
      change={change}
    >
      {words.text(people.filter(({ id }) => ids.includes(id)).map(({ login }) => login))}
    </ConfirmButton>
  );
}
