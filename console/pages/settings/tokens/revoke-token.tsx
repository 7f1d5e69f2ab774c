import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { useChange } from '../../../api/use-change.ts';
import { ConfirmButton } from '../../../components/confirm-button.tsx';
import { notifyDone } from '../../../components/notify.ts';
import { tokensWords } from '../../../words/tokens.ts';
import { tokensKey } from './queries.ts';

const words = tokensWords.revoke;

interface RevokeTokenProps {
  readonly slug: string;
  readonly token: Schemas['Token'];
}

export function RevokeToken({ slug, token: { id, isShared } }: RevokeTokenProps) {
  const revoke = useChange({
    send: () =>
      dataOf(api.DELETE('/api/v1/organizations/{slug}/tokens/{id}', { params: { path: { slug, id } } })),
    refreshes: [tokensKey(slug)],
    onDone: () => notifyDone(words.done),
  });
  return (
    <ConfirmButton label={words.action} variant="light" color="red" title={words.title} change={revoke}>
      {isShared ? words.textShared : words.text}
    </ConfirmButton>
  );
}
