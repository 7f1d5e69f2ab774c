import { Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { Icon } from '../../../components/icon.tsx';
import { tokensWords as words } from '../../../words/tokens.ts';
import { shownTokens, type TokensSearch, tokenKinds } from './search.ts';

const pauseMs = 250;
const working = 'working';

interface FiltersProps {
  readonly search: TokensSearch;
  change(changed: TokensSearch): void;
  /** How many there are, in words. */
  readonly shown: string;
}

export function Filters({ search, change, shown }: FiltersProps) {
  const [name, setName] = useState(search.name ?? '');
  const changeName = useDebouncedCallback(
    (text: string) => change({ name: text.trim() || undefined }),
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
        flex="1 1 14rem"
        maw="20rem"
      />
      <Select
        aria-label={words.kind}
        placeholder={words.anyKind}
        data={tokenKinds.map((value) => ({ value, label: words.kinds[value] }))}
        value={search.kind ?? null}
        onChange={(value) => change({ kind: tokenKinds.find((kind) => kind === value) })}
        clearable
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
      <Text size="sm" c="dimmed" role="status" ml="auto">
        {shown}
      </Text>
    </Group>
  );
}
