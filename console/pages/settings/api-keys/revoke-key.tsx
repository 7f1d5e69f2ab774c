import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { queryKeys } from '../../../api/query-keys.ts';
import { useChange } from '../../../api/use-change.ts';
import { ConfirmButton } from '../../../components/confirm-button.tsx';
import { notifyDone } from '../../../components/notify.ts';
import { apiKeysWords } from '../../../words/api-keys.ts';

const words = apiKeysWords.revoke;

interface RevokeKeyProps {
  readonly slug: string;
  readonly apiKey: Schemas['ApiKey'];
}

export function RevokeKey({ slug, apiKey: { id, description } }: RevokeKeyProps) {
  const revoke = useChange({
    send: () =>
      dataOf(api.DELETE('/api/v1/organizations/{slug}/api-keys/{id}', { params: { path: { slug, id } } })),
    refreshes: [queryKeys.of(slug, 'api-keys')],
    onDone: () => notifyDone(words.done(description)),
  });
  return (
    <ConfirmButton
      label={words.action}
      spoken={words.of(description)}
      size="xs"
      title={words.title(description)}
      change={revoke}
    >
      {words.text}
    </ConfirmButton>
  );
}
