import { Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import type { List } from '../../api/use-list.ts';
import { Icon } from '../../components/icon.tsx';
import { SynchronizationSelect } from '../../components/synchronization-select.tsx';
import { repositoriesWords as words } from '../../words/repositories.ts';
import type { Repository } from './queries.ts';
import { type RepositoriesSearch, reasons, shownKinds } from './search.ts';

interface FiltersProps {
  readonly slug: string;
  readonly search: RepositoriesSearch;
  readonly list: List<Repository>;
  change(changed: RepositoriesSearch): void;
}

const pauseMs = 250;

export function Filters({ slug, search, list, change }: FiltersProps) {
  const [name, setName] = useState(search.name ?? '');
  const changeName = useDebouncedCallback(
    (text: string) => change({ name: text.trim().toLowerCase() || undefined }),
    pauseMs,
  );
  return (
    <Group gap="sm">
      <TextInput
        aria-label={words.search}
        placeholder={words.search}
        leftSection={<Icon name="search" size={16} />}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
          changeName(event.currentTarget.value);
        }}
        flex="1 1 9rem"
        maw="20rem"
      />
      <SegmentedControl
        aria-label={words.show}
        data={[
          { value: 'none', label: words.shows.none },
          ...shownKinds.map((value) => ({ value, label: words.shows[value] })),
        ]}
        value={search.show ?? 'none'}
        onChange={(value) => change({ show: shownKinds.find((kind) => kind === value), reason: undefined })}
      />
      {search.show === undefined && (
        <Select
          aria-label={words.reason}
          placeholder={words.anyReason}
          data={reasons.map((value) => ({ value, label: words.reasons[value] }))}
          value={search.reason ?? null}
          onChange={(value) => change({ reason: reasons.find((reason) => reason === value) })}
          clearable
          flex="1 1 9rem"
          maw="11rem"
        />
      )}
      <SynchronizationSelect
        slug={slug}
        value={search.synchronization}
        onChange={(synchronization) => change({ synchronization })}
      />
      <Text size="sm" c="dimmed" role="status" ml="auto">
        {list.isLoading ? '' : words.shown(list.rows.length, list.hasMore)}
      </Text>
    </Group>
  );
}
