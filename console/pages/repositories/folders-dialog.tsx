import { Alert, Button, Code, Group, List, Modal, ScrollArea, Stack, Text, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas, taggedDataOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { notifyDone } from '../../components/notify.ts';
import { LoadingRows, ProblemAlert } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { repositoriesWords } from '../../words/repositories.ts';
import { type Repository, repositoriesKey } from './queries.ts';

const words = repositoriesWords.folders;
/** How long nobody types before patterns are tried; milliseconds. */
const typingMs = 400;

interface FoldersDialogProps {
  readonly slug: string;
  readonly repository: Repository;
  onClose(): void;
}

/** Sets which folders of a repository have packages, and shows before which ones that are. */
export function FoldersDialog({ slug, repository, onClose }: FoldersDialogProps) {
  const stored = useFolders(slug, repository.id, undefined);
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.title(repository.name)}
      size="lg"
      closeButtonProps={{ 'aria-label': commonWords.close }}
    >
      {stored.error && <ProblemAlert error={stored.error} />}
      {stored.data === undefined ? (
        !stored.error && <LoadingRows count={4} />
      ) : (
        <Form
          slug={slug}
          id={repository.id}
          stored={stored.data.data}
          etag={stored.data.etag}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

const useFolders = (slug: string, id: string, patterns: string | undefined) =>
  useQuery({
    queryKey: repositoriesKey(slug, id, 'folders', patterns),
    queryFn: ({ signal }) =>
      taggedDataOf(
        api.GET('/api/v1/organizations/{slug}/repositories/{id}/folders', {
          params: { path: { slug, id }, query: { patterns } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    // A dialog that is opened again begins with what is set by then.
    gcTime: 0,
    retry: false,
  });

interface FormProps {
  readonly slug: string;
  readonly id: string;
  readonly stored: Schemas['PackageFolders'];
  readonly etag: string;
  onClose(): void;
}

function Form({ slug, id, stored, etag, onClose }: FormProps) {
  // What is edited is what was read first, whatever is read again meanwhile.
  const [read] = useState(etag);
  const first = stored.patterns.length > 0 ? stored.patterns : stored.proposed;
  const [text, setText] = useState(first.join('\n'));
  const [asked] = useDebouncedValue(text, typingMs);
  const tried = useFolders(slug, id, asked);
  const save = useChange({
    send: (patterns: readonly string[]) =>
      dataOf(
        api.PUT('/api/v1/organizations/{slug}/repositories/{id}/folders', {
          params: { path: { slug, id }, header: { 'if-match': read } },
          body: { patterns: [...patterns] },
        }),
      ),
    refreshes: [queryKeys.of(slug, 'repositories'), queryKeys.of(slug, 'packages')],
    onDone: () => {
      notifyDone(words.saved);
      onClose();
    },
  });
  const patterns = text.split('\n').flatMap((line) => line.trim() || []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(patterns);
      }}
    >
      <Stack>
        <Text size="sm">{words.text}</Text>
        <Textarea
          label={words.patterns}
          description={words.example}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={3}
          maxRows={10}
          spellCheck={false}
          data-autofocus
        />
        <Preview stored={stored} found={tried.data?.data.found} error={tried.error} />
        {save.error && <ProblemAlert error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {commonWords.cancel}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={tried.error !== null}>
            {words.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PreviewProps {
  readonly stored: FormProps['stored'];
  readonly found: FormProps['stored']['found'] | undefined;
  readonly error: Error | null;
}

/** Which folders become packages, as far as is known. */
function Preview({ stored, found, error }: PreviewProps) {
  if (error !== null) {
    return <ProblemAlert error={error} />;
  }
  if (stored.lookedAt === undefined) {
    return <Alert color="gray">{words.notLooked}</Alert>;
  }
  const { count = 0, folders = [] } = found ?? {};
  return (
    <div role="status">
      <Text size="sm" fw={500}>
        {words.becomePackages(count)}
      </Text>
      {count > 0 && (
        <ScrollArea.Autosize mah={220} type="auto">
          <List size="sm" listStyleType="none">
            {folders.map((folder) => (
              <List.Item key={folder}>
                <Code>{folder}</Code>
              </List.Item>
            ))}
          </List>
        </ScrollArea.Autosize>
      )}
    </div>
  );
}
