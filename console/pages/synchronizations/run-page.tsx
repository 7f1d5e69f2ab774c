import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { AnchorLink } from '../../components/link.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Failure, LoadingRows } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { synchronizationsWords as words } from '../../words/synchronizations.ts';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { Counts, Differences } from './differences.tsx';
import { runQuery, synchronizationQuery, useDifferencesOfRun, type Which } from './queries.ts';
import { RunLists } from './run-lists.tsx';
import { causesOf, hasFailed, heldOf } from './run-text.ts';
import { UndoDialog } from './undo-dialog.tsx';
import { UndoProgress } from './undo-progress.tsx';

const from = '/o/$slug/synchronizations/$synchronization/runs/$run';

export function RunPage() {
  const { run: number, ...which } = useParams({ from });
  const { undo } = useSearch({ from });
  const [isUndoing, setIsUndoing] = useState(false);
  const query = useQuery(runQuery({ ...which, number: Number(number) }));
  const login = useQuery(synchronizationQuery(which)).data?.login;
  const run = query.data;
  return (
    <Page
      title={words.titles.run(number)}
      of={login}
      above={<Breadcrumbs {...which} login={login} />}
      description={query.isPending ? <Skeleton height={22} width={320} mt={4} /> : run && <About run={run} />}
      actions={
        run !== undefined &&
        run.counts.remove > 0 && (
          <Button variant="default" onClick={() => setIsUndoing(true)}>
            {words.undo.action}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {(found) => (
          <Stack gap="lg">
            {undo !== undefined && <UndoProgress {...which} number={found.number} asked={undo} key={undo} />}
            {(hasFailed(found) || heldOf(found) > 0) && <RunLists {...which} run={found} />}
            <Changes key={found.number} {...which} run={found} />
            {isUndoing && <UndoDialog {...which} run={found} onClose={() => setIsUndoing(false)} />}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

/** When it was, why, and what it took. */
function About({ run }: { readonly run: Schemas['Run'] }) {
  const { started, seconds, requests } = run;
  const { slug, synchronization } = useParams({ from });
  const delivery = run.scopes.find((scope) => scope.delivery !== undefined)?.delivery;
  return (
    <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
      <When at={started} /> · {causesOf(run).join(', ')} · {words.run.seconds(seconds)}
      {requests !== undefined && ` · ${words.run.requests(requests)}`}
      {delivery !== undefined && (
        <div>
          <AnchorLink
            to="/o/$slug/synchronizations/$synchronization/webhooks"
            params={{ slug, synchronization }}
            size="sm"
          >
            {words.run.delivery(delivery)}
          </AnchorLink>
        </div>
      )}
    </Text>
  );
}

function Changes({ run, ...which }: Which & { readonly run: Schemas['Run'] }) {
  const { rows, isLoading, ...list } = useDifferencesOfRun({ ...which, number: run.number });
  if (isLoading) {
    return <LoadingRows />;
  }
  if (list.error !== null && rows.length === 0) {
    return <Failure error={list.error} retry={list.retry} />;
  }
  return rows.length === 0 ? (
    <Empty icon="check" {...words.run.none} />
  ) : (
    <Stack gap="sm">
      <Group gap="sm">
        <Title order={2}>{words.run.changes}</Title>
        <Counts counts={run.counts} />
      </Group>
      <Differences slug={which.slug} label={words.run.changes} differences={rows} {...list} />
    </Stack>
  );
}
