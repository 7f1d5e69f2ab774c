import { Badge, Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { useProgress } from '../../api/use-progress.ts';
import { CodeText } from '../../components/code-text.tsx';
import { Icon } from '../../components/icon.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Failure, LoadingRows, ProblemAlert } from '../../components/states.tsx';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import { Notice } from './alerts.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { Differences } from './differences.tsx';
import { keyOf, synchronizationQuery, useChangesOfPreview, type Which } from './queries.ts';
import { isGood, withoutIds } from './run-text.ts';
import classes from './synchronization.module.css';
import { useReadNow, useRequestPreview } from './use-requests.ts';

const words = synchronizationsWords.preview;

export function PreviewPage() {
  const { preview: number, ...which } = useParams({
    from: '/o/$slug/synchronizations/$synchronization/previews/$preview',
  });
  const login = useQuery(synchronizationQuery(which)).data?.login;
  const query = usePreview(which, Number(number));
  const [readNow, again] = [useReadNow(which), useRequestPreview(which)];
  const isEnded = query.data?.state === 'done' || query.data?.state === 'failed';
  return (
    <Page
      title={synchronizationsWords.titles.preview(number)}
      of={login}
      above={<Breadcrumbs {...which} login={login} />}
      description={words.description}
      actions={
        isEnded && (
          <Group gap="xs">
            <Button variant="default" loading={again.isPending} onClick={() => again.mutate({})}>
              {words.again}
            </Button>
            <Button
              leftSection={<Icon name="sync" size={16} />}
              loading={readNow.isPending}
              onClick={() => readNow.mutate(undefined)}
            >
              {synchronizationsWords.readNow.action}
            </Button>
          </Group>
        )
      }
    >
      <ProblemAlert error={readNow.error ?? again.error} />
      <Loaded query={query} skeleton={<LoadingRows count={2} />}>
        {(preview) => <Shown {...which} preview={preview} />}
      </Loaded>
    </Page>
  );
}

const usePreview = (which: Which, number: number) =>
  useProgress({
    queryKey: keyOf(which, 'preview', number),
    read: (signal) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/synchronizations/{synchronization}/previews/{number}', {
          params: { path: { ...which, number } },
          signal,
        }),
      ),
    isDone: ({ state }) => state === 'done' || state === 'failed',
  });

interface ShownProps extends Which {
  readonly preview: Schemas['Preview'];
}

function Shown({ preview, ...which }: ShownProps) {
  const { state, progress, failure, scopes = [] } = preview;
  if (state === 'failed') {
    return <Notice color="red" title={words.failed} text={failure?.message ?? ''} />;
  }
  if (state !== 'done') {
    return <Waiting state={state} progress={progress} />;
  }
  const unread = scopes.filter(({ outcome }) => !isGood(outcome));
  return (
    <Stack gap="lg">
      {unread.length > 0 && <Unread scopes={unread} />}
      <Found key={preview.number} {...which} number={preview.number} />
    </Stack>
  );
}

const Waiting = ({
  state,
  progress,
}: Pick<Schemas['Preview'], 'progress'> & { readonly state: 'waiting' | 'running' }) => (
  <section className={classes.panel} aria-label={words.states[state]}>
    <Text fw={600} role="status">
      {words.states[state]}
    </Text>
    <Progress
      aria-label={progress === undefined ? words.states[state] : words.progress(progress.read, progress.of)}
      value={progress === undefined ? 0 : (100 * progress.read) / Math.max(1, progress.of)}
      size="sm"
      mt="xs"
      animated
    />
  </section>
);

/** Lists whose changes are not known. */
const Unread = ({ scopes }: { readonly scopes: NonNullable<Schemas['Preview']['scopes']> }) => (
  <section className={classes.panel} aria-label={words.unread}>
    <Text fw={600}>{words.unread}</Text>
    <ul className={classes.rows}>
      {scopes.map(({ scope, outcome, message }) => (
        <li key={scope}>
          <span>{synchronizationsWords.listOf(scope)}</span>
          <Group gap="xs">
            <Text size="xs" c="dimmed" component="span">
              <CodeText text={message ?? ''} />
            </Text>
            <Badge variant="dot" color="red">
              {synchronizationsWords.outcomeOf(outcome)}
            </Badge>
          </Group>
        </li>
      ))}
    </ul>
  </section>
);

function Found(which: Which & { readonly number: number }) {
  const { rows, isLoading, ...list } = useChangesOfPreview(which);
  if (isLoading) {
    return <LoadingRows />;
  }
  if (list.error !== null && rows.length === 0) {
    return <Failure error={list.error} retry={list.retry} />;
  }
  const of = (kind: Schemas['PreviewedChange']['kind']) =>
    rows.flatMap((row) => (row.kind === kind && row.difference !== undefined ? [row.difference] : []));
  const deferred = rows.filter(({ kind }) => kind === 'deferred');
  const [changes, held] = [of('change'), of('held')];
  return rows.length === 0 ? (
    <Empty icon="check" {...words.nothing} />
  ) : (
    <>
      {changes.length > 0 && (
        <Section title={words.kinds.change}>
          <Differences slug={which.slug} label={words.kinds.change} differences={changes} {...list} />
        </Section>
      )}
      {held.length > 0 && (
        <Section title={words.kinds.held}>
          <Differences
            slug={which.slug}
            label={words.kinds.held}
            differences={held}
            isReasonShown={false}
            {...list}
          />
        </Section>
      )}
      {deferred.length > 0 && (
        <Section title={words.kinds.deferred}>
          <ul className={classes.rows} style={{ marginTop: 0 }}>
            {deferred.map(({ text }) => (
              <li key={text}>{withoutIds(text)}</li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <Stack gap="sm">
    <Title order={2}>{title}</Title>
    {children}
  </Stack>
);
