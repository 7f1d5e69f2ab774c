import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../../api/client.ts';
import { FreshSession } from '../../../components/fresh-session.tsx';
import { AnchorLink } from '../../../components/link.tsx';
import { Loaded } from '../../../components/loaded.tsx';
import { Page } from '../../../components/page.tsx';
import { tokensWords as words } from '../../../words/tokens.ts';
import { MadeToken } from './made-token.tsx';
import { settingsQuery } from './queries.ts';
import { TokenForm } from './token-form.tsx';

const from = '/o/$slug/settings/tokens/new';

export function NewTokenPage() {
  const { slug } = useParams({ from });
  const navigate = useNavigate();
  const settings = useQuery(settingsQuery(slug));
  const [made, setMade] = useState<Schemas['MadeToken']>();
  return (
    <Page
      title={made === undefined ? words.form.title : words.made.title}
      of={slug}
      above={
        <AnchorLink to="/o/$slug/settings/tokens" params={{ slug }} size="sm">
          {words.title}
        </AnchorLink>
      }
    >
      {made === undefined ? (
        <FreshSession>
          <Loaded query={settings}>
            {(found) => <TokenForm slug={slug} settings={found} onMade={setMade} />}
          </Loaded>
        </FreshSession>
      ) : (
        <MadeToken
          slug={slug}
          made={made}
          onDone={() =>
            void navigate({ to: '/o/$slug/settings/tokens/$token', params: { slug, token: made.id } })
          }
        />
      )}
    </Page>
  );
}
