import { Modal } from '@mantine/core';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { pageLimit, useList } from '../../api/use-list.ts';
import { LeftOutTable } from '../../components/left-out-table.tsx';
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
      <LeftOut slug={slug} id={repository.id} />
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
  return <LeftOutTable list={list} />;
}
