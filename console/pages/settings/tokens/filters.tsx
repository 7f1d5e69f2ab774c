import { Group, SegmentedControl } from '@mantine/core';
import { FilterSelect } from '../../../components/filter-select.tsx';
import { ListCount } from '../../../components/list-count.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { tokensWords as words } from '../../../words/tokens.ts';
import { shownTokens, type TokensSearch, tokenKinds } from './search.ts';

const working = 'working';

interface FiltersProps {
  readonly search: TokensSearch;
  change(changed: TokensSearch): void;
  /** How many there are, in words. */
  readonly shown: string | undefined;
}

export function Filters({ search, change, shown }: FiltersProps) {
  return (
    <Group gap="sm">
      <SearchField label={words.search} value={search.name} onSearch={(name) => change({ name })} />
      <FilterSelect
        label={words.kind}
        any={words.anyKind}
        values={tokenKinds}
        words={words.kinds}
        value={search.kind}
        onChange={(kind) => change({ kind })}
        w="12rem"
      />
      <SegmentedControl
        aria-label={words.show.label}
        data={[working, ...shownTokens].map((value) => ({
          value,
          label: words.show[value as keyof typeof words.show],
        }))}
        value={search.show ?? working}
        onChange={(value) => change({ show: shownTokens.find((show) => show === value) })}
      />
      <ListCount shown={shown} />
    </Group>
  );
}
