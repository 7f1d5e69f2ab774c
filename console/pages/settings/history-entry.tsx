import { Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import type { Schemas } from '../../api/client.ts';
import { AnchorLink } from '../../components/link.tsx';
import { exactTime } from '../../components/time.ts';
import { commonWords } from '../../words/common.ts';
import { actLabel, countsText, told } from '../../words/history.ts';
import { historyWords } from '../../words/history-page.ts';
import { DifferencesTable } from './differences-table.tsx';
import classes from './history-page.module.css';
import type { HistorySearch } from './history-search.ts';
import { whyOf } from './history-why.ts';

type Entry = Schemas['HistoryEntry'];
const words = historyWords.entry;

interface HistoryEntryProps {
  /** Undefined in the history of the installation. */
  readonly slug?: string | undefined;
  /** Undefined: it is closed. */
  readonly entry: Entry | undefined;
  onFilter(change: HistorySearch): void;
  onClose(): void;
}

/** Everything of an entry, beside the list. */
export function HistoryEntry({ slug, entry, onFilter, onClose }: HistoryEntryProps) {
  // It stays what it is while it closes.
  const last = useRef(entry);
  last.current = entry ?? last.current;
  const shown = last.current;
  return (
    <Drawer
      opened={entry !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={words.title}
      closeButtonProps={{ 'aria-label': commonWords.close }}
    >
      {shown !== undefined && (
        <Stack>
          <Text fw={600}>{told(shown)}</Text>
          <Facts slug={slug} entry={shown} />
          <Differences entry={shown} />
          <Group gap="xs">
            {shown.actor !== undefined && (
              <Button size="xs" variant="default" onClick={() => onFilter({ actor: shown.actor?.id })}>
                {words.onlyBy(shown.actor.name)}
              </Button>
            )}
            <Button size="xs" variant="default" onClick={() => onFilter({ act: shown.act })}>
              {words.onlyAct(actLabel(shown.act))}
            </Button>
            {shown.from?.delivery !== undefined && (
              <Button
                size="xs"
                variant="default"
                onClick={() => onFilter({ delivery: shown.from?.delivery, act: undefined, actor: undefined })}
              >
                {words.onlyDelivery}
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </Drawer>
  );
}

interface OfEntry {
  readonly slug: string | undefined;
  readonly entry: Entry;
}

function Facts({ slug, entry }: OfEntry) {
  const { at, by, actor, subject, from, run } = entry;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [words.at, exactTime(Date.parse(at))],
    [words.by, <Who key="who" slug={slug} entry={entry} />],
    [words.source, actor && historyWords.sources[actor.kind]],
    [words.subject, subject === by ? undefined : subject],
    [words.why, whyOf(entry) || undefined],
    [words.run, run && slug !== undefined && <RunLink key="run" slug={slug} run={run} />],
    [words.address, from?.address],
    [words.session, from?.session],
    [words.token, from?.token],
    [words.deliveries, run?.deliveries.join(', ') || from?.delivery],
  ];
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== undefined && value !== false)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

const Who = ({ slug, entry: { actor, by } }: OfEntry) =>
  actor?.kind === 'user' && slug !== undefined ? (
    <AnchorLink to="/o/$slug/people/$person" params={{ slug, person: actor.id }} size="sm">
      {by}
    </AnchorLink>
  ) : (
    by
  );

const RunLink = ({ slug, run }: { readonly slug: string; readonly run: NonNullable<Entry['run']> }) => (
  <>
    <AnchorLink
      to="/o/$slug/synchronizations/$synchronization/runs/$run"
      params={{ slug, synchronization: run.synchronization, run: String(run.number) }}
      size="sm"
    >
      {words.openRun(run.number)}
    </AnchorLink>
    {` · ${countsText(run.counts)}`}
  </>
);

const Differences = ({ entry: { before, after } }: Pick<OfEntry, 'entry'>) =>
  before === undefined && after === undefined ? null : (
    <section aria-label={words.changes}>
      <Title order={3} size="h5" mb={4}>
        {words.changes}
      </Title>
      <DifferencesTable before={before} after={after} titles={words} />
    </section>
  );
