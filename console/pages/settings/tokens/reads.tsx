import { Text } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../../api/client.ts';
import { pageLimit, useList } from '../../../api/use-list.ts';
import { wayText } from '../../../components/access-way.ts';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { PackageLink } from '../../../components/package-link.tsx';
import { Empty } from '../../../components/states.tsx';
import { tokensWords } from '../../../words/tokens.ts';
import { tokensKey } from './queries.ts';
import { isWorking } from './token-list.ts';

const words = tokensWords.reads;

interface PackagesReadProps {
  readonly slug: string;
  readonly token: Schemas['Token'];
}

/** Every package that the token reads, and through what. */
export function PackagesRead({ slug, token }: PackagesReadProps) {
  const { id } = token;
  const list = useList<Schemas['ReadablePackage']>(
    tokensKey(slug, 'access', id, token.state),
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/tokens/{id}/access', {
          params: { path: { slug, id }, query: { cursor, limit: pageLimit } },
          signal,
        }),
      ),
  );
  return (
    <DataTable
      label={words.title}
      columns={columnsOf(slug)}
      rowKey={({ name }) => name}
      empty={<Empty icon="package" {...(isWorking(token) ? words.none : words.nothingNow)} />}
      {...list}
    />
  );
}

const columnsOf = (slug: string): readonly Column<Schemas['ReadablePackage']>[] => [
  {
    key: 'package',
    title: words.columns.package,
    cell: ({ name }) => <PackageLink slug={slug} name={name} />,
  },
  {
    key: 'through',
    title: words.columns.through,
    cell: ({ paths: [first, ...others] }) => (
      <Text size="sm" truncate>
        {first !== undefined && wayText(first)}
        {others.length > 0 && (
          <Text span size="sm" c="dimmed">
            {' '}
            {words.more(others.length)}
          </Text>
        )}
      </Text>
    ),
  },
];
