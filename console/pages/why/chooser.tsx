import { Group, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { whyWords as words } from '../../words/why.ts';
import type { WhySearch } from './search.ts';

interface Option {
  readonly value: string;
  readonly label: string;
}

interface ChooserProps {
  readonly slug: string;
  readonly search: WhySearch;
  /** The name of the person that is chosen, once it is known. */
  readonly personName: string | undefined;
  change(changed: WhySearch): void;
}

export function Chooser({ slug, search, personName, change }: ChooserProps) {
  return (
    <Group gap="sm" align="flex-end">
      <Found
        slug={slug}
        label={words.person}
        hint={words.personHint}
        chosen={
          search.person === undefined
            ? undefined
            : { value: search.person, label: personName ?? search.person }
        }
        optionsOf={({ people }) => people.map(({ id, login }) => ({ value: id, label: login }))}
        onChoose={(person) => change({ person })}
      />
      <Found
        slug={slug}
        label={words.package}
        hint={words.packageHint}
        chosen={search.package === undefined ? undefined : { value: search.package, label: search.package }}
        optionsOf={({ packages }) => packages.map(({ name }) => ({ value: name, label: name }))}
        onChoose={(name) => change({ package: name })}
      />
    </Group>
  );
}

interface FoundProps {
  readonly slug: string;
  readonly label: string;
  readonly hint: string;
  readonly chosen: Option | undefined;
  optionsOf(found: Schemas['Found']): readonly Option[];
  onChoose(value: string | undefined): void;
}

const pauseMs = 150;

/** A field that offers what the search of the organization finds. */
function Found({ slug, label, hint, chosen, optionsOf, onChoose }: FoundProps) {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim().toLowerCase(), pauseMs);
  const { data } = useQuery({
    queryKey: queryKeys.of(slug, 'search', asked),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/organizations/{slug}/search', {
          params: { path: { slug }, query: { name: asked } },
          signal,
        }),
      ),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  });
  const options = data === undefined || asked === '' ? [] : optionsOf(data);
  const all = [...(chosen === undefined ? [] : [chosen]), ...options];
  const unique = [...new Map(all.map((one) => [one.value, one])).values()];
  return (
    <Select
      label={label}
      placeholder={hint}
      data={unique}
      value={chosen?.value ?? null}
      onChange={(value) => onChoose(value ?? undefined)}
      onSearchChange={setText}
      searchable
      clearable
      nothingFoundMessage={asked === '' ? hint : words.nothingFound}
      flex="1 1 16rem"
      maw="24rem"
    />
  );
}
