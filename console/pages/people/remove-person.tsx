import { api, dataOf } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { notifyDone } from '../../components/notify.ts';
import { peopleWords } from '../../words/people.ts';
import { peopleKey } from './queries.ts';

interface RemovePersonProps {
  readonly slug: string;
  /** Of the user, or of the invitation. */
  readonly id: string;
  readonly name: string;
  readonly isInvited: boolean;
}

/** Removes somebody whom no code host knows, or withdraws an invitation, once that is confirmed. */
export function RemovePerson({ slug, id, name, isInvited }: RemovePersonProps) {
  const words = isInvited ? peopleWords.withdraw : peopleWords.remove;
  const change = useChange({
    send: () =>
      dataOf<unknown>(
        api.DELETE('/api/v1/organizations/{slug}/people/{id}', { params: { path: { slug, id } } }),
      ),
    refreshes: [peopleKey(slug)],
    onDone: () => notifyDone(words.done(name)),
  });
  return (
    <ConfirmButton
      label={words.action}
      spoken={`${words.action} ${name}`}
      size="xs"
      title={words.title(name)}
      change={change}
    >
      {words.text}
    </ConfirmButton>
  );
}
