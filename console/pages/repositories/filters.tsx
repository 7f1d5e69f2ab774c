import { Group, SegmentedControl } from '@mantine/core';
import type { List } from '../../api/use-list.ts';
import { FilterSelect } from '../../components/filter-select.tsx';
import { ListCount } from '../../components/list-count.tsx';
import { SearchField } from '../../components/search-field.tsx';
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

export function Filters({ slug, search, list, change }: FiltersProps) {
  return (
    <Group gap="sm">
      <SearchField label={words.search} value={search.name} onSearch={(name) => change({ name })} />
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
        <FilterSelect
          label={words.reason}
          any={words.anyReason}
          values={reasons}
          words={words.reasons}
          value={search.reason}
          onChange={(reason) => change({ reason })}
          flex="1 1 9rem"
          maw="11rem"
        />
      )}
      <SynchronizationSelect
        slug={slug}
        value={search.synchronization}
        onChange={(synchronization) => change({ synchronization })}
      />
      <ListCount shown={list.isLoading ? undefined : words.shown(list.rows.length, list.hasMore)} />
    </Group>
  );
}
