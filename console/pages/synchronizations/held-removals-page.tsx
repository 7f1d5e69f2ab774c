import { Badge, Button, Group, Stack, Text, Title, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Page } from '../../components/page.tsx';
import { Empty, Failure, LoadingRows, ProblemAlert } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { shownNumber } from '../../words/locale.ts';
import { synchronizationsWords } from '../../words/synchronizations.ts';
import { AllowDialog } from './allow-dialog.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { Differences } from './differences.tsx';
import { synchronizationQuery, useHeldRemovals, type Which } from './queries.ts';
import classes from './synchronization.module.css';
import { useDecide } from './use-decide.ts';

const words = synchronizationsWords.held;

export function HeldRemovalsPage() {
  const which = useParams({ from: '/o/$slug/synchronizations/$synchronization/held-removals' });
  // As it was shown: while somebody writes why, the lists are read again, and this one may not be there any more.
  const [asked, setAsked] = useState<Schemas['HeldRemovals']>();
  const login = useQuery(synchronizationQuery(which)).data?.login;
  return (
    <Page
      title={synchronizationsWords.titles.heldRemovals}
      of={login}
      above={<Breadcrumbs {...which} login={login} />}
      description={words.description}
    >
      <Lists {...which} ask={setAsked} />
      {asked !== undefined && <AllowDialog {...which} held={asked} onClose={() => setAsked(undefined)} />}
    </Page>
  );
}

interface ListsProps extends Which {
  /** Asks whether it may be removed. */
  ask(held: Schemas['HeldRemovals']): void;
}

function Lists({ ask, ...which }: ListsProps) {
  const { rows, isLoading, error, retry, hasMore, isLoadingMore, loadMore } = useHeldRemovals(which);
  if (isLoading) {
    return <LoadingRows />;
  }
  if (error !== null && rows.length === 0) {
    return <Failure error={error} retry={retry} />;
  }
  return rows.length === 0 ? (
    <Empty icon="check" {...words.none} />
  ) : (
    <Stack gap="xl">
      {rows.map((held) => (
        <List key={`${held.scope} ${held.digest}`} {...which} ask={ask} held={held} />
      ))}
      {hasMore && (
        <Button variant="default" loading={isLoadingMore} onClick={loadMore}>
          {synchronizationsWords.more}
        </Button>
      )}
    </Stack>
  );
}

interface ListProps extends ListsProps {
  readonly held: Schemas['HeldRemovals'];
}

/** What is missing from one list of the code host: it is decided on as a whole. */
function List({ held, ask, ...which }: ListProps) {
  const refuse = useDecide(which, held);
  const { scope, since, count, differences, decision } = held;
  const list = synchronizationsWords.listOf(scope);
  return (
    <section aria-label={list}>
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Group gap="xs">
            <Title order={2}>{list}</Title>
            {decision !== undefined && (
              <Badge variant="light" color={decision === 'yes' ? 'red' : 'gray'}>
                {decision === 'yes' ? words.approved : words.refused}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" component="div">
            {words.would(count)} · {words.since} <When at={since} />
            {differences.length < count && ` · ${words.first(differences.length, count)}`}
          </Text>
        </div>
        <Group gap="xs">
          {decision !== 'no' && (
            <Tooltip label={words.refuseHint}>
              <Button
                variant="default"
                loading={refuse.isPending}
                onClick={() => refuse.mutate({ decision: 'no' })}
              >
                {words.refuse}
              </Button>
            </Tooltip>
          )}
          {decision !== 'yes' && (
            <Button variant="default" className={classes.failed} onClick={() => ask(held)}>
              {words.approve(count)}
            </Button>
          )}
        </Group>
      </Group>
      <ProblemAlert error={refuse.error} />
      <Differences
        slug={which.slug}
        label={`${list}: ${shownNumber(count)}`}
        differences={differences}
        isReasonShown={false}
      />
    </section>
  );
}
