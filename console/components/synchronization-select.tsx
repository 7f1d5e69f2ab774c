import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { synchronizationsQuery } from '../api/queries.ts';
import { commonWords as words } from '../words/common.ts';

interface SynchronizationSelectProps {
  readonly slug: string;
  /** The id of the one that is chosen. */
  readonly value: string | undefined;
  onChange(value: string | undefined): void;
}

/** Filters a list by synchronization; nothing where there is only one. */
export function SynchronizationSelect({ slug, value, onChange }: SynchronizationSelectProps) {
  const items = useQuery(synchronizationsQuery(slug)).data?.items ?? [];
  return items.length < 2 && value === undefined ? null : (
    <Select
      aria-label={words.synchronization}
      placeholder={words.anySynchronization}
      data={items.map(({ id, login }) => ({ value: id, label: login }))}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
      clearable
      flex="1 1 9rem"
      maw="12rem"
    />
  );
}
