import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { organizationsQuery } from '../../api/queries.ts';
import { connectWords } from '../../words/connect.ts';

const words = connectWords.place;
const asNew = 'new';

interface PlaceFieldProps {
  /** The slug of an organization that the person owns; undefined for a new one. */
  readonly value: string | undefined;
  onChange(slug: string | undefined): void;
}

/** Only for whoever owns an organization here already: one can be kept in step with several code hosts. */
export function PlaceField({ value, onChange }: PlaceFieldProps) {
  const { data } = useQuery(organizationsQuery);
  const owned = (data?.items ?? []).filter(({ role }) => role === 'owner');
  if (owned.length === 0) {
    return null;
  }
  return (
    <Select
      label={words.label}
      description={value === undefined ? undefined : words.hint}
      allowDeselect={false}
      data={[
        { value: asNew, label: words.asNew },
        ...owned.map(({ slug, name }) => ({ value: slug, label: words.partOf(name, slug) })),
      ]}
      value={owned.some(({ slug }) => slug === value) ? (value ?? asNew) : asNew}
      onChange={(chosen) => onChange(chosen === null || chosen === asNew ? undefined : chosen)}
    />
  );
}
