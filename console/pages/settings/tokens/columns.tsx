import { Group, Text } from '@mantine/core';
import type { Schemas } from '../../../api/client.ts';
import type { Column } from '../../../components/data-table.tsx';
import { AnchorLink } from '../../../components/link.tsx';
import { When } from '../../../components/when.tsx';
import { tokensWords as words } from '../../../words/tokens.ts';
import { Holder } from './holder.tsx';
import type { TokensSearch, tokenOrders } from './search.ts';
import { TokenState } from './token-state.tsx';

type Token = Schemas['Token'];

/** Who made it, by name. Everybody makes their own. */
export function makerName({ madeBy, kind, holder }: Token): string {
  if (madeBy === undefined) {
    return kind === 'user' ? (holder ?? words.unknownHolder) : words.onTheMachine;
  }
  return madeBy.kind === 'operator' ? words.operator : madeBy.name;
}

export function columnsOf(
  slug: string,
  { sort }: TokensSearch,
  change: (changed: TokensSearch) => void,
): readonly Column<Token>[] {
  const sorted = (order: (typeof tokenOrders)[number] | undefined, state: 'ascending' | 'descending') => ({
    state: sort === order ? state : undefined,
    onSort: () => change({ sort: order }),
  });
  return [
    {
      key: 'token',
      title: words.columns.token,
      sort: sorted(undefined, 'ascending'),
      cell: (token) => <TokenCell slug={slug} token={token} />,
    },
    {
      key: 'holder',
      title: words.columns.holder,
      width: 10.5,
      isWide: true,
      cell: (token) => <HolderCell slug={slug} token={token} />,
    },
    {
      key: 'last',
      title: words.columns.lastInstall,
      width: 9.5,
      isWide: true,
      sort: sorted('used', 'descending'),
      cell: ({ lastInstallAt }) => <When at={lastInstallAt} otherwise={words.neverUsed} />,
    },
    {
      key: 'made-by',
      title: words.columns.madeBy,
      width: 8.5,
      isWide: true,
      cell: (token) => (
        <Text size="sm" truncate>
          {makerName(token)}
        </Text>
      ),
    },
    {
      key: 'ends',
      title: words.columns.ends,
      width: 7.5,
      sort: sorted('ends', 'ascending'),
      cell: ({ expiresAt }) => <When at={expiresAt} otherwise={words.neverEnds} />,
    },
  ];
}

interface CellProps {
  readonly slug: string;
  readonly token: Token;
}

/** On a phone with whom it speaks for, which has no column there. */
const TokenCell = ({ slug, token: { id, description, state, kind, holder } }: CellProps) => (
  <div style={{ minWidth: 0, lineHeight: 1.3 }}>
    <Group gap="xs" wrap="nowrap">
      <AnchorLink
        to="/o/$slug/settings/tokens/$token"
        params={{ slug, token: id }}
        size="sm"
        fw={500}
        truncate
      >
        {description === '' ? words.undescribed : description}
      </AnchorLink>
      {state !== 'active' && <TokenState state={state} />}
    </Group>
    <Text size="xs" c="dimmed" truncate hiddenFrom="sm">
      {kind === 'organization' ? words.kinds.organization : (holder ?? words.unknownHolder)}
    </Text>
  </div>
);

const HolderCell = ({ slug, token }: CellProps) => (
  <div style={{ minWidth: 0, lineHeight: 1.3 }}>
    <Holder slug={slug} token={token} />
    {(token.kind !== 'organization' || token.isShared) && (
      <Text size="xs" c="dimmed" truncate>
        {token.kind === 'organization' ? words.shared : words.kinds[token.kind]}
      </Text>
    )}
  </div>
);
