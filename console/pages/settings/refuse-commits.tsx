import { Button, Group, List, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { notifyDone } from '../../components/notify.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { emergencyStopWords } from '../../words/emergency-stop.ts';

const words = emergencyStopWords.commits;
const shownMax = 8;

interface Asked {
  readonly commits: readonly string[];
  readonly why: string;
  readonly isConfirmed: boolean;
}

const send = (slug: string, { commits, why, isConfirmed }: Asked) =>
  dataOf(
    api.POST('/api/v1/organizations/{slug}/refused-commits', {
      params: { path: { slug } },
      body: { commits: [...commits], why, ...(isConfirmed && { confirm: commits.join(',') }) },
    }),
  );

/** Asks for commits, shows what refusing them affects, and does it. */
export function RefuseCommits({ slug }: { readonly slug: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {words.action}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={words.form.title}
        size="lg"
        closeButtonProps={{ 'aria-label': commonWords.close }}
      >
        <Form slug={slug} onClose={close} />
      </Modal>
    </>
  );
}

function Form({ slug, onClose }: { readonly slug: string; onClose(): void }) {
  const [text, setText] = useState('');
  const [why, setWhy] = useState('');
  const commits = [
    ...new Set(
      text
        .toLowerCase()
        .split(/[\s,]+/)
        .filter((part) => part !== ''),
    ),
  ];
  const preview = useChange({ send: (asked: Asked) => send(slug, asked) });
  const refuse = useChange({
    send: (asked: Asked) => send(slug, asked),
    refreshes: [queryKeys.organization(slug)],
    onDone: ({ commits: refused }) => {
      onClose();
      notifyDone(words.form.done(refused.length));
    },
  });
  const isPreviewed = preview.data !== undefined;
  const change = isPreviewed ? refuse : preview;
  const isReady = commits.length > 0 && why.trim() !== '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) {
          change.mutate({ commits, why: why.trim(), isConfirmed: isPreviewed });
        }
      }}
    >
      <Stack>
        {preview.data === undefined ? (
          <>
            <Textarea
              data-autofocus
              label={words.form.commits}
              description={words.form.commitsHint}
              error={commitProblem(preview.error)}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              rows={3}
              spellCheck={false}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            />
            <TextInput
              label={commonWords.confirm.why}
              description={commonWords.confirm.whyHint}
              value={why}
              onChange={(event) => setWhy(event.currentTarget.value)}
              maxLength={500}
            />
          </>
        ) : (
          <Affected {...preview.data} />
        )}
        {commitProblem(change.error) === undefined && <ProblemAlert error={change.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={isPreviewed ? preview.reset : onClose}>
            {isPreviewed ? words.form.back : commonWords.cancel}
          </Button>
          <Button
            type="submit"
            disabled={!isReady}
            loading={change.isPending}
            {...(isPreviewed && { color: 'red' })}
          >
            {isPreviewed ? words.form.refuse(commits.length) : words.form.preview}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The API names the place of the commit in the list. */
const commitProblem = (error: unknown): string | undefined =>
  error instanceof ApiProblem
    ? error.errors.find(({ pointer }) => pointer?.startsWith('/commits') === true)?.detail
    : undefined;

const Affected = ({ versions, archives }: Schemas['CommitRefusal']) =>
  versions.length === 0 ? (
    <Text size="sm">{words.form.affectsNothing}</Text>
  ) : (
    <div>
      <Text size="sm" mb="xs">
        {words.form.affected(versions.length, archives)}
      </Text>
      <List size="sm">
        {versions.slice(0, shownMax).map((one) => (
          <List.Item key={`${one.package} ${one.version}`}>
            {one.package} {one.version}
          </List.Item>
        ))}
        {versions.length > shownMax && <List.Item>{words.form.more(versions.length - shownMax)}</List.Item>}
      </List>
    </div>
  );
