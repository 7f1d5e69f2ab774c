import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { notifyDone } from '../../components/notify.ts';
import { peopleWords } from '../../words/people.ts';

type State = Schemas['Person']['state'];
const words = peopleWords.change;

const actionFor = { active: 'switchOff', waiting: 'activate', off: 'switchOn' } as const;

interface ChangeStateProps {
  readonly slug: string;
  readonly id: string;
  readonly name: string;
  readonly state: Exclude<State, 'invited'>;
  /** Of the person as it was read. */
  readonly etag?: string;
  /** In a list. */
  readonly isSmall?: boolean;
}

/** Switches a person off or on, or activates one who waits, once that is confirmed. */
export function ChangeState({ slug, id, name, state, etag, isSmall = false }: ChangeStateProps) {
  const action = actionFor[state];
  const change = useChange({
    send: () =>
      dataOf(
        api.PATCH('/api/v1/organizations/{slug}/people/{id}', {
          params: { path: { slug, id }, ...(etag === undefined ? {} : { header: { 'if-match': etag } }) },
          body: { state: state === 'active' ? 'off' : 'active' },
        }),
      ),
    refreshes: [queryKeys.organization(slug)],
    onDone: () => notifyDone(words.done[action](name)),
  });
  return (
    <ConfirmButton
      label={words[action]}
      size={isSmall ? 'xs' : 'sm'}
      {...(isSmall && { spoken: `${words[action]} ${name}` })}
      title={words.titles[action](name)}
      change={change}
    >
      {words.texts[action]}
    </ConfirmButton>
  );
}
