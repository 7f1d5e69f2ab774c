import { Group, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../../api/client.ts';
import { Facts } from '../../../components/facts.tsx';
import { AnchorLink } from '../../../components/link.tsx';
import { Loaded } from '../../../components/loaded.tsx';
import { Page } from '../../../components/page.tsx';
import { When } from '../../../components/when.tsx';
import { tokensWords as words } from '../../../words/tokens.ts';
import { makerName } from './columns.tsx';
import { Holder } from './holder.tsx';
import { MadeToken } from './made-token.tsx';
import { tokenQuery } from './queries.ts';
import { PackagesRead } from './reads.tsx';
import { RevokeToken } from './revoke-token.tsx';
import { RotateToken } from './rotate-token.tsx';
import { isWorking } from './token-list.ts';
import { TokenState } from './token-state.tsx';

type Token = Schemas['Token'];

const from = '/o/$slug/settings/tokens/$token';

export function TokenPage() {
  const { slug, token: id } = useParams({ from });
  const query = useQuery(tokenQuery(slug, id));
  const [made, setMade] = useState<Schemas['MadeToken']>();
  const token = query.data;
  return (
    <Page
      title={token === undefined ? words.columns.token : token.description || words.undescribed}
      of={slug}
      above={
        <AnchorLink to="/o/$slug/settings/tokens" params={{ slug }} size="sm">
          {words.title}
        </AnchorLink>
      }
      actions={
        token !== undefined &&
        isWorking(token) &&
        made === undefined && (
          <Group gap="sm">
            {token.kind !== 'user' && <RotateToken slug={slug} token={token} onRotated={setMade} />}
            <RevokeToken slug={slug} token={token} />
          </Group>
        )
      }
    >
      {made === undefined ? (
        <Loaded query={query}>{(found) => <Known slug={slug} token={found} />}</Loaded>
      ) : (
        <MadeToken slug={slug} made={made} onDone={() => setMade(undefined)} />
      )}
    </Page>
  );
}

const madeByText = (token: Token): string =>
  token.madeBy?.kind === 'operator' ? words.facts.byOperator : words.facts.by(makerName(token));

const Known = ({ slug, token }: { readonly slug: string; readonly token: Token }) => (
  <Stack gap="xl">
    <Facts
      facts={[
        { name: words.facts.state, value: <TokenState state={token.state} /> },
        { name: words.facts.holder, value: <Holder slug={slug} token={token} /> },
        {
          name: words.facts.made,
          value: (
            <span>
              <When at={token.createdAt} /> {madeByText(token)}
            </span>
          ),
        },
        {
          name: words.facts.lastInstall,
          value: <When at={token.lastInstallAt} otherwise={words.neverUsed} />,
        },
        { name: words.facts.ends, value: <When at={token.expiresAt} otherwise={words.neverEnds} /> },
      ]}
    />
    <Stack gap="sm">
      <Title order={2}>{words.reads.title}</Title>
      <PackagesRead slug={slug} token={token} />
    </Stack>
  </Stack>
);
