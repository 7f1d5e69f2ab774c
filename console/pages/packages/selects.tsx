import { FilterSelect } from '../../components/filter-select.tsx';
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
    <FilterSelect
      label={words.state}
      any={words.anyState}
      values={packageStates}
      words={words.states}
      value={search.state}
      onChange={(state) => change({ state })}
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
