import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { Schemas } from '../../../api/client.ts';
import { Loaded } from '../../../components/loaded.tsx';
import { tokensWords as words } from '../../../words/tokens.ts';
import { NewSecretPage } from '../secret-pages.tsx';
import { MadeToken } from './made-token.tsx';
import { settingsQuery } from './queries.ts';
import { TokenForm } from './token-form.tsx';

const from = '/o/$slug/settings/tokens/new';

export function NewTokenPage() {
  const { slug } = useParams({ from });
  const navigate = useNavigate();
  const settings = useQuery(settingsQuery(slug));
  return (
    <NewSecretPage<Schemas['MadeToken']>
      words={words}
      list="/o/$slug/settings/tokens"
      form={(onMade) => (
        <Loaded query={settings}>
          {(found) => <TokenForm slug={slug} settings={found} onMade={onMade} />}
        </Loaded>
      )}
    >
      {(made) => (
        <MadeToken
          slug={slug}
          made={made}
          onDone={() =>
            void navigate({ to: '/o/$slug/settings/tokens/$token', params: { slug, token: made.id } })
          }
        />
      )}
    </NewSecretPage>
  );
}
