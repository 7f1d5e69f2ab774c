import { Badge, Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { untilDone } from '../../api/live.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { Empty } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { profileWords } from '../../words/profile.ts';
import { MadeToken } from './made-token.tsx';
import { type MadeOwnToken, type OwnToken, ownTokensQuery, readsOf } from './own-tokens.ts';
import { ProfilePage } from './profile-page.tsx';
import { MakeToken, RevokeToken, RotateToken } from './token-dialogs.tsx';

const words = profileWords.tokens;

/** The dialog that is open. */
type Open = { readonly kind: 'make' } | { readonly kind: 'rotate' | 'revoke'; readonly token: OwnToken };

export function MyTokensPage() {
  const query = useQuery({
    ...ownTokensQuery,
    // A new one is ready in half a minute.
    refetchInterval: untilDone(({ items }) => items.every(({ state }) => state !== 'waiting')),
  });
  const [open, setOpen] = useState<Open>();
  const [made, setMade] = useState<MadeOwnToken>();
  const close = () => setOpen(undefined);
  const show = (token: MadeOwnToken) => {
    close();
    setMade(token);
  };
  const make = (
    <Button leftSection={<Icon name="add" size={16} />} onClick={() => setOpen({ kind: 'make' })}>
      {words.make}
    </Button>
  );
  return (
    <ProfilePage tab="my-tokens" actions={make}>
      {made !== undefined && <MadeToken key={made.secret} made={made} onClose={() => setMade(undefined)} />}
      <DataTable
        label={profileWords.titles['my-tokens']}
        columns={columnsOf(setOpen)}
        rows={query.data?.items ?? []}
        rowKey={({ id }) => id}
        isLoading={query.isPending}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty icon="key" title={words.none} text={words.noneText} />}
      />
      <MakeToken isOpen={open?.kind === 'make'} onMade={show} onClose={close} />
      {open?.kind === 'rotate' && <RotateToken token={open.token} onMade={show} onClose={close} />}
      {open?.kind === 'revoke' && <RevokeToken token={open.token} onClose={close} />}
    </ProfilePage>
  );
}

const columnsOf = (onOpen: (open: Open) => void): readonly Column<OwnToken>[] => [
  {
    key: 'token',
    title: words.columns.token,
    cell: ({ description, state, expiresAt }) => (
      <Group gap="xs" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={600} truncate title={description}>
            {description}
          </Text>
          <Text size="xs" c="dimmed" truncate hiddenFrom="xs" component="div">
            {words.columns.ends} <When at={expiresAt} />
          </Text>
        </div>
        {state === 'waiting' && (
          <Badge color="yellow" variant="dot">
            {words.waiting}
          </Badge>
        )}
      </Group>
    ),
  },
  { key: 'reads', title: words.columns.reads, isWide: true, cell: (token) => <Reads token={token} /> },
  {
    key: 'used',
    title: words.columns.used,
    width: 9,
    isWide: true,
    cell: ({ lastInstallAt }) => <When at={lastInstallAt} />,
  },
  {
    key: 'ends',
    title: words.columns.ends,
    width: 8,
    isWide: true,
    cell: ({ expiresAt }) => <When at={expiresAt} />,
  },
  {
    key: 'actions',
    title: words.columns.actions,
    width: 13,
    align: 'end',
    cell: (token) => (
      <Group gap={6} wrap="nowrap" justify="flex-end">
        <Button
          variant="default"
          size="xs"
          aria-label={words.rotateOf(token.description)}
          onClick={() => onOpen({ kind: 'rotate', token })}
        >
          {words.rotate}
        </Button>
        <Button
          variant="default"
          size="xs"
          aria-label={words.revokeOf(token.description)}
          onClick={() => onOpen({ kind: 'revoke', token })}
        >
          {words.revoke}
        </Button>
      </Group>
    ),
  },
];

/** What a token reads: what its person reads in these organizations. */
function Reads({ token }: { readonly token: OwnToken }) {
  const slugs = readsOf(token);
  const left = token.organizations.filter(({ isExcluded }) => isExcluded).map(({ slug }) => slug);
  return (
    <Text size="sm" truncate title={[...slugs, ...left.map(words.notIn)].join(', ')}>
      {slugs.length === 0 && words.nothing}
      {slugs.map((slug, place) => (
        <span key={slug}>
          {place > 0 && ', '}
          <AnchorLink to="/o/$slug/packages" params={{ slug }} size="sm">
            {slug}
          </AnchorLink>
        </span>
      ))}
      {left.length > 0 && (
        <Text span size="sm" c="dimmed">
          {` · ${left.map(words.notIn).join(', ')}`}
        </Text>
      )}
    </Text>
  );
}
