import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { AnchorLink } from '../../components/link.tsx';
import { When } from '../../components/when.tsx';
import { countsText, told } from '../../words/history.ts';
import { overviewWords } from '../../words/overview.ts';
import classes from './overview-page.module.css';

const words = overviewWords.lately;
const shownMax = 8;

interface LatelyProps {
  readonly slug: string;
  readonly overview: Schemas['Overview'];
}

/** What the code hosts changed and what people did, the newest first. */
export function Lately({ slug, overview: { lately, synchronizations } }: LatelyProps) {
  const runs = lately.runs.map((run) => ({
    key: `${run.synchronization} ${run.number}`,
    at: run.started,
    what: (
      <AnchorLink
        to="/o/$slug/synchronizations/$synchronization/runs/$run"
        params={{ slug, synchronization: run.synchronization, run: String(run.number) }}
      >
        {words.run(synchronizations.find(({ id }) => id === run.synchronization)?.login ?? '')}
      </AnchorLink>
    ),
    detail: countsText(run.counts),
  }));
  // Runs stand there already, with what they changed.
  const acts = lately.history
    .filter(({ run }) => run === undefined)
    .map((entry, place) => ({
      key: `act ${place}`,
      at: entry.at,
      what: told(entry),
      detail: entry.why,
    }));
  const all = [...runs, ...acts].toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at));
  return all.length === 0 ? (
    <Text size="sm" c="dimmed">
      {words.nothing}
    </Text>
  ) : (
    <ul className={classes.list}>
      {all.slice(0, shownMax).map(({ key, ...entry }) => (
        <Entry key={key} {...entry} />
      ))}
    </ul>
  );
}

interface EntryProps {
  readonly at: string;
  readonly what: ReactNode;
  readonly detail: string;
}

const Entry = ({ at, what, detail }: EntryProps) => (
  <li>
    <Group justify="space-between" gap="sm" wrap="nowrap" align="baseline">
      <Text size="sm" component="div">
        {what}
      </Text>
      <Text size="xs" c="dimmed" flex="none" component="div">
        <When at={at} />
      </Text>
    </Group>
    {detail !== '' && (
      <Text size="xs" c="dimmed">
        {detail}
      </Text>
    )}
  </li>
);
