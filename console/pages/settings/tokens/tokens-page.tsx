import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { DataTable } from '../../../components/data-table.tsx';
import { ButtonLink } from '../../../components/link.tsx';
import { Empty } from '../../../components/states.tsx';
import { tokensWords as words } from '../../../words/tokens.ts';
import { SecretsPage } from '../secret-pages.tsx';
import { columnsOf } from './columns.tsx';
import { Filters } from './filters.tsx';
import { LongLived } from './long-lived.tsx';
import { useTokens } from './queries.ts';
import type { TokensSearch } from './search.ts';
import { listed } from './token-list.ts';

const from = '/o/$slug/settings/tokens';

export function TokensPage() {
  const { slug } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  const change = (changed: TokensSearch): void =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const list = useTokens(slug);
  const rows = useMemo(() => listed(list.rows, search), [list.rows, search]);
  const isLoading = list.isLoading || (rows.length === 0 && list.hasMore && list.error === null);
  return (
    <SecretsPage words={words} make="/o/$slug/settings/tokens/new">
      {!isLoading && <LongLived slug={slug} tokens={list.rows} />}
      <Filters
        key={slug}
        search={search}
        change={change}
        shown={isLoading ? undefined : words.shown(rows.length)}
      />
      <DataTable
        label={words.title}
        columns={columnsOf(slug, search, change)}
        rowKey={({ id }) => id}
        empty={list.rows.length === 0 ? <Empty icon="key" {...words.none} /> : <NoMatch slug={slug} />}
        {...list}
        rows={rows}
        isLoading={isLoading}
      />
    </SecretsPage>
  );
}

const NoMatch = ({ slug }: { readonly slug: string }) => (
  <Empty
    icon="key"
    title={words.noMatch.title}
    text={words.noMatch.text}
    action={
      <ButtonLink to={from} params={{ slug }} search={{ show: 'all' }} variant="default" mt="xs">
        {words.noMatch.action}
      </ButtonLink>
    }
  />
);
