import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { commonWords as words } from '../words/common.ts';

interface Option {
  readonly value: string;
  readonly label: string;
}

interface FoundSelectProps extends Pick<SelectProps, 'label' | 'error' | 'required' | 'flex' | 'maw'> {
  readonly slug: string;
  /** What to type. */
  readonly hint: string;
  readonly chosen: Option | undefined;
  optionsOf(found: Schemas['Found']): readonly Option[];
  onChoose(value: string | undefined, label: string): void;
}

const pauseMs = 150;

/** What the organization's search finds for a part of a name. @param text in lower case */
export const searchQuery = (slug: string, text: string) => ({
  queryKey: queryKeys.of(slug, 'search', text),
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    dataOf(
      api.GET('/api/v1/organizations/{slug}/search', {
        params: { path: { slug }, query: { name: text } },
        signal,
      }),
    ),
  enabled: text !== '',
  placeholderData: keepPreviousData,
});

/** A field that offers what the search of the organization finds. */
export function FoundSelect({ slug, hint, chosen, optionsOf, onChoose, ...field }: FoundSelectProps) {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim().toLowerCase(), pauseMs);
  const { data } = useQuery(searchQuery(slug, asked));
  const options = data === undefined || asked === '' ? [] : optionsOf(data);
  const all = [...(chosen === undefined ? [] : [chosen]), ...options];
  const unique = [...new Map(all.map((one) => [one.value, one])).values()];
  return (
    <Select
      {...field}
      placeholder={hint}
      data={unique}
      value={chosen?.value ?? null}
      onChange={(value, option) => onChoose(value ?? undefined, option?.label ?? '')}
      onSearchChange={setText}
      searchable
      clearable
      nothingFoundMessage={asked === '' ? hint : words.nothingFound}
    />
  );
}
