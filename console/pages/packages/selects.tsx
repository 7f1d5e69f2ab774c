import { Select } from '@mantine/core';
import { SynchronizationSelect } from '../../components/synchronization-select.tsx';
import { packagesWords as words } from '../../words/packages.ts';
import { type PackagesSearch, packageStates } from './search.ts';

interface SelectsProps {
  readonly slug: string;
  readonly search: PackagesSearch;
  change(changed: PackagesSearch): void;
}

/** The filters that are chosen from a list. */
export const Selects = ({ slug, search, change }: SelectsProps) => (
  <>
    <Select
      aria-label={words.state}
      placeholder={words.anyState}
      data={packageStates.map((value) => ({ value, label: words.states[value] }))}
      value={search.state ?? null}
      onChange={(value) => change({ state: packageStates.find((state) => state === value) })}
      clearable
      flex="1 1 9rem"
      maw="11rem"
    />
    <SynchronizationSelect
      slug={slug}
      value={search.synchronization}
      onChange={(synchronization) => change({ synchronization })}
    />
  </>
);
