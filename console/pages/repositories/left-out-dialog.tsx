import { Modal, Stack, Text } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { repositoriesWords as words } from '../../words/repositories.ts';
import { type Repository, repositoriesKey } from './queries.ts';

interface LeftOutDialogProps {
  readonly slug: string;
  readonly repository: Repository;
  onClose(): void;
}

/** Which tags and branches of a repository give no version, and why. */
export function LeftOutDialog({ slug, repository, onClose }: LeftOutDialogProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.leftOutTitle(repository.name)}
      size="lg"
      closeButtonProps={{ 'aria-label': commonWords.close }}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {words.leftOutText}
        </Text>
        <LeftOut slug={slug} id={repository.id} />
      </Stack>
    </Modal>
  );
}

function LeftOut({ slug, id }: { readonly slug: string; readonly id: string }) {
  const list = useList<Schemas['LeftOutRef']>(repositoriesKey(slug, id, 'left-out'), (cursor, signal) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/repositories/{id}/left-out', {
        params: { path: { slug, id }, query: { cursor, limit: pageLimit } },
        signal,
      }),
    ),
  );
  return (
    <DataTable
      label={words.leftOutText}
      columns={leftOutColumns}
      rowKey={({ ref }) => ref}
      empty={<Empty {...words.nothingLeftOut} />}
      {...list}
    />
  );
}

/** Reasons are sentences: all of one is on hover. */
const leftOutColumns: readonly Column<Schemas['LeftOutRef']>[] = [
  {
    key: 'ref',
    title: words.leftOutColumns.ref,
    width: 11,
    cell: ({ ref }) => (
      <Text size="sm" truncate title={ref}>
        {ref}
      </Text>
    ),
  },
  {
    key: 'reason',
    title: words.leftOutColumns.reason,
    cell: ({ reason }) => (
      <Text size="sm" truncate title={reason}>
        {reason}
      </Text>
    ),
  },
];
