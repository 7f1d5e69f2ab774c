import { Button, Group, Menu, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useChange } from '../../api/use-change.ts';
import { useFoundPeople } from '../../components/found-people.ts';
import { Icon } from '../../components/icon.tsx';
import { notifyDone } from '../../components/notify.ts';
import { ProblemAlert } from '../../components/states.tsx';
import { commonWords } from '../../words/common.ts';
import { actGroups } from '../../words/history.ts';
import { historyWords } from '../../words/history-page.ts';
import { personQuery } from '../people/queries.ts';
import { type ExportFormat, exportHistory } from './export-history.ts';
import classes from './history-page.module.css';
import { type HistorySearch, historySources } from './history-search.ts';

type Entry = Schemas['HistoryEntry'];
type Person = Schemas['Person'];
const words = historyWords.filters;

const actOptions = Object.entries(actGroups).map(([group, acts]) => ({
  group,
  items: Object.entries<{ readonly label: string }>(acts).map(([value, { label }]) => ({ value, label })),
}));

const nothing: HistorySearch = {
  ...{ act: undefined, actor: undefined, source: undefined },
  ...{ delivery: undefined, since: undefined, until: undefined },
};

interface HistoryFilterProps {
  readonly slug: string;
  readonly search: HistorySearch;
  /** Those that are shown: who did them can be chosen, too. */
  readonly entries: readonly Entry[];
  /** How many there are. */
  readonly children: ReactNode;
  onChange(change: HistorySearch): void;
}

export function HistoryFilter({ slug, search, entries, children, onChange }: HistoryFilterProps) {
  const [typed, setTyped] = useState('');
  const actors = useActors(slug, search.actor, entries, typed);
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  return (
    <div>
      <div className={classes.filters}>
        <Select
          aria-label={words.act}
          placeholder={words.anyAct}
          data={actOptions}
          value={search.act ?? null}
          onChange={(act) => onChange({ act: act ?? undefined })}
          searchable
          clearable
          nothingFoundMessage={commonWords.nothingFound}
        />
        <Select
          aria-label={words.actor}
          placeholder={words.anyActor}
          data={actors}
          value={search.actor ?? null}
          onChange={(actor) => onChange({ actor: actor ?? undefined })}
          onSearchChange={setTyped}
          searchable
          clearable
          nothingFoundMessage={commonWords.nothingFound}
        />
        <Select
          aria-label={words.source}
          placeholder={words.anySource}
          data={historySources.map((value) => ({ value, label: historyWords.sources[value] }))}
          value={search.source ?? null}
          onChange={(value) => onChange({ source: historySources.find((one) => one === value) })}
          clearable
        />
        <Day label={words.since} value={search.since} onChange={(since) => onChange({ since })} />
        <Day label={words.until} value={search.until} onChange={(until) => onChange({ until })} />
        <Text size="sm" c="dimmed" role="status" className={classes.count}>
          {children}
        </Text>
      </div>
      {isFiltered && (
        <Group mt="xs" gap="xs">
          {search.delivery !== undefined && <Text size="sm">{words.delivery(search.delivery)}</Text>}
          <Button size="compact-sm" variant="subtle" onClick={() => onChange(nothing)}>
            {words.clear}
          </Button>
        </Group>
      )}
    </div>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  onChange(day: string | undefined): void;
}

const Day = ({ label, value, onChange }: DayProps) => (
  <TextInput
    type="date"
    aria-label={label}
    leftSection={<Text size="xs">{label}</Text>}
    leftSectionWidth="3rem"
    value={value ?? ''}
    onChange={(event) => onChange(event.currentTarget.value || undefined)}
  />
);

const pauseMs = 150;
/** People have at least two pages for each synchronization. */
const mostPages = 12;

/** Those who signed in here, with a part of the login. */
async function knownPeople(slug: string, name: string, signal: AbortSignal) {
  const found: Person[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { items, next } = await dataOf(
      api.GET('/api/v1/organizations/{slug}/people', {
        params: { path: { slug }, query: { name, cursor, limit: 100 } },
        signal,
      }),
    );
    found.push(...items.filter(({ isKnown }) => isKnown));
    cursor = next;
    if (cursor === undefined) {
      break;
    }
  }
  return found;
}

/**
 * Who can be chosen: whoever did what is shown, who is chosen already, and people who signed in here.
 *
 * @param typed a part of a login
 */
function useActors(slug: string, chosen: string | undefined, entries: readonly Entry[], typed: string) {
  const [name] = useDebouncedValue(typed.trim().toLowerCase(), pauseMs);
  const { data } = useQuery({
    queryKey: queryKeys.of(slug, 'people', 'known', name),
    queryFn: ({ signal }) => knownPeople(slug, name, signal),
    enabled: name !== '',
    placeholderData: keepPreviousData,
  });
  const isNamed = chosen === undefined || entries.some(({ actor }) => actor?.id === chosen);
  // Somebody who did nothing, as the page of a person leads here.
  const chosenPerson = useQuery({
    ...personQuery(slug, chosen ?? ''),
    enabled: !isNamed,
    refetchInterval: false,
  }).data?.data.name;
  const labelOf = useFoundPeople(slug);
  const names = new Map([
    ...(chosen === undefined ? [] : [[chosen, chosenPerson ?? chosen] as const]),
    ...entries.flatMap(({ actor }) => (actor === undefined ? [] : [[actor.id, actor.name] as const])),
    ...(data ?? []).map((one) => [one.id, isOnce(one, data) ? labelOf(one) : one.login] as const),
  ]);
  return [...names]
    .map(([value, label]) => ({ value, label }))
    .toSorted((one, other) => one.label.localeCompare(other.label));
}

/** Nobody with several linked accounts. */
const isOnce = ({ id }: Person, all: readonly Person[] = []): boolean =>
  all.filter((one) => one.id === id).length === 1;

interface ExportMenuProps {
  readonly slug: string;
  readonly search: HistorySearch;
}

/** Saves what the filter selects. */
export function ExportMenu({ slug, search }: ExportMenuProps) {
  const { exported } = historyWords;
  const change = useChange({
    send: (format: ExportFormat) => exportHistory(slug, search, format),
    onDone: (count) => notifyDone(exported.done(count)),
  });
  return (
    <div>
      <Menu>
        <Menu.Target>
          <Button variant="default" loading={change.isPending} rightSection={<Icon name="down" size={16} />}>
            {exported.button}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => change.mutate('csv')}>{exported.csv}</Menu.Item>
          <Menu.Item onClick={() => change.mutate('jsonl')}>{exported.jsonl}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ProblemAlert error={change.error} />
    </div>
  );
}
